"""What the sandbox makes of a parsed recording: levels, pose, laps and quality, a stage a call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from telemparse.model.documents import issue_document, plain
from telemparse.runner.recordings import Recording
from telemparse.runner.session_stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["preload", "stage"]

# The last recording: its stages follow each other, and most of them want the same tables.
_last: dict[str, Recording] = {}


def preload() -> None:
    """Load what analysis needs."""
    import telemparse.analysis.fusion.fusing
    import telemparse.analysis.lap_finding
    import telemparse.analysis.quality.scoring  # noqa: F401


def stage(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Do a stage on the recording that a request names; what it writes lies in the folder.

    Args:
        request: `key` of the run, `stage`, `place` of the recording, `manifest` (its file's name there),
            `options` of the run and `settings` that concern stages.
        folder: for files.

    Returns `reason` (empty unless the stage has nothing to do here), `issues`, `facts`, `levels` (names of
    folders with a manifest each, `L0` for streams beside the recording's own) and `calls_s`.
    """
    recording = _recording(request)
    begun = time.perf_counter()
    found = STAGES[request["stage"]](recording, folder)
    return {
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
