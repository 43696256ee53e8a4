"""Laps as the app timed them: `laps` of session.json, in milliseconds since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse import schemas
from telemparse.kernels.texts import strings
from telemparse.model.issues import Locus
from telemparse.model.skips import Skips

from telemparse_racechrono.documents import whole
from telemparse_racechrono.elements import LAST_MS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Laps"]

_NS_PER_MS = 1_000_000
_LONGEST_STINT = (1 << 31) - 1


@attrs.define
class Laps:
    """The laps of one session, in order of their begin.

    Attributes:
        laps: that have a begin and an end.
        unfinished: that have only a begin: the one that was running when the recording stopped.
        total: laps in the document.
        skips: laps whose times cannot be.
    """

    laps: list[schemas.DeviceLap] = attrs.field(factory=list)
    unfinished: int = 0
    total: int = 0
    skips: Skips = attrs.field(factory=Skips)
    _crossings: dict[int, int | None] = attrs.field(factory=dict)

    @classmethod
    def of(cls, session: dict[str, Any], archive: str) -> Laps:
        """Return the laps of session.json."""
        laps = cls()
        entries = session.get("laps")
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            laps.total += 1
            if not (isinstance(entry, dict) and laps._take(entry)):
                laps.skips.add(Locus(archive, record=number))
        laps.laps.sort(key=lambda lap: lap.t_start_ns or 0)
        return laps

    def _take(self, entry: dict[str, Any]) -> bool:
        number, stint = whole(entry.get("number")), whole(entry.get("sessionResume")) or 0
        start_ms, finish_ms = whole(entry.get("startTimestamp")), whole(entry.get("finishTimestamp"))
        if start_ms is None or not 0 < start_ms < LAST_MS or not 0 <= stint <= _LONGEST_STINT:
            return False
        if number is not None and not 0 <= number <= _LONGEST_STINT:
            return False
        if finish_ms is not None and not start_ms <= finish_ms < LAST_MS:
            return False
        self._crossings[start_ms] = number
        if finish_ms is None:
            self.unfinished += 1
            return True
        self._crossings.setdefault(finish_ms, None)
        self.laps.append(
            schemas.DeviceLap(
                duration_ns=(finish_ms - start_ms) * _NS_PER_MS,
                device_lap=number,
                stint_index=stint,
                t_start_ns=start_ms * _NS_PER_MS,
                t_end_ns=finish_ms * _NS_PER_MS,
                validity="INVALID" if entry.get("isInvalid") is True else "VALID",
            )
        )
        return True

    def table(self) -> pa.RecordBatch | None:
        """Return the rows of `laps`, None without any."""
        return schemas.laps_batch(self.laps) if self.laps else None

    def beacons(self) -> pa.RecordBatch | None:
        """Return a `lap_beacon` for each crossing of the line; its value is the lap that begins there."""
        if not self._crossings:
            return None
        crossings = sorted(self._crossings.items())
        columns = {
            "t": [ms * _NS_PER_MS for ms, _lap in crossings],
            "event_type": strings(["lap_beacon"] * len(crossings)).dictionary_encode(),
            "value": [None if lap is None else float(lap) for _ms, lap in crossings],
            "metadata_json": strings(["{}"] * len(crossings)),
        }
        return schemas.build("events", columns)
