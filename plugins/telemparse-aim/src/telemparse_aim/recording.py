"""One XRK file to messages: a first look for the clock, then stretch by stretch."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.skips import Skips
from telemparse.schemas import FixChanges

from telemparse_aim.facts import facts_of
from telemparse_aim.findings import channel_issues, clock_issues
from telemparse_aim.fixes import RECEIVERS, Epochs
from telemparse_aim.frames import Walker
from telemparse_aim.laps import LapBook
from telemparse_aim.layout import GROUP, MANY, SINGLE, Layout
from telemparse_aim.samples import Sampler
from telemparse_aim.stretches import following, stretches
from telemparse_aim.survey import survey
from telemparse_aim.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

    from telemparse_aim.clock import Clock
    from telemparse_aim.frames import Stretch
    from telemparse_aim.survey import Survey

__all__ = ["Recording"]

_HEAD = struct.Struct("<HiH")
_MOST_NAMES = 200  # of messages; loggers have some forty


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        options: of the parse.
        suffix: of the streams and facts of a second file of the set.
        stretch_bytes: size to read at a time; the rows do not depend on it.

    Attributes:
        epochs: of all receivers.
        without_fix: those that had none.
    """

    artifact: Artifact
    options: ParseOptions
    suffix: str
    stretch_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _laps: LapBook = attrs.field(factory=LapBook)
    _changes: dict[str, FixChanges] = attrs.field(factory=dict)
    _facts: dict[str, Any] = attrs.field(factory=dict)
    _counts: dict[str, int] = attrs.field(factory=dict)
    _skips: dict[str, Skips] = attrs.field(factory=dict)
    _damaged_bytes: int = 0
    _nowhere: int = 0

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives."""
        found = survey(self.artifact, self.stretch_bytes)
        clock = found.clock(self.options.timezone)
        layout = Layout()
        sampler = Sampler(layout)
        tables = Tables(found.definitions, self.options, self.suffix, clock)
        yield Meta("device_family", "AiM")
        yield from self._read(found, clock, layout, sampler, tables)
        for samples in sampler.rest():
            tables.add(samples)
        yield from tables.rest()
        for change in self._changes.values():
            self.epochs += change.epochs
            self.without_fix += change.without_fix
        for stream, data in (
            ("laps", self._laps.laps(clock, sampler.first_ms, sampler.last_ms)),
            ("sectors", self._laps.sectors(clock)),
        ):
            if data is not None and self.options.wants(stream):
                yield Batch(stream + self.suffix, data)
        yield from self._tell(found, clock, layout, sampler, tables)

    def _read(
        self, found: Survey, clock: Clock, layout: Layout, sampler: Sampler, tables: Tables
    ) -> Iterator[Message]:
        walker = Walker(layout)
        pieces = stretches(self.artifact, self.stretch_bytes)
        piece = next(pieces, None)
        while piece is not None:
            data, base, limit, last = piece
            stretch = walker.walk(data, base, limit, last=last)
            yield from self._take_messages(stretch, found, clock)
            for number in dict.fromkeys(stretch.slots):
                for part in layout.slots[number].parts:
                    if part.definition.kind is None:
                        tables.note_unreadable(part.definition)
            known = len(sampler.implausible)
            for samples in sampler.read(data, stretch, _next_ms(data, stretch.end, layout)):
                tables.add(samples)
            yield from tables.due()
            for place in sampler.implausible[known:]:
                self._skip("AIM_XRK_TICKS_IMPLAUSIBLE", base + place)
            sampler.implausible.clear()
            self._count_losses(stretch)
            offset = walker.cut
            if last and stretch.damage and stretch.damage[-1][1] == base + len(data):
                offset = stretch.damage[-1][0]
            if last and offset is not None:
                yield Issue(
                    "ARTIFACT_TRUNCATED",
                    Locus(self.artifact.name, offset=offset),
                    artifact=self.artifact.name,
                    offset=offset,
                )
            piece = following(pieces, stretch.end)

    def _take_messages(self, stretch: Stretch, found: Survey, clock: Clock) -> Iterator[Message]:
        positions: dict[str, list[bytes]] = {}
        for frame in stretch.messages:
            name = frame.name if frame.name in self._counts or len(self._counts) < _MOST_NAMES else "others"
            self._counts[name] = self._counts.get(name, 0) + 1
            if not frame.sound:
                self._skip("AIM_XRK_CHECKSUM_FAILED", frame.offset)
            elif frame.name in RECEIVERS:
                positions.setdefault(frame.name, []).append(frame.payload)
            elif frame.name == "LAP":
                if not self._laps.add(frame.payload):
                    self._skip("ROWS_SKIPPED", frame.offset)
            else:
                self._facts.update(facts_of(frame.name, frame.payload))
        events = [self._laps.events(clock)]
        for name, payloads in positions.items():
            yield from self._positions(name, payloads, found, clock, events)
        batches = [batch for batch in events if batch is not None]
        if batches and self.options.wants("events"):
            together = pa.Table.from_batches(batches).unify_dictionaries()
            order = np.argsort(numpy_view(together["t"]), kind="stable")
            ordered = together.take(to_arrow(order, pa.int64()))
            yield Batch("events" + self.suffix, ordered)

    def _positions(
        self,
        name: str,
        payloads: list[bytes],
        found: Survey,
        clock: Clock,
        events: list[pa.RecordBatch | None],
    ) -> Iterator[Message]:
        epochs = Epochs.read(payloads)
        if epochs is None:
            return
        first = not found.receivers or name == found.receivers[0]
        changes = self._changes.setdefault(name, FixChanges(time_base=clock.time_base))
        changed = changes.events(epochs.instants(clock), epochs.fixed)
        if first:
            events.append(changed)
        data, nowhere = epochs.batch(clock)
        self._nowhere += nowhere
        if data is not None and self.options.wants("gnss_pvt"):
            source = self.suffix if first else f".{name.lower()}{self.suffix.replace('.', '_')}"
            yield Batch("gnss_pvt" + source, data)

    def _count_losses(self, stretch: Stretch) -> None:
        for begin, end in stretch.damage:
            self._damaged_bytes += end - begin
            self._skip("AIM_XRK_BYTES_SKIPPED", begin)
        for place in stretch.unread:
            self._skip("AIM_XRK_FRAMES_UNREAD", place)

    def _skip(self, code: str, offset: int) -> None:
        self._skips.setdefault(code, Skips(code)).add(Locus(self.artifact.name, offset=offset))

    def _tell(
        self, found: Survey, clock: Clock, layout: Layout, sampler: Sampler, tables: Tables
    ) -> Iterator[Message]:
        for key, value in self._facts.items():
            yield Meta(key if key == "device_model" else key + self.suffix, value)
        facts = clock.facts()
        if sampler.many:
            facts["blocks_of_samples"] = sampler.many
            facts["blocks_faster_than_declared"] = sampler.faster
        yield Meta(f"clock{self.suffix}", facts)
        if self._counts:
            yield Meta(f"messages{self.suffix}", self._counts)
        name = self.artifact.name
        for code, skips in self._skips.items():
            evidence = {"bytes": self._damaged_bytes} if code == "AIM_XRK_BYTES_SKIPPED" else {}
            if code == "ROWS_SKIPPED":
                evidence = {"total": self._counts.get("LAP", skips.count)}
            yield from skips.issues(artifact=name, **evidence)
        yield from clock_issues(name, found, clock, self.options)
        yield from channel_issues(name, layout, tables)
        place = Locus(name)
        if tables.repeated + self._laps.repeated:
            yield Issue("TIME_DUPLICATES_DROPPED", place, count=tables.repeated + self._laps.repeated)
        if self._nowhere:
            yield Issue("VALUE_OUT_OF_RANGE", place, count=self._nowhere, column="position")


def _next_ms(data: bytes, place: int, layout: Layout) -> int | None:
    """Return the logger's ms of the sample frame at a place, None where none begins."""
    if place + _HEAD.size > len(data):
        return None
    op, tick, index = _HEAD.unpack_from(data, place)
    return int(tick) if op in (GROUP, SINGLE, MANY) and op << 16 | index in layout.lengths else None
