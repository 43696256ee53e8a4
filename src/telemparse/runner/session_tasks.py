"""What the sandbox makes of a parsed recording: levels, pose, laps and quality, a stage a call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from telemparse.model.documents import issue_document, plain
from telemparse.runner.recordings import Recording
from telemparse.runner.session_stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["preload", "stages"]

# The last recording: its stages follow each other, and most of them want the same tables.
_last: dict[str, Recording] = {}


def preload() -> None:
    """Load what analysis needs."""
    import telemparse.analysis.fusion.fusing
    import telemparse.analysis.lap_finding
    import telemparse.analysis.quality.scoring  # noqa: F401


def stages(request: Mapping[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """Do stages on the recording that a request names, one after the other.

    Args:
        request: `key` of the run, `stages`, `place` of the recording, `manifest` (its file's name there),
            `options` of the run and `settings` that concern stages.
        folder: for files; those of a stage lie in a folder of its name.

    Yields for each stage `reason` (empty unless the stage has nothing to do here), `issues`, `facts`,
    `levels` (names of folders with a manifest each, `L0` for streams beside the recording's own) and
    `calls_s`.
    """
    recording = _recording(request)
    for stage in request["stages"]:
        begun = time.perf_counter()
        place = folder / stage
        place.mkdir(exist_ok=True)
        found = STAGES[stage](recording, place)
        yield {
            "reason": found.reason,
            "issues": [issue_document(issue) for issue in found.issues],
            "facts": plain(found.facts),
            "levels": list(found.levels),
            "calls_s": time.perf_counter() - begun + recording.taken_s(),
        }


def _recording(request: Mapping[str, Any]) -> Recording:
    key = f"{request['key']} {request['place']}"
    if key not in _last:
        _last.clear()
        _last[key] = Recording.of(request)
    return _last[key]
