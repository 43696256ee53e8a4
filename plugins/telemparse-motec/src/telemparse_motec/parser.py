"""MoTeC logs to canonical streams: each LD with the LDX of its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.messages import Meta

from telemparse_motec.clock import Clock
from telemparse_motec.laps import Timed
from telemparse_motec.ldx import Ldx
from telemparse_motec.moments import moments_of
from telemparse_motec.recording import BATCH_CELLS, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact

__all__ = ["parse", "parse_in_batches"]

_HEAD_BYTES = 1024
_XML = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]*<|\xff\xfe<\0|\xfe\xff\0<")


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield channels, positions, laps and events of logs.

    The streams of a second log of the set get its name behind a dot (`gnss_pvt.<stem>`). An LDX goes to the
    log of its name; alone it gives laps and events of a clock without a date.
    """
    yield from parse_in_batches(artifacts, options, BATCH_CELLS)


def parse_in_batches(artifacts: ArtifactSet, options: ParseOptions, batch_cells: int) -> Iterator[Message]:
    """Yield the same rows whatever the size of a batch is, in rows times columns."""
    yield Meta("device_family", "MoTeC")
    logs = [artifact for artifact in artifacts if not _is_xml(artifact)]
    documents = []
    for artifact in artifacts:
        if _is_xml(artifact):
            ldx = Ldx(artifact)
            yield from ldx.read()
            documents.append(ldx)
    suffixes = FileSuffixes("log")
    recordings = []
    for artifact in logs:
        beside = _beside(artifact, documents, is_single=len(logs) == 1)
        documents = [ldx for ldx in documents if ldx is not beside]
        suffix = suffixes.take(artifact.name)
        recordings.append(Recording(artifact, beside, suffix, options, batch_cells))
    yield from read_all(recordings)
    for ldx in documents:
        suffix = suffixes.take(ldx.artifact.name)
        clock = Clock(0, "relative", is_assumed=False, zone=None)
        yield from ldx.facts(suffix)
        yield Meta(f"clock{suffix}", {"source": ["Time"], "is": "microseconds since the start of the log"})
        yield from moments_of(ldx, Timed(), clock, suffix)


def _is_xml(artifact: Artifact) -> bool:
    return _XML.match(artifact.read_at(0, _HEAD_BYTES)) is not None


def _beside(log: Artifact, documents: list[Ldx], *, is_single: bool) -> Ldx | None:
    """Return the document of a log: by its name, or the only one where there is only one log."""
    stem = _stem(log.name)
    named = [ldx for ldx in documents if _stem(ldx.artifact.name) == stem]
    if named:
        return named[0]
    return documents[0] if is_single and len(documents) == 1 else None


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.lower()
