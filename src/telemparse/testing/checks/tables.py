"""What a parser yields: canonical rows in the order of time, with their sources named."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.arrays import numpy_view
from telemparse.model.documents import plain
from telemparse.schemas.checking import check
from telemparse.testing.checks.damage import scars
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.model.messages import Batch
    from telemparse.testing.readings import Reading
    from telemparse.testing.subject import Sample, Subject

__all__ = ["order_is_monotonic_or_confessed", "provenance_is_complete", "schema_holds"]

_CLOCK_CODES = ("TIME_NOT_MONOTONIC", "DATE_UNRELIABLE", "TIME_DUPLICATES_DROPPED")


def schema_holds(subject: Subject) -> None:
    """Check every batch against the canonical schema of its stream."""
    rows = 0
    for sample in subject.samples:
        reading = subject.reading(sample.files)
        for strange in reading.strange:
            raise Broken(
                f"sample {sample.name}: a {type(strange).__name__} is neither a Batch of rows, Issue nor Meta"
            )
        found = sum(batch.data.num_rows for batch in reading.batches)
        if not found and not reading.issues:
            raise Broken(f"sample {sample.name} yields no row at all, and nothing says why")
        rows += found
        for batch in reading.batches:
            _check(subject, sample, batch)
        _documents(sample, reading)
        # What no single batch shows: one that says another time base or type than the one before.
        for issue in subject.result(sample.files).errors:
            if issue.code == "SCHEMA_VIOLATION" and issue.evidence["stream"] in _streams(reading):
                raise Broken(f"sample {sample.name}: {issue.message}")
    if not rows:
        raise Broken("no sample yields a row")


def _streams(reading: Reading) -> set[str]:
    return {batch.stream for batch in reading.batches}


def _documents(sample: Sample, reading: Reading) -> None:
    """Look whether facts and evidence can be written down."""
    for key, value in [
        *((meta.key, meta.value) for meta in reading.metas),
        *((issue.code, issue.evidence) for issue in reading.issues),
    ]:
        if not isinstance(key, str):
            raise Broken(f"sample {sample.name}: the key of a Meta is a {type(key).__name__}, not a word")
        try:
            plain(value)
        except TypeError as error:
            raise Broken(f"sample {sample.name}: {key} holds what no document can: {error}") from None


def _check(subject: Subject, sample: Sample, batch: Batch) -> None:
    declared = subject.card.streams
    if not {batch.stream, batch.stream.partition(".")[0]} & set(declared):
        raise Broken(f"sample {sample.name} yields {batch.stream}; the card declares {', '.join(declared)}")
    _table, problems = check(batch.stream, batch.data)
    for problem in problems:
        raise Broken(f"sample {sample.name}, stream {batch.stream}: {problem.message}")


def order_is_monotonic_or_confessed(subject: Subject) -> None:
    """Follow the clock of each stream over its batches."""
    for sample in subject.samples:
        reading = subject.reading(sample.files)
        confessed = any(issue.code in _CLOCK_CODES for issue in reading.issues)
        late = _late(reading)
        if late and not confessed:
            name, count = next(iter(late.items()))
            raise Broken(f"sample {sample.name}: {count} rows of {name} are earlier than the row before them")


def _late(reading: Reading) -> dict[str, int]:
    times: dict[str, list[np.ndarray]] = {}
    for batch in reading.batches:
        if "t" in batch.data.schema.names and batch.data.num_rows:
            times.setdefault(batch.stream, []).append(_instants(batch.data))
    late = {name: int((np.diff(np.concatenate(pieces)) < 0).sum()) for name, pieces in times.items()}
    return {name: count for name, count in late.items() if count}


def _instants(data: pa.RecordBatch | pa.Table) -> np.ndarray:
    return numpy_view(data.column("t")).astype(np.int64)


def provenance_is_complete(subject: Subject) -> None:
    """Follow results back: to the parser, to the file, to the place in it, to the column."""
    for sample in subject.samples:
        result = subject.result(sample.files)
        parts = [part for part in result.provenance.parts if part.parser_id == subject.card.id]
        if not parts or not subject.card.version.strip():
            raise Broken(f"sample {sample.name}: provenance names no parser with a version")
        _sources(sample, subject.reading(sample.files))
        with suppress(Overtime):  # what does not end breaks another promise
            for words, files in [("undamaged", dict(sample.files)), *scars(sample)]:
                _places(sample, words, subject.reading(files))


def _sources(sample: Sample, reading: Reading) -> None:
    for batch in reading.batches:
        if batch.stream.partition(".")[0] != "channels":
            continue
        for field in batch.data.schema:
            if field.name != "t" and not (field.metadata or {}).get(b"source_name"):
                raise Broken(f"sample {sample.name}: channel {field.name} does not name its source_name")


def _places(sample: Sample, words: str, reading: Reading) -> None:
    for issue in reading.issues:
        place = issue.locus
        if place is None:
            continue
        if place.artifact is not None and place.artifact not in reading.sizes:
            raise Broken(f"sample {sample.name}, {words}: {issue.code} points to no file of the recording")
        sizes = reading.sizes
        size = sum(sizes.values()) if place.artifact is None else sizes[place.artifact]
        line = 1 if place.line is None else place.line
        numbers = (place.offset or 0, line - 1, place.record or 0)
        if not all(0 <= number <= size for number in numbers):
            raise Broken(f"sample {sample.name}, {words}: {issue.code} points behind the file, to {place}")
