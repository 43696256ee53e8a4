"""Laps as the simulator timed them.

`Lap` counts up in the record behind the line. `LapLastLapTime` follows some records later: the time of the
lap that has just ended, to a ten-thousandth of a second, or -1 where the simulator gives it none. A lap
without such a time lasts from record to record.
"""

from __future__ import annotations

import attrs
import numpy as np

from telemparse.kernels.arrays import Floats, Ints, Mask
from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas import DeviceLap

__all__ = ["Laps"]

_MOST = 10_000
_WAIT_NS = 10 * NS_PER_S
_LONGEST_S = 86_400.0
_RESOLUTION_NS = 100_000
_SAME_NS = 50_000_000  # three ticks at 60 Hz
_APART_NS = 500_000_000


@attrs.define
class _Ended:
    """A lap whose end was seen: the simulator has not said its time yet."""

    number: int
    t_start_ns: int | None
    t_end_ns: int
    validity: str


@attrs.define
class Laps:
    """Follows the lap count of one file, in the order of its records.

    Attributes:
        laps: so far.
    """

    laps: list[DeviceLap] = attrs.field(factory=list)
    _number: int | None = None
    _since_ns: int | None = None
    _stint: int = 0
    _time_s: float | None = None
    _is_in_pits: bool = False
    _pit_word: str | None = None
    _ended: _Ended | None = None

    def read(self, numbers: Ints, times_s: Floats | None, in_pits: Mask, t_ns: Ints) -> list[int]:
        """Take in some records; return those at which a lap ends and the next one begins.

        Args:
            numbers: of the lap under way, shape (n,).
            times_s: of the last lap, shape (n,); None where the file has none.
            in_pits: the car is on the pit road, shape (n,).
            t_ns: instants, shape (n,).
        """
        if not len(numbers) or len(self.laps) >= _MOST:
            return []
        last_s = np.full(len(numbers), -1.0) if times_s is None else np.where(times_s > 0, times_s, -1.0)
        if self._number is None:
            self._number, self._time_s, self._is_in_pits = int(numbers[0]), float(last_s[0]), bool(in_pits[0])
        changed = (
            _changes(numbers, self._number)
            | _changes(last_s, self._time_s)
            | _changes(in_pits, self._is_in_pits)
        )
        has_times = times_s is not None
        crossings = []
        for row in np.flatnonzero(changed).tolist():
            if bool(in_pits[row]) != self._is_in_pits:
                self._is_in_pits = bool(in_pits[row])
                self._pit_word = self._pit_word or ("INLAP" if self._is_in_pits else "OUTLAP")
            if int(numbers[row]) != self._number and self._count(
                int(numbers[row]), int(t_ns[row]), has_times
            ):
                crossings.append(row)
            if float(last_s[row]) != self._time_s:
                self._time_s = float(last_s[row])
                self._say(int(t_ns[row]), has_times)
        return crossings

    def finish(self, *, has_times: bool) -> list[DeviceLap]:
        """Return all laps; none of a count that goes up too often.

        Args:
            has_times: the file gives times of the last lap.
        """
        self._close(None, has_times)
        return self.laps if len(self.laps) < _MOST else []

    def _count(self, number: int, now_ns: int, has_times: bool) -> bool:  # noqa: FBT001  (three callers)
        """Take the new number of the lap; tell whether the line was crossed."""
        old, self._number = self._number or 0, number
        self._close(None, has_times)
        if number != old + 1 or old < 0:
            self._stint += number < old
            self._since_ns, self._pit_word = None, None
            return False
        self._ended = _Ended(old, self._since_ns, now_ns, self._pit_word or "VALID")
        self._since_ns, self._pit_word = now_ns, None
        return True

    def _say(self, now_ns: int, has_times: bool) -> None:  # noqa: FBT001  (as above)
        """Take the new time of the last lap."""
        if self._ended is not None:
            self._close(self._time_s if now_ns - self._ended.t_end_ns <= _WAIT_NS else None, has_times)

    def _close(self, time_s: float | None, has_times: bool) -> None:  # noqa: FBT001  (as above)
        """Note the lap that ended, with the time that the simulator says, None where it says nothing new."""
        ended, self._ended = self._ended, None
        if ended is None:
            return
        counted_ns = None if ended.t_start_ns is None else ended.t_end_ns - ended.t_start_ns
        said_ns = None if time_s is None else _nanoseconds(time_s)
        if time_s is None and counted_ns is not None:
            # Two laps of one time: nothing changes.
            still_ns = _nanoseconds(self._time_s)
            said_ns = still_ns if still_ns and abs(still_ns - counted_ns) <= _SAME_NS else None
        duration_ns = said_ns or counted_ns
        if duration_ns is None or duration_ns < 0:
            return
        is_sure = said_ns is not None and (counted_ns is None or abs(said_ns - counted_ns) <= _APART_NS)
        has_none = said_ns is None and has_times and (self._time_s or -1.0) < 0
        in_pits = ended.validity != "VALID"
        reasons = [*(["PIT_AFFECTED"] if in_pits else []), *([] if is_sure else ["LOW_CONFIDENCE_CROSSING"])]
        self.laps.append(
            DeviceLap(
                duration_ns=duration_ns,
                device_lap=ended.number,
                stint_index=self._stint,
                t_start_ns=ended.t_start_ns,
                t_end_ns=ended.t_end_ns,
                validity="INVALID" if has_none and not in_pits else ended.validity,
                confidence="HIGH" if is_sure else "MEDIUM",
                reasons=tuple(reasons),
            )
        )


def _changes(values: Ints | Floats | Mask, before: float | None) -> Mask:
    changed: Mask = np.concatenate([[values[0] != before], values[1:] != values[:-1]])
    return changed


def _nanoseconds(time_s: float | None) -> int | None:
    if time_s is None or not 0 < time_s < _LONGEST_S:
        return None
    return round(time_s * NS_PER_S / _RESOLUTION_NS) * _RESOLUTION_NS
