"""The direction of the magnetic field: what it tells of the yaw, where it passes its gates."""

# A magnetometer shows the field of the earth, turned with the vehicle, and that of the vehicle, which turns
# along. Both follow from how it varies with an attitude that is known by other means; what is left then says
# whether the earth's can be told from that of motors and currents.

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.rotations import angles_of, wrapped
from telemparse.analysis.fusion.sightings import Kind, Seen
from telemparse.analysis.stamps import spanned, stamps_ns
from telemparse.kernels.arrays import floats
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.analysis.fusion.states import Trajectory
    from telemparse.kernels.arrays import Floats

__all__ = ["Field", "field_of"]

_AXES = ("mx_ut", "my_ut", "mz_ut")
_FEWEST, _NEAR_S = 100, 0.25
_MOST_ALIKE = 0.8
_LEVEL_UT = (8.0, 45.0)
_MOST_OFF_DEG = 5.0
_LEAST_CORRELATED_S = 1.0


@attrs.frozen(eq=False, kw_only=True)
class Field:
    """What a magnetometer says.

    Args:
        seen: yaw at nodes, None where it is not used.
        level_ut: strength of the level part of the earth's field, NaN where unknown.
        off_deg: how far its direction lies beside the yaw, a standard deviation, NaN where unknown.
        reason: why it is not used, empty where it is.
    """

    seen: Seen | None = None
    level_ut: float = float("nan")
    off_deg: float = float("nan")
    reason: str = ""

    @property
    def facts(self) -> dict[str, float | str]:
        """What parameters of a pose tell of it."""
        if self.seen is None:
            return {"unused": self.reason}
        return {"level_ut": self.level_ut, "off_deg": self.off_deg, "nodes": len(self.seen.node)}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """`MAG_INTERFERENCE` where the field was there and is not the earth's."""
        disturbed = self.seen is None and np.isfinite(self.off_deg)
        return (Issue("MAG_INTERFERENCE", deg=round(self.off_deg, 1)),) if disturbed else ()


def field_of(table: pa.Table, known: Trajectory, rotation: Floats, later: tuple[int, float]) -> Field:
    """Return what the field says of the yaw at the nodes of a trajectory that was found without it.

    Args:
        table: stream `imu_mag`, in the axes of the accelerometer.
        known: the trajectory.
        rotation: from the unit's axes to the vehicle's, shape (3, 3).
        later: instant at which the nodes' clock is 0, ns, and seconds by which the unit's stamps are moved.
    """
    zero_ns, later_s = later
    t_s, values = _read(table, zero_ns)
    if len(t_s) < _FEWEST:
        return Field(reason="too few samples of the field")
    t_s = t_s + later_s
    node = np.flatnonzero(spanned(known.nodes_s, t_s, _NEAR_S))
    if len(node) < _FEWEST:
        return Field(reason="no field at the fixes")
    attitude = known.attitude[node]
    yaw, _pitch, _roll = angles_of(attitude)
    if abs(np.exp(1j * yaw).mean()) > _MOST_ALIKE:
        return Field(reason="the vehicle hardly turns: its own field cannot be told from the earth's")
    felt = np.stack([np.interp(known.nodes_s[node], t_s, values[:, axis]) for axis in range(3)], axis=1)
    earth, own = _parted(attitude, felt @ rotation.T)
    turned = np.einsum("kij,kj->ki", attitude, felt @ rotation.T - own)
    off = wrapped(np.arctan2(turned[:, 1], turned[:, 0]) - np.arctan2(earth[1], earth[0]))
    std = float(1.4826 * np.median(np.abs(off)))
    level = float(np.hypot(*earth[:2]))
    if not (_LEVEL_UT[0] <= level <= _LEVEL_UT[1] and np.degrees(std) <= _MOST_OFF_DEG):
        return Field(
            level_ut=level,
            off_deg=float(np.degrees(std)),
            reason=f"a level field of {level:.0f} uT that is off by {np.degrees(std):.1f} degrees",
        )
    looks = max(_correlated_s(known.nodes_s[node], off) / float(np.median(np.diff(known.nodes_s))), 1.0)
    seen = Seen(
        kind=Kind.FIELD,
        node=node,
        values=wrapped(yaw - off)[:, None],
        variance=np.full((len(node), 1), std**2 * looks),
    )
    return Field(seen=seen, level_ut=level, off_deg=float(np.degrees(std)))


def _parted(attitude: Floats, felt: Floats) -> tuple[Floats, Floats]:
    """Return the field of the earth (east, north, up) and that of the vehicle in its own frame, shape (3,).

    What is felt is the one turned back and the other as it is: least squares. Where all turns are about one
    axis their parts along it cannot be told apart, and nothing here needs them.
    """
    into = np.swapaxes(attitude, 1, 2)
    whole = np.concatenate([into, np.broadcast_to(np.eye(3), into.shape)], axis=2).reshape(-1, 6)
    found = np.linalg.lstsq(whole, felt.reshape(-1), rcond=1e-6)[0]
    return found[:3], found[3:]


def _correlated_s(t_s: Floats, off: Floats) -> float:
    """Return for how long errors of the direction stay alike: twice until their correlation is 1/e."""
    centred = off - off.mean()
    period = float(np.median(np.diff(t_s)))
    power = float(centred @ centred)
    lag = 1
    while lag < len(off) // 2 and float(centred[lag:] @ centred[:-lag]) > power / np.e:
        lag = 2 * lag
    return max(2 * lag * period, _LEAST_CORRELATED_S)


def _read(table: pa.Table, zero_ns: int) -> tuple[Floats, Floats]:
    """Return stamps, strictly rising, and the field in the unit's axes, rows with a null left out."""
    values = np.stack([floats(table[name]) for name in _AXES], axis=1)
    known = np.isfinite(values).all(axis=1)
    t_ns, first = np.unique(stamps_ns(table)[known], return_index=True)
    return np.asarray((t_ns - zero_ns) / 1e9), values[known][first]
