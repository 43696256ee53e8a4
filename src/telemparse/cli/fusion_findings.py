"""What is told of a recording's fusion: the pose, what stands in for it, and the tables that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.analysis.fusion.fusing import fuse
from telemparse.model.issues import Issue
from telemparse.schemas.registry import is_stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.fusion.parameters import FusionOptions
    from telemparse.model.results import ParseResult

__all__ = ["FusionFindings", "time_base_of"]

_HINT = "Record positions as well, or give both files of one drive with --together."


@attrs.frozen(eq=False)
class FusionFindings:
    """A recording's fusion with what belongs to it.

    Args:
        result: the recording.
        fused: what became of it, None without positions.
        issues: of the fusion; one that says so without positions, none where nothing was read.
    """

    result: ParseResult
    fused: Fused | None
    issues: tuple[Issue, ...]

    @classmethod
    def of(cls, result: ParseResult, options: FusionOptions) -> FusionFindings:
        """Return what fusion makes of a recording.

        Raises MissingExtra without the extra `analysis`.
        """
        filled = {name: table for name, table in result.streams.items() if table.num_rows}
        if "gnss_pvt" in filled:
            fused = fuse(attrs.evolve(result, streams=filled), options=options)
            return cls(result, fused, fused.issues)
        absent = attrs.asdict(
            Issue("FUSION_SKIPPED", reason="the recording holds no positions"), recurse=False
        )
        # The hint of the code is about samples that do not fit.
        return cls(result, None, (Issue.stored({**absent, "hint": _HINT}),) if filled else ())

    @property
    def pose(self) -> pa.Table | None:
        """Stream `pose`, None where there is neither a fused one nor one of the receiver alone."""
        return None if self.fused is None else self.fused.table

    @property
    def one_clock(self) -> bool:
        """True where fixes and samples have stamps of one kind."""
        bases = {time_base_of(self.result.streams.get(name)) for name in ("gnss_pvt", "imu_accel")}
        return len(bases) == 1

    @property
    def whole(self) -> ParseResult:
        """The recording with its pose; the one that was recorded moves aside, and stays."""
        if self.pose is None:
            return self.result
        streams = dict(self.result.streams)
        recorded = streams.pop("pose", None)
        streams["pose"] = self.pose
        if recorded is not None:
            streams[f"pose.{_source_of(recorded)}"] = recorded
        return attrs.evolve(self.result, streams=streams, warnings=(*self.result.warnings, *self.issues))


def time_base_of(table: pa.Table | None) -> str | None:
    """Return the name of a table's clock."""
    facts: Mapping[bytes, bytes] = {} if table is None else table.schema.metadata or {}
    return facts.get(b"time_base", b"").decode() or None


def _source_of(table: pa.Table) -> str:
    """Return who made a recorded pose, as the last part of a stream's name."""
    source = (table.schema.metadata or {}).get(b"pose_source", b"").decode()
    return source if source and is_stream(f"pose.{source}") else "recorded"
