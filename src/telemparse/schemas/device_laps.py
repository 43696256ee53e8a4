"""Laps and sectors as a device counted them, to their canonical tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.schemas.batches import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

__all__ = ["DeviceLap", "DeviceSector", "laps_batch", "sectors_batch"]


@attrs.frozen(kw_only=True)
class DeviceLap:
    """One lap, with what the device says of it and nothing else.

    Args:
        duration_ns: lap time, never negative.
        device_lap: the device's own number of the lap, None where it gives none.
        stint_index: which stint, from 0.
        t_start_ns, t_end_ns: crossings, ns since 1970 in the time base of the table; None where the device
            gives only durations.
        distance_m: None where the device does not say.
        validity: `VALID`, `INVALID`, `OUTLAP` or `INLAP`.
        confidence: `HIGH` where the device timed the lap itself; lower where it is read out of a channel.
        reasons: registry codes that lowered the confidence.
    """

    duration_ns: int
    device_lap: int | None = None
    stint_index: int = 0
    t_start_ns: int | None = None
    t_end_ns: int | None = None
    distance_m: float | None = None
    validity: str = "VALID"
    confidence: str = "HIGH"
    reasons: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class DeviceSector:
    """One sector of a device's lap.

    Args:
        lap_number: of the lap in the table of laps, from 1.
        sector_index: within the lap, from 0.
        duration_ns: sector time, never negative.
        name: as the device names it, or None.
        stint_index, t_start_ns, t_end_ns: as for a lap.
    """

    lap_number: int
    sector_index: int
    duration_ns: int
    name: str | None = None
    stint_index: int = 0
    t_start_ns: int | None = None
    t_end_ns: int | None = None


def laps_batch(laps: Sequence[DeviceLap], *, time_base: str = "utc") -> pa.RecordBatch:
    """Return stream `laps`, shape (len(laps),), numbered from 1 in the order given, source `device`."""
    columns: dict[str, list[object]] = {
        "lap_number": list(range(1, len(laps) + 1)),
        "stint_index": [lap.stint_index for lap in laps],
        "device_lap": [lap.device_lap for lap in laps],
        "t_start": [lap.t_start_ns for lap in laps],
        "t_end": [lap.t_end_ns for lap in laps],
        "duration_ns": [lap.duration_ns for lap in laps],
        "distance_m": [lap.distance_m for lap in laps],
        "validity": [lap.validity for lap in laps],
        "confidence": [lap.confidence for lap in laps],
        "reasons": [list(lap.reasons) for lap in laps],
        "source": ["device"] * len(laps),
    }
    return build("laps", columns, time_base=time_base)


def sectors_batch(sectors: Sequence[DeviceSector], *, time_base: str = "utc") -> pa.RecordBatch:
    """Return stream `sectors`, shape (len(sectors),), in the order given, source `device`."""
    columns: dict[str, list[object]] = {
        "lap_number": [sector.lap_number for sector in sectors],
        "stint_index": [sector.stint_index for sector in sectors],
        "sector_index": [sector.sector_index for sector in sectors],
        "name": [sector.name for sector in sectors],
        "t_start": [sector.t_start_ns for sector in sectors],
        "t_end": [sector.t_end_ns for sector in sectors],
        "duration_ns": [sector.duration_ns for sector in sectors],
        "source": ["device"] * len(sectors),
    }
    return build("sectors", columns, time_base=time_base)
