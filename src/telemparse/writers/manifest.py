"""The manifest: what a written recording consists of, as a value and as `manifest.json`."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.model.documents import result_from
from telemparse.writers.layout import MANIFEST

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["MANIFEST_VERSION", "Manifest", "StreamRecord", "document_text", "load"]

MANIFEST_VERSION = 1


@attrs.frozen(kw_only=True)
class StreamRecord:
    """One stream of a written recording.

    Args:
        name: canonical stream name.
        file: path below the folder, with `/`.
        rows: number of rows.
        bytes: size of the file.
        sha256: hex digest of the file.
        t_first_ns, t_last_ns: smallest and largest `t`, ns since 1970-01-01; None without a `t` column.
        time_base: what clock `t` is, as in the table's metadata; None when nobody says.
        rate_hz: one over the median time step, None below two rows.
        columns: names in the order of the canonical schema (CSV may name times otherwise).
    """

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    t_first_ns: int | None
    t_last_ns: int | None
    time_base: str | None
    rate_hz: float | None
    columns: tuple[str, ...]


@attrs.frozen(kw_only=True, slots=False)
class Manifest:
    """What `write` and `convert` put into a folder.

    Args:
        format: `parquet`, `arrow`, `csv` or `geojson`.
        schema_version: of the canonical streams.
        telemparse_version: of the library that wrote.
        streams: one record a stream, in the result's order.
        result: everything of the result but its tables, as plain values.
    """

    format: str
    schema_version: int
    telemparse_version: str
    streams: tuple[StreamRecord, ...]
    result: Mapping[str, Any]

    @cached_property
    def outcome(self) -> ParseResult:
        """The result without its tables."""
        return result_from(self.result, {})

    @property
    def ok(self) -> bool:
        """True when the recording was parsed without errors."""
        return not self.result["errors"]

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Errors of the parse, in the order they were found."""
        return self.outcome.errors

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """Warnings of the parse, in the order they were found."""
        return self.outcome.warnings

    def encode(self) -> bytes:
        """Return the content of `manifest.json`: keys sorted, UTF-8, an entry a line."""
        document = {"v": MANIFEST_VERSION, **attrs.asdict(self)}
        lines = [f"{document_text(name)}: {_entries(value)}" for name, value in sorted(document.items())]
        return _block("{", lines, "}", indent="").encode() + b"\n"

    @classmethod
    def decode(cls, content: bytes) -> Manifest:
        """Return the manifest of a file's content; raises CallError when it is none."""
        try:
            document = json.loads(content)
            if document.pop("v") != MANIFEST_VERSION:
                raise CallError(f"{MANIFEST} was written by another version of telemparse")
            records = document.pop("streams")
            streams = [StreamRecord(**{**record, "columns": tuple(record["columns"])}) for record in records]
            manifest = cls(**document, streams=tuple(streams))
            _ = manifest.outcome
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CallError(f"{MANIFEST} is not a telemparse manifest: {error}") from error
        return manifest


def document_text(document: Any) -> str:
    """Return a plain document as JSON with sorted keys, always encodable as UTF-8."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # a file name that is not UTF-8 holds lone surrogates
        return json.dumps(document, sort_keys=True, allow_nan=False)
    return text


def _entries(value: Any) -> str:
    """Return a value as JSON, with a line for each of its entries.

    The encoder of the standard library takes ten times as long where it has to indent.
    """
    if isinstance(value, dict):
        lines = [f"{document_text(name)}: {document_text(entry)}" for name, entry in sorted(value.items())]
        return _block("{", lines, "}")
    if isinstance(value, list | tuple):
        return _block("[", [document_text(entry) for entry in value], "]")
    return document_text(value)


def _block(opening: str, lines: list[str], closing: str, indent: str = "  ") -> str:
    if not lines:
        return opening + closing
    inner = f",\n{indent}  ".join(lines)
    return f"{opening}\n{indent}  {inner}\n{indent}{closing}"


def load(directory: str | os.PathLike[str]) -> Manifest:
    """Return the manifest of a folder; raises CallError when there is none, OSError when unreadable."""
    place = Path(directory) / MANIFEST
    try:
        content = place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise CallError(
            f"{directory} holds no {MANIFEST}: it is no recording that telemparse wrote"
        ) from None
    return Manifest.decode(content)
