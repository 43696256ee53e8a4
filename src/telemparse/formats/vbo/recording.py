"""One VBO file on its way to batches: its head, the layout of its rows, and then block by block."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, BinaryIO, cast

import attrs
import numpy as np

from telemparse.errors import Malformed
from telemparse.formats.vbo.clock import Clock, created
from telemparse.formats.vbo.demand import row_reader, textual_channels
from telemparse.formats.vbo.description import describe
from telemparse.formats.vbo.gates import gate_choices, placed_gates
from telemparse.formats.vbo.laps import LapWatch
from telemparse.formats.vbo.layout import Source, read_layout
from telemparse.formats.vbo.ledger import Ledger
from telemparse.formats.vbo.producers import producer_of
from telemparse.formats.vbo.receiver import Solution
from telemparse.formats.vbo.sections import HEAD_BYTES, read_head
from telemparse.formats.vbo.streams import Streams
from telemparse.formats.vbo.tail import Tail
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.lines import decoded, line_blocks
from telemparse.kernels.speeds import speed_unit
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
    from telemparse.kernels.lines import Block
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Recording"]

_PADDING = b"\0\r\n\t \xef\xbb\xbf\xff\xfe"
_PROBE_BYTES = 1024 * 1024
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

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives; raises Malformed where nothing can be read."""
        name = self.artifact.name
        head = self._head()
        rows = self._first_rows(head)
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
        if not _has_position(layout.receiver):
            yield Issue("VBO_NO_POSITION", Locus(name), artifact=name, columns=listed)
        producer = producer_of(head)
        choices, unread = gate_choices(head.lines("laptiming"), producer)
        yield from self._settled_speed(head, layout, rows, producer)
        yield from describe(head, layout, self.suffix)
        for column, unit in layout.assumed:
            yield Issue("UNIT_ASSUMED", Locus(name), column=column, unit=unit)
        if layout.skipped:
            some = ", ".join(layout.skipped[:_LISTED])
            yield Issue("CHANNELS_SKIPPED", Locus(name), count=len(layout.skipped), channels=some)
        ledger = Ledger(name)
        streams = self._streams(head, layout, rows, producer, ledger)
        streams.gates = choices
        tail = Tail()
        yield from self._rows(head, layout, rows, streams, tail)
        later, later_unread = gate_choices(tail.lines("laptiming"), producer)
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
        return lines[: max(1, len(lines) - 1)][:_SAMPLED_ROWS]

    def _streams(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer, ledger: Ledger
    ) -> Streams:
        receiver = fused = None
        if _has_position(layout.receiver):
            paired = _has_position(layout.raw)
            main = Solution(layout.receiver, producer, paired, ledger)
            shared = {name: layout.receiver[name] for name in _SHARED if name in layout.receiver}
            receiver = Solution({**shared, **layout.raw}, producer, False, ledger) if paired else main  # noqa: FBT003  (attrs field)
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
            clock=Clock(created(head.preamble)),
            receiver=receiver,
            fused=fused,
            producer=producer,
            ledger=ledger,
            suffix=self.suffix,
            wanted=frozenset(SCHEMAS) if wanted is None else frozenset(n.partition(".")[0] for n in wanted),
            gates=[],
            lap_watch=LapWatch(),
        )

    def _settled_speed(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer
    ) -> Iterator[Issue]:
        """Measure the head's speeds against its positions; what is written in another unit is read in that.

        Converters write miles an hour below a title that says km/h.
        """
        source = layout.receiver.get("speed_mps")
        if source is None or not _has_position(layout.receiver) or not source.scale:
            return
        bare = attrs.evolve(layout, raw={}, sensors={}, channels={}, lap=None)
        streams = self._streams(head, bare, rows, producer, Ledger(self.artifact.name))
        if not streams.reads_positions:
            return
        data = Tail().rows_of(next(self._blocks(head, _PROBE_BYTES)).lines)
        reader = row_reader(bare, streams, rows)
        cells = reader.read(data, 1, data.count(b"\n")) if data and not data.isspace() else None
        if streams.receiver is None or cells is None or not cells.rows:
            return
        with np.errstate(all="ignore"):  # as when the rows are read
            times = streams.clock.read(cells.numbers(reader.clock))
            found = streams.receiver.read(cells, times)
            speed = found.columns["speed_mps"]
            usable = validity(speed) if found.usable is None else found.usable & validity(speed)
            written = numpy_view(speed).astype(np.float64) / source.scale
            unit = speed_unit(times.t_ns, found.lat_deg, found.lon_deg, written, usable)
        if unit is None or math.isclose(unit.scale, source.scale, rel_tol=1e-6):
            return
        column = source.column.name
        layout.assumed = [each for each in layout.assumed if each[0] != column]
        layout.receiver["speed_mps"] = Source(attrs.evolve(source.column, unit=unit), unit.scale)
        yield Issue(
            "UNIT_ASSUMED",
            Locus(self.artifact.name),
            column=column,
            unit=unit.symbol,
            stated=source.column.unit_text,
            basis="positions and times",
        )

    def _rows(
        self, head: Head, layout: Layout, rows: list[str], streams: Streams, tail: Tail
    ) -> Iterator[Message]:
        reader = row_reader(layout, streams, rows)
        line = head.data_line
        for block in self._blocks(head, self.block_bytes):
            data = tail.rows_of(block.lines)
            if block.last and not tail.begun:
                data, stump = _without_stump(data, layout.width)
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

    def _blocks(self, head: Head, block_bytes: int) -> Iterator[Block]:
        with self.artifact.open() as reader:
            marked = cast("BinaryIO", _Marked(reader)) if head.encoding.width == 1 else reader
            yield from line_blocks(
                marked,
                head.encoding,
                start=head.data_offset or 0,
                block_bytes=block_bytes,
                newlines=head.newlines,
            )

    def _show_trace(
        self, head: Head, layout: Layout, rows: list[str], producer: Producer, gates: list[GateChoice]
    ) -> None:
        """Show the trace to gates that stand behind the rows, which are read once more for them."""
        bare = attrs.evolve(layout, sensors={}, channels={}, lap=None)
        streams = self._streams(head, bare, rows, producer, Ledger(self.artifact.name))
        streams.gates, streams.fused = gates, None
        for _message in self._rows(head, bare, rows, streams, Tail()):
            pass

    def _conclusion(
        self, streams: Streams, choices: list[GateChoice], unread: list[str], tail: Tail
    ) -> Iterator[Message]:
        name, watch, clock = self.artifact.name, streams.lap_watch, streams.clock
        if watch.laps and watch.is_count and "laps" in streams.wanted:
            yield Batch(f"laps{self.suffix}", laps_batch(watch.laps, time_base=clock.time_base))
        if not watch.is_count:
            yield Issue(
                "LAPS_NOT_FOUND", Locus(name), reason="the lap number changes too often to count laps"
            )
        yield from placed_gates(choices, streams.first_fix, name, self.suffix)
        if unread:
            yield Meta(f"laptiming_unread{self.suffix}", unread[:_NOTED_LINES])
        if clock.created is not None:
            yield Issue("DATE_UNRELIABLE", Locus(name, line=1), artifact=name, reason=clock.doubt)
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
        self.epochs, self.without_fix = streams.epochs, streams.without_fix


def _has_position(sources: dict[str, Source]) -> bool:
    return "lat" in sources and "lon" in sources


def _without_stump(data: bytes, width: int) -> tuple[bytes, int]:
    """Return the data without a last line that has no end and too few cells, and that line's length."""
    start = data.rfind(b"\n") + 1
    cells = data[start:].strip(b" \t\r\x01").split()
    return (data[:start], len(data) - start) if 0 < len(cells) < width else (data, 0)


@attrs.frozen
class _Marked:
    """A reader whose NULs are another byte: inside a row they are damage, and must not join what is left."""

    reader: BinaryIO

    def seek(self, offset: int) -> int:
        """Go to a byte."""
        return self.reader.seek(offset)

    def read(self, size: int) -> bytes:
        """Return bytes with every NUL as SOH."""
        raw = self.reader.read(size)
        return raw.replace(b"\0", b"\x01") if b"\0" in raw else raw
