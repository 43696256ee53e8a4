"""One VBB file on its way to batches: a first look, the plan, and then sample by sample."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.errors import Malformed
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

from telemparse_vbb.clock import Clock, clock_of
from telemparse_vbb.damage import Damage
from telemparse_vbb.feeding import Feed
from telemparse_vbb.planning import plan_of
from telemparse_vbb.reading import header_of
from telemparse_vbb.records import Channel, Dump, Group, Item
from telemparse_vbb.rows import Samples, rows_of
from telemparse_vbb.runs import Definition, Run
from telemparse_vbb.stamps import Stamp
from telemparse_vbb.streams import Streams
from telemparse_vbb.survey import survey_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ParseOptions
    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Mask
    from telemparse.model.artifacts import Artifact
    from telemparse.model.messages import Batch

    from telemparse_vbb.layouts import Layout
    from telemparse_vbb.records import Form

__all__ = ["Recording"]

_HEADER_BYTES = 24
_FLUSHED = 65_536  # samples; a multiple of it is where batches end, whatever the pieces are
_WAIT_NS = 1_000_000_000  # so long a sample may come behind others of its instant
_MOST_PARTS = 2048  # that wait: many small ones take more memory than their samples
_LISTED = 200
_MODEL = re.compile(rb"(VB[0-9A-Z]{1,8})[ _-]V\d")
_DATES = frozenset({"Date", "Append"})


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        options: of the parse.
        suffix: of names of streams and metadata, empty for the first file.
        piece_bytes: to read at a time; the rows do not depend on it.

    Attributes:
        epochs, without_fix: of the receiver, and those of them without a fix.
    """

    artifact: Artifact
    options: ParseOptions
    suffix: str
    piece_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _waiting: list[Samples] = attrs.field(factory=list)
    _layouts: dict[int, Layout] = attrs.field(factory=dict)
    _samples: int = 0
    _facts: dict[str, Any] = attrs.field(factory=dict)

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives; raises Malformed where nothing can be read."""
        name = self.artifact.name
        form = self._form()
        survey = survey_of(self.artifact, form, self.piece_bytes)
        plan, clock, damage = plan_of(survey), clock_of(form, survey), Damage(name)
        for channel, unit in plan.assumed:
            yield Issue("UNIT_ASSUMED", Locus(name), column=channel, unit=unit)
        if clock.doubt is not None and survey.layouts:
            yield Issue("DATE_UNRELIABLE", Locus(name, offset=0), artifact=name, reason=clock.doubt)
        streams = Streams(plan, clock, self.options, damage, self.suffix)
        self._layouts = dict(survey.layouts)
        feed = Feed(self.artifact, form, self.piece_bytes, damage)
        for event in feed.events():
            if isinstance(event, Run):
                yield from self._run(event, feed, streams)
            else:
                yield from self._definition(event, clock, streams)
        yield from self._flush(streams, whole=True)
        yield from streams.conclusion()
        if not streams.counts_laps:
            reason = "the lap number changes too often to count laps"
            yield Issue("LAPS_NOT_FOUND", Locus(name), reason=reason)
        yield from self._metadata(form, feed, clock, damage)
        if feed.layouts.unreadable:
            lost = [feed.layouts.unreadable[number] for number in sorted(feed.layouts.unreadable)]
            yield Issue("CHANNELS_SKIPPED", Locus(name), count=len(lost), channels=", ".join(lost[:_LISTED]))
        yield from damage.issues()
        self.epochs, self.without_fix = streams.changes.epochs, streams.changes.without_fix

    def _form(self) -> Form:
        name, head = self.artifact.name, self.artifact.read_at(0, _HEADER_BYTES)
        if not head.strip(b"\0"):
            raise Malformed("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
        form = header_of(head)
        if form is None:
            raise Malformed("VBB_NO_HEADER", Locus(name, offset=0), artifact=name)
        return form

    # --- samples ----------------------------------------------------------------------------------

    def _run(self, run: Run, feed: Feed, streams: Streams) -> Iterator[Batch]:
        """Take in samples, up to the next place where batches end and on from there."""
        t_ns = streams.clock.read(run.stamps)
        begin = 0
        while begin < len(run.starts):
            end = min(len(run.starts), begin + _FLUSHED - self._samples % _FLUSHED)
            self._take(run, t_ns, slice(begin, end), feed, streams)
            self._samples += end - begin
            begin = end
            if self._samples % _FLUSHED == 0:
                yield from self._flush(streams)

    def _take(self, run: Run, t_ns: Any, part: slice, feed: Feed, streams: Streams) -> None:
        groups = run.groups[part]
        numbers = self._samples + np.arange(len(groups))
        for group in np.unique(groups).tolist():
            layout = feed.layouts.by_group[group]
            if not streams.plan.knows(layout):
                streams.plan.add(layout, feed.layouts.named.get(group, ""))
            self._layouts[group] = layout
            chosen = groups == group
            rows = np.zeros(len(run.starts), np.bool_)
            rows[part] = chosen
            records = layout.samples(run.rows(rows, layout.length))
            self._waiting.append(Samples(layout, records, t_ns[part][chosen], numbers[chosen]))
        if len(self._waiting) > _MOST_PARTS:
            self._waiting = [_joined(some) for some in _by_group(self._waiting).values()]

    def _flush(self, streams: Streams, *, whole: bool = False) -> Iterator[Batch]:
        """Yield batches of the samples that wait; the latest stay, for others of their instant may come."""
        if not self._waiting:
            return
        until = max(self._waiting, key=lambda some: int(some.numbers[-1])).t_ns[-1] - _WAIT_NS
        now: list[Samples] = []
        later: list[Samples] = []
        held = sum(int((some.t_ns > until).sum()) for some in self._waiting)
        every = whole or held >= _FLUSHED
        for some in self._waiting:
            due: Mask = np.full(len(some.t_ns), every) | (some.t_ns <= until)
            if due.any():
                now.append(some.part(due))
            if not due.all():
                later.append(some.part(~due))
        self._waiting = later
        groups = _by_group(now)
        for base in list(streams.plan.bases):
            parts = [_joined(groups[group]) for group in sorted(base.groups) if group in groups]
            if parts:
                yield from streams.batches(base, rows_of(parts), self._layouts)
        yield from streams.events(None if every else int(until))

    # --- definitions ------------------------------------------------------------------------------

    def _definition(self, event: Definition, clock: Clock, streams: Streams) -> Iterator[Batch]:
        record = event.record
        if isinstance(record, Group) and event.redefines:
            yield from self._flush(streams, whole=True)
        if isinstance(record, Item):
            if record.name in _DATES and isinstance(record.value, Stamp) and self._samples:
                clock.begin_anew(record.value)
            self._note("dictionary", record.name, _plain(record.value))
        elif isinstance(record, Channel) and record.note:
            self._note("channel_notes", record.name, record.note[:_LISTED])
        elif isinstance(record, Dump):
            dumps = self._facts.setdefault("dumps", [])
            if len(dumps) < _LISTED:
                dumps.append({"name": record.name, "block": record.block, "bytes": record.length})
            model = _MODEL.search(record.head)
            if model and record.block == 0:
                self._facts.setdefault("model", model[1].decode())

    def _note(self, fact: str, key: str, value: Any) -> None:
        """Remember an entry; those of one name that differ become a list."""
        known = self._facts.setdefault(fact, {})
        if key not in known and len(known) < _LISTED:
            known[key] = value
        elif key in known and known[key] != value:
            earlier = known[key] if isinstance(known[key], list) else [known[key]]
            if len(earlier) < _LISTED:
                known[key] = [*earlier, value]

    def _metadata(self, form: Form, feed: Feed, clock: Clock, damage: Damage) -> Iterator[Meta]:
        if not self.suffix:
            yield Meta("device_family", "Racelogic")
            yield Meta("device_model", self._facts.get("model"))
        created = {"created": form.created, "modified": form.modified}
        yield Meta(
            f"header{self.suffix}",
            {
                "version": form.version,
                "byte_order": "big" if form.order == ">" else "little",
                "utc": form.utc,
                **{key: stamp.iso for key, stamp in created.items() if stamp is not None},
            },
        )
        for fact in ("dictionary", "channel_notes", "dumps"):
            if fact in self._facts:
                yield Meta(f"{fact}{self.suffix}", self._facts[fact])
        if feed.layouts.named:
            named = {str(group): name for group, name in sorted(feed.layouts.named.items())}
            yield Meta(f"groups{self.suffix}", named)
        if damage.unknown:
            counts = {str(kind): count for kind, count in sorted(damage.unknown.items())}
            yield Meta(f"unknown_records{self.suffix}", counts)
        if self._samples:
            yield Meta(f"clock{self.suffix}", clock.facts())


def _by_group(some: list[Samples]) -> dict[int, list[Samples]]:
    groups: dict[int, list[Samples]] = {}
    for part in some:
        groups.setdefault(part.layout.group, []).append(part)
    return groups


def _joined(some: list[Samples]) -> Samples:
    if len(some) == 1:
        return some[0]
    return Samples(
        some[0].layout,
        np.concatenate([part.records for part in some]),
        np.concatenate([part.t_ns for part in some]),
        np.concatenate([part.numbers for part in some]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Stamp):
        return value.iso
    return None if isinstance(value, float) and not math.isfinite(value) else value
