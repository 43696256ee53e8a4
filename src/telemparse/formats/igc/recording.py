"""One IGC file on its way to batches: records told apart, put on the clock, and read by their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.igc.blocks import text_of
from telemparse.formats.igc.clock import Clock, first_day, fractions_ns
from telemparse.formats.igc.fields import FieldReader
from telemparse.formats.igc.findings import findings
from telemparse.formats.igc.fixes import FIX_BYTES, fixes_of, gnss_batch
from telemparse.formats.igc.listening import LETTERS, Listener, groups
from telemparse.formats.igc.moments import Moments, event_of
from telemparse.formats.igc.tally import Tally
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.fixed_width import line_index, windows
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import build, channel_field
from telemparse.schemas.checking import to_mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.formats.igc.blocks import Text
    from telemparse.formats.igc.fixes import Fixes
    from telemparse.formats.igc.listening import Changes
    from telemparse.formats.igc.moments import Moment
    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.fixed_width import LineIndex
    from telemparse.model.artifacts import Artifact

__all__ = ["Recording"]

_REACH = 128  # beyond the last byte that a definition can name
_TIME_BYTES = 7
_TIMED = np.frombuffer(b"BEK", np.uint8)
_PRESSURE = channel_field("pressure_alt_m", pa.float64(), unit="m", source_name="PPPPP", source_unit="m")
_FLAT = channel_field("gnss_alt_without_3d_m", pa.float64(), unit="m", source_name="GGGGG", source_unit="m")


@attrs.frozen
class _Timed:
    """Records of one letter in a block: their lines in the block, instants, and line numbers; each (n,)."""

    rows: Ints
    t_ns: Ints
    lines: Ints


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        suffix: behind the names of its streams.
        block_bytes: size to read at a time; the rows do not depend on it.

    Attributes:
        epochs, without_fix: B records so far, and those of them whose position is 0/0.
    """

    artifact: Artifact
    suffix: str
    block_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _tally: Tally = attrs.field(factory=Tally)
    _moments: Moments = attrs.field(factory=Moments)
    _fix_fields: FieldReader = attrs.field(factory=lambda: FieldReader("I", {"pressure_alt_m": _PRESSURE}))
    _other_fields: FieldReader = attrs.field(factory=lambda: FieldReader("J"))
    _lines: int = 0
    _records: Ints = attrs.field(factory=lambda: np.zeros(256, np.int64))

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives."""
        name = self.artifact.name
        text = text_of(self.artifact)
        if self._is_blank(text):
            yield Issue("ARTIFACT_EMPTY", Locus(name), artifact=name, bytes=self.artifact.size)
            return
        clock = Clock(first_day(text, self.artifact, self.block_bytes))
        listener = Listener(text, self._tally, clock.day)
        stump = 0
        for data in text.blocks(self.artifact, self.block_bytes):
            yield from self._block(data, listener, clock)
            stump = self._stump(data, listener)
        records = {letter: int(self._records[ord(letter)]) for letter in LETTERS}
        yield from listener.notes.facts({letter: count for letter, count in records.items() if count})
        yield Meta(f"clock{self.suffix}", clock.facts())
        total = sum(records[letter] for letter in "BEK")
        yield from findings(self.artifact, listener.notes, self._tally, total, stump)

    def _is_blank(self, text: Text) -> bool:
        return not any(data.strip(b"\0 \t\r\n") for data in text.blocks(self.artifact, self.block_bytes))

    def _stump(self, data: bytes, listener: Listener) -> int:
        """Return how many bytes of a cut-off record the block ends in, 0 where it ends as it should."""
        last = data.rpartition(b"\n")[2].rstrip(b"\r\0 ")
        whole = {b"B": listener.fix.end, b"K": listener.other.end, b"E": _TIME_BYTES}.get(last[:1], 0)
        return len(last) if len(last) < whole else 0

    def _block(self, data: bytes, listener: Listener, clock: Clock) -> Iterator[Batch]:
        index = line_index(data, _REACH)
        first = self._lines + 1
        self._lines += len(index.starts)
        self._records += np.bincount(index.letters, minlength=256)
        changes = listener.listen(index, first)
        timed = self._timed(index, first, changes, clock)
        moments = [
            event_of(line, t_ns, listener.text.words(index.line(row)))
            for row, t_ns, line in zip(*(part.tolist() for part in attrs.astuple(timed["E"])), strict=True)
        ]
        if len(timed["B"].rows):
            yield from self._fixes(index, timed["B"], changes, moments, clock.time_base)
        if len(timed["K"].rows):
            yield from self._others(index, timed["K"], changes, clock.time_base)
        events = self._moments.batch(moments, clock.time_base)
        if events is not None:
            yield Batch(f"events{self.suffix}", events)

    def _timed(self, index: LineIndex, first: int, changes: Changes, clock: Clock) -> dict[str, _Timed]:
        """Return the records with a readable time, by letter."""
        rows = np.flatnonzero(np.isin(index.letters, _TIMED))
        lengths = index.ends[rows] - index.starts[rows]
        of_day_ns, valid = clock.read(windows(index.buffer, index.starts[rows] + 1, _TIME_BYTES - 1))
        valid &= lengths >= _TIME_BYTES
        short = valid & (index.letters[rows] == ord("B")) & (lengths < FIX_BYTES)
        self._tally.add("no time", ~valid, first + rows)
        self._tally.add("too short", short, first + rows)
        keep = valid & ~short
        rows, of_day_ns = rows[keep], of_day_ns[keep]
        days = [(int(np.searchsorted(rows, line)), day) for line, day in changes.days]
        t_ns = clock.instants(of_day_ns, days)
        masks = {letter: index.letters[rows] == ord(letter) for letter in "BEK"}
        return {letter: _Timed(rows[mask], t_ns[mask], first + rows[mask]) for letter, mask in masks.items()}

    def _fixes(
        self, index: LineIndex, timed: _Timed, changes: Changes, moments: list[Moment], base: str
    ) -> Iterator[Batch]:
        rows, lines = timed.rows, timed.lines
        held = groups(changes.fixes, rows)
        digits = {code: self._fix_fields.digits(index, rows, held, code) for code in ("LAD", "LOD", "TDS")}
        for code, (_value, _power, bad) in digits.items():
            self._tally.add(code, bad, lines)
        t_ns = timed.t_ns + fractions_ns(*digits["TDS"][:2])
        fixes = fixes_of(
            windows(index.buffer, index.starts[rows], FIX_BYTES), digits["LAD"][:2], digits["LOD"][:2]
        )
        gnss, arrays = self._fix_fields.read(index, rows, held, self._tally, lines)
        self._tally.add("position", ~fixes.readable, lines)
        self.epochs += int(fixes.readable.sum())
        self.without_fix += int(fixes.without_fix.sum())
        seen = fixes.readable
        moments += self._moments.follow(fixes.without_fix[seen], t_ns[seen], lines[seen])
        since = np.array([line for line, _is in changes.ellipsoidal], np.int64)
        ellipsoidal = np.array([is_ for _line, is_ in changes.ellipsoidal])[np.searchsorted(since, rows) - 1]
        batch = gnss_batch(fixes, t_ns, gnss, ellipsoidal, self._tally, lines, base)
        if batch is not None:
            yield Batch(f"gnss_pvt{self.suffix}", batch)
        arrays |= self._altitudes(fixes, lines)
        yield from self._channels(self._fix_fields, "main", t_ns, arrays, seen, base)

    def _altitudes(self, fixes: Fixes, lines: Ints) -> dict[str, pa.Array]:
        """Return the pressure altitude, and the GNSS altitudes that no 3D fix stands behind."""
        pressure, known = fixes.pressure_alt_m
        self._tally.add("pressure_alt_m", ~known & fixes.readable, lines)
        arrays = {"pressure_alt_m": to_arrow(pressure.astype(np.float64), pa.float64(), known)}
        alt, alt_known = fixes.gnss_alt_m
        self._tally.add("alt_m", ~alt_known & fixes.readable, lines)
        flat = alt_known & (alt != 0) & (~fixes.is_3d | fixes.without_fix) & fixes.readable
        if flat.any():
            self._fix_fields.channels.setdefault("gnss_alt_without_3d_m", _FLAT)
            arrays["gnss_alt_without_3d_m"] = to_arrow(alt.astype(np.float64), pa.float64(), flat)
        return arrays

    def _others(self, index: LineIndex, timed: _Timed, changes: Changes, base: str) -> Iterator[Batch]:
        held = groups(changes.others, timed.rows)
        _gnss, arrays = self._other_fields.read(index, timed.rows, held, self._tally, timed.lines)
        everything = np.ones(len(timed.rows), np.bool_)
        yield from self._channels(self._other_fields, "k", timed.t_ns, arrays, everything, base)

    def _channels(  # noqa: PLR0917  (two callers, same order)
        self, reader: FieldReader, group: str, t_ns: Ints, arrays: dict[str, pa.Array], rows: Any, base: str
    ) -> Iterator[Batch]:
        """Yield a channel group: the rows that carry any value."""
        some = np.zeros(len(t_ns), np.bool_)
        for array in arrays.values():
            some |= validity(array)
        some &= rows
        if not some.any():
            return
        columns: dict[str, Any] = {"t": to_arrow(t_ns, pa.int64())}
        for name, field in reader.channels.items():
            columns[name] = arrays[name] if name in arrays else pa.nulls(len(t_ns), field.type)
        if not some.all():
            mask = to_mask(some)
            columns = {name: column.filter(mask) for name, column in columns.items()}
        own = self.suffix[1:]
        names = {"main": own or "main", "k": f"k_{own}" if own else "k"}
        yield Batch(
            f"channels.{names[group]}",
            build("channels.main", columns, time_base=base, fields=reader.channels),
        )
