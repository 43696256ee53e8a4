"""Reading: a written recording back into a result."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.errors import CallError, Malformed
from telemparse.model.issues import Issue, Locus
from telemparse.writers.filing import FORMATS
from telemparse.writers.manifest import load
from telemparse.writers.publication import file_name

if TYPE_CHECKING:
    import os

    from telemparse.model.results import ParseResult
    from telemparse.writers.filing import Format
    from telemparse.writers.manifest import Manifest, StreamRecord

__all__ = ["read", "restored"]


def read(directory: str | os.PathLike[str]) -> ParseResult:
    """Return the result that `write` or `convert` put into a folder as parquet or arrow.

    Tables (with all metadata), capabilities, metadata, issues and provenance are those that were
    written. A file that reads but is not the one that was written adds the warning
    INTEGRITY_HASH_MISMATCH.

    Raises CallError for a folder that is no such recording, telemparse.errors.Malformed for a file
    that is missing or cannot be read as its format, OSError when the system refuses.
    """
    root = Path(directory)
    return restored(root, load(root))


def restored(root: Path, manifest: Manifest) -> ParseResult:
    """Return the result whose files lie in a folder, as a manifest names them; raises as `read` does."""
    form = FORMATS.get(manifest.format)
    if form is None or form.tables is None:
        raise CallError(
            f"a recording written as {manifest.format} cannot be read back; parquet and arrow can"
        )
    streams: dict[str, pa.Table] = {}
    warnings = list(manifest.warnings)
    for record in manifest.streams:
        place = _place(root, record, form)
        streams[record.name] = _table(place, record, form)
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != record.sha256:
            warnings.append(
                Issue("INTEGRITY_HASH_MISMATCH", Locus(record.file), artifact=record.file,
                      expected=record.sha256, found=digest)
            )  # fmt: skip
    return attrs.evolve(manifest.outcome, streams=streams, warnings=tuple(warnings))


def _place(root: Path, record: StreamRecord, form: Format) -> Path:
    """Return where a stream's file lies; a manifest cannot lead out of its folder."""
    name = file_name(record.name, form)
    if record.file != name:
        raise CallError(f"the manifest names {record.file!r} where {name!r} belongs")
    place = root / name
    if not place.resolve().is_relative_to(root.resolve()):
        raise CallError(f"{name} leads out of the folder")
    return place


def _table(place: Path, record: StreamRecord, form: Format) -> pa.Table:
    assert form.tables is not None  # noqa: S101  (the caller has looked)
    if not place.is_file():
        raise _damaged(record, "missing")
    try:
        table = next(form.tables(place, None))
        table.validate(full=True)
    except (pa.ArrowException, ValueError) as error:
        raise _damaged(record, f"unreadable: {error}") from error
    except OSError as error:
        # Arrow reports damage as OSError too; only the system's own errors have a number.
        if error.errno is not None:
            raise
        raise _damaged(record, f"unreadable: {error}") from error
    return table


def _damaged(record: StreamRecord, problem: str) -> Malformed:
    return Malformed("INTEGRITY_HASH_MISMATCH", Locus(record.file), artifact=record.file, problem=problem)
