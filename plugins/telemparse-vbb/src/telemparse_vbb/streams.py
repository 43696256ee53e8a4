"""Rows of a time base to batches: solutions, inertial sensors, triggers, laps and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.kernels.clocks import DAY_NS, NS_PER_S
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch
from telemparse.schemas import FixChanges, LapCount, build, laps_batch

from telemparse_vbb.gathering import is_plain
from telemparse_vbb.solutions import Poses, Solution, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from telemparse import ParseOptions
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.schemas import NamedChannel

    from telemparse_vbb.clock import Clock
    from telemparse_vbb.damage import Damage
    from telemparse_vbb.layouts import Layout
    from telemparse_vbb.planning import Plan
    from telemparse_vbb.rows import Place, Rows
    from telemparse_vbb.sources import Base, Sensor

__all__ = ["Streams"]

_NS_PER_MS = 1_000_000
_MOST_MS = 86_401_000
_NEAR_NS = 10 * NS_PER_S
_NUMPY_TO_ARROW = {
    "u1": pa.uint8(), "u2": pa.uint16(), "u4": pa.uint32(), "u8": pa.uint64(),
    "i1": pa.int8(), "i2": pa.int16(), "i4": pa.int32(), "i8": pa.int64(), "f4": pa.float32(),
}  # fmt: skip


@attrs.define
class Streams:
    """Builds the batches of one file.

    Args:
        plan: of the recording.
        clock: of the file.
        options: of the parse.
        damage: takes what is lost.
        suffix: of the names of streams.

    Attributes:
        changes: epochs of the receiver, with and without a fix.
    """

    plan: Plan
    clock: Clock
    options: ParseOptions
    damage: Damage
    suffix: str
    changes: FixChanges = attrs.field(factory=FixChanges)
    _laps: LapCount = attrs.field(factory=LapCount)
    _poses: Poses = attrs.field(factory=Poses)
    _level: float | None = None
    _moments: list[pa.RecordBatch] = attrs.field(factory=list)

    def batches(self, base: Base, rows: Rows, layouts: Mapping[int, Layout]) -> Iterator[Batch]:
        """Yield the batches of rows of a time base."""
        # Hostile numbers overflow on their way to being masked.
        with np.errstate(all="ignore"):
            yield from self._solutions(rows)
            for sensor in self.plan.sensors:
                if sensor.group in rows.parts and self._wants(sensor.stream):
                    yield from self._sensor(sensor, rows)
            self._trigger(rows)
            self._lap(rows)
            if self._wants(base.name):
                yield from self._channels(base, rows, layouts)

    def events(self, until_ns: int | None) -> Iterator[Batch]:
        """Yield the events up to an instant, in the order of time; all of them for None."""
        if not self._moments:
            return
        table = pa.Table.from_batches(self._moments).unify_dictionaries().combine_chunks()
        t_ns = numpy_view(table["t"])
        order = np.argsort(t_ns, kind="stable")
        due = order if until_ns is None else order[t_ns[order] <= until_ns]
        self._moments = table.take(to_arrow(order[len(due) :], pa.int64())).to_batches()
        if len(due):
            yield Batch(f"events{self.suffix}", table.take(to_arrow(due, pa.int64())))

    def conclusion(self) -> Iterator[Batch]:
        """Yield the laps that were counted."""
        if self._laps.laps and self._laps.is_count and self._wants("laps"):
            yield Batch(f"laps{self.suffix}", laps_batch(self._laps.laps, time_base=self.clock.time_base))

    @property
    def counts_laps(self) -> bool:
        """False where the lap number changes too often to count laps."""
        return self._laps.is_count

    def _wants(self, stream: str) -> bool:
        return self.options.wants(stream)

    def _emit(
        self, stream: str, columns: Mapping[str, Any], t_ns: Ints, keep: Mask | None = None, **facts: Any
    ) -> Iterator[Batch]:
        if keep is not None and not keep.all():
            if not keep.any():
                return
            rows = np.flatnonzero(keep)
            t_ns, columns = t_ns[rows], {name: column[rows] for name, column in columns.items()}
        name = "channels" if stream == "channels.main" and self.suffix else stream
        batch = build(f"{name}{self.suffix}", {"t": t_ns, **columns}, time_base=self.clock.time_base, **facts)
        yield Batch(f"{name}{self.suffix}", batch)

    def _solutions(self, rows: Rows) -> Iterator[Batch]:
        receiver, fused = self.plan.receiver, self.plan.fused
        if receiver and receiver["lat"].place[0] in rows.parts and self._asked("gnss_pvt", "events"):
            found = Solution(receiver, fused=False, damage=self.damage).read(rows)
            epochs = found.there & ~found.faulty
            self.changes.time_base = self.clock.time_base
            events = self.changes.events(rows.t_ns[epochs], found.usable[epochs])
            if events is not None and self._wants("events"):
                self._moments.append(events)
            if self._wants("gnss_pvt"):
                yield from self._emit("gnss_pvt", found.columns, rows.t_ns, found.usable)
        if fused and fused["lat"].place[0] in rows.parts and self._asked("gnss_pvt", "pose"):
            found = Solution(fused, fused=True, damage=self.damage).read(rows)
            if self._wants("gnss_pvt"):
                yield from self._emit("gnss_pvt.kalman", found.columns, rows.t_ns, found.usable)
            pose = self._poses.columns(found)
            if pose is not None and self._wants("pose"):
                yield from self._emit("pose", pose, rows.t_ns, found.usable, **self._poses.facts())

    def _asked(self, *streams: str) -> bool:
        return any(self._wants(stream) for stream in streams)

    def _sensor(self, sensor: Sensor, rows: Rows) -> Iterator[Batch]:
        columns = {name: quantity(rows, source, self.damage) for name, source in sensor.axes.items()}
        known = [~np.isnan(column) for column in columns.values()]
        every = np.logical_and.reduce(known)
        # A vector needs all of its axes.
        self.damage.blank(
            ", ".join(source.name for source in sensor.axes.values()), np.logical_or.reduce(known) & ~every
        )
        yield from self._emit(sensor.stream, columns, rows.t_ns, every)

    def _trigger(self, rows: Rows) -> None:
        trigger = self.plan.trigger
        if trigger is None or trigger.place[0] not in rows.parts or not self._wants("events"):
            return
        values, known = rows.numbers(trigger.place)
        if trigger.fine is not None:
            t_ns, value = self._exact(rows, values, known, trigger.fine), np.full(len(values), np.nan)
            known = rows.has(trigger.place[0])
        else:
            places = np.flatnonzero(known)
            levels = values[places]
            first = levels[:1] if self._level is None else np.array([self._level])
            before = np.concatenate([first, levels[:-1]])
            self._level = float(levels[-1]) if len(levels) else self._level
            known = np.zeros(len(values), np.bool_)
            known[places[(levels != 0) & (before == 0)]] = True
            t_ns, value = rows.t_ns, values
        self._note("marker", t_ns[known], value[known], trigger.name)

    def _exact(self, rows: Rows, ms: Floats, known: Mask, fine: Place) -> Ints:
        """Return the instants that a receiver states for its trigger, else those of the samples."""
        ns, fine_known = rows.numbers(fine)
        good = known & fine_known & (ms >= 0) & (ms < _MOST_MS) & (ns >= 0) & (ns < _NS_PER_MS)
        stated = np.where(good, ms, 0).astype(np.int64) * _NS_PER_MS + np.where(good, ns, 0).astype(np.int64)
        step = (stated - (rows.t_ns - self.clock.ahead_ns) + DAY_NS // 2) % DAY_NS - DAY_NS // 2
        exact: Ints = rows.t_ns + np.where(good & (np.abs(step) < _NEAR_NS), step, 0)
        return exact

    def _lap(self, rows: Rows) -> None:
        lap = self.plan.lap
        if lap is None or lap[0] not in rows.parts or not self._asked("laps", "events"):
            return
        values, known = rows.numbers(lap)
        crossings = self._laps.read(values, rows.t_ns, known=known)
        if crossings and self._wants("events"):
            places = np.array([row for row, _number in crossings])
            numbers = np.array([number for _row, number in crossings])
            self._note("lap_beacon", rows.t_ns[places], numbers, "")

    def _note(self, kind: str, t_ns: Ints, value: Floats, channel: str) -> None:
        if len(t_ns):
            told = (
                f'{{"channel": "{channel}"}}'
                if channel.isprintable() and not set(channel) & set('"\\')
                else "{}"
            )
            columns = {
                "event_type": strings([kind] * len(t_ns)).dictionary_encode(),
                "value": np.where(np.isfinite(value), value, np.nan),
                "metadata_json": strings([told if channel else "{}"] * len(t_ns)),
            }
            self._moments.append(build("events", {"t": t_ns, **columns}, time_base=self.clock.time_base))

    def _channels(self, base: Base, rows: Rows, layouts: Mapping[int, Layout]) -> Iterator[Batch]:
        columns, fields = {}, {}
        for place, channel in self.plan.channels.items():
            if place[0] not in base.groups or place[0] not in layouts or not self._chosen(channel):
                continue
            kind = _kind_of(layouts[place[0]], place[1], channel)
            fields[channel.name] = channel.field(kind)
            if place[0] in rows.parts:
                columns[channel.name] = self._column(rows, place, channel, kind)
        if fields and columns:
            yield from self._emit(base.name, columns, rows.t_ns, None, fields=fields)

    def _chosen(self, channel: NamedChannel) -> bool:
        wanted = self.options.channels
        return wanted is None or channel.name in wanted or channel.source_name in wanted

    def _column(self, rows: Rows, place: Place, channel: NamedChannel, kind: pa.DataType) -> pa.Array:
        there = rows.has(place[0])
        if not pa.types.is_floating(kind):
            return to_arrow(rows.raw(place), kind, there)
        values, known = rows.numbers(place)
        if channel.is_converted:
            values = channel.converted(values)
        most = 3e38 if kind == pa.float32() else 1e300
        fits = np.abs(values) <= most
        self.damage.blank(channel.source_name, known & ~fits)
        return to_arrow(np.where(fits, values, 0.0), kind, known & fits)


def _kind_of(layout: Layout, index: int, channel: NamedChannel) -> pa.DataType:
    """Return the type of a channel's column: that of its values where they stand as they are."""
    if channel.is_converted or not is_plain(layout.channels[index]):
        return pa.float64()
    coding = layout.coding[f"c{index}"]
    return pa.int64() if coding.kind == "V" else _NUMPY_TO_ARROW.get(coding.str[1:], pa.float64())
