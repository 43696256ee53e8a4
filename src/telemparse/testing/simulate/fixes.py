"""What a receiver records of a run: its epochs, their errors, and what is lost or spoilt on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.clocks import NS_PER_S
from telemparse.schemas import build
from telemparse.testing.simulate.chances import Cause, chance
from telemparse.testing.simulate.disturbances import (
    Dropouts,
    Gap,
    Jitter,
    NoVelocity,
    Teleports,
    VelocityLag,
    Withheld,
    only,
)
from telemparse.testing.simulate.noises import gauss_markov

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.local_frame import LocalFrame
    from telemparse.testing.simulate.disturbances import Disturbance
    from telemparse.testing.simulate.receivers import Receiver
    from telemparse.testing.simulate.truths import Truth

__all__ = ["Fixes", "recorded"]

_UP = 1.6
"""Heights err by so much more than places."""
_STATED, _STATED_S = 0.08, 20.0
"""How far what a receiver states of itself sways, and how slowly."""


@attrs.frozen(eq=False)
class Fixes:
    """What a receiver recorded of a run.

    Args:
        table: `gnss_pvt`.
        true_ns: instant at which the position of each row was measured, ns since 1970, UTC, shape (n,).
    """

    table: pa.Table
    true_ns: Ints


def recorded(
    truth: Truth,
    receiver: Receiver,
    frame: LocalFrame,
    *,
    rate_hz: float,
    phase_s: float,
    seed: int,
    disturbances: tuple[Disturbance, ...],
) -> Fixes:
    """Return what a receiver records of a run.

    Args:
        truth: of the run.
        receiver: its kind.
        frame: of the truth's plane.
        rate_hz: epochs a second.
        phase_s: of the epochs behind the whole multiples of their period.
        seed: of its errors.
        disturbances: those that spoil the recording; others are passed over.
    """
    t_ns = _epochs_ns(truth, rate_hz, phase_s)
    states = truth.at(t_ns)
    position = states.position_m + _position_error(receiver, len(t_ns), 1 / rate_hz, seed)
    velocity, scale = states.velocity_mps, 1.0
    for lag in only(disturbances, VelocityLag):
        earlier_s = (t_ns - truth.start_ns) / NS_PER_S - lag.lag_s
        velocity = truth.at_s(np.clip(earlier_s, 0.0, truth.seconds)).velocity_mps
        scale = lag.scale
    velocity = scale * velocity + _velocity_error(receiver, len(t_ns), 1 / rate_hz, seed)
    position = position + _leaps(len(t_ns), seed, only(disturbances, Teleports))
    columns = _columns(receiver, frame, position, velocity, step_s=1 / rate_hz, seed=seed)
    for withheld in only(disturbances, NoVelocity):
        names = ["course_deg", "vel_n_mps", "vel_e_mps", "vel_d_mps", "sacc_mps"]
        names += ["speed_mps"] * (withheld.withheld is Withheld.VELOCITY)
        columns = {name: values for name, values in columns.items() if name not in names}
    kept = _kept(truth, t_ns, seed, disturbances)
    tags = t_ns[kept]
    for jitter in only(disturbances, Jitter):
        drawn = chance(seed, Cause.JITTER).standard_normal(len(t_ns))[kept]
        tags = tags + np.rint(jitter.sigma_s * NS_PER_S * drawn).astype(np.int64)
    order = np.argsort(tags, kind="stable")
    columns = {name: values[kept][order] for name, values in columns.items()}
    batch = build("gnss_pvt", {"t": tags[order], **columns})
    return Fixes(pa.Table.from_batches([batch]), t_ns[kept][order])


def _epochs_ns(truth: Truth, rate_hz: float, phase_s: float) -> Ints:
    """Return instants within the run at whole multiples of the period behind its start, plus the phase."""
    numbers = np.arange(int(truth.seconds * rate_hz) + 2)
    t_ns = truth.start_ns + np.rint(numbers * (NS_PER_S / rate_hz)).astype(np.int64)
    t_ns = t_ns + round(phase_s * NS_PER_S)
    last = truth.start_ns + int(truth.seconds * NS_PER_S)
    return np.asarray(t_ns[(t_ns >= truth.start_ns) & (t_ns <= last)])


def _position_error(receiver: Receiver, count: int, step_s: float, seed: int) -> Floats:
    drawn = chance(seed, Cause.POSITION)
    slow = gauss_markov(drawn, count, 2, step_s, sigma=receiver.slow_m, tau_s=receiver.slow_s)
    fast = gauss_markov(drawn, count, 2, step_s, sigma=receiver.fast_m, tau_s=receiver.fast_s)
    return slow + fast + receiver.white_m * drawn.standard_normal((count, 2))


def _velocity_error(receiver: Receiver, count: int, step_s: float, seed: int) -> Floats:
    drawn = chance(seed, Cause.VELOCITY)
    white = receiver.white_mps * drawn.standard_normal((count, 2))
    return white + gauss_markov(drawn, count, 2, step_s, sigma=receiver.drift_mps, tau_s=receiver.drift_s)


def _leaps(count: int, seed: int, teleports: tuple[Teleports, ...]) -> Floats:
    leaps = np.zeros((count, 2))
    drawn = chance(seed, Cause.TELEPORT)
    for some in teleports:
        rows = drawn.choice(count, size=min(some.count, count), replace=False)
        angle = drawn.uniform(0.0, 2 * np.pi, len(rows))
        leaps[rows] += some.distance_m * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return leaps


def _kept(truth: Truth, t_ns: Ints, seed: int, disturbances: tuple[Disturbance, ...]) -> Mask:
    """Return which epochs are recorded."""
    t_s = (t_ns - truth.start_ns) / NS_PER_S
    kept = truth.logged(t_ns)
    for gap in only(disturbances, Gap):
        kept &= (t_s <= gap.start_s) | (t_s >= gap.start_s + gap.length_s)
    drawn = chance(seed, Cause.DROPOUT)
    for dropouts in only(disturbances, Dropouts):
        kept &= drawn.random(len(t_ns)) >= dropouts.share
    return kept


def _columns(
    receiver: Receiver, frame: LocalFrame, position: Floats, velocity: Floats, *, step_s: float, seed: int
) -> dict[str, Floats]:
    """Return the columns of `gnss_pvt` but for the instants."""
    count = len(position)
    lat, lon = frame.geodetic_deg(position)
    north, east = _north_east(frame, lat, lon, velocity)
    speed = np.hypot(north, east)
    course = np.degrees(np.arctan2(east, north)) % 360.0
    upwards, stated = chance(seed, Cause.ALTITUDE), chance(seed, Cause.STATED)
    height = gauss_markov(upwards, count, 1, step_s, sigma=_UP * receiver.slow_m, tau_s=receiver.slow_s)[:, 0]
    down = receiver.white_mps * _UP * upwards.standard_normal(count)
    sway = np.exp(gauss_markov(stated, count, 2, step_s, sigma=_STATED, tau_s=_STATED_S))
    return {
        "lat_deg": lat,
        "lon_deg": lon,
        "alt_m": frame.alt_m + height,
        "speed_mps": speed,
        "course_deg": np.where(course.astype(np.float32) >= 360.0, 0.0, course),  # noqa: PLR2004  (a turn)
        "vel_n_mps": north,
        "vel_e_mps": east,
        "vel_d_mps": down,
        "hacc_m": receiver.hacc_m * sway[:, 0],
        "vacc_m": _UP * receiver.hacc_m * sway[:, 0],
        "sacc_mps": receiver.sacc_mps * sway[:, 1],
        "hdop": np.full(count, receiver.hdop),
        "sat_count": np.full(count, receiver.sat_count),
        "fix_type": np.full(count, receiver.fix_type),
    }


def _north_east(frame: LocalFrame, lat: Floats, lon: Floats, velocity: Floats) -> tuple[Floats, Floats]:
    """Return the velocities to the north and east of their own places, of those in the plane."""
    ones, none = np.ones(len(lat)), np.zeros(len(lat))
    east, north = frame.plane_mps(lat, lon, ones, none), frame.plane_mps(lat, lon, none, ones)
    turned = east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]
    to_east = (velocity[:, 0] * north[:, 1] - velocity[:, 1] * north[:, 0]) / turned
    to_north = (east[:, 0] * velocity[:, 1] - east[:, 1] * velocity[:, 0]) / turned
    return to_north, to_east
