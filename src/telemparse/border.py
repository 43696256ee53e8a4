"""The border: what a parser yields is checked, flagged, measured and handed to a sink."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pyarrow as pa

from telemparse.errors import Malformed
from telemparse.extension.faults import GUARDED
from telemparse.kernels.arrays import numpy_view
from telemparse.model.documents import metadata_from, plain
from telemparse.model.findings import Findings
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.schemas.checking import check, to_mask
from telemparse.schemas.measure import Measure
from telemparse.schemas.order import Ordering, in_order
from telemparse.schemas.registry import SCHEMAS
from telemparse.schemas.selection import chosen_channels

if TYPE_CHECKING:
    from telemparse.extension.card import ParserCard
    from telemparse.model.options import ParseOptions

__all__ = ["Border", "Collector", "Sink"]

_DEVICE_KEYS = ("device_family", "device_model")
# What a table says once cannot differ from batch to batch.
_CONSTANT = (b"time_base", b"origin_lat_deg", b"origin_lon_deg", b"origin_alt_m", b"pose_source")


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
        # IPC files hold one dictionary a column; more words than its index can number stay as they are.
        with suppress(pa.ArrowInvalid):
            table = table.unify_dictionaries()
        # Stamps such as time_base stand on every piece; Arrow keeps those of the first.
        self.tables[stream] = table if ordered else in_order(table)


@attrs.define
class _Stream:
    """What the border knows of one stream while it flows."""

    owner: str
    facts: dict[bytes, bytes]
    ordering: Ordering
    measure: Measure = attrs.field(factory=Measure)
    kinds: dict[str, pa.DataType] = attrs.field(factory=dict)


@attrs.define
class Border:
    """Turns the messages of parse generators into checked streams, metadata and issues.

    Args:
        sink: takes the rows.
        options: `streams`, `channels`, `time_range` and `strict` are applied here, whatever the parser did.
        ordering: watches the order of each stream.
    """

    sink: Sink
    options: ParseOptions
    ordering: type[Ordering] = Ordering
    metadata: dict[str, Any] = attrs.field(factory=dict)
    device: dict[str, str] = attrs.field(factory=dict)
    findings: Findings = attrs.field(factory=Findings)
    _streams: dict[str, _Stream] = attrs.field(factory=dict)
    _card: ParserCard | None = None
    _facts: dict[str, str] = attrs.field(factory=dict)

    def begin(self, card: ParserCard) -> None:
        """Attribute what comes next to this parser."""
        self._card = card
        self.findings.own = card.codes

    def accept(self, message: object) -> None:
        """Take one message of the current parser, or the `Malformed` that it raised.

        A message that is none, or holds anything else than it should, becomes SCHEMA_VIOLATION.
        Raises only what the sink raises.
        """
        try:
            rows = self._judged(message)
        except GUARDED as error:
            self._violation("?", f"a {type(message).__name__} cannot be read: {type(error).__name__}")
            return
        if rows is not None:
            self._send(*rows)

    def _judged(self, message: object) -> tuple[str, pa.Table] | None:
        """Return the rows that the sink may have now, with their stream."""
        if isinstance(message, Batch):
            return self._batch(message)
        if isinstance(message, Issue):
            self.report(message)
        elif isinstance(message, Malformed):
            self.report(Issue(message.code, message.locus, **message.evidence))
        elif isinstance(message, Meta):
            self._meta(message)
        else:
            self._violation("?", f"a parser yields Batch, Issue or Meta, not {type(message).__name__}")
        return None

    def report(self, issue: Issue) -> None:
        """Take an issue of the core or of a parser."""
        self.findings.add(issue)

    def _violation(self, stream: str, problem: str) -> None:
        self.findings.sum_up(Issue("SCHEMA_VIOLATION", stream=stream, problem=problem))

    def _meta(self, message: Meta) -> None:
        if not isinstance(message.key, str):
            raise TypeError("the key is no word")
        if message.key in _DEVICE_KEYS:
            # Of several parts the first that names its device is heard: it is the one with the positions.
            if message.value is not None and self._owns(message.key):
                self.device[message.key] = str(message.value)
            return
        try:
            # As it will be read from a file: lists for tuples, numbers for numpy's, nothing shared.
            value = metadata_from(plain(message.value))
        except TypeError as error:
            self._violation("?", f"metadata {message.key}: {error}")
            return
        key = message.key if self._owns(message.key) else f"{message.key}.{self._owner}"
        self.metadata[key] = value

    @property
    def _owner(self) -> str:
        return self._card.id if self._card is not None else ""

    def _owns(self, key: str) -> bool:
        """Tell whether a fact is the present parser's: a second parser's `gates` become `gates.<id>`."""
        return self._facts.setdefault(key, self._owner) == self._owner

    def _batch(self, batch: Batch) -> tuple[str, pa.Table] | None:
        if not self.options.wants(batch.stream):
            return None
        table, problems = check(batch.stream, batch.data)
        for problem in problems:
            self.findings.sum_up(problem)
        table = None if table is None else self._in_range(table)
        if table is None or table.num_rows == 0:
            return None
        facts = {key: table.schema.metadata[key] for key in _CONSTANT if key in table.schema.metadata}
        name = self._claimed(batch.stream, facts)
        state = self._streams[name]
        if state.facts != facts:
            first, now = (
                ", ".join(f"{key.decode()} {value.decode()}" for key, value in sorted(each.items()))
                for each in (state.facts, facts)
            )
            self._violation(name, f"table metadata changes from {first} to {now}")
            return None
        if batch.stream.partition(".")[0] == "channels":
            table = self._chosen_channels(name, table)
        ready = None if table is None else state.ordering.take(table)
        return None if ready is None else (name, ready)

    def _send(self, name: str, table: pa.Table) -> None:
        self._streams[name].measure.update(table)
        self.sink.write(name, table)

    def _claimed(self, stream: str, facts: dict[bytes, bytes]) -> str:
        """Return the name that a stream gets: a second parser's `gnss_pvt` becomes `gnss_pvt.<id>`."""
        name = stream
        if stream in self._streams and self._streams[stream].owner != self._owner:
            name = f"{stream}.{self._owner}"
        if name not in self._streams:
            self._streams[name] = _Stream(self._owner, facts, self.ordering())
        return name

    def _in_range(self, table: pa.Table) -> pa.Table:
        if self.options.time_range is None or "t" not in table.column_names:
            return table
        start_ns, end_ns = self.options.time_range
        t_ns = numpy_view(table.column("t"))
        return table.filter(to_mask((t_ns >= start_ns) & (t_ns < end_ns)))

    def _chosen_channels(self, name: str, table: pa.Table) -> pa.Table | None:
        """Keep the channels asked for, each of the type that it had at first; None when none is left."""
        wanted = None if self.options.channels is None else frozenset(self.options.channels)
        chosen, odd = chosen_channels(table, wanted, self._streams[name].kinds)
        for problem in odd:
            self._violation(name, problem)
        return chosen

    def finish(self) -> tuple[dict[str, Measure], list[Issue]]:
        """Close every stream; return the figures by stream, in canonical order, and all issues."""
        order = list(SCHEMAS)
        names = sorted(self._streams, key=lambda name: (order.index(name.partition(".")[0]), name))
        measures = {}
        for name in names:
            state = self._streams[name]
            rest = state.ordering.flush()
            if rest is not None:
                self._send(name, rest)
            if not state.measure.rows:
                continue
            self.sink.finish(name, ordered=state.ordering.ordered)
            measures[name] = state.measure
            if not state.ordering.ordered:
                self.report(Issue("TIME_NOT_MONOTONIC", stream=name, count=state.ordering.late))
        self._report_relative(measures)
        return measures, self.findings.all(strict=self.options.strict)

    def _report_relative(self, measures: dict[str, Measure]) -> None:
        by_base: dict[str, list[str]] = {}
        for name, measure in measures.items():
            if measure.t_first_ns is not None and measure.time_base not in (None, "utc"):
                by_base.setdefault(str(measure.time_base), []).append(name)
        for base, names in by_base.items():
            self.report(Issue("TIME_RELATIVE", stream=", ".join(names), time_base=base))
