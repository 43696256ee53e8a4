"""How a unit is built in: which way its axes point, and in which units it speaks."""

# A vehicle's acceleration is known from its fixes; with gravity it is what the unit feels. The rotation that
# brings the two closest (W. Kabsch, Acta Cryst. A32, 1976) is how the unit is built in, the ratio of their
# lengths is its unit, and what remains says whether it was on board at all.

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.stamps import spanned

if TYPE_CHECKING:
    from telemparse.analysis.fusion.inertial import Inertial
    from telemparse.analysis.motions import Motion
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["Mounting", "mounting"]

_GRAVITY_MPS2 = 9.80665
_STEP_S = 0.1
_SLOWEST_MPS = 2.0
_FEWEST_S = 10.0
_LEAST_PUSH_MPS2 = 0.3
_WIDE_S = 0.3
_REACH = 3
"""Standard deviations of the smoothing that count."""


@attrs.frozen(eq=False, kw_only=True)
class Mounting:
    """How a unit is built in.

    Args:
        rotation: from its own axes to forwards, left, up, shape (3, 3).
        force_unit: m/s2 in one of what it calls force.
        rate_unit: rad/s in one of what it calls rate; NaN where the vehicle hardly turned.
        force_share: of the change of the vehicle's acceleration, how much the forces explain, up to 1: of
            that forwards or that to the left, whichever they explain less, where there is some of it.
        rate_share: of the change of its course, how much the rates explain.
        seconds: of driving behind it.
        pushed: the vehicle accelerated enough to tell which way forwards is.
    """

    rotation: Floats
    force_unit: float
    rate_unit: float
    force_share: float
    rate_share: float
    seconds: float
    pushed: bool

    @property
    def turned_deg(self) -> float:
        """Angle between the unit's axes and the vehicle's."""
        cosine = np.clip((np.trace(self.rotation) - 1) / 2, -1.0, 1.0)
        return float(np.degrees(np.arccos(cosine)))

    @property
    def tilt_deg(self) -> float:
        """Angle between the unit's upright axis and gravity's."""
        return float(np.degrees(np.arccos(np.clip(self.rotation[2, 2], -1.0, 1.0))))


def mounting(unit: Inertial, motion: Motion, zero_ns: int) -> Mounting:
    """Return how a unit is built in, by a motion that is known without it.

    Args:
        unit: its samples, on the motion's clock.
        motion: smoothed, or of positions with straight lines between them.
        zero_ns: instant at which the unit's `t_s` is 0.
    """
    t_s = (motion.path.t_ns - zero_ns) / 1e9
    first, last = max(t_s[0], unit.t_s[0]), min(t_s[-1], unit.t_s[-1])
    even = _even(unit.t_s[(unit.t_s >= first) & (unit.t_s < last)], unit.silence_s)
    none = Mounting(
        rotation=np.eye(3), force_unit=1.0, rate_unit=float("nan"), force_share=0.0, rate_share=0.0,
        seconds=0.0, pushed=False,
    )  # fmt: skip
    if len(even) * _STEP_S < _FEWEST_S:
        return none
    velocity = np.stack([np.interp(even, t_s, motion.velocity_mps[:, axis]) for axis in (0, 1)], axis=1)
    speed = np.hypot(*velocity.T)
    pushed = _smoothed(np.gradient(velocity, _STEP_S, axis=0))
    known = spanned(even, t_s, 2 * motion.path.gap_s) & spanned(even, unit.t_s, unit.silence_s)
    moving = known & ~_beside_a_break(even) & (speed > _SLOWEST_MPS)
    if moving.sum() * _STEP_S < _FEWEST_S:
        return none
    along = velocity / np.maximum(speed, 1e-9)[:, None]
    forwards = (pushed * along).sum(axis=1)
    left = pushed[:, 1] * along[:, 0] - pushed[:, 0] * along[:, 1]
    course_rate = left / np.maximum(speed, _SLOWEST_MPS)
    force = _smoothed(_means(unit.t_s, unit.force, even))
    rate = _smoothed(_means(unit.t_s, unit.rate, even))
    felt = np.stack([forwards, left, np.full(len(even), _GRAVITY_MPS2)], axis=1)[moving]
    rotation, force_unit = _aligned(force[moving], felt)
    rest = felt - force_unit * force[moving] @ rotation.T
    level = felt[:, :2] - felt[:, :2].mean(axis=0)
    rest = rest[:, :2] - rest[:, :2].mean(axis=0)
    turn = (rate[moving] @ rotation.T)[:, 2]
    turn, true = turn - turn.mean(), course_rate[moving] - course_rate[moving].mean()
    lively = np.sqrt(np.mean(level**2, axis=0))
    shares = 1 - (rest**2).sum(axis=0) / np.maximum((level**2).sum(axis=0), 1e-12)
    slope = float(turn @ true / max(turn @ turn, 1e-12))
    turns = float(np.sqrt(np.mean(true**2)))
    return Mounting(
        rotation=rotation,
        force_unit=force_unit,
        rate_unit=slope if turns > 0.02 else float("nan"),  # noqa: PLR2004  (rad/s)
        force_share=float(shares.min(where=lively > _LEAST_PUSH_MPS2, initial=1.0)),
        rate_share=1 - float(((true - slope * turn) ** 2).sum() / max((true**2).sum(), 1e-12)),
        seconds=float(moving.sum() * _STEP_S),
        pushed=bool(np.hypot(*lively) > np.sqrt(2) * _LEAST_PUSH_MPS2),
    )


def _even(t_s: Floats, silence_s: float) -> Floats:
    """Return even instants, those only that a sample was shortly before: a break has none."""
    behind = np.arange(int(np.ceil(silence_s / _STEP_S)) + 1)
    cells = np.unique(np.floor(t_s / _STEP_S))[:, None] + behind
    even = np.unique(cells) * _STEP_S
    return np.asarray(even[even <= t_s[-1]] if len(t_s) else even)


def _beside_a_break(even: Floats) -> Mask:
    """Return the instants from which smoothing reaches over a break, shape (n,)."""
    from scipy.ndimage import maximum_filter1d

    broken = np.diff(even, prepend=even[0]) > 1.5 * _STEP_S
    return np.asarray(maximum_filter1d(broken, 2 * round(_REACH * _WIDE_S / _STEP_S) + 1))


def _aligned(force: Floats, felt: Floats) -> tuple[Floats, float]:
    """Return the rotation that brings forces closest to what was to be felt, and the unit of the forces."""
    left, strength, right = np.linalg.svd(felt.T @ force)
    # A rotation and no mirror.
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = left @ np.diag(signs) @ right
    unit = float((strength * signs).sum() / max((force**2).sum(), 1e-12))
    return np.asarray(rotation), unit


def _means(t_s: Floats, values: Floats, even: Floats) -> Floats:
    """Return means of samples over the steps around even instants, by their sums."""
    grown = np.cumsum(values * np.diff(t_s, prepend=t_s[0])[:, None], axis=0)
    sums = np.concatenate([np.zeros((1, 3)), grown])
    stamps = np.concatenate([[t_s[0]], t_s])
    edges = np.clip(np.append(even, even[-1] + _STEP_S) - _STEP_S / 2, t_s[0], t_s[-1])
    at = np.stack([np.interp(edges, stamps, sums[:, axis]) for axis in range(3)], axis=1)
    return np.asarray(np.diff(at, axis=0) / np.maximum(np.diff(edges), 1e-6)[:, None])


def _smoothed(values: Floats) -> Floats:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, _WIDE_S / _STEP_S, axis=0, mode="nearest"))
