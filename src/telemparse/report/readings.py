"""What was read and what was not: files, parsers, streams, findings, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.report.figures import byte_size, instant, rate, span
from telemparse.schemas.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from telemparse.analysis.lap_results import Laps
    from telemparse.model.issues import Issue
    from telemparse.model.provenance import ArtifactRecord, PartRecord
    from telemparse.model.results import ParseResult

__all__ = ["FileLine", "Finding", "Reading", "StreamLine", "found_by_laps", "reading_of"]

_MOST = 120
_BASES = {
    "gps_week_seconds": "seconds of a GPS week",
    "time_of_day": "time of day, no date",
    "relative": "relative clock",
    "index": "rows are counted",
}


@attrs.frozen(kw_only=True)
class FileLine:
    """A file: name, size, hash, the wrapper it came out of, and who read it (empty where nobody did)."""

    name: str
    size: str
    sha256: str
    wrapper: str
    parser: str


@attrs.frozen(kw_only=True)
class StreamLine:
    """A stream: rows, rate, when, and what its columns are called."""

    name: str
    rows: str
    rate: str
    start: str
    span: str
    columns: tuple[str, ...]
    more_columns: int
    empty_columns: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Finding:
    """An issue: its code, severity, message, place and hint."""

    code: str
    severity: str
    message: str
    place: str
    hint: str

    @classmethod
    def of(cls, issue: Issue) -> Finding:
        """Return the finding of an issue."""
        place = "" if issue.locus is None else str(issue.locus)
        return cls(
            code=issue.code, severity=str(issue.severity), message=issue.message, place=place, hint=issue.hint
        )


@attrs.frozen(kw_only=True)
class Reading:
    """All that is told of the reading.

    Args:
        files: that were given.
        parsers: who read them: id, version, how sure and why.
        streams: that came out.
        more_streams, more_findings: how many the lists leave out because they are too long.
        findings: errors first.
        options: that were given, in words.
        versions: of the library and its schemas.
        device: as the recording names it.
        start, length: of the main stream, in words.
        ok: nothing failed.
    """

    files: tuple[FileLine, ...]
    parsers: tuple[tuple[str, str], ...]
    streams: tuple[StreamLine, ...]
    more_streams: int
    findings: tuple[Finding, ...]
    more_findings: int
    options: tuple[tuple[str, str], ...]
    versions: str
    device: str
    start: str
    length: str
    ok: bool


def reading_of(result: ParseResult) -> Reading:
    """Return what is told of how a result was read."""
    provenance = result.provenance
    streams = tuple(_stream(name, table) for name, table in result.streams.items())
    findings = (*result.errors, *result.warnings)
    main = next((line for line in streams if line.name == result.main_stream), None)
    return Reading(
        files=(
            *(_file(artifact, part.parser_id) for part in provenance.parts for artifact in part.artifacts),
            *(_file(artifact, "") for artifact in provenance.unread),
        ),
        parsers=tuple(_parser(part) for part in provenance.parts),
        streams=streams[:_MOST],
        more_streams=max(len(streams) - _MOST, 0),
        findings=tuple(Finding.of(issue) for issue in findings[:_MOST]),
        more_findings=max(len(findings) - _MOST, 0),
        options=tuple((name, str(value)) for name, value in _told(provenance.options).items()),
        versions=f"telemparse {provenance.telemparse_version}, schemas {provenance.schema_version}",
        device=" ".join(filter(None, (result.device_family, result.device_model))),
        start=main.start if main else "",
        length=main.span if main else "",
        ok=result.ok,
    )


def found_by_laps(laps: Laps) -> tuple[Finding, ...]:
    """Return what looking for laps found about all of the recording, each once."""
    found = (Finding.of(issue) for issue in laps.issues if "lap" not in issue.evidence)
    return tuple(dict.fromkeys(found))


def _told(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, (), {}, [])}


def _file(artifact: ArtifactRecord, parser: str) -> FileLine:
    return FileLine(
        name=artifact.name,
        size=byte_size(artifact.byte_size),
        sha256=artifact.sha256,
        wrapper=artifact.wrapper or "",
        parser=parser,
    )


def _parser(part: PartRecord) -> tuple[str, str]:
    return f"{part.parser_id} {part.parser_version}", "; ".join(part.evidence)


def _stream(name: str, table: pa.Table) -> StreamLine:
    measure = Measure.of(table)
    names = _without(table.column_names, "t", "quality_flags")
    empty = [column for column in names if not measure.values.get(column)]
    full = [column for column in names if measure.values.get(column)]
    base = measure.time_base or ""
    start, length = "", ""
    if measure.t_first_ns is not None and measure.t_last_ns is not None:
        start = instant(measure.t_first_ns) + " UTC" if base == "utc" else _BASES.get(base, base)
        length = span(measure.t_last_ns - measure.t_first_ns)
    return StreamLine(
        name=name,
        rows=f"{measure.rows:,}",
        rate=rate(measure.rate_hz),
        start=start,
        span=length,
        columns=tuple(full[:_MOST]),
        more_columns=max(len(full) - _MOST, 0),
        empty_columns=tuple(empty[:_MOST]),
    )


def _without(names: Iterable[str], *known: str) -> list[str]:
    return [name for name in names if name not in known]
