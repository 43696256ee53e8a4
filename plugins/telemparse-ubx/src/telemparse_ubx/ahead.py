"""A look ahead into a log, before it is read: when its clock begins, and how its sensors count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse_ubx.frames import frames
from telemparse_ubx.losses import Losses
from telemparse_ubx.messages import Kind
from telemparse_ubx.sensor_clock import Pairing
from telemparse_ubx.sensors import RAW_TICK_HZ, meas_readings, raw_readings
from telemparse_ubx.tables import read_tables
from telemparse_ubx.weeks import WeekClock

if TYPE_CHECKING:
    from telemparse.model.artifacts import Artifact

    from telemparse_ubx.frames import Frames
    from telemparse_ubx.tables import Tables

__all__ = ["Ahead", "look_ahead"]

_PIECE_BYTES = 256 * 1024
_NONE = np.zeros(0, np.int64)


@attrs.define
class Ahead:
    """What a log says of itself.

    Attributes:
        base: ms of GPS time at which its clock begins, None where no message tells.
        start_ms: first time of week or, without one, 0.
        timed: whether there is any time of week.
        meas, raw: how the tags of sensors belong to times of week.
        inertial: sources of inertial data in its head.
    """

    base: int | None = None
    start_ms: int = 0
    timed: bool = False
    meas: Pairing = attrs.field(factory=lambda: Pairing(1000, 32))
    raw: Pairing = attrs.field(factory=lambda: Pairing(RAW_TICK_HZ, 24))
    inertial: list[Kind] = attrs.field(factory=list)


def look_ahead(artifact: Artifact) -> Ahead:
    """Return what the head of a log says, or as much of the log as it takes to know the week."""
    ahead, clock, losses = Ahead(), WeekClock(), Losses(artifact.name)
    for number, some in enumerate(frames(artifact, _PIECE_BYTES, losses)):
        tables = read_tables(some, clock, losses)
        if len(tables.unrolled_ms) and not ahead.timed:
            ahead.timed, ahead.start_ms = True, int(tables.unrolled_ms[0])
        _look_at_sensors(ahead, some, tables, losses, first=number == 0)
        if clock.base is not None and ahead.base is None:
            told = np.flatnonzero(tables.bases != 0)
            ahead.base = int(tables.bases[told[0]]) if len(told) else clock.base
        if ahead.base is not None and not (ahead.meas.is_open or ahead.raw.is_open):
            break
    return ahead


def _look_at_sensors(ahead: Ahead, some: Frames, tables: Tables, losses: Losses, *, first: bool) -> None:
    for pairing, read in ((ahead.meas, meas_readings), (ahead.raw, raw_readings)):
        readings = read(some, losses)
        tags = (_NONE, _NONE) if readings is None else (readings.offsets, readings.tags)
        pairing.take(*tags, tables.offsets, tables.unrolled_ms)
    if first:
        sources = (Kind.ESF_MEAS, Kind.ESF_RAW, Kind.ESF_INS, Kind.HNR_INS)
        ahead.inertial = [kind for kind in sources if (some.codes == kind).any()]
