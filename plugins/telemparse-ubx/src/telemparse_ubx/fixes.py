"""Epochs to gnss_pvt, to channels beside the fix, and to the events of a fix that is lost and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import FixChanges, QualityFlag, build, channel_field

from telemparse_ubx.gnss_rows import are_placed, gnss_batch
from telemparse_ubx.messages import Kind
from telemparse_ubx.readings import CHANNELS, READINGS
from telemparse_ubx.sheets import Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_ubx.epochs import Joined
    from telemparse_ubx.losses import Losses
    from telemparse_ubx.readings import Columns
    from telemparse_ubx.timing import Timing

__all__ = ["Fixes"]

_PRECISE, _PVT, _OLD = Kind.NAV_HPPOSLLH, Kind.NAV_PVT, Kind.NAV_POSLLH
_PLACE = (_PRECISE, _PVT, _OLD)
_MOTION = (_PVT, Kind.NAV_VELNED, Kind.NAV_SOL)
_SOURCES = {
    "alt_m": _PLACE,
    "speed_mps": _MOTION,
    "course_deg": _MOTION,
    "vel_n_mps": _MOTION,
    "vel_e_mps": _MOTION,
    "vel_d_mps": _MOTION,
    "hacc_m": _PLACE,
    "vacc_m": _PLACE,
    "sacc_mps": _MOTION,
    "hdop": (Kind.NAV_DOP,),
    "vdop": (Kind.NAV_DOP,),
    "pdop": (_PVT, Kind.NAV_SOL, Kind.NAV_DOP),
    "sat_count": (_PVT, Kind.NAV_SOL),
    "fix_type": (_PVT, Kind.NAV_STATUS, Kind.NAV_SOL),
}
_STATES = (_PVT, Kind.NAV_STATUS, Kind.NAV_SOL)
_SPOKEN = (*_STATES, _PRECISE, _OLD)
_TURN_DEG = 360.0
_NS_PER_MS = 1_000_000


@attrs.define
class Fixes:
    """Makes batches of the epochs of one log.

    Args:
        timing: of the log.
        losses: likewise.
    """

    timing: Timing
    losses: Losses
    changes: FixChanges = attrs.field(init=False)
    _fields: dict[str, pa.Field] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.changes = FixChanges(time_base=self.timing.time_base)

    def batches(self, joined: Joined, *, channels: bool) -> dict[str, pa.RecordBatch]:
        """Return batches by stream; those without rows are left out.

        Args:
            joined: epochs.
            channels: whether anybody wants those.
        """
        read = {kind: READINGS[kind](table.rows) for kind, table in joined.tables.items() if kind in READINGS}
        sheet = Sheet(joined, read)
        t_ns, dated = self._times(joined)
        fixed, doubtful = self._fixed(sheet)
        found: dict[str, pa.RecordBatch | None] = {}
        found["gnss_pvt"] = self._gnss(sheet, t_ns, dated, fixed, doubtful)
        if channels:
            found["channels"] = self._channels(sheet, t_ns, fixed)
        spoken = sheet.has(_SPOKEN)
        found["events"] = self.changes.events(t_ns[spoken], fixed[spoken])
        return {name: batch for name, batch in found.items() if batch is not None and batch.num_rows}

    def _times(self, joined: Joined) -> tuple[Ints, Mask]:
        """Return instants of epochs, and which of them name it themselves."""
        count = len(joined.unrolled_ms)
        t_ns, known = np.zeros(count, np.int64), np.zeros(count, np.bool_)
        if self.timing.time_base == "utc":
            for kind in (Kind.NAV_PVT, Kind.NAV_TIMEUTC):
                table = joined.tables.get(kind)
                if table is not None:
                    free = table.dated & ~known[table.records]
                    t_ns[table.records[free]] = table.t_ns[free]
                    known[table.records[free]] = True
        rows = np.flatnonzero(~known)
        self.timing.dated += count - len(rows)
        self.timing.counted += len(rows)
        if len(rows):
            fraction_ns = np.zeros(count, np.int64)
            for kind in (Kind.NAV_TIMEGPS, Kind.NAV_SOL):
                table = joined.tables.get(kind)
                if table is not None:
                    fraction_ns[table.records] = np.clip(table.rows["fTOW"], -_NS_PER_MS, _NS_PER_MS)
            unrolled_ns = joined.unrolled_ms[rows] * _NS_PER_MS + fraction_ns[rows]
            t_ns[rows] = self.timing.instants(joined.bases[rows], unrolled_ns)
        return t_ns, known

    def _fixed(self, sheet: Sheet) -> tuple[Mask, Mask]:
        """Return which epochs have a fix, and which of these nobody vouches for."""
        placed = ~np.isnan(sheet.first_of("lat_deg", (*_PLACE, Kind.NAV_SOL)))
        told = sheet.has(_STATES)
        fixed = sheet.any_of("fixed", _STATES)
        if _PVT in sheet.read:
            # UBX-NAV-PVT speaks for its epoch, whatever older messages say.
            rows = sheet.joined.tables[_PVT].records
            fixed[rows] = sheet.read[_PVT]["fixed"]
        doubtful = placed & ~told
        if doubtful.any():
            # An accuracy that is not known is what receivers write before their first fix.
            doubtful &= ~np.isnan(sheet.first_of("hacc_m", _PLACE))
        fixed = (fixed | doubtful) & placed
        lat_deg, lon_deg = (sheet.first_of(name, (*_PLACE, Kind.NAV_SOL)) for name in ("lat_deg", "lon_deg"))
        return are_placed(lat_deg, lon_deg, fixed, sheet.joined.offsets, self.losses), doubtful

    def _gnss(
        self, sheet: Sheet, t_ns: Ints, dated: Mask, fixed: Mask, doubtful: Mask
    ) -> pa.RecordBatch | None:
        if not fixed.any():
            return None
        joined = sheet.joined
        columns: Columns = {
            name: sheet.first_of(name, (*_PLACE, Kind.NAV_SOL)) for name in ("lat_deg", "lon_deg")
        }
        columns |= {
            name: sheet.first_of(name, kinds) for name, kinds in _SOURCES.items() if sheet.knows(name, kinds)
        }
        flags = np.where(joined.near, np.uint32(QualityFlag.CHECKSUM_SKIPPED), np.uint32(0))
        flags |= np.where(doubtful, np.uint32(QualityFlag.FIX_DOUBTFUL), np.uint32(0))
        flags |= np.where(sheet.any_of("fused", _STATES), np.uint32(QualityFlag.DEVICE_FUSED), np.uint32(0))
        if _PVT in joined.tables and self.timing.time_base == "utc":
            # A fix without a date gets that of the messages around it.
            flags |= np.where(sheet.has((_PVT,)) & ~dated, np.uint32(QualityFlag.TIME_REPAIRED), np.uint32(0))
        if Kind.NAV_SOL in joined.tables:
            _complete_from_centre(sheet, columns, flags)
        return gnss_batch(
            {"t": t_ns, "quality_flags": flags, **columns},
            fixed,
            joined.offsets,
            self.losses,
            self.timing.time_base,
        )

    def _channels(self, sheet: Sheet, t_ns: Ints, fixed: Mask) -> pa.RecordBatch | None:
        """Return what epochs say beside the fix; those that lack one say nothing that holds."""
        rows = fixed | ~sheet.has(_SPOKEN)
        found = {}
        for name, channel in CHANNELS.items():
            if sheet.knows(name, channel.kinds):
                values = sheet.first_of(name, channel.kinds)
                known = ~np.isnan(values) & rows
                if known.any():
                    found[name] = (values, known)
        if not found:
            return None
        # In the order of their first values, so that it does not matter how a log is cut.
        for name in sorted(found, key=lambda name: int(np.argmax(found[name][1]))):
            if name not in self._fields:
                channel = CHANNELS[name]
                unit = channel.unit
                self._fields[name] = channel_field(
                    name, pa.float64(), unit=unit, source_name=channel.source, source_unit=unit
                )
        kept = np.flatnonzero(np.logical_or.reduce([known for _values, known in found.values()]))
        columns = {"t": to_arrow(t_ns[kept], pa.int64())}
        for name, field in self._fields.items():
            if name in found:
                values, known = found[name]
                columns[name] = to_arrow(values[kept], field.type, known[kept])
            else:
                columns[name] = pa.nulls(len(kept), field.type)
        return build("channels.main", columns, time_base=self.timing.time_base, fields=self._fields)


def _complete_from_centre(sheet: Sheet, columns: Columns, flags: NDArray[np.uint32]) -> None:
    """Give epochs that have UBX-NAV-SOL alone its altitude, and speed and course of its velocity."""
    height_m = sheet.first_of("ellipsoidal_m", (Kind.NAV_SOL,))
    lone = np.isnan(sheet.first_of("lat_deg", _PLACE)) & ~np.isnan(height_m)
    columns["alt_m"] = np.where(lone, height_m, columns.get("alt_m", np.nan))
    flags |= np.where(lone, np.uint32(QualityFlag.ALTITUDE_ELLIPSOIDAL), np.uint32(0))
    speeds = sheet.first_of("speed_mps", _MOTION)
    without = np.isnan(speeds)
    north, east = columns["vel_n_mps"], columns["vel_e_mps"]
    columns["speed_mps"] = np.where(without, np.hypot(north, east), speeds)
    courses = sheet.first_of("course_deg", _MOTION)
    moving = without & (columns["speed_mps"] > 0)
    columns["course_deg"] = np.where(moving, np.degrees(np.arctan2(east, north)) % _TURN_DEG, courses)
