"""The real drive with the errors of ordinary receivers added to its exact fixes."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa

from benchmarks.fusion.drives import std_at, turned_deg
from benchmarks.fusion.errors import SIGMAS, Sum, at_instants, roots
from benchmarks.fusion.rows import WORSE
from telemparse.analysis import Motion, Path, fuse, smooth
from telemparse.model.results import ParseResult
from telemparse.testing.simulate import RECEIVERS, Receiver
from telemparse.testing.simulate.noises import gauss_markov

__all__ = ["FAST_MPS", "Ordinary", "ordinary"]

FAST_MPS = 8.0
"""Below, the course of the exact fixes is none: their velocities are means over a quarter of a second."""


@attrs.frozen
class Ordinary:
    """The drive with the errors of another receiver added, against its own exact fixes.

    Args:
        words: which receiver.
        runs, fused: how many, and how many of them were fused.
        pose: RMS of speed, course (degrees, fast) and position of the pose at the epochs.
        alone: the same of the receiver alone; None where its are the exact fixes.
        inside: share of axes of the position within three deviations.
    """

    words: str
    runs: int
    fused: int
    pose: dict[str, float]
    alone: dict[str, float] | None
    inside: float

    @property
    def line(self) -> str:
        """One line for people."""
        shown = " ".join(f"{name} {value:.4f}" for name, value in self.pose.items())
        alone = " ".join(f"{name} {value:.4f}" for name, value in (self.alone or {}).items())
        return (
            f"drive, {self.words}: fused {self.fused} of {self.runs}: {shown}; alone: {alone or '-'};"
            f" inside {self.inside:.4f} {'; '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        worse = tuple(
            f"{name} {self.pose[name] / value:.2f} of the receiver's"
            for name, value in (self.alone or {}).items()
            if self.pose[name] > WORSE * value
        )
        return (*worse, *(("not fused",) if self.fused < self.runs else ()))


def ordinary(drive: ParseResult, kind: str | None, seeds: int) -> Ordinary:
    """Return how the drive is fused with the errors of a simulated receiver added to its exact fixes.

    Args:
        drive: with exact fixes.
        kind: of `RECEIVERS`; None for the fixes as they are.
        seeds: of the errors: 0, 1, and so on.
    """
    exact = smooth(Path.of(drive.streams["gnss_pvt"]))
    pose: list[dict[str, Sum]] = []
    other: list[dict[str, Sum]] = []
    fused, inside = 0, []
    for seed in range(seeds):
        gnss = drive.streams["gnss_pvt"]
        gnss = gnss if kind is None else _spoilt(gnss, exact, RECEIVERS[kind], seed)
        found = fuse({**drive.streams, "gnss_pvt": gnss}, frame=exact.path.frame)
        alone = smooth(Path.of(gnss, frame=exact.path.frame))
        position, velocity, covered = at_instants(found.table, exact.path.t_ns)
        pose.append(_off(exact, position, velocity, covered))
        other.append(_off(exact, alone.position_m, alone.velocity_mps, covered))
        fused += found.ok
        if found.ok:
            within = np.abs(position - exact.position_m) < SIGMAS * std_at(found, exact.path.t_ns)
            inside.append(Sum.of(within[covered].ravel()))
    words = "as it is" if kind is None else f"errors of an {kind.upper()}-class receiver added"
    alone_off = None if kind is None else roots(other, list(other[0]))
    return Ordinary(words, seeds, fused, roots(pose, list(pose[0])), alone_off, Sum.all(inside).mean)


def _spoilt(gnss: pa.Table, exact: Motion, receiver: Receiver, seed: int) -> pa.Table:
    """Return fixes with the errors of a receiver, its stamps true for both positions and velocities."""
    path = exact.path
    drawn = np.random.default_rng([seed, 3])
    count, step = len(path), path.period_s

    def wandering(sigma: float, memory_s: float) -> np.ndarray:
        return gauss_markov(drawn, count, 2, step, sigma=sigma, tau_s=memory_s)

    place = exact.position_m + wandering(receiver.slow_m, receiver.slow_s)
    place = place + wandering(receiver.fast_m, receiver.fast_s)
    place = place + receiver.white_m * drawn.standard_normal((count, 2))
    pace = exact.velocity_mps + wandering(receiver.drift_mps, receiver.drift_s)
    pace = pace + receiver.white_mps * drawn.standard_normal((count, 2))
    lat, lon = path.frame.geodetic_deg(place)
    changed = {
        "lat_deg": lat,
        "lon_deg": lon,
        "vel_e_mps": pace[:, 0],
        "vel_n_mps": pace[:, 1],
        "speed_mps": np.hypot(*pace.T),
        "course_deg": np.degrees(np.arctan2(pace[:, 0], pace[:, 1])) % 360.0,
        "fix_type": np.full(count, receiver.fix_type),
        "hacc_m": np.full(count, receiver.hacc_m),
        "sacc_mps": np.full(count, receiver.sacc_mps),
    }
    for name, values in changed.items():
        index = gnss.schema.get_field_index(name)
        field = gnss.schema.field(index)
        gnss = gnss.set_column(index, field, pa.array(values).cast(field.type, safe=False))
    return gnss


def _off(exact: Motion, position: np.ndarray, velocity: np.ndarray, rows: np.ndarray) -> dict[str, Sum]:
    """Return squares of errors of speed, course (fast) and position at rows."""
    fast = rows & (exact.speed_mps > FAST_MPS)
    return {
        "speed": Sum.of((np.hypot(*velocity.T) - exact.speed_mps)[rows] ** 2),
        "course": Sum.of(turned_deg(exact, velocity)[fast] ** 2),
        "position": Sum.of(((position - exact.position_m)[rows] ** 2).sum(axis=1)),
    }
