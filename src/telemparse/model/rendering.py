"""How a result shows itself: one line, a short table for terminals, a fragment of HTML for notebooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["legible", "line", "page", "summary"]

_NS_PER_S = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def legible(text: str) -> str:
    """Return text in one line: what breaks lines or steers a terminal, as a file's name may, is spelt out."""
    if text.isprintable():
        return text
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return "".join(shown)


def line(result: ParseResult) -> str:
    """Return the result in one line: parser, rows by stream, state."""
    streams = ", ".join(f"{name}: {table.num_rows}" for name, table in result.streams.items())
    state = "ok" if result.ok else f"{len(result.errors)} errors"
    return f"<ParseResult {_origin(result)} {{{streams}}} {state}, {len(result.warnings)} warnings>"


def summary(result: ParseResult) -> str:
    """Return a short table: streams with rows, time base, start and duration, then issues with hints."""
    device = " ".join(part for part in (result.device_family, result.device_model) if part)
    names = ", ".join(artifact.name for artifact in result.provenance.artifacts)
    lines = [f"{names}: {_origin(result)}" + (f" ({device})" if device else "")]
    width = max((len(name) for name in result.streams), default=0)
    for name, table in result.streams.items():
        cells = (f"{name:<{width}}", f"{table.num_rows:>9,} rows", *_time(table))
        lines.append(f"  {'  '.join(cells)}".rstrip())
    for issue in _issues(result):
        place = f" [{issue.locus}]" if issue.locus is not None and str(issue.locus) else ""
        lines.append(f"  {issue.severity} {issue.code}: {issue.message}{place}")
        if issue.hint:
            lines.append(f"    hint: {issue.hint}")
    return "\n".join(legible(each) for each in lines)


def page(result: ParseResult) -> str:
    """Return an HTML fragment, every word of it escaped."""
    import html  # for notebooks alone, and its table of entities takes a while

    rows = "".join(
        "<tr>"
        f"<td>{html.escape(name)}</td>"
        f"<td style='text-align:right'>{table.num_rows:,}</td>"
        f"<td>{html.escape(', '.join(_time(table)))}</td>"
        f"<td>{html.escape(', '.join(table.column_names))}</td>"
        "</tr>"
        for name, table in result.streams.items()
    )
    items = "".join(
        f"<li><b>{html.escape(issue.code)}</b> {html.escape(issue.message)}"
        f" <i>{html.escape(issue.hint)}</i></li>"
        for issue in _issues(result)
    )
    head = "<tr><th>stream</th><th>rows</th><th>time</th><th>columns</th></tr>"
    return (
        f"<div><b>telemparse: {html.escape(_origin(result))}</b>"
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table><ul>{items}</ul></div>"
    )


def _origin(result: ParseResult) -> str:
    return result.provenance.parser_id or "not recognised"


def _issues(result: ParseResult) -> Iterator[Issue]:
    yield from result.errors
    yield from result.warnings


def _time(table: pa.Table) -> tuple[str, ...]:
    """Return start and duration of a table with times, as words; relative clocks show no date."""
    base = ((table.schema.metadata or {}).get(b"time_base") or b"").decode()
    if "t" not in table.column_names or table.num_rows == 0:
        return (base,) if base else ()
    first, last = (table.column("t")[row].value for row in (0, table.num_rows - 1))
    length = f"{(last - first) / _NS_PER_S:.3f} s"
    if base != "utc":
        return (base, length)
    start = _EPOCH + timedelta(microseconds=first // 1000)
    return (base, start.isoformat(sep=" ", timespec="milliseconds").replace("+00:00", "Z"), length)
