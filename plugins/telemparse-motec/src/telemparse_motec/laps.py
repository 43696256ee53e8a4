"""Laps and crossings of the line as the device counted and timed them, out of its lap channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, conversion, find_unit
from telemparse.schemas import DeviceLap, LapCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.kernels.arrays import Floats, Ints

    from telemparse_motec.channels import Channel
    from telemparse_motec.clock import Clock

__all__ = ["LapChannels", "Timed", "lap_channels_of"]

_WORDS: Mapping[str, str] = {
    "lapnumber": "number", "lapcount": "number",
    "laptime": "time", "lastlaptime": "time", "laptimelast": "time",
    "runninglaptime": "running", "laptimerunning": "running",
}  # fmt: skip
_MOST_SAMPLES = 1 << 22
_MOST_LAPS = 10_000
# A lap time may show up some samples behind the new number, for channels are read one after the other.
_SETTLED_NS = 2 * NS_PER_S
_LONGEST_S = 86_400.0
_FINE_NS = 100_000_000


@attrs.frozen
class Timed:
    """What the lap channels say.

    Args:
        laps: in order.
        crossings: (instant in ns, number that the lap had) of each end of a lap.
        is_unreadable: there are lap channels, but they change too often, or are too long, to be any.
    """

    laps: tuple[DeviceLap, ...] = ()
    crossings: tuple[tuple[int, float], ...] = ()
    is_unreadable: bool = False


@attrs.frozen
class _Series:
    """Samples of one channel: values, instants in ns, and ns from one to the next."""

    values: Floats
    t_ns: Ints
    step_ns: int

    def at(self, t_ns: int) -> float:
        """Return the value that stands there at an instant, NaN before the first sample."""
        row = int(np.searchsorted(self.t_ns, t_ns, side="right")) - 1
        return float(self.values[row]) if row >= 0 else float("nan")


@attrs.frozen
class LapChannels:
    """The channels of a log that count and time laps.

    Args:
        number: counts them, or None.
        time: the time of the last one, or None.
        running: the time since the line, or None.
    """

    number: Channel | None = None
    time: Channel | None = None
    running: Channel | None = None

    def read(self, file: BinaryIO, clock: Clock) -> Timed:
        """Return the laps: as timed by the device, else as long as its count stands still."""
        channels = (self.number, self.time, self.running)
        if any(channel is not None and channel.count > _MOST_SAMPLES for channel in channels):
            return Timed(is_unreadable=True)
        if self.time is None:
            return self._counted(file, clock)
        times = _series(file, clock, self.time, Dimension.TIME)
        number = None if self.number is None else _series(file, clock, self.number, None)
        ends = _ends(times if number is None else number, rising=number is not None)
        if len(ends) > _MOST_LAPS:
            return Timed(is_unreadable=True)
        running = None if self.running is None else _series(file, clock, self.running, Dimension.TIME)
        laps: list[DeviceLap] = []
        crossings: list[tuple[int, float]] = []
        stint = 0
        for index, (row, falls) in enumerate(ends):
            stint += falls
            if falls:
                continue
            counter = times if number is None else number
            shown_ns = int(counter.t_ns[row])
            until_ns = (
                int(counter.t_ns[ends[index + 1][0]]) if index + 1 < len(ends) else shown_ns + _SETTLED_NS
            )
            duration_s = times.at(min(shown_ns + _SETTLED_NS, max(until_ns - 1, shown_ns)))
            if not 0 < duration_s < _LONGEST_S:
                continue  # the way to the line has no time
            device_lap = None if number is None else int(number.values[row - 1])
            lap = _lap(duration_s, device_lap, (shown_ns, counter.step_ns), running)
            if index and not ends[index - 1][1]:
                elapsed_ns = shown_ns - int(counter.t_ns[ends[index - 1][0]])
                if abs(elapsed_ns - lap.duration_ns) > _SETTLED_NS + 2 * counter.step_ns:
                    # The number went up, and the time is of another lap.
                    lap = attrs.evolve(lap, confidence="LOW", reasons=("LOW_CONFIDENCE_CROSSING",))
            laps.append(attrs.evolve(lap, stint_index=stint))
            crossings.append((lap.t_end_ns or shown_ns, np.nan if device_lap is None else float(device_lap)))
        return Timed(tuple(laps), tuple(crossings))

    def _counted(self, file: BinaryIO, clock: Clock) -> Timed:
        if self.number is None:
            return Timed()
        number = _series(file, clock, self.number, None)
        count = LapCount()
        found = count.read(number.values, number.t_ns, known=~np.isnan(number.values))
        if not count.is_count:
            return Timed(is_unreadable=True)
        crossings = tuple((int(number.t_ns[row]), value - 1) for row, value in found)
        return Timed(tuple(count.laps), crossings)


def lap_channels_of(channels: Sequence[Channel]) -> LapChannels:
    """Return the lap channels among all; of two of one meaning the first."""
    found: dict[str, Channel] = {}
    for channel in channels:
        meaning = _WORDS.get(squash(channel.block.name))
        if meaning is not None and channel.count:
            found.setdefault(meaning, channel)
    return LapChannels(**found)


def _lap(
    duration_s: float, device_lap: int | None, shown: tuple[int, int], running: _Series | None
) -> DeviceLap:
    """Return a lap whose end is where the running lap time was 0, else where its number shows up.

    It begins as long before as it lasted.
    """
    shown_ns, step_ns = shown
    end_ns, is_fine = shown_ns, step_ns <= _FINE_NS
    if running is not None:
        first = int(np.searchsorted(running.t_ns, shown_ns))
        last = int(np.searchsorted(running.t_ns, shown_ns + _SETTLED_NS, side="right"))
        since = running.values[first:last]
        young = np.flatnonzero((since >= 0) & (since <= duration_s / 2))
        if young.size:
            row = first + int(young[0])
            end_ns, is_fine = int(running.t_ns[row]) - round(float(running.values[row]) * NS_PER_S), True
    duration_ns = round(duration_s * NS_PER_S)
    return DeviceLap(
        duration_ns=duration_ns,
        device_lap=device_lap,
        t_start_ns=end_ns - duration_ns,
        t_end_ns=end_ns,
        confidence="HIGH" if is_fine else "MEDIUM",
        reasons=() if is_fine else ("LOW_CONFIDENCE_CROSSING",),
    )


def _series(file: BinaryIO, clock: Clock, channel: Channel, dimension: str | None) -> _Series:
    values = channel.source_values(file, 0, channel.count)
    unit = find_unit(channel.named.source_unit)
    factors = conversion(unit, dimension) if unit is not None and dimension is not None else None
    if factors is not None:
        values = values * factors[0]
    rate_hz = channel.block.rate_hz
    return _Series(values, clock.instants(0, len(values), rate_hz), NS_PER_S // rate_hz)


def _ends(series: _Series, *, rising: bool) -> list[tuple[int, bool]]:
    """Return the rows in which a lap has ended, or (True) the count begins anew.

    Args:
        series: the count of laps, or the time of the last one.
        rising: it is a count.
    """
    values = series.values
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(rows) > 2 * _MOST_LAPS:
        return [(int(row), False) for row in rows]
    if not rising:
        return [(int(row), False) for row in rows if values[row] > 0]
    return [
        (int(row), bool(values[row] < values[row - 1]))
        for row in rows
        if 0 <= values[row] < _NUMBERS and 0 <= values[row - 1] < _NUMBERS
    ]


_NUMBERS = 1_000_000
