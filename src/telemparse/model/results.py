"""The result of a parse: streams, facts, issues, provenance, and how it shows itself."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.model.capabilities import Capabilities
from telemparse.model.provenance import Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.model.issues import Issue

__all__ = ["ParseResult"]


@attrs.frozen(kw_only=True, repr=False)
class ParseResult:
    """What a recording holds, in canonical streams.

    Args:
        device_family, device_model: as the recording names them, else None.
        capabilities: computed from the streams.
        streams: canonical tables by stream name (`gnss_pvt`, `channels.main`, ...).
        metadata: facts about the recording that are no samples (`dialect`, `gates`, ...).
        warnings, errors: issues by severity, in the order they were found.
        provenance: parsers, versions, hashes and options.
    """

    device_family: str | None = None
    device_model: str | None = None
    capabilities: Capabilities = attrs.field(factory=Capabilities)
    streams: Mapping[str, pa.Table] = attrs.field(factory=dict)
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    warnings: tuple[Issue, ...] = ()
    errors: tuple[Issue, ...] = ()
    provenance: Provenance

    @property
    def ok(self) -> bool:
        """True when there are no errors."""
        return not self.errors

    @property
    def main_stream(self) -> str | None:
        """Name of the stream handed out over Arrow: gnss_pvt, else the longest group, else laps."""
        if "gnss_pvt" in self.streams:
            return "gnss_pvt"
        groups = [name for name in self.streams if name.startswith("channels.")]
        if groups:
            return max(groups, key=lambda name: self.streams[name].num_rows)
        if "laps" in self.streams:
            return "laps"
        return max(self.streams, key=lambda name: self.streams[name].num_rows, default=None)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the main stream to pandas, Polars, DuckDB or any other consumer of Arrow."""
        name = self.main_stream
        if name is None:
            raise CallError("the result has no stream to hand out")
        return self.streams[name].__arrow_c_stream__(requested_schema)

    def summary(self) -> str:
        """Return a short table for people: streams with rows and time base, then issues with hints."""
        origin = self.provenance.parser_id or "not recognised"
        device = " ".join(part for part in (self.device_family, self.device_model) if part)
        lines = [f"{', '.join(a.name for a in self.provenance.artifacts)}: {origin}" + (f" ({device})" if device else "")]
        width = max((len(name) for name in self.streams), default=0)
        for name, table in self.streams.items():
            base = _time_base(table)
            lines.append(f"  {name:<{width}}  {table.num_rows:>9,} rows" + (f"  {base}" if base else ""))
        for issue in (*self.errors, *self.warnings):
            place = f" [{issue.locus}]" if issue.locus is not None and str(issue.locus) else ""
            lines.append(f"  {issue.severity} {issue.code}: {issue.message}{place}")
            if issue.hint:
                lines.append(f"    hint: {issue.hint}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        streams = ", ".join(f"{name}: {table.num_rows}" for name, table in self.streams.items())
        state = "ok" if self.ok else f"{len(self.errors)} errors"
        return f"<ParseResult {self.provenance.parser_id or 'not recognised'} {{{streams}}} {state}, {len(self.warnings)} warnings>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td style='text-align:right'>{table.num_rows:,}</td>"
            f"<td>{html.escape(', '.join(table.column_names))}</td></tr>"
            for name, table in self.streams.items()
        )
        issues = "".join(
            f"<li><b>{html.escape(issue.code)}</b> {html.escape(issue.message)} <i>{html.escape(issue.hint)}</i></li>"
            for issue in (*self.errors, *self.warnings)
        )
        title = html.escape(self.provenance.parser_id or "not recognised")
        return (
            f"<div><b>telemparse: {title}</b><table><thead><tr><th>stream</th><th>rows</th><th>columns</th></tr>"
            f"</thead><tbody>{rows}</tbody></table><ul>{issues}</ul></div>"
        )


def _time_base(table: pa.Table) -> str | None:
    value = (table.schema.metadata or {}).get(b"time_base")
    return value.decode() if value else None
