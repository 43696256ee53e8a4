"""Laps and sectors as a device counted them, to their canonical tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import only, strings
from telemparse.schemas.batches import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Mask

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
    columns = {
        "lap_number": _whole(range(1, len(laps) + 1)),
        "stint_index": _whole([lap.stint_index for lap in laps]),
        "device_lap": _whole([lap.device_lap for lap in laps]),
        "t_start": _whole([lap.t_start_ns for lap in laps]),
        "t_end": _whole([lap.t_end_ns for lap in laps]),
        "duration_ns": _whole([lap.duration_ns for lap in laps]),
        "distance_m": _decimals([lap.distance_m for lap in laps]),
        "validity": _words([lap.validity for lap in laps]),
        "confidence": _words([lap.confidence for lap in laps]),
        "reasons": _lists([lap.reasons for lap in laps]),
        "source": _words(["device"] * len(laps)),
    }
    return build("laps", columns, time_base=time_base)


def sectors_batch(sectors: Sequence[DeviceSector], *, time_base: str = "utc") -> pa.RecordBatch:
    """Return stream `sectors`, shape (len(sectors),), in the order given, source `device`."""
    columns = {
        "lap_number": _whole([sector.lap_number for sector in sectors]),
        "stint_index": _whole([sector.stint_index for sector in sectors]),
        "sector_index": _whole([sector.sector_index for sector in sectors]),
        "name": _texts([sector.name for sector in sectors]),
        "t_start": _whole([sector.t_start_ns for sector in sectors]),
        "t_end": _whole([sector.t_end_ns for sector in sectors]),
        "duration_ns": _whole([sector.duration_ns for sector in sectors]),
        "source": _words(["device"] * len(sectors)),
    }
    return build("sectors", columns, time_base=time_base)


# `pa.array` of a list imports pandas where that is installed, which costs more than all of this.


def _known(values: Sequence[object]) -> Mask:
    return np.array([value is not None for value in values], np.bool_)


def _whole(values: Sequence[int | None]) -> pa.Array:
    numbers = np.array([0 if value is None else value for value in values], np.int64)
    return to_arrow(numbers, pa.int64(), _known(values))


def _decimals(values: Sequence[float | None]) -> pa.Array:
    numbers = np.array([0.0 if value is None else value for value in values], np.float64)
    return to_arrow(numbers, pa.float64(), _known(values))


def _texts(values: Sequence[str | None]) -> pa.StringArray:
    return only(strings([value or "" for value in values]), _known(values))


def _words(values: Sequence[str]) -> pa.DictionaryArray:
    return strings(values).dictionary_encode()


def _lists(values: Sequence[Sequence[str]]) -> pa.ListArray:
    ends = np.cumsum([0, *map(len, values)])
    words = strings([word for words in values for word in words])
    return pa.ListArray.from_arrays(to_arrow(ends, pa.int32()), words)
