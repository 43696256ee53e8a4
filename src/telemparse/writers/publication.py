"""Publication: finished streams and the manifest of a recording go to their places together."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import telemparse
from telemparse.errors import CallError
from telemparse.schemas.fields import SCHEMA_VERSION
from telemparse.writers.filing import FORMATS
from telemparse.writers.geojson_files import compose
from telemparse.writers.layout import GEOJSON_FILE, stream_file
from telemparse.writers.manifest import Manifest, StreamRecord, document_text, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from telemparse.schemas.measure import Measure
    from telemparse.writers.filing import Filed, Format, Rows, Target

__all__ = ["publish"]


def publish(
    target: Target, streams: Mapping[str, Rows], measures: Mapping[str, Measure], result: Mapping[str, Any]
) -> Manifest:
    """Write every stream, put the files and the manifest in place, and return the manifest.

    Args:
        target: where and how.
        streams: those with rows, in the result's order.
        measures: figures of each.
        result: document of the result (everything but tables).
    """
    form, staging = target.form, target.staging
    text = document_text(result)
    if form.encoder is None:
        filed = compose(staging.place(), streams, result)
    else:
        filed = {name: rows.filed(name, text) for name, rows in streams.items()}
    manifest = Manifest(
        format=form.name,
        schema_version=SCHEMA_VERSION,
        telemparse_version=telemparse.__version__,
        streams=tuple(_record(name, file, measures[name]) for name, file in filed.items()),
        result=result,
    )
    files = {file.file: file.place for file in filed.values()}
    stale = [name for name in _former_files(staging.directory) if name not in files]
    staging.publish([(place, name) for name, place in files.items()], manifest.encode(), stale)
    return manifest


def _record(name: str, file: Filed, measure: Measure) -> StreamRecord:
    return StreamRecord(
        name=name,
        file=file.file,
        rows=measure.rows,
        bytes=file.bytes,
        sha256=file.sha256,
        t_first_ns=measure.t_first_ns,
        t_last_ns=measure.t_last_ns,
        time_base=measure.time_base,
        rate_hz=measure.rate_hz,
        columns=tuple(measure.values),
    )


def file_name(stream: str, form: Format) -> str:
    """Return where a stream's rows lie below the folder."""
    return GEOJSON_FILE if form.encoder is None else stream_file(stream, form.suffix)


def _former_files(directory: Path) -> Iterator[str]:
    """Yield the files of the recording that the folder held; a manifest cannot name any others."""
    with suppress(CallError, OSError):
        former = load(directory)
        form = FORMATS[former.format]
        for record in former.streams:
            if record.file == file_name(record.name, form):
                yield record.file
