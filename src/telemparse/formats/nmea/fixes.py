"""Epochs to the stream gnss_pvt, and to the events of a fix that is lost and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.nmea.sentences import Kind
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import strings
from telemparse.schemas import QualityFlag, build

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.formats.nmea.joined import Joined
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Fixes"]

# GGA and GNS say most of a fix, and often in more digits.
_POSITION = (Kind.GGA, Kind.GNS, Kind.RMC, Kind.GLL)
_SOURCES = {
    "alt_m": (Kind.GGA, Kind.GNS),
    "speed_mps": (Kind.RMC, Kind.VTG),
    "course_deg": (Kind.RMC, Kind.VTG),
    "hacc_m": (Kind.GST,),
    "vacc_m": (Kind.GST,),
    "hdop": (Kind.GGA, Kind.GNS, Kind.GSA),
    "vdop": (Kind.GSA,),
    "pdop": (Kind.GSA,),
    "sat_count": (Kind.GGA, Kind.GNS),
}
_DEAD, _FUSED = 1, 4
_LON_DEG, _CIRCLE_DEG = 180.0, 360.0


@attrs.define
class Fixes:
    """Makes rows of epochs, one log at a time.

    Attributes:
        time_base: of the log.
        epochs: in which the receiver spoke of a fix, so far.
        without_fix: those in which it had none.
    """

    time_base: str
    epochs: int = 0
    without_fix: int = 0
    _fixed: bool | None = None
    _last_ns: int | None = None

    def rows(self, joined: Joined) -> tuple[pa.RecordBatch | None, pa.RecordBatch | None]:
        """Return the fixes and the events of epochs, None where there are none."""
        lat_deg = joined.first_of("lat_deg", _POSITION)
        void = joined.any_of("void", _POSITION)
        fixed = ~void & ~np.isnan(lat_deg)
        spoken = fixed | void
        for kind in _POSITION:
            if kind in joined.tables:
                spoken[joined.tables[kind].rows] = True
        self.epochs += int(spoken.sum())
        self.without_fix += int((spoken & ~fixed).sum())
        events = self._events(joined, fixed, spoken)
        return self._batch(joined, lat_deg, fixed), events

    def _batch(self, joined: Joined, lat_deg: Floats, fixed: Mask) -> pa.RecordBatch | None:
        if not fixed.any():
            return None
        lon_deg = joined.first_of("lon_deg", _POSITION)
        flags = np.where(joined.near, np.uint32(QualityFlag.CHECKSUM_SKIPPED), np.uint32(0))
        doubtful = joined.any_of("doubtful", _POSITION)
        if doubtful.any():
            flags |= np.where(doubtful, np.uint32(QualityFlag.FIX_DOUBTFUL), np.uint32(0))
        columns: dict[str, NDArray[Any]] = {
            "t": joined.t_ns,
            "lat_deg": lat_deg,
            # 180 degrees east and west are one meridian, which the schema calls -180.
            "lon_deg": np.where(lon_deg == _LON_DEG, -_LON_DEG, lon_deg)
            if (lon_deg == _LON_DEG).any()
            else lon_deg,
            "quality_flags": flags,
        }
        types = _fix_types(joined)
        if types is not None:
            columns["fix_type"] = types
        for name, kinds in _SOURCES.items():
            if joined.knows(name, kinds):
                columns[name] = joined.first_of(name, kinds)
        if "course_deg" in columns:
            course = columns["course_deg"].astype(np.float32)
            course[course >= _CIRCLE_DEG] = 0
            columns["course_deg"] = course
        if not fixed.all():
            columns = {name: column[fixed] for name, column in columns.items()}
        # The schema's own types are narrower than those that were reckoned with.
        arrays = {name: _arrow(name, column) for name, column in columns.items()}
        return build("gnss_pvt", arrays, time_base=self.time_base)

    def _events(self, joined: Joined, fixed: Mask, spoken: Mask) -> pa.RecordBatch | None:
        """Return losses and returns of the fix; one that passes without a time is told at the last one."""
        found: list[tuple[int, str]] = []
        rows = np.flatnonzero(spoken)
        if not len(rows):
            return None
        states, broken = fixed[rows], joined.broken[rows]
        before = np.concatenate([[bool(states[0]) if self._fixed is None else self._fixed], states[:-1]])
        for row in np.flatnonzero((states != before) | broken).tolist():
            t_ns = int(joined.t_ns[rows[row]])
            last_ns = self._last_ns if row == 0 else int(joined.t_ns[rows[row - 1]])
            was_fixed = bool(before[row]) and not (row == 0 and self._fixed is None)
            if broken[row] and was_fixed and last_ns is not None:
                found.append((last_ns, "fix_lost"))
            was_fixed = was_fixed and not broken[row]
            if (row or self._fixed is not None or broken[row]) and bool(states[row]) != was_fixed:
                found.append((t_ns, "fix_regained" if states[row] else "fix_lost"))
        self._fixed, self._last_ns = bool(states[-1]), int(joined.t_ns[rows[-1]])
        return self._event_batch(found)

    def trailing(self) -> pa.RecordBatch | None:
        """Return the loss of a fix after which a log has no time any more."""
        if not self._fixed or self._last_ns is None:
            return None
        return self._event_batch([(self._last_ns, "fix_lost")])

    def _event_batch(self, found: list[tuple[int, str]]) -> pa.RecordBatch | None:
        if not found:
            return None
        columns = {
            "t": np.array([t_ns for t_ns, _kind in found], np.int64),
            "event_type": strings([kind for _t_ns, kind in found]).dictionary_encode(),
            "metadata_json": strings(["{}"] * len(found)),
        }
        return build("events", columns, time_base=self.time_base)


def _fix_types(joined: Joined) -> Floats | None:
    """Return canonical fix types, NaN where nobody tells; None where nobody tells at all.

    What the quality or a mode says of RTK and dead reckoning goes before the axes that GSA counts. Dead
    reckoning while another sentence of the epoch says that satellites made the fix is both together.
    """
    counted = joined.knows("dimensions", (Kind.GSA,))
    if not counted and not joined.knows("fix_type", _POSITION):
        return None
    found = joined.first_of("fix_type", _POSITION).copy()
    dead = found == _DEAD
    if dead.any():
        found[dead & joined.any_of("by_satellites", _POSITION)] = _FUSED
    rest = np.isnan(found)
    if counted and rest.any():
        found[rest] = joined.first_of("dimensions", (Kind.GSA,))[rest]
    return found


_KINDS = {"t": pa.int64(), "quality_flags": pa.uint32(), "fix_type": pa.uint8(), "sat_count": pa.uint8(),
          "lat_deg": pa.float64(), "lon_deg": pa.float64(), "alt_m": pa.float64()}  # fmt: skip


def _arrow(name: str, values: NDArray[Any]) -> pa.Array:
    if values.dtype.kind != "f":
        return to_arrow(values, _KINDS[name])
    unknown = np.isnan(values)
    kind = _KINDS.get(name, pa.float32())
    if not unknown.any():
        return to_arrow(values, kind)
    if name in ("fix_type", "sat_count"):
        values = np.where(unknown, 0, values)
    return to_arrow(values, kind, ~unknown)
