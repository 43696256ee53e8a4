"""Damage and oddities of a document as issues, and those of its tables in terms of its records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.formats.json.decoding import Reader
    from telemparse.formats.json.shapes import Path
    from telemparse.formats.json.tables import Table
    from telemparse.model.artifacts import Artifact

__all__ = ["damage_issues", "document_issues", "retold"]

_LINE = re.compile(r"\bline (\d+)")
_HEADER_LINES = 1
_NAMED = 20
# What a table of our own making has, and the document has not.
_OF_TABLES = ("layout", "comment_lines")


def damage_issues(reader: Reader, artifact: Artifact) -> Iterator[Issue]:
    """Yield where the text is no JSON, and that it ends too early."""
    name = artifact.name
    # Bytes that are no letter were replaced by one of another length: no offset may lie behind the end.
    damages = [attrs.evolve(each, offset=min(each.offset, artifact.size)) for each in reader.damages]
    broken = [damage for damage in damages if not damage.truncated]
    if broken:
        first = broken[0]
        yield Issue(
            "JSON_MALFORMED",
            Locus(name, offset=first.offset, line=first.line),
            offset=first.offset,
            error=first.error,
            count=reader.damaged - sum(damage.truncated for damage in damages),
            loci=[str(Locus(line=damage.line, offset=damage.offset)) for damage in broken],
        )
    for damage in damages:
        if damage.truncated:
            place = Locus(name, offset=damage.offset, line=damage.line)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=damage.offset, error=damage.error)


def document_issues(
    artifact: Artifact, reader: Reader, tables: Mapping[Path, Table], chosen: list[Table], crowded: int
) -> Iterator[Issue]:
    """Yield what of a document could not be read, or means nothing in JSON."""
    place = Locus(artifact.name)
    if reader.counts.repeated_keys:
        yield Issue("JSON_REPEATED_KEYS", place, count=reader.counts.repeated_keys)
    if reader.counts.not_numbers:
        yield Issue("JSON_NOT_A_NUMBER", place, count=reader.counts.not_numbers)
    left = [table for table in tables.values() if table not in chosen and table.rows]
    if left or crowded:
        names = [f"{table.name} ({table.rows} records)" for table in left][:_NAMED]
        if crowded:
            names.append(f"{crowded} records of further lists")
        yield Issue("JSON_TABLES_SKIPPED", place, count=len(left) + bool(crowded), tables=", ".join(names))
    skipped = [name for table in chosen for name in table.skipped]
    if skipped:
        yield Issue("CHANNELS_SKIPPED", place, count=len(skipped), channels=", ".join(skipped[:_NAMED]))
    lost = {
        "begins with a sign of a remark": sum(table.remarks for table in chosen),
        "is no object": sum(table.strays for table in chosen),
    }
    total = sum(lost.values()) + sum(table.rows for table in chosen)
    for reason, count in lost.items():
        if count:
            yield Issue("ROWS_SKIPPED", place, count=count, total=total, reason=reason)


def retold(messages: Iterable[Message], origins: Mapping[str, Artifact]) -> Iterator[Message]:
    """Yield messages about tables with their rows as records of the documents.

    Args:
        messages: of the parser of tables.
        origins: the document behind each table, by the name of the table.
    """
    for message in messages:
        if isinstance(message, Batch):
            yield message
        elif isinstance(message, Issue):
            yield _issue(message, origins)
        elif message.key.partition(".")[0] not in _OF_TABLES:
            key, _dot, rest = message.key.partition(".")
            renamed = "table_dialect" if key == "dialect" else key
            yield Meta(f"{renamed}.{rest}" if rest else renamed, message.value)


def _issue(issue: Issue, origins: Mapping[str, Artifact]) -> Issue:
    locus = issue.locus
    evidence = {key: _words(value, origins) for key, value in issue.evidence.items()}
    if locus is not None and locus.artifact is not None and locus.artifact in origins:
        record = None if locus.line is None else max(locus.line - 1 - _HEADER_LINES, 0)
        locus = Locus(origins[locus.artifact].name, record=record)
    again = Issue(issue.code, locus, severity=issue.severity, **evidence)
    return attrs.evolve(again, severity=issue.severity) if again.severity is not issue.severity else again


def _words(value: object, origins: Mapping[str, Artifact]) -> object:
    if isinstance(value, str):
        for table, artifact in origins.items():
            if value == table:
                return artifact.name
        return value
    if isinstance(value, list):
        return [
            _LINE.sub(lambda found: f"record {max(int(found[1]) - 1 - _HEADER_LINES, 0)}", item)
            if isinstance(item, str)
            else item
            for item in value
        ]
    return value
