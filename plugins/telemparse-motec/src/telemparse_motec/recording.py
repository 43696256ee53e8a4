"""One log, with the LDX beside it, on its way to batches."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import build

from telemparse_motec.chain import Chain
from telemparse_motec.channels import named
from telemparse_motec.claims import settled
from telemparse_motec.clock import clock_of
from telemparse_motec.groups import MOST_RATES, groups_of
from telemparse_motec.heading import heading_of
from telemparse_motec.laps import Timed, lap_channels_of
from telemparse_motec.losses import losses_of, of_channels
from telemparse_motec.moments import moments_of
from telemparse_motec.positions import receiver_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

    from telemparse_motec.channels import Channel
    from telemparse_motec.clock import Clock
    from telemparse_motec.heading import Heading
    from telemparse_motec.ldx import Ldx
    from telemparse_motec.positions import Receiver

__all__ = ["BATCH_CELLS", "Recording"]

BATCH_CELLS = 1 << 21
_FEWEST_ROWS = 1024
_NAMED = 1000
_BLANK_BYTES = 1 << 16


@attrs.define
class Recording:
    """Reads one log.

    Args:
        artifact: the log.
        ldx: what stands in the LDX of its name, or None.
        suffix: behind the names of its streams.
        options: of the parse.
        batch_cells: rows times columns of one batch; the rows do not depend on it.

    Attributes:
        epochs, without_fix: of the GPS, and those of them without a position.
    """

    artifact: Artifact
    ldx: Ldx | None
    suffix: str
    options: ParseOptions
    batch_cells: int = BATCH_CELLS
    epochs: int = 0
    without_fix: int = 0

    def messages(self) -> Iterator[Message]:
        """Yield everything that the log gives."""
        name = self.artifact.name
        if self._is_blank():
            yield Issue("ARTIFACT_EMPTY", Locus(name), artifact=name, bytes=self.artifact.size)
            return
        if self.ldx is not None:
            yield from self.ldx.facts(self.suffix)
        with self.artifact.open() as file:
            heading = heading_of(file)
            clock = clock_of(heading.date, heading.time, self.options.timezone)
            yield from self._facts(heading, clock)
            chain = Chain(file, self.artifact.size)
            blocks = list(chain.blocks(heading.first_channel))
            readable = [block for block in blocks if not block.trouble]
            claims = settled(readable, heading.first_sample, self.artifact.size)
            channels = named(readable, claims.counts)
            yield Meta(f"channels_stated{self.suffix}", heading.stated_channels)
            yield from self._streams(file, channels, clock)
        yield from losses_of(self.artifact, chain, blocks, readable, claims)

    def _is_blank(self) -> bool:
        return not any(piece.strip(b"\0 \t\r\n") for piece in self.artifact.chunks(_BLANK_BYTES))

    def _facts(self, heading: Heading, clock: Clock) -> Iterator[Message]:
        name = self.artifact.name
        if not self.suffix and "type" in heading.device:
            yield Meta("device_model", heading.device["type"])
        if heading.device:
            yield Meta(f"device{self.suffix}", dict(heading.device))
        if heading.facts:
            yield Meta(f"header{self.suffix}", dict(heading.facts))
        if heading.has_driver:
            yield Meta(f"headers_of_persons_left_out{self.suffix}", ["driver"])
        yield Meta(f"clock{self.suffix}", clock.facts())
        if clock.is_assumed:
            yield Issue("TIME_ZONE_ASSUMED_UTC", Locus(name, offset=0x5E), stream="all streams")
        if clock.time_base != "utc" and (heading.date or heading.time):
            reason = "its head names none as DD/MM/YYYY and HH:MM:SS"
            yield Issue("DATE_UNRELIABLE", Locus(name, offset=0x5E), artifact=name, reason=reason)

    def _streams(self, file: BinaryIO, channels: Sequence[Channel], clock: Clock) -> Iterator[Message]:
        receiver = receiver_of(channels)
        taken: list[Channel] = []
        if receiver is not None:
            taken = receiver.channels
            if self.options.wants("gnss_pvt") or self.options.wants("events"):
                yield from self._positions(file, receiver, clock)
        groups = groups_of([channel for channel in channels if channel not in taken])
        for group, alike in groups.items():
            yield from self._group(file, f"channels.{self._grouped(group)}", alike, clock)
        yield from self._left_out([*taken, *itertools.chain(*groups.values())], channels)
        yield from self._moments(file, channels, clock, [] if receiver is None else receiver.events)

    def _left_out(self, read: Sequence[Channel], channels: Sequence[Channel]) -> Iterator[Message]:
        places = {channel.block.place for channel in read}
        absent = [channel for channel in channels if channel.block.place not in places]
        many = [channel.block for channel in absent if channel.count]
        empty = [channel.block.name for channel in absent if not channel.block.count]
        if empty:
            yield Meta(f"channels_without_samples{self.suffix}", empty[:_NAMED])
        if many:
            yield of_channels(self.artifact.name, "CHANNELS_SKIPPED", many, f"more than {MOST_RATES} rates")

    def _grouped(self, group: str) -> str:
        own = self.suffix[1:]
        if not own:
            return group
        return own if group == "main" else f"{group}_{own}"

    def _positions(self, file: BinaryIO, receiver: Receiver, clock: Clock) -> Iterator[Message]:
        for channel, unit in receiver.assumed_units():
            place = Locus(self.artifact.name, offset=channel.block.place)
            yield Issue("UNIT_ASSUMED", place, column=channel.block.name, unit=unit)
        yield from receiver.messages(file, clock, self.artifact.name, self.suffix)
        self.epochs, self.without_fix = receiver.epochs, receiver.without_fix

    def _group(self, file: BinaryIO, stream: str, alike: list[Channel], clock: Clock) -> Iterator[Message]:
        rows = max(channel.count for channel in alike)
        wanted = self.options.channels
        if wanted is not None:
            alike = [c for c in alike if c.named.name in wanted or c.named.source_name in wanted]
        if not (rows and alike and self.options.wants(stream)):
            return
        fields = {channel.named.name: channel.field() for channel in alike}
        step = max(self.batch_cells // (len(alike) + 1), min(_FEWEST_ROWS, self.batch_cells))
        infinite = dict.fromkeys(fields, 0)
        for first in range(0, rows, step):
            count = min(step, rows - first)
            columns: dict[str, object] = {
                "t": clock.instants(first, count, alike[0].block.rate_hz),
            }
            for channel in alike:
                column, odd = channel.column(file, first, count)
                columns[channel.named.name] = column
                infinite[channel.named.name] += odd
            yield Batch(stream, build(stream, columns, time_base=clock.time_base, fields=fields))
        for channel in alike:
            if infinite[channel.named.name]:
                place = Locus(self.artifact.name, offset=channel.block.begin)
                count = infinite[channel.named.name]
                yield Issue("VALUE_OUT_OF_RANGE", place, column=channel.named.name, count=count)

    def _moments(
        self, file: BinaryIO, channels: Sequence[Channel], clock: Clock, events: Sequence[pa.RecordBatch]
    ) -> Iterator[Message]:
        """Yield laps and crossings of the device's own channels, and of the LDX, and all events."""
        timed = Timed()
        if self.options.wants("laps") or self.options.wants("events"):
            timed = lap_channels_of(channels).read(file, clock)
        if timed.is_unreadable:
            reason = "the channels that count and time laps change too often, or are too long"
            yield Issue("LAPS_NOT_FOUND", Locus(self.artifact.name), reason=reason)
        yield from moments_of(self.ldx, timed, clock, self.suffix, events)
