"""Figures of a pose: how sure it usually is of itself, and how that is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.arrays import numpy_view, validity

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Sureness", "rounded_std", "sureness"]


@attrs.frozen(kw_only=True)
class Sureness:
    """Middle values of a pose's standard deviations, None where the pose has none.

    Args:
        position_m: of the worse axis.
        velocity_mps: of the velocity.
        yaw_deg: of the yaw, degrees.
    """

    position_m: float | None
    velocity_mps: float | None
    yaw_deg: float | None


def sureness(table: pa.Table) -> Sureness:
    """Return how sure a stream `pose` usually is."""
    east, north, velocity, yaw = (
        _middle(table, name) for name in ("pos_std_e_m", "pos_std_n_m", "vel_std_mps", "yaw_std_rad")
    )
    return Sureness(
        position_m=None if east is None or north is None else max(east, north),
        velocity_mps=velocity,
        yaw_deg=None if yaw is None else math.degrees(yaw),
    )


def rounded_std(std: float) -> str:
    """Return a standard deviation with two digits that count, a thousandth at the finest."""
    decimals = 3 if std <= 0 else min(max(1 - math.floor(math.log10(std)), 0), 3)
    return f"{std:.{decimals}f}"


def _middle(table: pa.Table, name: str) -> float | None:
    if name not in table.column_names:
        return None
    values = numpy_view(table[name])[validity(table[name])]
    return float(np.median(values)) if len(values) else None
