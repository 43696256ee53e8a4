"""Verification: whether a run's datasets are all there and are those that its manifests name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError
from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from telemparse.storage.layout import RunPlace
    from telemparse.storage.objects import Storage
    from telemparse.writers.manifest import StreamRecord

__all__ = ["Problem", "verify"]

_LEVEL_FOLDER = re.compile(r"(L[0-9])/.+")
_MISSING = "STORAGE_MISSING"
_MISMATCH = "INTEGRITY_HASH_MISMATCH"


@attrs.frozen
class Problem:
    """What is wrong with one object of a run.

    Args:
        code: `STORAGE_MISSING` or `INTEGRITY_HASH_MISMATCH`.
        key: of the object.
        words: what was expected and what was found.
    """

    code: str
    key: str
    words: str


def verify(storage: Storage, place: RunPlace) -> tuple[Problem, ...]:
    """Return what is wrong with a run; empty when each file that a manifest names is there as written.

    Size and sha256 of each file are compared, and the rows of Parquet files that lie in a folder. A
    level is looked at when any object lies in it.

    Raises StorageFailed when the store does not answer, never for what is missing or damaged.
    """
    found = (_LEVEL_FOLDER.fullmatch(key.removeprefix(place.prefix)) for key in storage.keys(place.prefix))
    levels = sorted({match[1] for match in found if match})
    return tuple(problem for level in (None, *levels) for problem in _problems(storage, place, level))


def _problems(storage: Storage, place: RunPlace, level: str | None) -> Iterator[Problem]:
    from telemparse.writers.manifest import Manifest

    key = place.manifest(level)
    try:
        manifest = Manifest.decode(storage.read(key))
    except StorageFailed as failed:
        if failed.code != _MISSING:
            raise
        yield Problem(_MISSING, key, "there is no manifest")
        return
    except CallError as error:
        yield Problem(_MISMATCH, key, str(error))
        return
    for record in manifest.streams:
        yield from _file_problems(storage, place, level, record)


def _file_problems(
    storage: Storage, place: RunPlace, level: str | None, record: StreamRecord
) -> Iterator[Problem]:
    try:
        key = place.stream(record.name, level)
    except CallError as error:
        yield Problem(_MISMATCH, place.manifest(level), str(error))
        return
    if f"{place.manifest(level).removesuffix('manifest.json')}{record.file}" != key:
        yield Problem(_MISMATCH, place.manifest(level), f"it names another file for the stream of {key}")
        return
    byte_size = storage.byte_size(key)
    if byte_size is None:
        yield Problem(_MISSING, key, "there is no such object")
        return
    if byte_size != record.bytes:
        yield Problem(_MISMATCH, key, f"it has {byte_size} bytes, {record.bytes} were written")
        return
    found = storage.digest(key)
    if found != record.sha256:
        yield Problem(_MISMATCH, key, f"its sha256 is {found}, {record.sha256} was written")
        return
    file = storage.local_path(key)
    if file is not None:
        words = _row_words(file, record.rows)
        if words:
            yield Problem(_MISMATCH, key, words)


def _row_words(file: Path, rows: int) -> str:
    """Return what is wrong with a Parquet file's count of rows; nothing is the empty word."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_metadata(file).num_rows
    except (pa.ArrowException, OSError):
        return "it is no Parquet file"
    return "" if found == rows else f"it has {found} rows, {rows} were written"
