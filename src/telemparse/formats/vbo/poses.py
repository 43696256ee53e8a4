"""What the filter of a VBO logger made of receiver and inertial unit, as a pose about its first position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.kernels.geodesy import local_offsets_m

if TYPE_CHECKING:
    from telemparse.formats.vbo.receiver import Epochs

__all__ = ["Poses"]


@attrs.define
class Poses:
    """Turns the epochs of a fused solution into poses, block by block.

    Attributes:
        origin: latitude and longitude of the first one, degrees; None before it.
    """

    origin: tuple[float, float] | None = None

    def columns(self, found: Epochs) -> dict[str, pa.Array] | None:
        """Return columns of the stream `pose` without `t`, all rows; None without a usable one."""
        rows = np.arange(len(found.lat_deg)) if found.usable is None else np.flatnonzero(found.usable)
        if not len(rows):
            return None
        if self.origin is None:
            self.origin = float(found.lat_deg[rows[0]]), float(found.lon_deg[rows[0]])
        east, north = local_offsets_m(*self.origin, found.lat_deg, found.lon_deg)
        columns = {"x_e_m": to_arrow(east, pa.float64()), "y_n_m": to_arrow(north, pa.float64())}
        if found.flags is not None:
            columns["quality_flags"] = to_arrow(found.flags, pa.uint32())
        if "alt_m" in found.columns:
            columns["z_u_m"] = found.columns["alt_m"]
        if "vel_d_mps" in found.columns:
            columns["vz_mps"] = pc.negate(found.columns["vel_d_mps"])
        if "speed_mps" in found.columns and "course_deg" in found.columns:
            speed, course = found.columns["speed_mps"], found.columns["course_deg"]
            turn, there = np.radians(numpy_view(course)), validity(speed) & validity(course)
            columns["vx_mps"] = to_arrow(numpy_view(speed) * np.sin(turn), pa.float32(), there)
            columns["vy_mps"] = to_arrow(numpy_view(speed) * np.cos(turn), pa.float32(), there)
        return columns

    def facts(self) -> dict[str, float | str]:
        """Return the table metadata; heights are counted from the zero of the receiver's."""
        lat_deg, lon_deg = self.origin or (0.0, 0.0)
        return {
            "origin_lat_deg": lat_deg, "origin_lon_deg": lon_deg, "origin_alt_m": 0.0,
            "pose_source": "onboard_fused",
        }  # fmt: skip
