"""LAP messages to laps, sectors and beacons: what the device timed itself, in ms of the logger's clock.

A message tells of a whole lap (segment 0) or of a split: how long it is since the line. Two layouts are
known. That of 20 bytes ends with the logger's ms of the crossing; newer loggers write 32 bytes, with a time
of another kind at that place and the crossing in the last four (libxrk expects 20 bytes and times the laps
of the others by the positions, which is why its laps differ by some ms).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse import schemas
from telemparse.kernels.texts import strings
from telemparse.schemas import DeviceLap, DeviceSector

from telemparse_aim.clock import NS_PER_MS

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse_aim.clock import Clock

__all__ = ["LapBook"]

_HEAD = struct.Struct("<xBHI")  # segment, lap, duration
_END = struct.Struct("<I")
# Length of a message to where the crossing stands and where it is told what kind of lap it is.
_LAYOUTS = {20: (16, None), 32: (28, 25)}
_KINDS = {1: "OUTLAP", 2: "VALID", 3: "INLAP"}
_MOST = 100_000


@attrs.frozen
class _Crossing:
    lap: int
    segment: int
    duration_ms: int
    end_ms: int
    kind: str | None = None

    @classmethod
    def read(cls, payload: bytes) -> _Crossing | None:
        layout = _LAYOUTS.get(len(payload))
        if layout is None:
            return None
        segment, lap, duration_ms = _HEAD.unpack_from(payload)
        kind = None if layout[1] is None else _KINDS.get(payload[layout[1]])
        return cls(lap, segment, duration_ms, _END.unpack_from(payload, layout[0])[0], kind)


@attrs.define
class LapBook:
    """The laps and splits of a file, in its order.

    Attributes:
        repeated: messages that said the same as the one before.
    """

    repeated: int = 0
    _crossings: list[_Crossing] = attrs.field(factory=list)
    _told: int = 0

    def add(self, payload: bytes) -> bool:
        """Take a LAP message; False for one that cannot be read, or beyond the first hundred thousand."""
        crossing = _Crossing.read(payload)
        if crossing is None or len(self._crossings) >= _MOST:
            return False
        if self._crossings and self._crossings[-1] == crossing:
            self.repeated += 1
        else:
            self._crossings.append(crossing)
        return True

    def _laps(self) -> list[_Crossing]:
        return [crossing for crossing in self._crossings if crossing.segment == 0]

    def laps(self, clock: Clock, first_ms: int | None, last_ms: int | None) -> pa.RecordBatch | None:
        """Return the laps, None without any.

        Args:
            clock: of the recording.
            first_ms: of the samples; a lap that begins with them is no whole one. None without samples.
            last_ms: likewise for the end.
        """
        whole = self._laps()
        if not whole:
            return None
        ends_ns = _instants(clock, [lap.end_ms for lap in whole])
        starts_ns = _instants(clock, [lap.end_ms - lap.duration_ms for lap in whole])
        laps = []
        for number, lap in enumerate(whole):
            validity = lap.kind or "VALID"
            if lap.kind is None and first_ms is not None and last_ms is not None:
                if number == 0 and lap.end_ms - lap.duration_ms <= first_ms:
                    validity = "OUTLAP"
                elif number == len(whole) - 1 and lap.end_ms >= last_ms:
                    validity = "INLAP"
            laps.append(
                DeviceLap(
                    duration_ns=lap.duration_ms * NS_PER_MS,
                    device_lap=lap.lap,
                    t_start_ns=starts_ns[number],
                    t_end_ns=ends_ns[number],
                    validity=validity,
                )
            )
        return schemas.laps_batch(laps, time_base=clock.time_base)

    def sectors(self, clock: Clock) -> pa.RecordBatch | None:
        """Return the sectors between the line and the splits whose both ends are known, None without any."""
        most = max((crossing.segment for crossing in self._crossings), default=0)
        found: list[tuple[int, int, int, int]] = []  # lap, sector, start and end in ms
        number, splits = 0, dict[int, _Crossing]()
        for crossing in self._crossings:
            if crossing.segment:
                splits[crossing.segment] = crossing
                continue
            number += 1
            # A split is told with the laps that are through, a lap with itself among them.
            marks = {0: 0} | {
                segment: split.duration_ms
                for segment, split in splits.items()
                if split.lap in (crossing.lap - 1, crossing.lap)
            }
            marks[most + 1] = crossing.duration_ms
            begin_ms = crossing.end_ms - crossing.duration_ms
            for sector in range(most + 1):
                start, end = marks.get(sector), marks.get(sector + 1)
                if len(marks) > 2 and start is not None and end is not None and end >= start:
                    found.append((number, sector, begin_ms + start, begin_ms + end))
            splits.clear()
        if not found:
            return None
        starts_ns = _instants(clock, [start for _lap, _sector, start, _end in found])
        ends_ns = _instants(clock, [end for _lap, _sector, _start, end in found])
        sectors = [
            DeviceSector(
                lap_number=lap,
                sector_index=sector,
                duration_ns=(end - start) * NS_PER_MS,
                t_start_ns=starts_ns[row],
                t_end_ns=ends_ns[row],
            )
            for row, (lap, sector, start, end) in enumerate(found)
        ]
        return schemas.sectors_batch(sectors, time_base=clock.time_base)

    def events(self, clock: Clock) -> pa.RecordBatch | None:
        """Return the beacons since the last call, with the device's count of laps; None without any.

        The end of a recording is no beacon.
        """
        passed = [crossing for crossing in self._crossings[self._told :] if crossing.kind != "INLAP"]
        self._told = len(self._crossings)
        if not passed:
            return None
        kinds = ["sector_beacon" if crossing.segment else "lap_beacon" for crossing in passed]
        columns = {
            "t": np.array(_instants(clock, [crossing.end_ms for crossing in passed]), np.int64),
            "event_type": strings(kinds).dictionary_encode(),
            "value": np.array([crossing.lap for crossing in passed], np.float64),
            "metadata_json": strings([f'{{"segment": {crossing.segment}}}' for crossing in passed]),
        }
        return schemas.build("events", columns, time_base=clock.time_base)


def _instants(clock: Clock, ticks_ms: list[int]) -> list[int]:
    instants: list[int] = clock.instants(np.array(ticks_ms, np.int64) * NS_PER_MS).tolist()
    return instants
