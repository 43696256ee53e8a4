"""What streams amount to: rows, time range, rate, and the capabilities that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.arrays import numpy_view
from telemparse.model.capabilities import Capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints

__all__ = ["Measure", "capabilities"]

_RATE_SAMPLES = 100_000
_NS_PER_S = 1_000_000_000


@attrs.define
class Measure:
    """Running figures of one stream, updated batch by batch, so that whole and streamed results agree.

    Args:
        rows: so far.
        t_first_ns, t_last_ns: smallest and largest time, None without timed rows.
        time_base: of the first batch.
        values: number of non-null values by column.
        facts: table metadata of the first batch.
    """

    rows: int = 0
    t_first_ns: int | None = None
    t_last_ns: int | None = None
    time_base: str | None = None
    values: dict[str, int] = attrs.field(factory=dict)
    facts: dict[str, str] = attrs.field(factory=dict)
    _steps: list[Ints] = attrs.field(factory=list, repr=False)
    _sampled: int = attrs.field(default=0, repr=False)
    _previous_ns: int | None = attrs.field(default=None, repr=False)

    @classmethod
    def of(cls, table: pa.Table) -> Measure:
        """Return the figures of a whole table."""
        measure = cls()
        measure.update(table)
        return measure

    def update(self, table: pa.Table) -> None:
        """Take in further rows."""
        if self.rows == 0:
            self.facts = {
                key.decode(errors="replace"): value.decode(errors="replace")
                for key, value in (table.schema.metadata or {}).items()
            }
            self.time_base = self.facts.get("time_base")
        self.rows += table.num_rows
        for name, column in zip(table.column_names, table.columns, strict=True):
            self.values[name] = self.values.get(name, 0) + len(column) - column.null_count
        if "t" in table.column_names and table.num_rows:
            self._times(numpy_view(table.column("t")))

    def _times(self, t_ns: Ints) -> None:
        first, last = int(t_ns.min()), int(t_ns.max())
        self.t_first_ns = first if self.t_first_ns is None else min(self.t_first_ns, first)
        self.t_last_ns = last if self.t_last_ns is None else max(self.t_last_ns, last)
        if self._sampled < _RATE_SAMPLES:
            joined = t_ns if self._previous_ns is None else np.concatenate([[self._previous_ns], t_ns])
            steps = np.diff(joined[: _RATE_SAMPLES - self._sampled + 1])
            self._steps.append(steps)
            self._sampled += len(steps)
        self._previous_ns = int(t_ns[-1])

    @property
    def rate_hz(self) -> float | None:
        """One over the median positive time step of the first 100 000 rows, None below two rows."""
        steps = np.concatenate(self._steps) if self._steps else np.zeros(0, np.int64)
        steps = steps[steps > 0]
        return float(_NS_PER_S / np.median(steps)) if len(steps) else None

    def has(self, *columns: str) -> bool:
        """Tell whether each of the columns holds a value."""
        return all(self.values.get(column, 0) > 0 for column in columns)


def capabilities(measures: Mapping[str, Measure]) -> Capabilities:
    """Return what a result with these streams can do; nothing is claimed that no row shows."""
    by_base: dict[str, list[Measure]] = {}
    for name, measure in measures.items():
        if measure.rows:
            by_base.setdefault(name.partition(".")[0], []).append(measure)
    gnss = by_base.get("gnss_pvt", [])
    accel, gyro, mag = (by_base.get(f"imu_{kind}", []) for kind in ("accel", "gyro", "mag"))
    fused = [pose for pose in by_base.get("pose", []) if pose.facts.get("pose_source") == "onboard_fused"]
    timed = [measure for group in by_base.values() for measure in group if measure.t_first_ns is not None]
    velocity = any(m.has("speed_mps") or m.has("vel_n_mps", "vel_e_mps") for m in gnss)
    quality = ("hdop", "pdop", "hacc_m", "sat_count", "fix_type")
    return Capabilities(
        has_gnss_position=bool(gnss),
        has_gnss_velocity=velocity,
        has_gnss_quality_fields=any(m.has(column) for m in gnss for column in quality),
        has_imu_accel=bool(accel),
        has_imu_gyro=bool(gyro),
        has_magnetometer=bool(mag),
        has_onboard_fused_pose=bool(fused),
        has_onboard_fused_orientation=any(pose.has("yaw_rad") for pose in fused),
        has_time_sync_markers=any(measure.facts.get("sync_markers") for measure in by_base.get("events", [])),
        has_device_laps="laps" in measures and measures["laps"].rows > 0,
        has_absolute_time=any(measure.time_base == "utc" for measure in timed),
        sample_rate_gnss_hz=gnss[0].rate_hz if gnss else None,
        sample_rate_imu_hz=(accel or gyro)[0].rate_hz if accel or gyro else None,
        imu_dof=3 * (bool(accel) + bool(gyro) + bool(mag)),
    )
