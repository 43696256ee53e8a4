"""What is judged of a source: its streams, laps and findings, and the observations that they allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from telemparse.analysis.quality.fusion_observations import observe_fusion
from telemparse.analysis.quality.gnss_observations import observe_gnss
from telemparse.analysis.quality.imu_observations import observe_imu
from telemparse.analysis.quality.lap_observations import observe_laps, observe_motion
from telemparse.analysis.quality.observed import seen
from telemparse.analysis.quality.source_observations import (
    observe_clock,
    observe_integrity,
    observe_overlap,
    observe_pose,
)
from telemparse.analysis.quality.subjects import Signal
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.quality.observed import Observed
    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["Recording"]

# Columns that tell a stream, first that fits.
_TELLS = (
    ("gnss_pvt", ("t", "lat_deg", "lon_deg")),
    ("imu_accel", ("t", "ax_mps2", "ay_mps2", "az_mps2")),
    ("imu_gyro", ("t", "gx_rps", "gy_rps", "gz_rps")),
    ("pose", ("t", "x_e_m", "y_n_m")),
    ("laps", ("lap_number", "duration_ns", "validity")),
)


@attrs.frozen(eq=False)
class Recording:
    """A source of any kind, taken apart.

    Args:
        streams: those with rows.
        issues: of the parse.
        without_fix: epochs that had no position.
        laps: that were looked for, None where they were not.
        fused: what a fusion came to, None where none was tried.
    """

    streams: Mapping[str, pa.Table]
    issues: tuple[Issue, ...] = ()
    without_fix: int = 0
    laps: Laps | None = None
    fused: Fused | None = None

    @classmethod
    def of(
        cls, source: ParseResult | pa.Table | Any, laps: Laps | None = None, fused: Fused | None = None
    ) -> Recording:
        """Return the recording of a result, or of one table by its columns.

        Raises CallError for a table that is no stream which quality is known of, and for other things.
        """
        if isinstance(source, pa.Table):
            names = set(source.column_names)
            stream = next((name for name, columns in _TELLS if names.issuperset(columns)), None)
            if stream is None:
                raise CallError(f"no stream to judge has the columns {', '.join(source.column_names)}")
            return cls({stream: source} if source.num_rows else {}, laps=laps, fused=fused)
        streams = getattr(source, "streams", None)
        if streams is None:
            raise CallError(f"quality is of a result or a table, not of {type(source).__name__}")
        return cls(
            {name: table for name, table in streams.items() if table.num_rows},
            (*source.errors, *source.warnings),
            int(source.metadata.get("epochs_without_fix", 0)),
            laps,
            fused,
        )

    @property
    def gnss(self) -> pa.Table | None:
        """Positions, None without any."""
        return self.streams.get("gnss_pvt")

    @property
    def inertial(self) -> tuple[pa.Table | None, pa.Table | None]:
        """Accelerometer and gyroscope, None where they are absent."""
        return self.streams.get("imu_accel"), self.streams.get("imu_gyro")

    @property
    def pose(self) -> pa.Table | None:
        """Pose that was fused, else the device's, None without one: what is only measured is not fused."""
        if self.fused is not None and self.fused.ok:
            return self.fused.table
        table = self.streams.get("pose")
        fused = table is not None and (table.schema.metadata or {}).get(b"pose_source") != b"gnss_measured"
        return table if fused else None

    @property
    def lap_table(self) -> pa.Table | None:
        """Laps that were found, else the device's; None where there are none."""
        if self.laps is not None:
            return self.laps.table if len(self.laps) else None
        return self.streams.get("laps")

    def absences(self) -> Mapping[Signal, str]:
        """Return why signals cannot be judged, of those that cannot."""
        accel, gyro = self.inertial
        inertial = accel is not None or gyro is not None
        reasons = {
            Signal.GNSS: None if self.gnss is not None else "the recording holds no positions",
            Signal.IMU: None if inertial else "the recording holds no inertial stream",
            Signal.ALIGNMENT: None
            if inertial and self.gnss is not None
            else "there are no two signals to lay over each other",
            Signal.FUSION: None if self.pose is not None else self._without_pose(),
            Signal.LAPS: None if self.lap_table is not None else self._without_laps(),
        }
        return {signal: reason for signal, reason in reasons.items() if reason is not None}

    def _without_pose(self) -> str:
        if self.fused is None:
            return "the recording holds no fused pose"
        return str(self.fused.parameters.get("fallback", "there are no positions"))

    def _without_laps(self) -> str:
        if self.laps is None:
            return "laps were not looked for, and the device gives none"
        found = [issue.message for issue in self.laps.issues if issue.code == "LAPS_NOT_FOUND"]
        return found[0] if found else "no laps found"

    def observations(self) -> Mapping[str, Observed]:
        """Return all observations by name, those of signals that are not there left out."""
        found: dict[str, Observed] = dict(observe_integrity(self.issues))
        accel, gyro = self.inertial
        moving = [
            (name, table)
            for name, table in (("gnss_pvt", self.gnss), ("imu_accel", accel), ("imu_gyro", gyro))
            if table is not None
        ]
        if moving:
            # The main stream's clock is the one that times anything.
            found |= observe_clock(*moving[0])
        if self.gnss is not None:
            found |= observe_gnss(self.gnss, without_fix=self.without_fix)
            found |= observe_motion(self.laps)
        if accel is not None or gyro is not None:
            found |= observe_imu(accel, gyro)
        if self.gnss is not None and (accel is not None or gyro is not None):
            found |= observe_overlap(self.gnss, accel if accel is not None else gyro)
        if self.pose is not None:
            found |= observe_pose(self.pose)
        if self.fused is not None:
            found |= observe_fusion(self.fused)
        if self.lap_table is not None:
            found |= observe_laps(self.lap_table, self.laps)
        elif self.laps is not None:
            found["laps_complete"] = seen(0, reason=self._without_laps())
        return found
