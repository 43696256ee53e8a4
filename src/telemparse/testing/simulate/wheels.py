"""Wheel speeds: what sensors at four wheels count, with their own scale, and slip of the driven ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas import build, channel_field
from telemparse.testing.simulate.chances import Cause, chance

if TYPE_CHECKING:
    from telemparse.testing.simulate.circuits import Circuit
    from telemparse.testing.simulate.truths import Truth

__all__ = ["WHEEL_HZ", "wheel_table"]

WHEEL_HZ = 20.0
_GAUGE_SHARE = 0.08
"""Distance between the wheels of an axle, as a share of the track's width."""
_SCALE, _WHITE_MPS = 0.004, 0.05
_SLIP = 0.04
"""How much faster driven wheels turn under full power."""


def wheel_table(truth: Truth, circuit: Circuit, seed: int) -> pa.Table:
    """Return `channels.main` with the speed of each wheel, m/s; the rear ones are driven."""
    count = int(truth.seconds * WHEEL_HZ) + 1
    states = truth.at_s(np.arange(count) / WHEEL_HZ)
    speed = states.speed_mps
    forwards = np.sum(states.acceleration_mps2 * states.velocity_mps, axis=1) / np.maximum(speed, 1.0)
    pushed = _SLIP * np.clip(forwards / circuit.grip.power_mps2, 0.0, 1.0)
    turn = states.yaw_rate_rps * circuit.width_m * _GAUGE_SHARE / 2
    drawn = chance(seed, Cause.WHEEL)
    columns, fields = {}, {}
    # The wheel on the outside of a bend is the faster one: a turn to the left is positive.
    for corner, side, driven in (("fl", -1, 0), ("fr", 1, 0), ("rl", -1, 1), ("rr", 1, 1)):
        name = f"wheel_speed_{corner}_mps"
        exact = (speed + side * turn) * (1 + driven * pushed) * (1 + _SCALE * drawn.standard_normal())
        columns[name] = np.maximum(0.0, exact + _WHITE_MPS * drawn.standard_normal(count) * (speed > 0))
        fields[name] = channel_field(name, pa.float32(), rate_hz=WHEEL_HZ)
    t_ns = truth.start_ns + np.rint(np.arange(count) * (NS_PER_S / WHEEL_HZ)).astype(np.int64)
    return pa.Table.from_batches([build("channels.main", {"t": t_ns, **columns}, fields=fields)])
