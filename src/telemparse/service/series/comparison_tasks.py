"""What the sandbox does to compare laps: find them as the run did, and lay some beside each other."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.documents import plain
from telemparse.runner.recordings import Recording
from telemparse.writers.manifest import Manifest
from telemparse.writers.reading import restored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.segments import Segments

__all__ = ["compared", "preload"]

_STREAM = "gnss_pvt"
# The last recording with its laps: who looks at one comparison often looks at the next one.
_last: dict[str, _Compared] = {}


class _Compared(Recording):
    """A recording whose laps are compared."""

    @cached_property
    def segments(self) -> Segments:
        """Segments of the track, as its valid laps show them."""
        from telemparse.analysis.segments import find_segments

        return find_segments(self.laps)


def preload() -> None:
    """Load what a comparison needs."""
    import telemparse.analysis.comparison
    import telemparse.analysis.lap_finding
    import telemparse.analysis.segment_measures
    import telemparse.analysis.segments  # noqa: F401


def compared(request: Mapping[str, Any], _folder: Path) -> dict[str, Any]:
    """Compare laps of a recording.

    Args:
        request: `key` of the run, `place` of its files, `manifest` (its file's name there), `options` of the
            run and `settings` that concern it, `laps`, `reference` and `points`.

    Returns the document that `LapComparison` is made of, or `unknown`, a lap that there is not.
    """
    from telemparse.service.series.comparison_documents import comparison_document

    recording = _recording(request)
    known = set(recording.laps.table["lap_number"].to_pylist()) if _STREAM in recording.streams else set()
    wanted = [*request["laps"], *([] if request["reference"] is None else [request["reference"]])]
    unknown = next((number for number in wanted if number not in known), None)
    if unknown is not None:
        return {"unknown": unknown}
    document: dict[str, Any] = plain(
        comparison_document(
            recording.laps, recording.segments, request["laps"], request["reference"], request["points"]
        )
    )
    return document


def _recording(request: Mapping[str, Any]) -> _Compared:
    key = request["key"]
    if key not in _last:
        _last.clear()
        place = Path(request["place"])
        manifest = Manifest.decode((place / request["manifest"]).read_bytes())
        # Laps come from the fixes alone: what else was recorded need not be read.
        fixes = tuple(record for record in manifest.streams if record.name == _STREAM)
        result = restored(place, attrs.evolve(manifest, streams=fixes))
        _last[key] = _Compared(result, request["options"], request["settings"])
    return _last[key]
