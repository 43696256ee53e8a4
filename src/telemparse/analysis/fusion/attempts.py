"""One fusion: nodes, measurements, filter; again while the clocks turn out to stand apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.fusion.aids import followed, wheels_seen
from telemparse.analysis.fusion.estimates import estimate
from telemparse.analysis.fusion.fields import Field, field_of
from telemparse.analysis.fusion.first_guesses import first_guess
from telemparse.analysis.fusion.heights import heights_seen
from telemparse.analysis.fusion.nodes import fixes_seen, nodes_of
from telemparse.analysis.fusion.rotations import angles_of, turned_by, wrapped
from telemparse.analysis.fusion.stillness import standstills

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.aids import Wheels
    from telemparse.analysis.fusion.conditioning import Conditioned
    from telemparse.analysis.fusion.estimates import Estimate
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.fusion.nodes import Nodes
    from telemparse.analysis.fusion.parameters import FusionOptions
    from telemparse.analysis.fusion.poses import Poses
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.smoothing.receptions import Reception
    from telemparse.kernels.arrays import Floats

__all__ = ["Attempt", "attempt"]

_ROUNDS = 4
_APART_S = 0.003
_STANDS, _DRIFTS = 2e-6, 3e-4  # by which clocks may part, seconds a root second
_FAST_MPS, _FEWEST, _BLOCKS = 5.0, 200, 8
_SURE, _LEAST_RAD = 3.0, np.radians(0.5)


@attrs.frozen(eq=False, kw_only=True)
class Attempt:
    """A fusion as it came out.

    Args:
        unit: samples in the vehicle's frame, on the receiver's clock as it was found.
        nodes: of the filter.
        found: its estimate.
        heights: the receiver said how high.
        shift_s: by which the unit's stamps were moved before the last round.
        trim: small turn from the vehicle's frame to the unit's, radians, shape (3,).
        wheels: what they said, None where nobody asked.
        field: likewise.
    """

    unit: Inertial
    nodes: Nodes
    found: Estimate
    heights: bool
    shift_s: float
    trim: Floats
    wheels: Wheels | None = None
    field: Field | None = None

    def levelled(self, poses: Poses) -> Poses:
        """Return poses whose attitude is the vehicle's."""
        return attrs.evolve(poses, attitude=poses.attitude @ turned_by(self.trim))


def attempt(
    ready: Conditioned,
    streams: Mapping[str, pa.Table],
    reception: Reception,
    motion: Motion,
    options: FusionOptions,
) -> Attempt:
    """Return a fusion of conditioned samples with a receiver's epochs.

    Args:
        ready: the samples.
        streams: by name, `gnss_pvt` of the epochs among them.
        reception: of the receiver.
        motion: of it alone.
        options: as chosen.
    """
    unit, shift = ready.unit, 0.0
    zero_ns = unit.zero_ns
    # Clocks of two devices drift apart, and so may those that turn out to stand apart: looked at once.
    drifting, looked = bool(ready.later_s), bool(ready.later_s)
    for left in reversed(range(_ROUNDS)):
        nodes = nodes_of(reception, unit, zero_ns)
        heights, known = heights_seen(streams["gnss_pvt"], nodes, reception)
        seen = [*fixes_seen(nodes, reception), *heights, *standstills(nodes, unit, motion, ready.noise)]
        if options.sideways_mps is not None:
            seen.append(followed(nodes, options.sideways_mps))
        wheels = wheels_seen(streams, nodes, zero_ns, motion) if options.wheels else None
        if wheels is not None and wheels.seen is not None:
            seen.append(wheels.seen)
        start = first_guess(unit, motion, nodes, zero_ns)
        walk = _DRIFTS if drifting else _STANDS
        found = estimate(unit, start, seen, (ready.noise, reception.noise), options, offset_walk=walk)
        late, drift = _apart(found, drifting=drifting)
        if not left or not np.isfinite(late) or (not drifting and abs(late) < _APART_S):
            break
        unit = attrs.evolve(unit, t_s=unit.t_s - late - drift * (unit.t_s - float(nodes.t_s.mean())))
        shift -= late
        drifting, looked = not looked, True
    field = _field(streams, ready, found, zero_ns, shift) if options.magnetometer else None
    if field is not None and field.seen is not None:
        with_it = [*seen, field.seen]
        better = estimate(unit, start, with_it, (ready.noise, reception.noise), options, offset_walk=walk)
        found = better if better.settled or not found.settled else found
    return Attempt(
        unit=unit,
        nodes=nodes,
        found=found,
        heights=known,
        shift_s=shift,
        trim=_trim(found),
        wheels=wheels,
        field=field,
    )


def _field(
    streams: Mapping[str, pa.Table], ready: Conditioned, found: Estimate, zero_ns: int, shift_s: float
) -> Field | None:
    """Return what a magnetometer says, None without one."""
    table = streams.get("imu_mag")
    if table is None or not table.num_rows:
        return None
    if (table.schema.metadata or {}).get(b"time_base", b"utc").decode() != ready.unit.time_base:
        return Field(reason="the magnetometer is on another clock than the accelerometer")
    later_s = ready.later_s + shift_s
    return field_of(table, found.trajectory, ready.mounting.rotation, (zero_ns, later_s))


def _apart(found: Estimate, *, drifting: bool) -> tuple[float, float]:
    """Return how late the receiver's stamps are in the middle, seconds, and how much later each second."""
    path = found.trajectory
    if not drifting:
        return float(np.median(path.offset_s)), 0.0
    drift, late = np.polyfit(path.nodes_s - path.nodes_s.mean(), path.offset_s, 1)
    return float(late), float(drift)


def _trim(found: Estimate) -> Floats:
    """Return the turn from the unit's case to the vehicle's nose: what is aside when nothing pushes.

    A body leans with the push on it, and its nose points into the bend: what is left at no push is how the
    unit is built in. Less than three standard deviations or half a degree is none.
    """
    path = found.trajectory
    moving = np.hypot(*path.velocity_mps[:, :2].T) > _FAST_MPS
    if moving.sum() < _FEWEST:
        return np.zeros(3)
    pushed = np.gradient(path.velocity_mps, path.nodes_s, axis=0)
    own = np.einsum("kji,kj->ki", path.attitude, pushed)[moving]
    yaw, pitch, roll = (each[moving] for each in angles_of(path.attitude))
    course = np.arctan2(path.velocity_mps[moving, 1], path.velocity_mps[moving, 0])
    trim = np.array(
        [
            -_at_no_push(own[:, 1], roll),
            _at_no_push(own[:, 0], pitch),
            _at_no_push(own[:, 1], wrapped(course - yaw)),
        ]
    )
    return np.where(np.isfinite(trim), trim, 0.0)


def _at_no_push(pushed: Floats, angle: Floats) -> float:
    """Return an angle at no push, 0 where it may be none."""
    blocks = np.array_split(np.arange(len(angle)), _BLOCKS)
    found = [np.polyfit(pushed[rows], angle[rows], 1)[1] for rows in blocks]
    value = float(np.median(found))
    spread = float(np.std(found)) / np.sqrt(_BLOCKS)
    return value if abs(value) > max(_SURE * spread, _LEAST_RAD) else 0.0
