"""The promise that is fuzzed, and what of it a parse of given bytes does not keep.

*Parse returns a result that passes the schema check, or coded errors, within the deadline and memory
bound, never an exception.*
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pyarrow as pa

from telemparse import flows
from telemparse.border import Collector
from telemparse.extension.catalog import Catalog
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.codes import CODES
from telemparse.model.documents import result_document
from telemparse.model.issues import Issue
from telemparse.model.options import ParseOptions
from telemparse.model.results import ParseResult
from telemparse.schemas import check

__all__ = ["broken"]

# What the border makes of an exception, of a batch that does not fit, and of a detector that fails.
_BROKEN = ("PARSER_CRASHED", "PARSER_MEMORY_EXCEEDED", "PLUGIN_LOAD_FAILED", "SCHEMA_VIOLATION")


def broken(files: Mapping[str, bytes], options: ParseOptions, catalog: Catalog) -> list[str]:
    """Return a sentence for everything that detecting and parsing these files does not keep.

    Deadline and memory are watched by who calls: a hang is not seen from here.

    Args:
        files: names to bytes, one recording.
        options: of the parse; `parser` should name the one that is fuzzed.
        catalog: the parsers that are asked.
    """
    sink, ignored = Collector(), []
    with _hearing(ignored):
        try:
            flow = flows.run(ArtifactSet.of(dict(files)), options, sink, catalog=catalog)
        except Exception as error:  # noqa: BLE001  (the promise is that there is none)
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            return [f"{type(error).__name__} came out of {place}: {error}"]
    result = attrs.evolve(flow.result, streams=sink.tables)
    return [*ignored, *_issues(result, files, catalog), *_outcome(result, options), *_streams(result)]


@contextlib.contextmanager
def _hearing(ignored: list[str]) -> Iterator[None]:
    """Note the exceptions that nobody could catch, such as those in a handler that C code calls."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda heard: ignored.append(f"ignored: {heard.exc_value!r}")
    try:
        yield
    finally:
        sys.unraisablehook = before


def _issues(result: ParseResult, files: Mapping[str, bytes], catalog: Catalog) -> Iterator[str]:
    known = {*CODES, *(entry.code for card in catalog.cards for entry in card.codes)}
    # Inside a wrapper places are those of the content, whose size nobody here knows.
    wrapped = {record.name for record in result.provenance.artifacts if record.wrapper is not None}
    sizes = {name: len(data) for name, data in files.items() if name not in wrapped}
    for issue in (*result.warnings, *result.errors):
        if issue.code in _BROKEN:
            yield f"{issue.code} {dict(issue.evidence)}"
        if issue.code not in known:
            yield f"{issue.code} is declared nowhere"
        yield from _place(issue, sizes)


def _place(issue: Issue, sizes: Mapping[str, int]) -> Iterator[str]:
    """Tell of a place that the file does not have."""
    locus = issue.locus
    if locus is None or locus.artifact not in sizes:
        return
    size = sizes[locus.artifact]
    if locus.offset is not None and not 0 <= locus.offset <= size:
        yield f"{issue.code} stands at byte {locus.offset} of {size}"
    if locus.line is not None and not 1 <= locus.line <= size + 1:
        yield f"{issue.code} stands in line {locus.line} of {size} bytes"


def _outcome(result: ParseResult, options: ParseOptions) -> Iterator[str]:
    asked = options.streams or options.channels or options.time_range
    if not result.streams and not result.errors and not asked:
        yield "no stream, and no error that says why"
    try:
        json.dumps(result_document(result), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        yield f"the result cannot be written down: {error}"


def _streams(result: ParseResult) -> Iterator[str]:
    for name, table in result.streams.items():
        if not table.num_rows:
            yield f"{name} has no rows"
        try:
            table.validate(full=True)
        except pa.ArrowInvalid as error:
            yield f"{name} is no sound table: {error}"
            continue
        for issue in check(name, table)[1]:
            yield f"{name} does not fit its schema: {issue.code} {dict(issue.evidence)}"
        if "t" in table.column_names:
            t_ns = table.column("t").cast(pa.int64()).to_numpy()
            if (t_ns[1:] < t_ns[:-1]).any():  # a difference of centuries does not fit into 64 bits
                yield f"{name} goes back in time"
