"""Rows of a VBO block to batches: both solutions, inertial sensors, channels and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.vbo.poses import Poses
from telemparse.formats.vbo.producers import interpolated
from telemparse.formats.vbo.trace import Trace
from telemparse.formats.vbo.values import scaled
from telemparse.formats.vbo.vehicle import channel_columns
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch
from telemparse.schemas import LapCount, QualityFlag, build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from telemparse.formats.vbo.clock import Clock, Times
    from telemparse.formats.vbo.layout import Layout, Source
    from telemparse.formats.vbo.ledger import Ledger
    from telemparse.formats.vbo.producers import Producer
    from telemparse.formats.vbo.receiver import Epochs, Solution
    from telemparse.formats.vbo.rows import Cells
    from telemparse.formats.vbo.values import Values
    from telemparse.kernels.arrays import Mask

__all__ = ["Streams"]

_EVENT = pa.dictionary(pa.int8(), pa.string())


@attrs.define
class Streams:
    """Builds the batches of one file, block by block.

    Args:
        layout: of the file; its channels cut down to those asked for.
        textual: indices of channels that hold words.
        clock: of the file.
        receiver: the GNSS solution, None without positions.
        fused: the solution of the logger's filter, None without.
        producer: of the file.
        ledger: takes what is lost.
        suffix: of the names of streams.
        wanted: base names of the streams asked for.
        laps: counted so far.
        trace: watches the epochs.
    """

    layout: Layout
    textual: frozenset[int]
    clock: Clock
    receiver: Solution | None
    fused: Solution | None
    producer: Producer
    ledger: Ledger
    suffix: str
    wanted: frozenset[str]
    laps: LapCount = attrs.field(factory=LapCount)
    trace: Trace = attrs.field(factory=Trace)
    _poses: Poses = attrs.field(factory=Poses)

    @property
    def reads_positions(self) -> bool:
        """Somebody wants positions, or the gates have to see them."""
        return bool(self.wanted & {"gnss_pvt", "events", "pose"} or self.trace.gates)

    @property
    def reads_laps(self) -> bool:
        """Somebody wants the laps of the device, or their beacons."""
        return bool(self.wanted & {"laps", "events"})

    def batches(self, cells: Cells) -> Iterator[Batch]:
        """Yield the batches of a block."""
        # Hostile numbers overflow on their way to being masked.
        with np.errstate(all="ignore"):
            yield from self._batches(cells)

    def _batches(self, cells: Cells) -> Iterator[Batch]:
        stamps = cells.numbers(self.layout.receiver["time"].column.index)
        times = self.clock.read(stamps, self._nowhere(cells))
        if times.valid is not None:
            self.ledger.skip_rows(~times.valid, cells.line, "no time")
            if not times.valid.any():
                return
        events: list[tuple[int, str, float]] = []
        if self.receiver is not None and self.reads_positions:
            found = self.receiver.read(cells, times)
            self.trace.show_gates(found)
            events += self.trace.follow(found)
            yield from self._positions("gnss_pvt", found, times)
        if self.fused is not None and self.reads_positions:
            found = self.fused.read(cells, times)
            yield from self._positions("gnss_pvt.kalman", found, times)
            pose = self._poses.columns(found)
            if pose is not None:
                yield from self._emit("pose", pose, found.usable, times, facts=self._poses.facts())
        for stream, axes in self.layout.sensors.items():
            if stream in self.wanted:
                yield from self._sensor(stream, axes, cells, times)
        if self.layout.lap is not None and self.reads_laps:
            count = cells.numbers(self.layout.lap.index)
            events += [
                (row, "lap_beacon", number)
                for row, number in self.laps.read(
                    count.values, times.t_ns, known=count.valid, timed=times.valid
                )
            ]
        if self.layout.channels and "channels" in self.wanted:
            columns, fields = channel_columns(self.layout, self.textual, cells, times.valid, self.ledger)
            yield from self._emit("channels.main", columns, times.valid, times, fields=fields)
        yield from self._events(events, times)

    def _nowhere(self, cells: Cells) -> Mask | None:
        """Return the rows without a position as long as no row had a time, else None: nobody asks."""
        if self.receiver is None or self.clock.first_of_day_ns is not None:
            return None
        indices = [self.receiver.sources[name].column.index for name in ("lat", "lon")]
        rows = np.ones(cells.rows, np.bool_)
        for read in map(cells.numbers, indices):
            rows &= (read.values == 0) if read.valid is None else ~read.valid | (read.values == 0)
        return rows

    def _emit(
        self,
        stream: str,
        columns: dict[str, pa.Array],
        keep: Mask | None,
        times: Times,
        *,
        fields: Mapping[str, pa.Field] | None = None,
        facts: Mapping[str, float | str] | None = None,
    ) -> Iterator[Batch]:
        """Yield one batch of the kept rows, none where no row is left."""
        base = stream.partition(".")[0]
        if base not in self.wanted or (keep is not None and not keep.any()):
            return
        columns = {"t": to_arrow(times.t_ns, pa.int64()), **columns}
        if keep is not None and not keep.all():
            rows = to_arrow(np.flatnonzero(keep), pa.int64())
            columns = {name: column.take(rows) for name, column in columns.items()}
        name = (
            f"{base}{self.suffix}" if stream == "channels.main" and self.suffix else f"{stream}{self.suffix}"
        )
        batch = build(name, columns, time_base=self.clock.time_base, fields=fields, **(facts or {}))
        yield Batch(name, batch)

    def _positions(self, stream: str, found: Epochs, times: Times) -> Iterator[Batch]:
        columns = dict(found.columns)
        if found.flags is not None:
            columns["quality_flags"] = to_arrow(found.flags, pa.uint32())
        yield from self._emit(stream, columns, found.usable, times)

    def _sensor(self, stream: str, axes: Mapping[str, Source], cells: Cells, times: Times) -> Iterator[Batch]:
        read = {name: scaled(cells, source, self.ledger, times.valid) for name, source in axes.items()}
        masks = [column.valid for column in read.values() if column.valid is not None]
        keep: Mask | None = np.logical_and.reduce(masks) if masks else None
        if times.valid is not None:
            keep = times.valid if keep is None else keep & times.valid
        self._count_lone_axes(axes, list(read.values()), cells, times)
        columns = {name: to_arrow(column.values, pa.float32()) for name, column in read.items()}
        if self.layout.temperature is not None:
            warm = scaled(cells, self.layout.temperature, self.ledger, times.valid, low=-273.15)
            columns["temp_c"] = to_arrow(warm.values, pa.float32(), warm.valid)
        flags = self._grid_flags(times)
        if flags is not None:
            columns["quality_flags"] = to_arrow(flags, pa.uint32())
        yield from self._emit(stream, columns, keep, times)

    def _count_lone_axes(
        self, axes: Mapping[str, Source], read: list[Values], cells: Cells, times: Times
    ) -> None:
        """Count rows that have some of the axes and blanks for others: a vector needs all of them."""
        if all(column.valid is None for column in read):
            return
        every = np.ones(cells.rows, np.bool_)
        there = [every if column.valid is None else column.valid for column in read]
        lone = np.logical_or.reduce(there) & ~np.logical_and.reduce(there)
        for column in read:
            lone &= every if column.lost is None else ~column.lost  # counted already
        lone = lone if times.valid is None else lone & times.valid
        self.ledger.blank(lone, cells.line, ", ".join(source.column.name for source in axes.values()))

    def _grid_flags(self, times: Times) -> NDArray[np.uint32] | None:
        between = interpolated(self.producer, times.t_ns)
        return (
            None if between is None else np.where(between, np.uint32(QualityFlag.INTERPOLATED), np.uint32(0))
        )

    def _events(self, events: list[tuple[int, str, float]], times: Times) -> Iterator[Batch]:
        if not events or "events" not in self.wanted:
            return
        events = sorted(events, key=lambda event: event[0])
        rows = np.array([row for row, _kind, _value in events], np.int64)
        columns = {
            "t": times.t_ns[rows],
            "event_type": strings([kind for _row, kind, _value in events]).dictionary_encode().cast(_EVENT),
            "value": np.array([value for _row, _kind, value in events]),
        }
        name = f"events{self.suffix}"
        yield Batch(name, build(name, columns, time_base=self.clock.time_base))
