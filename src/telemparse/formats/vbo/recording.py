"""One VBO file on its way to batches: its head, the layout of its rows, and then block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import Malformed
from telemparse.formats.gate_places import placed_gates
from telemparse.formats.vbo.blocks import row_blocks, without_stump
from telemparse.formats.vbo.clock import Clock
from telemparse.formats.vbo.coordinates import Coordinates, coordinates_of
from telemparse.formats.vbo.decimals import Decimal, decimal_of, pointed
from telemparse.formats.vbo.demand import row_reader, textual_channels
from telemparse.formats.vbo.description import describe
from telemparse.formats.vbo.gates import gate_choices
from telemparse.formats.vbo.layout import has_position, read_layout
from telemparse.formats.vbo.ledger import Ledger
from telemparse.formats.vbo.producers import producer_of
from telemparse.formats.vbo.receiver import Solution
from telemparse.formats.vbo.sections import HEAD_BYTES, read_head
from telemparse.formats.vbo.speed_check import PROBE_BYTES, shown_speed_unit
from telemparse.formats.vbo.stamps import created
from telemparse.formats.vbo.streams import Streams
from telemparse.formats.vbo.tail import Tail
from telemparse.kernels.lines import decoded
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import SCHEMAS, laps_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.formats.vbo.layout import Layout
    from telemparse.formats.vbo.producers import Producer
    from telemparse.formats.vbo.sections import Head
    from telemparse.kernels.gate_lines import GateChoice
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Recording"]

_PADDING = b"\0\r\n\t \xef\xbb\xbf\xff\xfe"
_SAMPLED_ROWS = 100
_NOTED_LINES = 200
_LISTED = 60
_SHARED = ("sat_count", "solution", "fix_type")


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        options: of the parse.
        suffix: of names of streams and metadata, empty for the first file.
        block_bytes: size to read at a time; the rows do not depend on it.
    """

    artifact: Artifact
    options: ParseOptions
    suffix: str
    block_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _coordinates: Coordinates = Coordinates.MINUTES
    _decimal: Decimal = Decimal.POINT

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives; raises Malformed where nothing can be read."""
        name = self.artifact.name
        head = self._head()
        seen = self._first_rows(head)
        self._decimal = decimal_of(seen)
        if self._decimal is Decimal.COMMA:
            seen = [row.replace(",", ".") for row in seen]
            yield Meta(f"decimal_mark{self.suffix}", self._decimal.value)
        rows = seen[:_SAMPLED_ROWS]
        layout = read_layout(head, rows)
        if not layout.width:
            raise Malformed("VBO_NO_COLUMNS", Locus(name, offset=0), artifact=name)
        if head.data_offset is None:
            yield Issue(
                "ARTIFACT_TRUNCATED",
                Locus(name, offset=self.artifact.size),
                artifact=name,
                offset=self.artifact.size,
            )
            yield from describe(head, layout, self.suffix)
            return
        listed = ", ".join(column.name for column in layout.columns[:_LISTED])
        if "time" not in layout.receiver:
            raise Malformed("VBO_NO_TIME", Locus(name), artifact=name, columns=listed)
        if not has_position(layout.receiver):
            yield Issue("VBO_NO_POSITION", Locus(name), artifact=name, columns=listed)
        producer = producer_of(head)
        choices, unread = self._gates(head.lines("laptiming"), producer)
        self._coordinates = coordinates_of(layout, seen)
        if self._coordinates is Coordinates.DEGREES:
            column = layout.receiver["lat"].column.name
            yield Issue("UNIT_ASSUMED", Locus(name), column=column, unit="deg", basis="positions")
        yield from self._settled_speed(head, layout, rows, producer)
        yield from describe(head, layout, self.suffix)
        for column, unit in layout.assumed:
            yield Issue("UNIT_ASSUMED", Locus(name), column=column, unit=unit)
        if layout.skipped:
            some = ", ".join(layout.skipped[:_LISTED])
            yield Issue("CHANNELS_SKIPPED", Locus(name), count=len(layout.skipped), channels=some)
        ledger = Ledger(name)
        streams = self._streams(head, layout, rows, producer, ledger)
        streams.trace.gates = choices
        tail = Tail()
        yield from self._rows(head, layout, rows, streams, tail)
        later, later_unread = self._gates(tail.lines("laptiming"), producer)
        if later:
            self._show_trace(head, layout, rows, producer, later)
        yield from self._conclusion(streams, [*choices, *later], [*unread, *later_unread], tail)

    def _head(self) -> Head:
        name = self.artifact.name
        head = self.artifact.read_at(0, HEAD_BYTES)
        if not head.strip(_PADDING):
            raise Malformed("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
        found = read_head(self.artifact.read_at)
        if found is None:
            raise Malformed("VBO_NO_COLUMNS", Locus(name, offset=0), artifact=name)
        return found

    def _first_rows(self, head: Head) -> list[str]:
        if head.data_offset is None:
            return []
        raw = self.artifact.read_at(head.data_offset, HEAD_BYTES)
        text = decoded(raw, attrs.evolve(head.encoding, bom=0)).replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        # The last one may be cut by the size of the look.
        return lines[: max(1, len(lines) - 1)]

    def _gates(self, lines: list[str], producer: Producer) -> tuple[list[GateChoice], list[str]]:
        comma = self._decimal is Decimal.COMMA
        return gate_choices([line.replace(",", ".") for line in lines] if comma else lines, producer)

    def _streams(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer, ledger: Ledger
    ) -> Streams:
        receiver = fused = None
        if has_position(layout.receiver):
            paired = has_position(layout.raw)
            main = Solution(layout.receiver, producer, paired, ledger, self._coordinates)
            shared = {name: layout.receiver[name] for name in _SHARED if name in layout.receiver}
            second = attrs.evolve(main, sources={**shared, **layout.raw}, fused=False)
            receiver = second if paired else main
            fused = main if paired else None
        if self.options.channels is not None:
            asked = set(self.options.channels)
            layout.channels = {
                name: (source, unit)
                for name, (source, unit) in layout.channels.items()
                if asked & {name, source.column.name}
            }
        wanted = self.options.streams
        return Streams(
            layout=layout,
            textual=textual_channels(layout, rows),
            clock=Clock(created(head.preamble, head.lines("comments"))),
            receiver=receiver,
            fused=fused,
            producer=producer,
            ledger=ledger,
            suffix=self.suffix,
            wanted=frozenset(SCHEMAS) if wanted is None else frozenset(n.partition(".")[0] for n in wanted),
        )

    def _settled_speed(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer
    ) -> Iterator[Issue]:
        """Read speeds that are written in another unit than stated in that."""
        source = layout.receiver.get("speed_mps")
        if source is None or not has_position(layout.receiver) or not source.scale:
            return
        bare = attrs.evolve(layout, raw={}, sensors={}, channels={}, lap=None)
        streams = self._streams(head, bare, rows, producer, Ledger(self.artifact.name))
        unit = shown_speed_unit(
            next(row_blocks(self.artifact, head, PROBE_BYTES)), streams, rows, self._decimal
        )
        if unit is not None:
            layout.settle_speed(unit)
            yield Issue(
                "UNIT_ASSUMED", Locus(self.artifact.name), column=source.column.name, unit=unit.symbol,
                stated=source.column.unit_text, basis="positions and times",
            )  # fmt: skip

    def _rows(
        self, head: Head, layout: Layout, rows: list[str], streams: Streams, tail: Tail
    ) -> Iterator[Message]:
        reader = row_reader(layout, streams, rows)
        line = head.data_line
        for block in row_blocks(self.artifact, head, self.block_bytes):
            data = pointed(tail.rows_of(block.lines), self._decimal)
            if block.last and not tail.begun:
                data, stump = without_stump(data, layout.width)
                if stump:
                    offset = max(self.artifact.size - stump * head.encoding.width, 0)
                    place = Locus(self.artifact.name, offset=offset)
                    yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact.name, offset=offset)
            line_ends = data.count(b"\n")
            cells = reader.read(data, line, line_ends) if data and not data.isspace() else None
            line += line_ends
            if cells is not None:
                streams.ledger.rows += cells.rows + len(cells.skipped)
                streams.ledger.skip(cells.skipped, "another number of cells")
                if cells.rows:
                    yield from streams.batches(cells)

    def _show_trace(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer, gates: list[GateChoice]
    ) -> None:
        """Show the trace to gates that stand behind the rows, which are read once more for them."""
        bare = attrs.evolve(layout, sensors={}, channels={}, lap=None)
        streams = self._streams(head, bare, rows, producer, Ledger(self.artifact.name))
        streams.trace.gates, streams.fused = gates, None
        for _message in self._rows(head, bare, rows, streams, Tail()):
            pass

    def _conclusion(
        self, streams: Streams, choices: list[GateChoice], unread: list[str], tail: Tail
    ) -> Iterator[Message]:
        name, watch, clock = self.artifact.name, streams.laps, streams.clock
        if watch.laps and watch.is_count and "laps" in streams.wanted:
            yield Batch(f"laps{self.suffix}", laps_batch(watch.laps, time_base=clock.time_base))
        if not watch.is_count:
            yield Issue(
                "LAPS_NOT_FOUND", Locus(name), reason="the lap number changes too often to count laps"
            )
        yield from placed_gates(choices, streams.trace.first_fix, name, self.suffix)
        if unread:
            yield Meta(f"laptiming_unread{self.suffix}", unread[:_NOTED_LINES])
        if (doubt := clock.doubt) is not None:
            yield Issue("DATE_UNRELIABLE", Locus(name, line=1), artifact=name, reason=doubt)
        yield Meta(
            f"clock{self.suffix}",
            {
                "source": [streams.layout.receiver["time"].column.name],
                "is": clock.words,
                "midnights": clock.passed,
            },
        )
        yield from tail.messages(self.suffix)
        yield from streams.ledger.issues()
        self.epochs, self.without_fix = streams.trace.epochs, streams.trace.without_fix
