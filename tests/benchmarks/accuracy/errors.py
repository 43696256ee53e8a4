"""One simulated run: how far lap times, speeds and courses are off, by each method."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa

from benchmarks.accuracy.cells import Cell
from telemparse.analysis import find_laps, smooth
from telemparse.analysis.crossings import crossings
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.lap_results import Laps
from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.banded import Measurements
from telemparse.analysis.smoothing.dynamics import dynamics_of
from telemparse.analysis.smoothing.noises import Noise
from telemparse.analysis.smoothing.robust import settle
from telemparse.testing.simulate import RECEIVERS, Receiver, Run, simulate

__all__ = ["Errors", "errors_of"]

_NEAR_NS = 1_000_000_000
_MOVING_MPS = 2.0


@attrs.frozen(eq=False)
class Errors:
    """What one run came to.

    Args:
        ours, linear, bound: errors of the true laps' times in s; of the bound where there is no trouble.
        ours_std, linear_std: the standard deviations that were told for them.
        missed: true laps that were not found, where any was.
        refused: none was found, and a code says why.
        extra: valid laps that are none.
        speed, course: errors at the epochs, m/s and degrees.
        method: what `auto` did.
    """

    ours: list[float]
    linear: list[float]
    bound: list[float]
    ours_std: list[float]
    linear_std: list[float]
    missed: int
    refused: bool
    extra: int
    speed: tuple[float, int]
    course: tuple[float, int]
    method: str


def errors_of(cell: Cell, seed: int) -> Errors:
    """Return the errors of one run of a cell."""
    run = simulate(
        cell.track, seed=seed, gnss=cell.gnss, rate_hz=cell.rate_hz, disturbances=cell.disturbances,
        phase_s=None,
    )  # fmt: skip
    ours = find_laps(run.gnss, run.gate)
    linear = find_laps(run.gnss, run.gate, method="linear")
    found, found_std, missed, extra = _against_truth(run, ours)
    straight, straight_std, _missed, _extra = _against_truth(run, linear)
    speed, course = _motion_errors(run, ours.motion)
    return Errors(
        ours=found,
        linear=straight,
        bound=[] if cell.disturbances else _bound(run, RECEIVERS[cell.gnss]),
        ours_std=found_std,
        linear_std=straight_std,
        missed=missed if len(ours) else 0,
        refused=not len(ours) and any(issue.code == "LAPS_NOT_FOUND" for issue in ours.issues),
        extra=extra,
        speed=speed,
        course=course,
        method=ours.diagnostics["method"],
    )


def _against_truth(run: Run, laps: Laps) -> tuple[list[float], list[float], int, int]:
    """Return errors and standard deviations of true valid laps, how many are missing, and made up."""
    table = laps.table
    start, end = (table[name].cast(pa.int64()).to_numpy() for name in ("t_start", "t_end"))
    lasted = table["duration_ns"].to_numpy() / 1e9
    std = table["duration_std_s"].to_numpy(zero_copy_only=False)
    valid = np.array(table["validity"].to_pylist()) == "VALID"
    true_start, true_end = (run.laps[name].cast(pa.int64()).to_numpy() for name in ("t_start", "t_end"))
    errors, stds, missed = [], [], 0
    matched: set[int] = set()
    for row in np.flatnonzero(run.valid_laps & ~_hidden(run)).tolist():
        near = (np.abs(start - true_start[row]) < _NEAR_NS) & (np.abs(end - true_end[row]) < _NEAR_NS)
        hits = np.flatnonzero(near)
        if not len(hits):
            missed += 1
            continue
        matched.add(int(hits[0]))
        errors.append(float(lasted[hits[0]] - run.lap_times_s[row]))
        stds.append(float(std[hits[0]]))
    return errors, stds, missed, len(set(np.flatnonzero(valid).tolist()) - matched)


def _hidden(run: Run) -> np.ndarray:
    """Return which true laps begin or end within a second or more without a fix: nobody can time those."""
    stamps = run.gnss["t"].cast(pa.int64()).to_numpy()
    ends = [run.laps[name].cast(pa.int64()).to_numpy() for name in ("t_start", "t_end")]
    after = [np.clip(np.searchsorted(stamps, each), 1, len(stamps) - 1) for each in ends]
    return np.logical_or(*(stamps[rows] - stamps[rows - 1] > _NEAR_NS for rows in after))


def _bound(run: Run, receiver: Receiver) -> list[float]:
    """Return the errors of a smoother that is told how the receiver errs, which no recording tells."""
    path = Path.of(run.gnss, frame=run.frame)
    none = np.zeros(len(path) - 1, np.bool_)
    noise = Noise(
        white_m=max(receiver.white_m, 1e-3),
        fast_m=max(receiver.fast_m, 1e-3),
        slow_m=max(receiver.slow_m, 1e-3),
        velocity_mps=max(receiver.white_mps, 1e-3),
        wander_mps=receiver.drift_mps,
    )
    middle = path.position_m.mean(axis=0)
    measured = Measurements(path.step_s, path.position_m - middle, path.velocity_mps, none)
    dynamics = dynamics_of(path, path.velocity_mps, none)
    states = settle(measured, noise, dynamics, np.ones(len(path), np.bool_)).posterior.states
    motion = Motion(
        path=path, method=Method.SMOOTHED, position_m=states[:, 0] + middle, velocity_mps=states[:, 1],
        acceleration_mps2=states[:, 2], broken=none, apparent_m=path.position_m,
    )  # fmt: skip
    passed = crossings(motion, GateLine.of(run.gate, run.frame))
    stamps = passed.t_ns[passed.forward]
    nearest = [stamps[np.abs(stamps - each).argmin()] for each in run.crossings_ns]
    errors = (np.diff(nearest) - np.diff(run.crossings_ns)) / 1e9
    return [float(each) for each in errors if abs(each) < 1]


def _motion_errors(run: Run, motion: Motion | None) -> tuple[tuple[float, int], tuple[float, int]]:
    """Return sums of squares and counts of the errors of speed and course."""
    if motion is None:
        return (0.0, 0), (0.0, 0)
    own = smooth(Path.of(run.gnss, frame=run.frame))
    known = np.isin(own.path.t_ns, run.gnss["t"].cast(pa.int64()).to_numpy())
    truth = run.truth.at(
        run.gnss_true_ns[: len(known)] if len(known) == len(run.gnss_true_ns) else own.path.t_ns
    )
    moving = truth.speed_mps > _MOVING_MPS
    speed = (own.speed_mps - truth.speed_mps)[moving]
    east, north = own.velocity_mps.T
    course = np.degrees(np.arctan2(east, north)) - truth.course_deg
    course = ((course + 180) % 360 - 180)[moving]
    return (float(speed @ speed), int(moving.sum())), (float(course @ course), int(moving.sum()))
