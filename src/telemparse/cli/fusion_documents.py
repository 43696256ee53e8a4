"""The objects that `telemparse fuse --json` prints: one a recording, without coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.cli.documents import stream_document
from telemparse.cli.figures import iso
from telemparse.cli.fusion_findings import time_base_of
from telemparse.kernels.pose_figures import sureness
from telemparse.model.documents import issue_document, plain
from telemparse.schemas.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from telemparse.analysis.fusion.outcomes import DegradedSpan, FusionHealth
    from telemparse.cli.fusion_findings import FusionFindings

__all__ = ["fusion_document"]


def fusion_document(
    paths: tuple[str, ...], found: FusionFindings, files: Mapping[str, Path]
) -> dict[str, Any]:
    """Return what is printed for one recording, with the figures of each stream that was written."""
    result, fused, pose = found.result, found.fused, found.pose
    return {
        "paths": list(paths),
        "artifacts": [attrs.asdict(artifact) for artifact in result.provenance.artifacts],
        "parser": result.provenance.parser_id,
        "ok": result.ok,
        "time_base": time_base_of(pose),
        "source": None if fused is None else fused.source,
        "one_clock": found.one_clock if fused is not None and fused.health is not None else None,
        "usual_std": None if pose is None else attrs.asdict(sureness(pose)),
        "health": None if fused is None or fused.health is None else _health(fused.health),
        "parameters": {} if fused is None else plain(dict(fused.parameters)),
        "streams": {
            name: stream_document(Measure.of(found.whole.streams[name]), path) for name, path in files.items()
        },
        "issues": [issue_document(issue) for issue in found.issues],
        "warnings": [issue_document(issue) for issue in result.warnings],
        "errors": [issue_document(issue) for issue in result.errors],
    }


def _health(health: FusionHealth) -> dict[str, Any]:
    facts = attrs.asdict(health, recurse=False)
    document: dict[str, Any] = plain({**facts, "innovation": dict(health.innovation), "degraded": []})
    return {**document, "degraded": [_span(span) for span in health.degraded]}


def _span(span: DegradedSpan) -> dict[str, Any]:
    return {
        "start": iso(span.start_ns),
        "end": iso(span.end_ns),
        "seconds": span.seconds,
        "reason": span.reason,
        "position_std_m": plain(span.position_std_m),
    }
