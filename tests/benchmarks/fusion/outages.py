"""Outages cut into the real drive: how the pose bridges them, and how the receiver alone would."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
from scipy.interpolate import CubicHermiteSpline

from benchmarks.fusion.drives import std_at
from benchmarks.fusion.errors import SIGMAS, Sum, at_instants, instants
from benchmarks.fusion.rows import INSIDE
from telemparse.analysis import Fused, Motion, Path, fuse, smooth
from telemparse.model.results import ParseResult

__all__ = ["LENGTHS_S", "STARTS_S", "Outages", "outages", "with_outages"]

LENGTHS_S = (5, 10, 20, 30)
STARTS_S = range(60, 500, 60)


@attrs.frozen
class Outages:
    """What becomes of stretches whose fixes were taken away; errors are distances, in metres.

    Args:
        seconds: length of each.
        count: how many were cut.
        fused: RMS and largest distance of the pose from the fixes that were taken away; None where it is
            not fused.
        straight: the same of straight lines from the last fix to the next.
        curved: the same of cubics with the smoothed velocities at both.
        speed_mps: RMS of the speed of the pose.
        inside: share of axes within three deviations.
        grown: outages in whose middle the deviation is larger than before.
    """

    seconds: int
    count: int
    fused: tuple[float, float] | None
    straight: tuple[float, float]
    curved: tuple[float, float]
    speed_mps: float
    inside: float
    grown: int

    @property
    def line(self) -> str:
        """One line for people."""
        fused = "not fused" if self.fused is None else "fused {:.2f} {:.2f}".format(*self.fused)
        return (
            f"drive, {self.count} outages of {self.seconds} s: {fused}"
            f" straight {self.straight[0]:.2f} {self.straight[1]:.2f}"
            f" curved {self.curved[0]:.2f} {self.curved[1]:.2f} v {self.speed_mps:.3f}"
            f" inside {self.inside:.4f} grown {self.grown} {'; '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        checks = (
            (self.fused is None, "not fused"),
            (
                self.fused is not None and self.fused[0] > min(self.straight[0], self.curved[0]),
                "worse than without a unit",
            ),
            (self.inside < INSIDE, "truth outside three deviations"),
            (self.grown < self.count, "deviations do not grow"),
        )
        return tuple(words for missed, words in checks if missed)


def with_outages(drive: ParseResult, seconds: float) -> tuple[dict[str, pa.Table], np.ndarray]:
    """Return the tables of the drive without the fixes of an outage every minute, and which these were."""
    gnss = drive.streams["gnss_pvt"]
    since = (instants(gnss) - instants(gnss)[0]) / 1e9
    lost = np.logical_or.reduce([(since > start) & (since < start + seconds) for start in STARTS_S])
    return {**drive.streams, "gnss_pvt": gnss.filter(pa.array(~lost))}, lost


def outages(drive: ParseResult, seconds: int) -> Outages:
    """Return how outages of a length are bridged, against the fixes that were taken away."""
    whole = Path.of(drive.streams["gnss_pvt"])
    exact = smooth(whole)
    tables, lost = with_outages(drive, seconds)
    t_ns, truth = whole.t_ns[lost], whole.position_m[lost]
    found = fuse(tables, frame=whole.frame)
    alone = smooth(Path.of(tables["gnss_pvt"], frame=whole.frame))
    straight = np.stack([np.interp(t_ns, alone.path.t_ns, places) for places in alone.position_m.T], axis=1)
    told, speed, inside, grown = None, float("nan"), float("nan"), 0
    if found.ok:
        position, velocity, _covered = at_instants(found.table, t_ns)
        told = _distance(position - truth)
        speed = Sum.of((np.hypot(*velocity.T) - exact.speed_mps[lost]) ** 2).root
        std = std_at(found, t_ns)
        inside = float((np.abs(position - truth) < SIGMAS * std).mean())
        grown = sum(_grows(found, whole, start, seconds) for start in STARTS_S)
    return Outages(
        seconds=seconds,
        count=len(STARTS_S),
        fused=told,
        straight=_distance(straight - truth),
        curved=_distance(_curved(alone, t_ns) - truth),
        speed_mps=speed,
        inside=inside,
        grown=grown,
    )


def _curved(motion: Motion, t_ns: np.ndarray) -> np.ndarray:
    """Return positions at instants, across gaps as well, on cubics."""
    start = motion.path.t_ns[0]
    return CubicHermiteSpline((motion.path.t_ns - start) / 1e9, motion.position_m, motion.velocity_mps)(
        (t_ns - start) / 1e9
    )


def _grows(found: Fused, whole: Path, start_s: float, seconds: float) -> bool:
    """Tell whether the deviation in the middle of an outage is larger than at its start."""
    since_s = np.array([start_s, start_s + seconds / 2])
    before, middle = np.hypot(*std_at(found, whole.t_ns[0] + (since_s * 1e9).astype(np.int64)).T)
    return bool(middle > before)


def _distance(off: np.ndarray) -> tuple[float, float]:
    """Return RMS and largest of distances."""
    far = np.hypot(*off.T)
    return Sum.of(far**2).root, float(far.max())
