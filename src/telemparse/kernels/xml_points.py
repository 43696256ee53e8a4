"""Points of an XML document as columns: stencils where points repeat a shape, the walker everywhere else."""

from __future__ import annotations

import enum
import re
from collections import Counter
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.gather import equal_at
from telemparse.kernels.structure import Index
from telemparse.kernels.xml_blocks import Collected
from telemparse.kernels.xml_outline import Damage, DamageKind
from telemparse.kernels.xml_plan import Stencils
from telemparse.kernels.xml_walk import Walker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Listener, Outline
    from telemparse.kernels.xml_text import XmlText

__all__ = ["Break", "Method", "PointReader"]

_PIECE_BYTES = 2 << 20
_SLICE_BYTES = 16 * 1024  # what the walker gets at once, so that little is lost to damage in it
_KEPT_BYTES = 256 * 1024
_TAG_BYTES = 256
_RESTARTS = 4
_PLANS = 4  # per buffer: namespaces that change at every turn are left to the walker
_BREAKS = 3  # of a kind
_BLANKS = b" \t\r\n"
_PADDING = b"\0 \t\r\n"
_LESS = 0x3C


class Method(enum.Enum):
    """How points are read; the result is the same."""

    STENCILS = "stencils"
    WALK = "walk"


@attrs.frozen
class Break:
    """A damage that was met, and what it cost.

    Args:
        kind, offset, error: of the damage.
        lost_points: points that had begun and could not be read to their end.
        lost_bytes: what was skipped to the next element that can hold points; None when none came.
    """

    kind: DamageKind
    offset: int
    error: str
    lost_points: int
    lost_bytes: int | None


@attrs.define
class PointReader:
    """Reads the points of a document block by block, in bounded memory and linear time.

    What a stencil does not cover byte for byte goes through the walker, and only the walker decides
    where points may be: a stencil is used when the walker stands in a container with nothing pending.
    After damage, reading goes on at the next element that can hold points.

    Args:
        text: the document.
        outline: where its points are.
        listener: hears of elements outside points.
        method: `WALK` does without stencils.
        piece_bytes: how much is read at once.

    Attributes:
        walker: stands where reading stands.
        breaks: the first three of each kind of damage so far.
        damages, lost_points: how many in all, by kind.
    """

    text: XmlText
    outline: Outline
    listener: Listener
    method: Method = Method.STENCILS
    piece_bytes: int = _PIECE_BYTES
    walker: Walker = attrs.field(init=False)
    breaks: list[Break] = attrs.field(factory=list, init=False)
    damages: Counter[DamageKind] = attrs.field(factory=Counter, init=False)
    lost_points: Counter[DamageKind] = attrs.field(factory=Counter, init=False)
    _stencils: Stencils = attrs.field(init=False)
    _point_tags: list[re.Pattern[bytes]] = attrs.field(init=False)
    _resuming_tag: re.Pattern[bytes] = attrs.field(init=False)
    _data: bytes = attrs.field(default=b"", init=False)
    _kept: int = attrs.field(default=0, init=False)
    _base: int = attrs.field(default=0, init=False)
    _elided_to: int = attrs.field(default=-1, init=False)
    _resumed_at: int = attrs.field(default=-1, init=False)
    _pending: Damage | None = attrs.field(default=None, init=False)
    _only_padding: bool = attrs.field(default=False, init=False)
    _restart_at: int | None = attrs.field(default=None, init=False)
    _restarts: int = attrs.field(default=_RESTARTS, init=False)

    def __attrs_post_init__(self) -> None:
        self.walker = Walker(self.outline, self.listener)
        self._stencils = Stencils(self.outline)
        self._point_tags = [_tag_pattern([name]) for name in sorted(self.outline.points)]
        sure = self.outline.marks - self.outline.loose
        self._resuming_tag = _tag_pattern(sorted(sure, key=len, reverse=True))

    def blocks(self) -> Iterator[Block]:
        """Yield the points in the order of the document.

        Raises Damage for a document that declares entities; all other damage is kept in `breaks`.
        """
        try:
            yield from self._blocks()
        finally:
            self.walker.close()

    def _blocks(self) -> Iterator[Block]:
        self._base = self.text.first
        windows = self.text.windows(self.piece_bytes)
        self._data = next(windows)
        while True:
            final = len(self._data) == self._kept
            yield from self._read(final=final)
            if final and self._restart_at is None:
                self._finish()
            if self._restart_at is not None:
                windows = self.text.windows(self.piece_bytes, self._restart_at)
                self._base, self._kept, self._restart_at = self._restart_at, 0, None
                self._data = next(windows)
            elif final:
                return
            else:
                self._data = windows.send(self._kept)

    # --- one buffer -------------------------------------------------------------------------------

    def _read(self, *, final: bool) -> Iterator[Block]:
        """Read the buffer as far as its points are complete, and keep the rest."""
        data, index = self._data, Index(np.frombuffer(self._data, np.uint8))
        starts = self._starts(data, index) if self.method is Method.STENCILS else np.zeros(0, np.int64)
        cut = len(data) if final else self._cut(data, starts)
        starts = starts[starts < cut]
        marks = [*starts.tolist(), cut]
        collected = Collected()
        plans = 0
        place, ordinal = 0, 0
        if self._pending is not None:
            place = self._resume(0, final=final)
        while place < cut and self._pending is None and self._restart_at is None:
            while marks[ordinal] < place:
                ordinal += 1
            try:
                if place == marks[ordinal] and self._ready(place):
                    if not collected.fits(self.walker) and plans < _PLANS:
                        yield from collected.blocks()
                        plans += 1
                        plan = self._stencils.plan(data, index, starts, self.walker.context)
                        collected = Collected(plan)
                    stop = collected.run_end(ordinal, self.walker)
                    if stop > ordinal:
                        place = collected.add_run(
                            ordinal, stop, self._base + starts[ordinal:stop], self.walker
                        )
                        self._elided_to = self._base + place
                        continue
                following = marks[ordinal + (place == marks[ordinal])]
                if self._elided_to == self._base + place and not data[place:following].strip(_BLANKS):
                    self._elided_to = self._base + following
                else:
                    self._feed(data, place, following)
                place = following
            except Damage as damage:
                collected.drain(self.walker)
                place = self._recover(damage, final=final)
        collected.drain(self.walker)
        self._kept, self._base, self._data = len(data) - place, self._base + place, b""
        yield from collected.blocks()

    def _starts(self, data: bytes, index: Index) -> Ints:
        """Return where points seem to begin; whether they do is the walker's to say."""
        found = [first[0] for tag in self._point_tags if (first := tag.search(data)) is not None]
        if not found:
            return np.zeros(0, np.int64)
        less = index.places(_LESS)
        less = less[:-1] if less[-1] == len(data) - 1 else less
        letters = index.buffer[1:].take(less)
        starts: list[Ints] = []
        for tag in found:
            # One letter rules out most tags, for less than the whole name costs.
            alike = less[letters == tag[1]]
            starts.append(alike[equal_at(index.buffer, alike, tag)])
        return starts[0] if len(starts) == 1 else np.unique(np.concatenate(starts))

    def _cut(self, data: bytes, starts: Ints) -> int:
        """Return how far the buffer is to be read before more comes: to the last point, or the last tag."""
        last = int(starts[-1]) if len(starts) else -1
        if last < 0 or len(data) - last > _KEPT_BYTES:
            last = data.rfind(b"<")
        return last if last >= 0 and len(data) - last <= _KEPT_BYTES else len(data)

    def _ready(self, place: int) -> bool:
        """Tell whether the walker stands in a container and has consumed everything before `place`."""
        if not self.walker.at_home:
            return False
        return self._elided_to == self._base + place or self.walker.reached(self._data, self._base, place)

    def _feed(self, data: bytes, place: int, stop: int) -> None:
        for begin in range(place, stop, _SLICE_BYTES):
            self.walker.feed(data[begin : min(begin + _SLICE_BYTES, stop)], self._base + begin)

    # --- damage -----------------------------------------------------------------------------------

    def _recover(self, damage: Damage, *, final: bool) -> int:
        """Return the place in the buffer from where to go on after damage."""
        if damage.kind is DamageKind.DECLARED_ENTITY:
            raise damage
        self._pending, self._only_padding = damage, True
        # The byte that does not fit is often the first of a whole element: after a tag that has no end.
        whole = damage.kind in (DamageKind.STRUCTURE, DamageKind.SYNTAX)
        after = max(damage.offset + (not whole), self._resumed_at + 1)
        if damage.seen < self._base and self._restarts:
            self._restarts -= 1
            self._restart_at = after
            return len(self._data)
        return self._resume(max(after - self._base, 0), final=final)

    def _resume(self, place: int, *, final: bool) -> int:
        """Look for an element that can hold points, and stand before it; else pass the buffer."""
        damage = self._pending
        found = self._resuming_tag.search(self._data, place)
        if damage is None or found is None:
            seen = damage.seen if damage is not None else 0
            self._only_padding &= not self._data[max(seen - self._base, 0) :].strip(_PADDING)
            return len(self._data) if final else max(place, len(self._data) - _TAG_BYTES)
        at = self._base + found.start()
        self._note(damage, at - damage.offset)
        passed, self.walker = self.walker, self.walker.resumed(found[1].decode())
        passed.close()
        self._pending, self._resumed_at, self._elided_to = None, at, at
        return found.start()

    def _note(self, damage: Damage, lost_bytes: int | None) -> None:
        lost_points = int(self.walker.in_point)
        self.damages[damage.kind] += 1
        self.lost_points[damage.kind] += lost_points
        if self.damages[damage.kind] <= _BREAKS:
            self.breaks.append(Break(damage.kind, damage.offset, damage.error, lost_points, lost_bytes))

    def _finish(self) -> None:
        """The bytes have ended: note what is open, or go back behind what swallowed the rest."""
        end = self._base
        if self._pending is not None:
            if not self._only_padding:
                self._note(self._pending, None)
            elif self.walker.stack:
                self._note(Damage(DamageKind.TRUNCATED, self._pending.offset, "the rest is padding"), None)
            return
        try:
            self.walker.finish()
        except Damage as damage:
            hidden = damage.offset if self.walker.cdata < 0 else self.walker.cdata
            if self._restarts and hidden < end and self._hides(hidden):
                self._restarts -= 1
                self._pending = Damage(DamageKind.SYNTAX, hidden, damage.error)
                self._only_padding = False
                self._restart_at = hidden + 1
                return
            self._note(Damage(DamageKind.TRUNCATED, end, damage.error), None)

    def _hides(self, offset: int) -> bool:
        """Tell whether a comment, CDATA or instruction begins there: it hides all behind it."""
        head = next(self.text.pieces(4, offset), b"")
        return head.startswith((b"<!", b"<?"))


def _tag_pattern(names: list[str]) -> re.Pattern[bytes]:
    choices = b"|".join(re.escape(name.encode()) for name in names)
    return re.compile(rb"<(?:[A-Za-z_][\w.-]{0,100}:)?(" + choices + rb")(?=[\s/>])")
