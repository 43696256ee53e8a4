"""Start/finish lines found in the trace, and apexes: how many and how far off, on one circuit."""

from __future__ import annotations

import attrs
import numpy as np

from raced_laps import timed
from telemparse.analysis import find_segments, measure_segments, smooth
from telemparse.analysis.automatic_gates import find_gate
from telemparse.analysis.lap_results import Laps
from telemparse.analysis.lap_rows import LapRow, lap_rows
from telemparse.analysis.lap_samples import sample
from telemparse.analysis.paths import Path
from telemparse.analysis.ways import Way
from telemparse.testing.simulate import Run, simulate

__all__ = ["APEX_M", "COUNTED", "Places", "apexes", "places_of"]

COUNTED = 29 / 30
"""Least share of sessions whose laps are counted right; of the figure-8 all."""
APEX_M = 0.3
"""Largest median distance of an apex of the small circuit from the true one, in metres."""
_LAPS = 6


@attrs.frozen
class Places:
    """What was found on a circuit.

    Args:
        track: of the simulator.
        sessions: how many were simulated.
        counted: of these with an M9 at 10 Hz, those whose number of laps is right at the line that was found.
        slow_counted: the same with an M8 at 5 Hz.
        apexes: how many there are in all laps.
        apex_m: median distance from where each lap truly turns most, in metres; M9 at 10 Hz.
    """

    track: str
    sessions: int
    counted: int
    slow_counted: int
    apexes: int
    apex_m: float

    @property
    def line(self) -> str:
        """One line for people."""
        return (
            f"{self.track:11s}{self.counted} and {self.slow_counted} of {self.sessions} counted right,"
            f" {self.apexes} apexes {self.apex_m:.3f} m {' '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        least = self.sessions * (1.0 if self.track == "rc_figure8" else COUNTED)
        checks = (
            (min(self.counted, self.slow_counted) < least, "laps counted wrong"),
            (self.track == "rc_offroad" and not self.apex_m <= APEX_M, "apexes too far off"),
        )
        return tuple(words for missed, words in checks if missed)


def places_of(track: str, seeds: int) -> Places:
    """Return what is found on a circuit in runs with the seeds 0, 1, and so on."""
    errors = np.concatenate([apexes(track, seed)[0] for seed in range(seeds)])
    return Places(
        track=track,
        sessions=seeds,
        counted=sum(_counted(track, seed, "m9", 10) for seed in range(seeds)),
        slow_counted=sum(_counted(track, seed, "m8", 5) for seed in range(seeds)),
        apexes=len(errors),
        apex_m=float(np.median(errors)),
    )


def _counted(track: str, seed: int, gnss: str, rate_hz: int) -> bool:
    run = simulate(track, seed=seed, gnss=gnss, rate_hz=rate_hz, phase_s=None)
    return find_gate(Path.of(run.gnss)).laps == run.laps.num_rows


def apexes(track: str, seed: int) -> tuple[list[float], list[float]]:
    """Return how far the apex of each lap and corner lies from where that lap truly turned most, in metres,
    and how much of the greatest curvature it has; with an M9 at 10 Hz."""
    run = simulate(track, seed=seed, gnss="m9", rate_hz=10, laps=_LAPS, phase_s=None)
    laps = timed(run, smooth(run.gnss))
    segments = find_segments(laps)
    assert segments.way is not None, "no segments were found"
    rows = measure_segments(laps, segments).to_pylist()
    limits = {row["segment_id"]: (row["s_start_m"], row["s_end_m"]) for row in segments.table.to_pylist()}
    errors, shares = [], []
    for lap in lap_rows(laps.table):
        steps = np.arange(0, segments.way.length_m, 0.05)
        strength = _true_curvature(run, laps, lap, segments.way, steps)
        for row in rows:
            if row["lap_number"] == lap.number and row["apex_s_m"] is not None:
                start, end = limits[row["segment_id"]]
                inside = (steps >= start) & (steps <= end)
                errors.append(abs(row["apex_s_m"] - steps[inside][strength[inside].argmax()]))
                shares.append(np.interp(row["apex_s_m"], steps, strength) / strength[inside].max())
    assert len(errors) == len(segments.corners) * len(laps), "an apex is missing"
    return errors, shares


def _true_curvature(run: Run, laps: Laps, lap: LapRow, way: Way, steps: np.ndarray) -> np.ndarray:
    """Return how much the lap truly turned at each step of the way."""
    states = run.truth.at(np.arange(lap.t_start_ns, lap.t_end_ns, 2_000_000))
    (vx, vy), (ax, ay) = states.velocity_mps.T, states.acceleration_mps2.T
    elapsed_s = sample(laps.motion, lap, way, np.append(steps, way.length_m)).elapsed_s[:-1]
    return np.interp(
        lap.t_start_ns + elapsed_s * 1e9, states.t_ns, np.abs(vx * ay - vy * ax) / states.speed_mps**3
    )
