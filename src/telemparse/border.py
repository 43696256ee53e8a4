"""The border: what a parser yields is checked, flagged, measured and handed to a sink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.model.codes import CODES, Severity
from telemparse.model.documents import plain
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.schemas.checking import check
from telemparse.schemas.measure import Measure
from telemparse.schemas.order import Ordering, in_order
from telemparse.schemas.registry import SCHEMAS

if TYPE_CHECKING:
    from telemparse.extension.card import ParserCard
    from telemparse.model.options import ParseOptions

__all__ = ["Border", "Collector", "Sink"]

_ISSUES_PER_CODE = 1000
_DEVICE_KEYS = ("device_family", "device_model")


class Sink(Protocol):
    """Where checked rows go: memory, or a writer."""

    def write(self, stream: str, table: pa.Table) -> None:
        """Take rows of a stream in order of arrival; a channel group may gain columns later."""

    def finish(self, stream: str, *, ordered: bool) -> None:
        """All rows of the stream have come; when not `ordered` they are to be sorted by `t`."""


@attrs.define
class Collector:
    """A sink that keeps whole tables in memory."""

    tables: dict[str, pa.Table] = attrs.field(factory=dict)
    _pieces: dict[str, list[pa.Table]] = attrs.field(factory=dict, repr=False)

    def write(self, stream: str, table: pa.Table) -> None:
        """Keep the rows."""
        self._pieces.setdefault(stream, []).append(table)

    def finish(self, stream: str, *, ordered: bool) -> None:
        """Join the pieces into the stream's table."""
        pieces = self._pieces.pop(stream)
        table = pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces, promote_options="permissive")
        # Stamps such as time_base stand on every piece; Arrow keeps those of the first.
        self.tables[stream] = table if ordered else in_order(table)


@attrs.define
class _Stream:
    """What the border knows of one stream while it flows."""

    owner: str
    measure: Measure = attrs.field(factory=Measure)
    ordering: Ordering = attrs.field(factory=Ordering)
    kinds: dict[str, pa.DataType] = attrs.field(factory=dict)


@attrs.define
class Border:
    """Turns the messages of parse generators into checked streams, metadata and issues.

    Args:
        sink: takes the rows.
        options: `streams`, `channels`, `time_range` and `strict` are applied here, whatever the parser did.
    """

    sink: Sink
    options: ParseOptions
    metadata: dict[str, Any] = attrs.field(factory=dict)
    device: dict[str, str] = attrs.field(factory=dict)
    _streams: dict[str, _Stream] = attrs.field(factory=dict)
    _issues: list[Issue] = attrs.field(factory=list)
    _merged: dict[tuple[str, ...], Issue] = attrs.field(factory=dict)
    _counts: dict[str, int] = attrs.field(factory=dict)
    _card: ParserCard | None = None

    def begin(self, card: ParserCard) -> None:
        """Attribute what comes next to this parser."""
        self._card = card

    def accept(self, message: object) -> None:
        """Take one message of the current parser."""
        if isinstance(message, Batch):
            self._batch(message)
        elif isinstance(message, Issue):
            self.report(message)
        elif isinstance(message, Meta):
            self._meta(message)
        else:
            self._violation("?", f"a parser yields Batch, Issue or Meta, not {type(message).__name__}")

    def report(self, issue: Issue) -> None:
        """Take an issue; beyond 1 000 of one code they are only counted."""
        seen = self._counts.get(issue.code, 0)
        self._counts[issue.code] = seen + 1
        if seen < _ISSUES_PER_CODE:
            self._issues.append(self._completed(issue))

    def _completed(self, issue: Issue) -> Issue:
        """Give a card's own code its message and hint; a code that nobody declares is a violation."""
        if issue.code in CODES:
            return issue
        for entry in self._card.codes if self._card is not None else ():
            if entry.code == issue.code:
                lowered = Severity.WARNING if issue.severity is Severity.WARNING else entry.severity
                return Issue.of(entry, issue.locus, lowered, issue.evidence)
        return Issue(
            "SCHEMA_VIOLATION", issue.locus, stream="?", problem=f"code {issue.code} is declared nowhere"
        )

    def _violation(self, stream: str, problem: str) -> None:
        self._merge(Issue("SCHEMA_VIOLATION", stream=stream, problem=problem))

    def _merge(self, issue: Issue) -> None:
        """Sum up the border's own findings, which come once a batch, into one issue each."""
        facts = ("stream", "problem", "column")
        key = (issue.code, *(str(issue.evidence.get(fact)) for fact in facts))
        known = self._merged.get(key)
        if known is None:
            self._merged[key] = issue
            return
        total = known.evidence.get("count", 1) + issue.evidence.get("count", 1)
        self._merged[key] = Issue(
            issue.code, known.locus, severity=known.severity, **{**known.evidence, "count": total}
        )

    def _meta(self, message: Meta) -> None:
        if message.key in _DEVICE_KEYS:
            self.device[message.key] = str(message.value)
            return
        try:
            plain(message.value)
        except TypeError as error:
            self._violation("?", f"metadata {message.key}: {error}")
            return
        self.metadata[message.key] = message.value

    def _batch(self, batch: Batch) -> None:
        if not self.options.wants(batch.stream):
            return
        table, problems = check(batch.stream, batch.data)
        for problem in problems:
            self._merge(problem)
        if table is None or table.num_rows == 0:
            return
        table = self._in_range(table)
        name = self._claimed(batch.stream)
        state = self._streams[name]
        if batch.stream.partition(".")[0] == "channels":
            table = self._chosen_channels(name, table)
        base = (table.schema.metadata or {}).get(b"time_base", b"").decode()
        if state.measure.time_base not in (None, base):
            self._violation(name, f"time_base changes from {state.measure.time_base} to {base}")
            return
        self._send(name, state.ordering.take(table))

    def _send(self, name: str, table: pa.Table | None) -> None:
        if table is not None and table.num_rows:
            self._streams[name].measure.update(table)
            self.sink.write(name, table)

    def _claimed(self, stream: str) -> str:
        """Return the name that a stream gets: a second parser's `gnss_pvt` becomes `gnss_pvt.<id>`."""
        owner = self._card.id if self._card is not None else ""
        name = stream
        if stream in self._streams and self._streams[stream].owner != owner:
            name = f"{stream}.{owner}"
        self._streams.setdefault(name, _Stream(owner))
        return name

    def _in_range(self, table: pa.Table) -> pa.Table:
        if self.options.time_range is None or "t" not in table.column_names:
            return table
        start, end = (pa.scalar(bound, table.schema.field("t").type) for bound in self.options.time_range)
        t = table.column("t")
        return table.filter(pc.and_(pc.greater_equal(t, start), pc.less(t, end)))

    def _chosen_channels(self, name: str, table: pa.Table) -> pa.Table:
        """Keep the channels asked for, and hold every channel to the kind that it had at first."""
        wanted = self.options.channels
        kinds = self._streams[name].kinds
        keep = []
        for field in table.schema:
            source = (field.metadata or {}).get(b"source_name", b"").decode()
            if wanted is not None and field.name != "t" and not {field.name, source} & set(wanted):
                continue
            first = kinds.setdefault(field.name, field.type)
            if pa.types.is_string(first) != pa.types.is_string(field.type):
                self._violation(name, f"channel {field.name} changes from {first} to {field.type}")
                continue
            keep.append(field.name)
        return table if len(keep) == table.num_columns else table.select(keep)

    def finish(self) -> tuple[dict[str, Measure], list[Issue]]:
        """Close every stream; return the figures by stream, in canonical order, and all issues."""
        order = list(SCHEMAS)
        names = sorted(self._streams, key=lambda name: (order.index(name.partition(".")[0]), name))
        measures = {}
        for name in names:
            state = self._streams[name]
            self._send(name, state.ordering.flush())
            if not state.measure.rows:
                continue
            self.sink.finish(name, ordered=state.ordering.ordered)
            measures[name] = state.measure
            if not state.ordering.ordered:
                self.report(Issue("TIME_NOT_MONOTONIC", stream=name, count=state.ordering.late))
        self._report_relative(measures)
        issues = [*self._issues, *self._merged.values()]
        for code, count in self._counts.items():
            if count > _ISSUES_PER_CODE:
                issues.append(Issue(code, count=count - _ISSUES_PER_CODE, repeated=True))
        return measures, [self._weighed(issue) for issue in issues]

    def _report_relative(self, measures: dict[str, Measure]) -> None:
        by_base: dict[str, list[str]] = {}
        for name, measure in measures.items():
            if measure.t_first_ns is not None and measure.time_base not in (None, "utc"):
                by_base.setdefault(str(measure.time_base), []).append(name)
        for base, names in by_base.items():
            self.report(Issue("TIME_RELATIVE", stream=", ".join(names), time_base=base))

    def _weighed(self, issue: Issue) -> Issue:
        entry = CODES.get(issue.code) or next(
            (own for own in (self._card.codes if self._card else ()) if own.code == issue.code), None
        )
        return issue.raised() if self.options.strict and entry is not None and entry.loses_data else issue
