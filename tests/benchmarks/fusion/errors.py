"""One simulated run, fused: how far the pose is off, and the receiver alone beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
from scipy.interpolate import CubicHermiteSpline, CubicSpline

from benchmarks.fusion.faults import FAULTS
from telemparse.analysis import Fused, Motion, Path, fuse, smooth
from telemparse.testing.simulate import Run, simulate

if TYPE_CHECKING:
    from benchmarks.fusion.scenarios import Scenario
    from telemparse.testing.simulate import States

__all__ = [
    "MOVING_MPS", "SIGMAS", "Errors", "Sum", "at_instants", "column", "errors_of", "instants", "off", "roots",
    "wrapped",
]  # fmt: skip

_COASTING_HZ = 5.0  # rows a second without which a pose says nothing of a gap
MOVING_MPS = 2.0
"""Slower than that, course and yaw do not count."""
_NEAR_NS = 150_000_000  # from a row of the pose, where it may be read between two
SIGMAS = 3.0


@attrs.frozen
class Sum:
    """A sum over some rows, to be added up over runs.

    Args:
        total: of squares, of shares, of whatever is to be averaged.
        count: of rows.
    """

    total: float = 0.0
    count: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.total + other.total, self.count + other.count)

    @property
    def mean(self) -> float:
        """Mean, NaN of nothing."""
        return self.total / self.count if self.count else float("nan")

    @property
    def root(self) -> float:
        """Square root of the mean."""
        return float(np.sqrt(self.mean))

    @classmethod
    def of(cls, values: np.ndarray) -> Sum:
        """Return the sum of values, shape (n,)."""
        return cls(float(np.sum(values)), len(values))

    @classmethod
    def all(cls, sums: Iterable[Sum]) -> Sum:
        """Return the sum of sums."""
        return sum(sums, start=cls())


@attrs.frozen(eq=False)
class Errors:
    """What one run came to; errors are sums of squares: m/s, degrees, metres.

    Args:
        fused: the pose is fused.
        codes: of the issues beside it.
        pose: errors of speed, course, yaw and position at all rows of a fused pose.
        at_epochs: of speed, course and position at the receiver's epochs, of what was handed out.
        alone: the same of the receiver alone.
        covered: epochs between rows of the pose, of all.
        nees: of position, velocity, yaw, and all of it, by degrees of freedom, moving.
        inside: axes of the position within three standard deviations of the truth.
        gap_inside: the same in gaps of the receiver.
        gap_grown: of these gaps, those in whose middle deviations are larger than before: of the velocity,
            and where fixes are exact of the position, too. (What wanders is averaged across a gap.)
        same: what is not fused is the receiver's own, bit by bit; True where it is fused.
    """

    fused: bool
    codes: tuple[str, ...]
    pose: dict[str, Sum]
    at_epochs: dict[str, Sum]
    alone: dict[str, Sum]
    covered: Sum
    nees: dict[str, Sum]
    inside: Sum
    gap_inside: Sum
    gap_grown: Sum
    same: bool


def errors_of(scenario: Scenario, seed: int) -> Errors:
    """Return the errors of one run of a scenario."""
    run = simulate(
        scenario.track,
        seed=seed,
        gnss=scenario.gnss,
        rate_hz=scenario.rate_hz,
        imu=scenario.axes,
        disturbances=scenario.disturbances,
        phase_s=None,
    )
    tables = FAULTS[scenario.fault](run.tables, scenario.track, seed)
    found = fuse(tables, frame=run.frame)
    motion = smooth(Path.of(run.gnss, frame=run.frame))
    t_ns = motion.path.t_ns
    position, velocity, covered = at_instants(found.table, t_ns)
    true = run.truth.at(t_ns)
    return Errors(
        fused=found.ok,
        codes=tuple(issue.code for issue in found.issues),
        pose=_pose_errors(run, found) if found.ok else {},
        at_epochs=off(true, position, velocity, covered),
        alone=off(true, motion.position_m, motion.velocity_mps, covered),
        covered=Sum.of(covered),
        nees=_nees(run, found) if found.ok else {},
        inside=_inside(run, found, np.ones(found.table.num_rows, np.bool_)) if found.ok else Sum(),
        same=found.ok or _same(found, motion),
        **_in_gaps(run, found, exact=scenario.exact),
    )


def roots(sums: Sequence[Mapping[str, Sum]], names: Sequence[str]) -> dict[str, float]:
    """Return the RMS of each of some names over runs."""
    return {name: Sum.all(each[name] for each in sums).root for name in names}


def instants(table: pa.Table) -> np.ndarray:
    """Return the stamps of a table, ns since 1970."""
    return table["t"].cast(pa.int64()).to_numpy()


def column(table: pa.Table, *names: str) -> np.ndarray:
    """Return columns side by side, shape (n, k), or one of shape (n,)."""
    found = [table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in names]
    return found[0] if len(found) == 1 else np.stack(found, axis=1)


def wrapped(angle: np.ndarray) -> np.ndarray:
    """Return angles, radians, between -pi and pi."""
    return np.angle(np.exp(1j * angle))


def at_instants(pose: pa.Table, t_ns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return position and velocity of a pose at instants, shape (k, 2) each, and where it tells them.

    At its own rows they are the pose's, to the bit; between two that are near, they lie on cubics.
    """
    rows = instants(pose)
    position, velocity = column(pose, "x_e_m", "y_n_m"), column(pose, "vx_mps", "vy_mps")
    right = np.clip(np.searchsorted(rows, t_ns), 0, len(rows) - 1)
    left = np.maximum(right - (rows[right] != t_ns), 0)
    own = rows[right] == t_ns
    between = (rows[left] < t_ns) & (rows[right] > t_ns) & (rows[right] - rows[left] < _NEAR_NS)
    places, paces = position[right].copy(), velocity[right].copy()
    if between.any():
        seconds, wanted = (rows - rows[0]) / 1e9, (t_ns[between] - rows[0]) / 1e9
        places[between] = CubicHermiteSpline(seconds, position, velocity)(wanted)
        paces[between] = CubicSpline(seconds, velocity)(wanted)
    return places, paces, own | between


def off(true: States, position: np.ndarray, velocity: np.ndarray, rows: np.ndarray) -> dict[str, Sum]:
    """Return the squares of errors of speed, course (degrees, moving) and position (both axes) at rows."""
    course = np.arctan2(velocity[:, 1], velocity[:, 0])
    true_course = np.arctan2(true.velocity_mps[:, 1], true.velocity_mps[:, 0])
    moving = rows & (true.speed_mps > MOVING_MPS)
    return {
        "speed": Sum.of((np.hypot(*velocity.T) - true.speed_mps)[rows] ** 2),
        "course": Sum.of(np.degrees(wrapped(course - true_course)[moving]) ** 2),
        "position": Sum.of(((position - true.position_m)[rows] ** 2).sum(axis=1)),
    }


def _pose_errors(run: Run, found: Fused) -> dict[str, Sum]:
    table = found.table
    true = run.truth.at(instants(table))
    moving = true.speed_mps > MOVING_MPS
    yaw = wrapped(column(table, "yaw_rad") - true.yaw_rad)
    moving &= np.isfinite(yaw)
    rows = np.ones(table.num_rows, np.bool_)
    errors = off(true, column(table, "x_e_m", "y_n_m"), column(table, "vx_mps", "vy_mps"), rows)
    return {**errors, "yaw": Sum.of(np.degrees(yaw[moving]) ** 2)}


def _nees(run: Run, found: Fused) -> dict[str, Sum]:
    """Return squares of errors over their variances, by degrees of freedom, of moving rows.

    The table has covariances of the position, one deviation for both axes of the velocity, and that of yaw.
    """
    table = found.table
    true = run.truth.at(instants(table))
    moving = true.speed_mps > MOVING_MPS
    east, north = (column(table, "x_e_m", "y_n_m") - true.position_m).T
    std_e, std_n, shared = column(table, "pos_std_e_m", "pos_std_n_m", "pos_cov_en_m2").T
    area = (std_e * std_n) ** 2 - shared**2
    place = ((east * std_n) ** 2 - 2 * shared * east * north + (north * std_e) ** 2) / area
    missed = column(table, "vx_mps", "vy_mps") - true.velocity_mps
    pace = (missed**2).sum(axis=1) / column(table, "vel_std_mps") ** 2
    yaw = (wrapped(column(table, "yaw_rad") - true.yaw_rad) / column(table, "yaw_std_rad")) ** 2
    # Where the unit was silent there is no attitude.
    moving &= np.isfinite(yaw)
    blocks = {"position": (place, 2), "velocity": (pace, 2), "yaw": (yaw, 1)}
    sums = {name: Sum.of(values[moving] / freedom) for name, (values, freedom) in blocks.items()}
    return {**sums, "all": Sum.of((place + pace + yaw)[moving] / 5)}


def _inside(run: Run, found: Fused, rows: np.ndarray) -> Sum:
    """Return how many axes of the position lie within three deviations of the truth, at rows."""
    missed = column(found.table, "x_e_m", "y_n_m") - run.truth.at(instants(found.table)).position_m
    std = column(found.table, "pos_std_e_m", "pos_std_n_m")
    return Sum.of((np.abs(missed) < SIGMAS * std)[rows].ravel())


def _in_gaps(run: Run, found: Fused, *, exact: bool) -> dict[str, Sum]:
    """Return how the pose fares in the receiver's gaps, of those in which it has rows."""
    inside, grown = Sum(), Sum()
    path = Path.of(run.gnss, frame=run.frame)
    if found.ok and len(path) > 1:
        rows = instants(found.table)
        names = ("vel_std_mps", *(("pos_std_e_m", "pos_std_n_m") if exact else ()))
        std = column(found.table, *names).reshape(len(rows), -1)
        for left in np.flatnonzero(path.step_s > path.gap_s):
            start, end = path.t_ns[left], path.t_ns[left + 1]
            within = (rows > start) & (rows < end)
            middle = np.abs(rows - (start + end) // 2).argmin()
            if within[middle] and within.sum() > _COASTING_HZ * (end - start) / 1e9:
                inside += _inside(run, found, within)
                grown += Sum(float((std[middle] > std[np.abs(rows - start).argmin()]).all()), 1)
    return {"gap_inside": inside, "gap_grown": grown}


def _same(found: Fused, motion: Motion) -> bool:
    """Tell whether a pose that is not fused is the receiver's own, as exact as its columns are."""
    table = found.table
    own = {
        "x_e_m": motion.position_m[:, 0],
        "y_n_m": motion.position_m[:, 1],
        "vx_mps": motion.velocity_mps[:, 0],
        "vy_mps": motion.velocity_mps[:, 1],
    }
    return bool(
        found.source == "gnss_measured"
        and np.array_equal(instants(table), motion.path.t_ns)
        and all(table[name].equals(pa.chunked_array([_as(table, name, own[name])])) for name in own)
    )


def _as(table: pa.Table, name: str, values: np.ndarray) -> pa.Array:
    return pa.array(values).cast(table.schema.field(name).type, safe=False)
