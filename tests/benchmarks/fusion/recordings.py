"""Real recordings with an inertial unit, as they come: fused, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as Folder

import attrs
import numpy as np
import pyarrow as pa

import telemparse
from benchmarks.fusion.drives import DRIVE, turned_deg
from benchmarks.fusion.errors import MOVING_MPS, Sum, at_instants
from benchmarks.fusion.rows import refuses
from telemparse.analysis import Fused, Path, fuse, smooth
from telemparse.errors import CallError

__all__ = ["RECORDINGS", "Recorded", "recorded"]

RECORDINGS = (
    DRIVE[0],
    "vbo/racelogic-vbox3i-imu-100hz.vbo",
    "vbo/racechrono-massa-finalese-laps.vbo",
    "racechrono-rcz/taupo-race1-lap4-laps.rcz",
    "aim-xrk/aim-gps-laps.xrk",
    "fit/garmin-virb-ultra-30.fit",
    "gpmf/hero11-gps9.raw",
    "gpmf/hero5.raw",
    "gpmf/hero6.raw",
    "gpmf/karma.mp4",
    "ubx/gpsd-ublox-neo-m8l-adr.log",
    "racebox-csv/racebox-bare-excerpt-24rows.csv",
    "dovex/okc-tillotson-kart-laps.dovex",
    "gauge-s-csv/gauge-s-cota.csv",
    "racecapture/sonoma-laps.log",
)


@attrs.frozen
class Recorded:
    """What becomes of a recording.

    Args:
        name: of the file.
        parser: that read it.
        rows: of the pose.
        source: of the pose; None where there are no positions.
        codes: of the issues.
        reason: in words, where it is not fused.
        speed_mps, course_deg: RMS of the difference from the receiver alone at its epochs, moving.
        healthy: a few words on the filter.
    """

    name: str
    parser: str
    rows: int
    source: str | None
    codes: tuple[str, ...]
    reason: str
    speed_mps: float
    course_deg: float
    healthy: str

    @property
    def line(self) -> str:
        """One line for people."""
        return (
            f"{self.name}: {self.source} {self.rows} {', '.join(self.codes)} {self.reason}"
            f" v {self.speed_mps:.3f} c {self.course_deg:.2f} {self.healthy} {'; '.join(self.faults)}"
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """Bars that are missed."""
        told = self.source == "server_fused" or any(map(refuses, self.codes)) or self.source is None
        return () if told else ("no code says why",)


def recorded(folder: Folder, name: str) -> Recorded:
    """Return what becomes of a recording below the folder."""
    names = DRIVE if name in DRIVE else (name,)
    result = telemparse.parse([folder / each for each in names], on_error="return")
    parser = result.provenance.parts[0].parser_id
    try:
        found = fuse(result)
    except CallError as error:
        return Recorded(name, parser, 0, None, (), str(error), float("nan"), float("nan"), "")
    speed, course = _beside(found, result.streams)
    return Recorded(
        name=name,
        parser=parser,
        rows=found.table.num_rows,
        source=found.source,
        codes=tuple(dict.fromkeys(issue.code for issue in found.issues)),
        reason=str(found.parameters.get("fallback", "")),
        speed_mps=speed,
        course_deg=course,
        healthy=_healthy(found),
    )


def _healthy(found: Fused) -> str:
    health = found.health
    if health is None:
        return ""
    words = ", ".join(f"{name} {value:.2f}" for name, value in health.innovation.items())
    return f"innovations {words}; outliers {health.outlier_pct:.1f} %; noise x {health.noise_factor:.1f}"


def _beside(found: Fused, streams: Mapping[str, pa.Table]) -> tuple[float, float]:
    """Return how far speed and course of a fused pose are from those of the receiver alone."""
    if not found.ok:
        return float("nan"), float("nan")
    alone = smooth(Path.of(streams["gnss_pvt"]))
    _position, velocity, covered = at_instants(found.table, alone.path.t_ns)
    rows = covered & (alone.speed_mps > MOVING_MPS)
    speed = np.hypot(*velocity.T) - alone.speed_mps
    return Sum.of(speed[rows] ** 2).root, Sum.of(turned_deg(alone, velocity)[rows] ** 2).root
