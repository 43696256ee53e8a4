"""Conversion: a recording from its source into a folder, batch by batch, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from telemparse.errors import ParseFailed
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.documents import result_document
from telemparse.model.options import ParseOptions
from telemparse.parsing import flow
from telemparse.writers.filing import Target, format_named
from telemparse.writers.heap import one_heap
from telemparse.writers.publication import publish
from telemparse.writers.recorder import Recorder
from telemparse.writers.staging import staged

if TYPE_CHECKING:
    import os

    from telemparse.model.artifacts import Source
    from telemparse.writers.manifest import Manifest

__all__ = ["convert"]


def convert(
    source: Source,
    directory: str | os.PathLike[str],
    options: ParseOptions | None = None,
    *,
    format: str = "parquet",  # noqa: A002  (the public name; `write` has it too)
    compression: str = "zstd",
    on_error: Literal["raise", "return"] = "raise",
) -> Manifest:
    """Parse a recording straight into a folder; memory does not grow with the recording.

    The folder holds what `write(parse(source), directory)` would put there: the same tables.

    Args:
        source: as `telemparse.parse` takes it: always ONE recording.
        directory: is made when absent; a recording in it is replaced file by file.
        options: see `ParseOptions`.
        format: `parquet`, `arrow`, `csv` or `geojson`.
        compression: `zstd`, `snappy` or `none` for parquet, `zstd`, `lz4` or `none` for arrow.
        on_error: `raise` a `ParseFailed` when the parse has errors, or `return` the manifest, whose
            `ok` is False then. Either way what could be read is in the folder.

    Returns the manifest, as it is saved. Raises ParseFailed, whose `result` has everything but tables;
    OSError when the source cannot be read or the folder not be written (nothing half-written gets a
    final name); CallError for a call that cannot be right, or GeoJSON of a recording without positions.
    """
    form = format_named(format, compression)
    artifacts = ArtifactSet.of(source)
    with (
        one_heap(),
        staged(directory) as staging,
        Recorder(Target(form, compression, staging)) as recorder,
    ):
        flowed = flow(artifacts, options or ParseOptions(), recorder)
        for shelf in recorder.shelves.values():
            shelf.settle()
        rows = {name: recorder.shelves[name] for name in flowed.measures}
        manifest = publish(recorder.target, rows, flowed.measures, result_document(flowed.result))
    if flowed.result.errors and on_error == "raise":
        raise ParseFailed(attrs.evolve(flowed.result, streams={}))
    return manifest
