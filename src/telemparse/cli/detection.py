"""`telemparse detect`: say what recordings are, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

import telemparse
from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import each, gather
from telemparse.cli.terminal import apart, console
from telemparse.model.codes import Severity

if TYPE_CHECKING:
    from telemparse.classification import Classification
    from telemparse.cli.recordings import Recording

__all__ = ["detect"]

_Explain = Annotated[bool, typer.Option("--explain", help="Show every candidate, its evidence, and faults.")]


@command
def detect(
    paths: arguments.Paths,
    *,
    explain: _Explain = False,
    as_json: arguments.Json = False,
    together: arguments.Together = False,
) -> Exit:
    """Say what recordings are, with a score and the evidence for it.

    Several files become one recording only where a format says that they belong together, or with
    --together.
    """
    recordings, gathered = gather(paths, together=together)

    def handle(recording: Recording) -> Exit:
        with apart():
            classification = telemparse.detect(recording.artifacts)
        _show(recording, classification, explained=explain, as_json=as_json)
        return exit_for(issue.code for issue in classification.issues if issue.severity is Severity.ERROR)

    return max(gathered, each(recordings, handle))


def _show(recording: Recording, classification: Classification, *, explained: bool, as_json: bool) -> None:
    if as_json:
        from telemparse.cli.documents import detection_document, emit

        emit(detection_document(recording, classification))
    else:
        from telemparse.cli.display import show_detection

        names = recording.artifacts.names
        show_detection(console(), recording.label, classification, names, explained=explained)
