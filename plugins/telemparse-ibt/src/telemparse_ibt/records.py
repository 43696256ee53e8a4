"""The records of a file in pieces of bounded size, those left out that are none.

Records have no mark and no checksum. What tells them from other bytes is that SessionTime goes on from one
to the next evenly. Where it does not, bytes were overwritten, lost or put in; then the next place within a
record's length is looked for at which it does, by a tick.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from telemparse.kernels.arrays import Floats, Mask
from telemparse.model.artifacts import Artifact
from telemparse.model.issues import Locus
from telemparse.model.skips import Skips

from telemparse_ibt.variables import Variable

__all__ = ["PIECE_BYTES", "RecordReader", "Records", "decimals"]

Records: TypeAlias = NDArray[np.void]

PIECE_BYTES = 3 << 20
_MOST_ROWS = 65_536
_TIME_BYTES = 8
_LONGEST_S = 1e7  # a session without a limit has 604 800 s
_LEAST_GAP_S = 1.0
_LEAST_STEP_S = 5e-4
_TICKS_OF_GAP = 2.5
_UNEVEN = 0.5
_EXACT_S = 1e-6
_AHEAD = 2  # records behind one that decide whether it is one
# Records that are looked at together: few behind a break, for each break would look at all of them again.
_ALL, _FEW, _MORE = 1 << 40, 16, 8


@attrs.define
class RecordReader:
    """Reads one file's records.

    Args:
        artifact: the file.
        at: offset of the next record.
        dtype: of a record.
        time_at: offset of SessionTime in it, None where the file has none and every record is believed.
        tick_s: from record to record, None where nobody says.
        piece_bytes: size to read at a time; the rows do not depend on it.

    Attributes:
        read: records yielded so far.
        skips: records left out.
        moves: how often records went on at another place than where the one before ends.
        rest_bytes: behind the last whole record.
    """

    artifact: Artifact
    at: int
    dtype: np.dtype[Any]
    time_at: int | None
    tick_s: float | None
    piece_bytes: int = PIECE_BYTES
    read: int = 0
    skips: Skips = attrs.field(factory=Skips)
    moves: int = 0
    rest_bytes: int = 0
    _before_s: float = np.nan  # of the record just before, if it was believed
    _sound_s: float = np.nan  # of the last one that was believed
    _pace_s: float = np.nan  # from it to the one before
    _window: int = _ALL

    def pieces(self) -> Iterator[Records]:
        """Yield the records, shape (n,), in the order of the file."""
        with self.artifact.open() as file:
            file.seek(self.at)
            buffer, ended = b"", False
            piece_bytes = min(self.piece_bytes, _MOST_ROWS * self.dtype.itemsize)
            while not ended:
                piece = file.read(piece_bytes)
                ended = not piece
                buffer += piece
                runs, used = self._runs(buffer, ended=ended)
                if runs:
                    records = runs[0] if len(runs) == 1 else np.concatenate(runs)
                    self.read += len(records)
                    yield records
                buffer, self.at = buffer[used:], self.at + used
            self.rest_bytes = len(buffer)

    def _runs(self, buffer: bytes, *, ended: bool) -> tuple[list[Records], int]:
        """Return runs of sound records, and how many bytes of the buffer are done with.

        A record is judged with those behind it, and kept when the next one begins where it should.
        """
        width, start = self.dtype.itemsize, 0
        runs: list[Records] = []
        while True:
            left = (len(buffer) - start) // width
            if self.time_at is None:
                return [np.ndarray((left,), self.dtype, buffer, start)] if left else [], left * width
            rows = min(left, self._window)
            is_end = ended and rows == left
            times = self._times(buffer, start, rows)
            good = self._good(times, is_end=is_end)
            if len(good) <= (0 if is_end else 1):
                return runs, start
            bad, step = self._first_bad(good, times), 0
            self._pace_s = self._pace(times[:bad])
            if bad == len(good):
                count = bad if is_end else bad - 1
                self._window = min(self._window * _MORE, _ALL)
            elif not ended and len(buffer) - start < (bad + _AHEAD + 2) * width:
                count, is_end = max(bad - 1, 0), True
            else:
                step = self._step(buffer, start + bad * width)
                # Bytes that are lost or too many belong to the record before.
                count = bad if step == width else max(bad - 1, 0)
                self._leave_out(start + count * width, bad - count + 1, moved=step != width)
            if count:
                runs.append(np.ndarray((count,), self.dtype, buffer, start))
                self._before_s = self._sound_s = float(times[count - 1])
            start += count * width
            if step:
                self._before_s, self._window = np.nan, _FEW
                start += (bad - count) * width + step
            elif is_end:
                return runs, start

    def _leave_out(self, start: int, count: int, *, moved: bool) -> None:
        for number in range(count):
            place = self.at + start + number * self.dtype.itemsize
            self.skips.add(Locus(self.artifact.name, offset=place))
        self.moves += moved

    def _times(self, buffer: bytes, start: int, rows: int) -> Floats:
        if not rows:  # then its place may lie behind the buffer
            return np.zeros(0, np.float64)
        at = start + (self.time_at or 0)
        return np.ndarray((rows,), "<f8", buffer, at, (self.dtype.itemsize,)).copy()

    def _good(self, times: Floats, *, is_end: bool) -> Mask:
        """Tell which records can be believed, without those at the end of which too little is known yet.

        One that goes on from a believed one can, with a gap; and one from which two others go on evenly.
        """
        rows = len(times)
        linked = self._linked(np.concatenate([[self._before_s], times])[:rows], times)
        follows = linked[1:]
        begins = np.zeros(rows, np.bool_)
        with np.errstate(invalid="ignore", over="ignore"):
            steps = np.diff(times)
            even = np.abs(np.diff(steps)) <= _UNEVEN * steps[:-1]
        begins[: max(rows - _AHEAD, 0)] = follows[:-1] & follows[1:] & even
        if is_end and rows > 1:
            begins[-2] = follows[-1]
        elif is_end and rows == 1 and not self.read and not self.skips.count and np.isnan(self._sound_s):
            begins[0] = 0 <= times[0] < _LONGEST_S
        numbers = np.arange(rows)
        begun = np.maximum.accumulate(np.where(begins, numbers, -1))
        broken = np.maximum.accumulate(np.where(linked, -1, numbers))
        return (begun >= broken)[: rows if is_end else max(rows - _AHEAD, 0)]

    def _linked(self, first: Floats, second: Floats) -> Mask:
        """Tell which times follow on others, with a gap at most."""
        most_s = max(_LEAST_GAP_S, _TICKS_OF_GAP * (self.tick_s or 0.0))
        with np.errstate(invalid="ignore", over="ignore"):
            step = second - first
            return (first >= 0) & (second < _LONGEST_S) & (step >= _LEAST_STEP_S) & (step <= most_s)

    def _ticks(self, first: Floats, second: Floats) -> Mask:
        """Tell which times follow on others by what the header, or the last records, show to be a tick."""
        with np.errstate(invalid="ignore", over="ignore"):
            step = second - first
            exact = [np.abs(step - tick_s) < _EXACT_S for tick_s in (self.tick_s or np.nan, self._pace_s)]
        return self._linked(first, second) & (exact[0] | exact[1])

    def _pace(self, times: Floats) -> float:
        """Return the last step between two neighbours that were believed."""
        before_s = float(times[-2]) if len(times) > 1 else self._before_s
        return float(times[-1]) - before_s if len(times) and not np.isnan(before_s) else self._pace_s

    def _first_bad(self, good: Mask, times: Floats) -> int:
        """Return the first record that goes on from none; one behind a gap of damaged ones does."""
        for place in np.flatnonzero(~good).tolist():
            sound_s = float(times[place - 1]) if place else self._sound_s
            if not self._linked(np.array([sound_s]), times[place : place + 1])[0]:
                return int(place)
        return len(good)

    def _step(self, buffer: bytes, start: int) -> int:
        """Return how far behind the start of what is no record the next one begins."""
        width = self.dtype.itemsize
        at = start + 1 + (self.time_at or 0)
        places = [min(width, len(buffer) - at - width * ahead - _TIME_BYTES + 1) for ahead in range(3)]
        if places[1] <= 0:
            return width
        first, second, third = (
            np.ndarray((max(count, 0),), "<f8", buffer, min(at + width * ahead, len(buffer)), (1,)).copy()
            for ahead, count in enumerate(places)
        )
        # Other numbers grow by about a tick, too; none does so to a microsecond.
        linked = self._ticks(first[: places[1]], second)
        linked[: len(third)] &= self._ticks(second[: len(third)], third)
        if not linked.any() or (places[1] == width and linked[-1]):
            return width
        return int(np.flatnonzero(linked)[0]) + 1


def decimals(records: Records, variable: Variable) -> Floats:
    """Return a variable of one element as float64, shape (n,)."""
    with np.errstate(invalid="ignore"):  # of NaN there are kinds that warn when they are cast
        return np.asarray(records[variable.key], np.float64)
