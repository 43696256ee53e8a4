"""Typed columns of a block to batches: receiver, IMU, channels and events, each with its own rows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.csv.ledger import Ledger
from telemparse.formats.csv.numbers import numbers, text, to_mask
from telemparse.formats.csv.vocabulary import Role
from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.kernels.speeds import speed_unit
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import TIME, QualityFlag, build, channel_field
from telemparse.schemas.device_laps import laps_batch, sectors_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.formats.csv.assignment import Assignment, Channel
    from telemparse.formats.csv.clock import Clock
    from telemparse.formats.csv.columns import Columns
    from telemparse.formats.csv.gates import GateWatch
    from telemparse.formats.csv.lap_book import LapBook
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.receiver import Receiver
    from telemparse.formats.csv.sources import Instants
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.units import Unit

__all__ = ["IMU_STREAMS", "Streams", "channel_kind"]

IMU_STREAMS = {Role.ACCEL: "imu_accel", Role.GYRO: "imu_gyro", Role.MAG: "imu_mag"}
_AXES = {
    Role.ACCEL: ("ax_mps2", "ay_mps2", "az_mps2"),
    Role.GYRO: ("gx_rps", "gy_rps", "gz_rps"),
    Role.MAG: ("mx_ut", "my_ut", "mz_ut"),
}
_WIDE_CHANNELS = frozenset({"distance_m"})
_EVENT = pa.dictionary(pa.int8(), pa.string())


def channel_kind(channel: Channel) -> pa.DataType:
    """Return the Arrow type of a channel: known ones are f32, others, distances and times keep all digits."""
    if not channel.numeric:
        return pa.string()
    quantity = channel.source.column.quantity
    known = quantity is not None and quantity.role is not Role.TIME
    return pa.float32() if known and channel.name not in _WIDE_CHANNELS else pa.float64()


@attrs.define
class Streams:
    """Builds the batches of one file.

    Args:
        assignment: which column feeds what; channels cut down to those asked for.
        clock: of the file.
        columns: makes canonical columns.
        receiver: of the file, or None without positions.
        book: collects the device's laps, or None where the dialect tells of none.
        gates: of the lines above the rows, or None where the dialect tells of none.
        event_words: words of the event column to canonical event types.
        wanted: base names of the streams asked for.
        names: gives each stream the name that it goes under.
    """

    assignment: Assignment
    clock: Clock
    columns: Columns
    receiver: Receiver | None
    book: LapBook | None
    gates: GateWatch | None
    event_words: Mapping[str, str]
    wanted: frozenset[str]
    names: Callable[[str], str]

    def batches(self, cells: Cells) -> list[Batch]:
        """Return the block's batches."""
        # Hostile numbers overflow on their way to being masked; what comes out of range is counted.
        with np.errstate(all="ignore"):
            return list(self._batches(cells))

    def _batches(self, cells: Cells) -> Iterator[Batch]:
        times = self.clock.read(cells, self.columns.decimal)
        untimed = ~times.valid if times.valid is not None else None
        if untimed is not None and untimed.any():
            self.columns.ledger.skip(untimed & cells.any_filled(list(cells.columns)), "no time")
        elif untimed is not None:
            times = attrs.evolve(times, valid=None)
        told = self.book.follow(cells, times) if self.book is not None else []
        events: list[tuple[int, str]] = []
        if self.receiver is not None and self.wanted & {"gnss_pvt", "events"}:
            epochs = self.receiver.read(cells, times)
            events = epochs.events
            if self.gates is not None:
                self.gates.watch(epochs.columns["lat_deg"], epochs.columns["lon_deg"], epochs.fixed)
            yield from self._batch("gnss_pvt", epochs.columns, epochs.fixed, times)
        for role in self.assignment.triads:
            if IMU_STREAMS[role] in self.wanted:
                yield from self._batch(IMU_STREAMS[role], *self._triad(role, cells, times), times)
        if self.assignment.channels and "channels" in self.wanted:
            columns = {c.name: self._channel(cells, c, times.valid) for c in self.assignment.channels}
            fields = {channel.name: _channel_field(channel) for channel in self.assignment.channels}
            yield from self._batch("channels.main", columns, times.valid, times, fields)
        if "events" in self.wanted:
            yield from self._events(cells, times, events, told)

    def closing(self) -> Iterator[Message]:
        """Yield what only the end of the file settles: laps of the device, and beacons behind the rows."""
        if self.book is None:
            return
        if "events" in self.wanted:
            yield from self._event_batch(self.book.beacons(None))
        laps = self.book.close()
        if laps and "laps" in self.wanted:
            yield Batch(self.names("laps"), laps_batch(laps, time_base=self.clock.time_base))
        sectors = self.book.sectors()
        if sectors and "sectors" in self.wanted:
            yield Batch(self.names("sectors"), sectors_batch(sectors, time_base=self.clock.time_base))
        if self.book.tally.left_out:
            yield Meta(f"{self.names('laps')}_left_out", dict(self.book.tally.left_out))

    def shown_speed_unit(self, cells: Cells) -> Unit | None:
        """Return the unit of the receiver's speed that a block shows; moves no state."""
        if self.receiver is None or "gnss_pvt" not in self.wanted:
            return None  # without positions there is no speed of the receiver; nor is one read unasked
        times = copy.deepcopy(self.clock).read(cells, self.columns.decimal)
        aside = Ledger(self.columns.ledger.artifact, self.columns.ledger.layout)
        aside.begin(cells, lambda: 1)
        where = self.receiver.positions.read(cells, aside)
        speed = numbers(
            cells.columns[self.assignment.gnss["speed_mps"].column.index], self.columns.decimal, None
        )
        usable = np.ones(cells.rows, np.bool_)
        for mask in (times.valid, where.usable, speed.valid):
            if mask is not None:
                usable &= mask
        return speed_unit(times.t_ns, where.lat_deg, where.lon_deg, speed.values.astype(np.float64), usable)

    def _batch(
        self,
        stream: str,
        columns: dict[str, pa.Array],
        keep: Mask | None,
        times: Instants,
        fields: Mapping[str, pa.Field] | None = None,
    ) -> Iterator[Batch]:
        """Yield one batch of the kept rows, none when no row is left."""
        if stream.partition(".")[0] not in self.wanted or (keep is not None and not keep.any()):
            return
        columns = {"t": _stamps(times), **columns}
        if times.repaired is not None and fields is None:
            flags = np.where(times.repaired, np.uint32(QualityFlag.TIME_REPAIRED), np.uint32(0))
            if "quality_flags" in columns:
                flags |= numpy_view(columns["quality_flags"])
            columns["quality_flags"] = to_arrow(flags, pa.uint32())
        if keep is not None:
            mask = to_mask(keep)
            columns = {name: column.filter(mask) for name, column in columns.items()}
        name = self.names(stream)
        yield Batch(name, build(name, columns, time_base=self.clock.time_base, fields=fields))

    def _triad(self, role: Role, cells: Cells, times: Instants) -> tuple[dict[str, pa.Array], Mask | None]:
        """Return three axes and the rows in which all of them are there; lone axes are counted."""
        axes = self.assignment.triads[role]
        columns = {
            name: self.columns.canonical(cells, measured, pa.float32(), times.valid)
            for name, measured in zip(_AXES[role], axes, strict=True)
        }
        if not any(column.null_count for column in columns.values()):
            return columns, times.valid
        there = [validity(column) for column in columns.values()]
        keep: Mask = np.logical_and.reduce(there)
        partial: Mask = np.logical_or.reduce(there) & ~keep
        if times.valid is not None:
            keep, partial = keep & times.valid, partial & times.valid
        if partial.any():
            self.columns.ledger.blank(
                partial, ", ".join(axis.column.source for axis in axes), "not all three axes"
            )
        return columns, keep

    def _channel(self, cells: Cells, channel: Channel, used: Mask | None) -> pa.Array:
        if channel.numeric:
            return self.columns.canonical(cells, channel.source, channel_kind(channel), used)
        return pc.ascii_trim_whitespace(text(cells.columns[channel.source.column.index]))

    def _events(
        self, cells: Cells, times: Instants, events: list[tuple[int, str]], told: list[tuple[int, str]]
    ) -> Iterator[Batch]:
        """Yield what happened in rows, by comment lines and by beacons, in order of rows and of instants.

        Args:
            cells: of the block.
            times: of the block.
            events: (row, event type) of losses and returns of the fix.
            told: (instant, event type) of comment lines.
        """
        column = self.assignment.aids.get("event")
        if column is not None and column.index in cells.columns:
            events = sorted([*events, *self._marked(text(cells.columns[column.index]), times.valid)])
        found = [(int(times.t_ns[row]), event) for row, event in events]
        if self.book is not None:  # comment lines tell something even where a block has no row
            seen = times.t_ns if times.valid is None else times.t_ns[times.valid]
            beacons = self.book.beacons(int(seen.max())) if len(seen) else []
            if told or beacons:
                found = sorted([*found, *told, *beacons], key=lambda event: event[0])
        yield from self._event_batch(found)

    def _event_batch(self, found: list[tuple[int, str]]) -> Iterator[Batch]:
        if not found:
            return
        name = self.names("events")
        types = strings([event for _t_ns, event in found]).dictionary_encode().cast(_EVENT)
        columns = {"t": np.array([t_ns for t_ns, _event in found], np.int64), "event_type": types}
        yield Batch(name, build(name, columns, time_base=self.clock.time_base))

    def _marked(self, words: pa.Array, timed: Mask | None) -> list[tuple[int, str]]:
        encoded = words.dictionary_encode()
        meanings = [self.event_words.get(word.strip().lower()) for word in encoded.dictionary.to_pylist()]
        if not any(meanings):
            return []
        codes = np.where(validity(encoded), numpy_view(encoded.indices), len(meanings))
        marks = np.array([*(meaning is not None for meaning in meanings), False], np.bool_)[codes]
        rows = np.flatnonzero(marks if timed is None else marks & timed)
        return [(int(row), meanings[codes[row]] or "other") for row in rows]


def _stamps(times: Instants) -> pa.Array:
    if times.array is None:
        return to_arrow(times.t_ns, TIME)
    return times.array if times.array.type == TIME else times.array.cast(TIME)


def _channel_field(channel: Channel) -> pa.Field:
    column = channel.source.column
    return channel_field(
        channel.name,
        channel_kind(channel),
        unit=channel.unit,
        source_name=column.source,
        source_unit=column.unit_text,
    )
