"""A recording in the sandbox: its tables, and what analysis finds in them, each found once."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.model.documents import metadata_from
from telemparse.writers.manifest import Manifest
from telemparse.writers.reading import restored

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.quality.outcomes import Quality
    from telemparse.model.results import ParseResult

__all__ = ["Recording"]


@attrs.define(slots=False)
class Recording:
    """A parsed recording with the options of its run.

    Args:
        result: as it was parsed, with its tables.
        options: of the run: `gate`, a document, or nothing.
        settings: `level_l1`, `level_l2`, `quality_table`, `tracks`.
    """

    result: ParseResult
    options: Mapping[str, Any]
    settings: Mapping[str, Any]
    _loading_s: float = 0.0

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Self:
        """Return the recording that a request names."""
        begun = time.perf_counter()
        place = Path(request["place"])
        manifest = Manifest.decode((place / request["manifest"]).read_bytes())
        result = restored(place, manifest)
        recording = cls(result, request["options"], request["settings"])
        recording._loading_s = time.perf_counter() - begun
        return recording

    def taken_s(self) -> float:
        """Return how long reading the tables took, the first time that it is asked."""
        taken, self._loading_s = self._loading_s, 0.0
        return taken

    @property
    def streams(self) -> Mapping[str, pa.Table]:
        """Tables with rows, by name."""
        return self.result.streams

    @cached_property
    def fused(self) -> Fused | None:
        """What fusion comes to; None without positions or without an accelerometer."""
        from telemparse.analysis.fusion.fusing import fuse

        return fuse(self.result) if {"gnss_pvt", "imu_accel"} <= set(self.streams) else None

    @cached_property
    def laps(self) -> Laps:
        """Laps that are found, at the gate of the run where it has one."""
        from telemparse.analysis.catalogue import load_tracks
        from telemparse.analysis.lap_finding import find_laps

        gate = self.options.get("gate")
        tracks = self.settings.get("tracks")
        return find_laps(
            self.result,
            None if gate is None else metadata_from(gate),
            tracks=load_tracks(*([] if tracks is None else [tracks])),
        )

    @cached_property
    def quality(self) -> Quality:
        """Quality, judged with these laps and this pose."""
        import json

        from telemparse.analysis.quality.penalty_tables import PenaltyTable
        from telemparse.analysis.quality.scoring import score

        place = self.settings.get("quality_table")
        table = None if place is None else PenaltyTable.of(json.loads(Path(place).read_text("utf-8")))
        return score(self.result, laps=self.laps, fused=self.fused, table=table)
