"""What runs in the child process of `telemparse convert`: one recording, streamed to its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.cli.documents import recording_document, stream_document
from telemparse.cli.terminal import reason
from telemparse.errors import TelemparseError
from telemparse.model.documents import options_document, options_from
from telemparse.model.handover import handed_over, taken_over
from telemparse.model.options import Isolation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.cli.recordings import Recording
    from telemparse.model.options import ParseOptions

__all__ = ["parser_in", "request_for", "serve"]

_PARSER = "parser"


def request_for(
    recording: Recording,
    directory: Path,
    options: ParseOptions,
    folder: Path,
    *,
    file_format: str,
    compression: str,
) -> dict[str, Any]:
    """Return what the child is asked; content that is not on disk is laid into `folder` first."""
    own = attrs.evolve(options, isolation=Isolation.NONE, timeout_s=None, max_memory_bytes=None)
    return {
        "paths": list(recording.paths),
        "artifacts": handed_over(recording.artifacts, folder),
        "directory": str(directory),
        "options": options_document(own),
        "format": file_format,
        "compression": compression,
    }


def parser_in(folder: Path) -> str:
    """Return the id of the parser that a child was about to use when it ended."""
    try:
        return (folder / _PARSER).read_text("utf-8")
    except OSError:
        return "?"


def serve(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Convert in the child: `{"document": ...}`, or `{"refused": words}` when files cannot be used.

    The parser's id is left in `folder` first, for a child that crashes cannot name it any more.
    """
    import telemparse

    directory = Path(request["directory"])
    options = options_from(request["options"])
    try:
        artifacts = taken_over(request["artifacts"])
        winner = telemparse.detect(artifacts, options).winner
        if winner is not None:
            (folder / _PARSER).write_text(winner.parser_id, "utf-8")
        manifest = telemparse.convert(
            artifacts, directory, options,
            format=request["format"], compression=request["compression"], on_error="return",
        )  # fmt: skip
    except (OSError, TelemparseError) as error:
        return {"refused": reason(error)}
    streams = {record.name: stream_document(record, directory / record.file) for record in manifest.streams}
    return {"document": recording_document(tuple(request["paths"]), manifest.outcome, streams)}
