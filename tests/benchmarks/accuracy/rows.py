"""What the runs of a cell come to, and which bars they miss."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from benchmarks.accuracy.cells import ACCURATE, Cell
from benchmarks.accuracy.errors import Errors, errors_of

__all__ = ["COURSE_DEG", "NOISE_FREE_MS", "RTK_MS", "SPEED_MPS", "Row", "row_of"]

NOISE_FREE_MS = 0.1
RTK_MS = 0.8
_WORSE = 1.05
_MISSED = 0.01  # where a wandering receiver passes the end of the line by metres
_CALIBRATED = (0.7, 1.4)
SPEED_MPS, COURSE_DEG = 0.055, 0.40


@attrs.frozen
class Row:
    """One row of the table; times in ms.

    Args:
        cell: what was simulated.
        laps: how many lap times stand behind it.
        bound, linear, ours: root mean squares of their errors; of the bound None where there is trouble.
        linear_sigma, sigma: root mean squares of error over standard deviation.
        missed, extra: laps.
        refused: runs without a lap, whose code says why.
        speed_mps, course_deg: root mean squares of the errors of the motion.
        smoothed: share of runs in which `auto` smoothed.
    """

    cell: Cell
    laps: int
    bound: float | None
    linear: float
    ours: float
    linear_sigma: float
    sigma: float
    missed: int
    extra: int
    refused: int
    speed_mps: float
    course_deg: float
    smoothed: float

    @property
    def line(self) -> str:
        """One line for people."""
        cell = self.cell
        bound = "-" if self.bound is None else f"{self.bound:.3f}"
        return (
            f"{cell.track:11s}{cell.gnss:8s}{cell.rate_hz:3d} {cell.trouble:36s} {self.laps:4d} laps"
            f" bound {bound:>7s} linear {self.linear:8.3f} ({self.linear_sigma:.2f})"
            f" ours {self.ours:8.3f} ({self.sigma:.2f})"
            f" missed {self.missed} refused {self.refused} extra {self.extra}"
            f" v {self.speed_mps:.3f} c {self.course_deg:.2f} smoothed {self.smoothed:.2f}"
            f" {' '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        cell = self.cell
        where = (cell.track, cell.gnss, cell.rate_hz, cell.trouble)
        most_ms = {
            **{(track, "m9", 10, ""): bar for track, bar in ACCURATE.items()},
            ("rc_offroad", "f9_rtk", 10, ""): RTK_MS,
        }
        moving = where == ("rc_offroad", "m9", 10, "")
        checks = (
            (self.ours > _WORSE * self.linear, "worse than 1.05 x linear"),
            (not cell.noisy and self.ours > NOISE_FREE_MS, f"noise-free above {NOISE_FREE_MS} ms"),
            (self.ours > most_ms.get(where, np.inf), "RMS above the bar"),
            (cell.noisy and not _CALIBRATED[0] <= self.sigma <= _CALIBRATED[1], "sigma not calibrated"),
            (self.missed > _MISSED * self.laps, "laps missed"),
            (bool(self.extra), "laps made up"),
            (moving and self.speed_mps > SPEED_MPS, "speed above the bar"),
            (moving and self.course_deg > COURSE_DEG, "course above the bar"),
        )
        return tuple(words for missed, words in checks if missed)


def row_of(cell: Cell, seeds: int) -> Row:
    """Return the row of a cell from runs with the seeds 0, 1, and so on."""
    runs = [errors_of(cell, seed) for seed in range(seeds)]
    ours, linear = _all(runs, "ours"), _all(runs, "linear")
    bound = _all(runs, "bound")
    return Row(
        cell=cell,
        laps=len(ours),
        bound=1e3 * _rms(bound) if len(bound) else None,
        linear=1e3 * _rms(linear),
        ours=1e3 * _rms(ours),
        linear_sigma=_rms(linear / _all(runs, "linear_std")),
        sigma=_rms(ours / _all(runs, "ours_std")),
        missed=sum(run.missed for run in runs),
        extra=sum(run.extra for run in runs),
        refused=sum(run.refused for run in runs),
        speed_mps=_root([run.speed for run in runs]),
        course_deg=_root([run.course for run in runs]),
        smoothed=float(np.mean([run.method == "smoothed" for run in runs])),
    )


def _all(runs: Sequence[Errors], name: str) -> np.ndarray:
    return np.concatenate([np.asarray(getattr(run, name), np.float64) for run in runs])


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else float("nan")


def _root(parts: Sequence[tuple[float, int]]) -> float:
    return float(
        np.sqrt(sum(square for square, _count in parts) / max(sum(count for _square, count in parts), 1))
    )
