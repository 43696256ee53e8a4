"""What stencils cover in one buffer of XML: the points they fit, their values, how far runs go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.gather import equal_at, spans
from telemparse.kernels.texts import blank, only
from telemparse.kernels.xml_stencils import SAMPLE_BYTES, learned

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.kernels.structure import Index
    from telemparse.kernels.xml_outline import Outline, Path
    from telemparse.kernels.xml_scopes import Frame
    from telemparse.kernels.xml_stencils import PointStencil

__all__ = ["Columns", "Plan", "Stencils", "joined"]

Columns = dict["Path", pa.StringArray]

_LEARNED = 8  # per buffer
_KEPT = 32
_FEW = 4  # fewer points than this are walked sooner than a stencil is learned
_BLANKS = b" \t\r\n"

# Printable ASCII without `&`, `<` and `>`: bytes that mean themselves in text and in attributes.
_PLAIN = np.zeros(256, np.bool_)
_PLAIN[0x20:0x7F] = True
_AMPERSAND, _LESS, _GREATER = 0x26, 0x3C, 0x3E
_PLAIN[[_AMPERSAND, _LESS, _GREATER]] = False
_FIRST_SAFE, _LAST_SAFE = 0x27, 0x7E  # what nearly all values keep to; `<` and `>` lie within
_BLANK = 0x20


@attrs.frozen
class Plan:
    """Points of one buffer as far as stencils cover them.

    Args:
        context: open elements and namespaces for which it holds.
        rows: place of each point in the columns, -1 where no stencil fits, shape (n,).
        ends: end of each covered point in the buffer, shape (n,).
        stops: points after which a run of covered points, with only blanks between them, does not go on.
        count: rows of the columns.
        columns: values by path, null where a point has none.
        undeclared: first place, end and prefixes without a namespace of the points of a stencil.
    """

    context: tuple[Frame, ...]
    rows: Ints
    ends: Ints
    stops: Ints
    count: int
    columns: Columns
    undeclared: tuple[tuple[int, int, frozenset[str]], ...] = ()

    def undeclared_in(self, rows: Ints) -> set[str]:
        """Return the prefixes without a namespace in points that have these places in the columns."""
        return {
            prefix
            for first, stop, prefixes in self.undeclared
            if ((rows >= first) & (rows < stop)).any()
            for prefix in prefixes
        }

    def run_end(self, ordinal: int) -> int:
        """Return one past the last point of the run that begins at a point; the point itself if uncovered."""
        if self.rows[ordinal] < 0:
            return ordinal
        return int(self.stops[np.searchsorted(self.stops, ordinal)]) + 1


@attrs.define
class Stencils:
    """The stencils of a document, learned as its points show new shapes."""

    outline: Outline
    _known: list[PointStencil] = attrs.field(factory=list, init=False)
    _context: tuple[Frame, ...] = attrs.field(default=(), init=False)

    def plan(self, data: bytes, index: Index, starts: Ints, context: tuple[Frame, ...]) -> Plan:
        """Return what stencils cover of the points that begin at `starts`, shape (n,), in `data`."""
        if context != self._context:
            self._known, self._context = [], context
        cover = _Cover(index, starts, self.outline)
        for known in list(self._known):
            if not len(cover.left):
                break
            if cover.take(known):
                self._known.remove(known)
                self._known.insert(0, known)
        for _attempt in range(_LEARNED):
            if len(cover.left) < _FEW:
                break
            place = int(starts[cover.left[0]])
            found = learned(data[place : place + SAMPLE_BYTES], self.outline, context)
            if found is None or not cover.take(found):
                cover.left = cover.left[1:]
            else:
                self._known = [found, *self._known[: _KEPT - 1]]
        return cover.plan(data, context)


@attrs.define
class _Cover:
    """Takes one stencil after the other; `left` are the points that none has fitted so far."""

    index: Index
    starts: Ints
    outline: Outline
    left: Ints = attrs.field(init=False)
    rows: Ints = attrs.field(init=False)
    ends: Ints = attrs.field(init=False)
    pieces: list[tuple[int, Columns]] = attrs.field(factory=list, init=False)
    undeclared: list[tuple[int, int, frozenset[str]]] = attrs.field(factory=list, init=False)
    count: int = 0

    def __attrs_post_init__(self) -> None:
        self.left = np.arange(len(self.starts))
        self.rows = np.full(len(self.starts), -1, np.int64)
        self.ends = np.zeros(len(self.starts), np.int64)

    def take(self, known: PointStencil) -> bool:
        """Cover the points that a stencil fits; tell whether there were any."""
        match = self.index.match(known.stencil, self.starts[self.left])
        hit = np.flatnonzero(match.hit)
        if not len(hit):
            return False
        texts = [spans(self.index.buffer, begin[hit], end[hit]) for begin, end in match.slots]
        odd = np.zeros(len(hit), np.bool_)
        for text in texts:
            odd |= _odd(text)
        if odd.any():
            hit = hit[~odd]
            chosen = to_arrow(np.flatnonzero(~odd), pa.int64())
            texts = [text.take(chosen) for text in texts]
        taken = self.left[hit]
        self.rows[taken] = self.count + np.arange(len(hit))
        self.ends[taken] = match.ends[hit]
        self.pieces.append(
            (
                len(hit),
                {path: self._cleaned(path, text) for path, text in zip(known.paths, texts, strict=True)},
            )
        )
        if known.undeclared:
            self.undeclared.append((self.count, self.count + len(hit), known.undeclared))
        self.count += len(hit)
        keep = np.ones(len(self.left), np.bool_)
        keep[hit] = False
        self.left = self.left[keep]
        return len(hit) > 0

    def _cleaned(self, path: Path, texts: pa.StringArray) -> pa.StringArray:
        """Strip blanks, and make nothing a null, as the walker does."""
        stripped = _stripped(texts)
        if self.outline.siblings and len(path) == 1:
            return stripped  # that there is a point of this name must show
        nothing = blank(stripped)
        return only(stripped, ~nothing) if nothing.any() else stripped

    def plan(self, data: bytes, context: tuple[Frame, ...]) -> Plan:
        covered = self.rows >= 0
        goes_on = np.zeros(len(covered), np.bool_)
        goes_on[:-1] = covered[:-1] & covered[1:] & self._blank_gaps(data)
        stops = np.flatnonzero(~goes_on)
        columns = joined(self.pieces)
        return Plan(context, self.rows, self.ends, stops, self.count, columns, tuple(self.undeclared))

    def _blank_gaps(self, data: bytes) -> Mask:
        """Tell for each point but the last whether only blanks stand between it and the next."""
        ends, following = self.ends[:-1], self.starts[1:]
        if not len(ends):
            return np.zeros(0, np.bool_)
        covered = np.flatnonzero(self.rows[:-1] >= 0)
        blank = np.zeros(len(ends), np.bool_)
        if len(covered):
            gap = data[ends[covered[0]] : following[covered[0]]]
            if not gap.strip(_BLANKS):
                blank = (following - ends == len(gap)) & equal_at(self.index.buffer, ends, gap)
        for ordinal in covered[~blank[covered]].tolist():
            blank[ordinal] = not data[ends[ordinal] : following[ordinal]].strip(_BLANKS)
        return blank


def _odd(texts: pa.StringArray) -> Mask:
    """Tell which values hold bytes that need the walker: markup, controls, letters beyond ASCII."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)
    data = np.frombuffer(texts.buffers()[2], np.uint8)
    odd = np.zeros(len(texts), np.bool_)
    if len(data) and (
        data.min() < _FIRST_SAFE
        or data.max() > _LAST_SAFE
        or (data == _LESS).any()
        or (data == _GREATER).any()
    ):
        places = np.flatnonzero(~_PLAIN[data])
        odd[np.searchsorted(offsets, places, side="right") - 1] = True
    return odd


def _stripped(texts: pa.StringArray) -> pa.StringArray:
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    return pc.ascii_trim(texts, characters=" ") if len(data) and data.min() <= _BLANK else texts


def joined(pieces: list[tuple[int, Columns]]) -> Columns:
    """Return the columns of several pieces, each with its number of rows, one below the other."""
    if len(pieces) == 1:
        return pieces[0][1]
    paths = dict.fromkeys(path for _count, columns in pieces for path in columns)
    return {
        path: pa.concat_arrays(
            [columns[path] if path in columns else pa.nulls(count, pa.string()) for count, columns in pieces]
        )
        for path in paths
    }
