"""Rows of a VBO block to batches: both solutions, inertial sensors, channels and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.vbo.ledger import Ledger
from telemparse.formats.vbo.producers import interpolated
from telemparse.formats.vbo.receiver import scaled
from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.kernels.geodesy import local_offsets_m
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch
from telemparse.schemas import KNOWN_CHANNELS, QualityFlag, build, channel_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from telemparse.formats.vbo.clock import Clock, Times
    from telemparse.formats.vbo.laps import LapWatch
    from telemparse.formats.vbo.layout import Layout, Source
    from telemparse.formats.vbo.producers import Producer
    from telemparse.formats.vbo.receiver import Epochs, Solution
    from telemparse.formats.vbo.rows import Cells
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.gate_lines import GateChoice

__all__ = ["Streams"]

_WIDE = frozenset({"distance_m"})
_MOVING_MPS = 2.0
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
        gates: watch the trace.
        lap_watch: watches the lap count.

    Attributes:
        epochs: rows in which the receiver says whether it has a fix.
        without_fix: those in which it has none.
        first_fix: latitude and longitude of the first one, degrees.
        interpolated: rows that an app made between epochs.
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
    gates: list[GateChoice]
    lap_watch: LapWatch
    epochs: int = 0
    without_fix: int = 0
    interpolated: int = 0
    first_fix: tuple[float, float] | None = None
    _origin: tuple[float, float] | None = None
    _has_fix: bool | None = None

    @property
    def reads_positions(self) -> bool:
        """Somebody wants positions, or the gates have to see them."""
        return bool(self.wanted & {"gnss_pvt", "events", "pose"} or self.gates)

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
            self._watch_gates(found)
            events += self._follow(found, cells.rows)
            yield from self._positions("gnss_pvt", found, times)
        if self.fused is not None and self.reads_positions:
            found = self.fused.read(cells, times)
            yield from self._positions("gnss_pvt.kalman", found, times)
            yield from self._pose(found, times)
        for stream, axes in self.layout.sensors.items():
            if stream in self.wanted:
                yield from self._sensor(stream, axes, cells, times)
        if self.layout.lap is not None and self.reads_laps:
            count = cells.numbers(self.layout.lap.index)
            events += [
                (row, "lap_beacon", number)
                for row, number in self.lap_watch.read(count, times.t_ns, times.valid)
            ]
        if self.layout.channels and "channels" in self.wanted:
            yield from self._channels(cells, times)
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

    def _pose(self, found: Epochs, times: Times) -> Iterator[Batch]:
        """Yield what the logger's filter made of receiver and inertial unit, about its first position."""
        rows = np.arange(len(found.lat_deg)) if found.usable is None else np.flatnonzero(found.usable)
        if not len(rows):
            return
        if self._origin is None:
            self._origin = float(found.lat_deg[rows[0]]), float(found.lon_deg[rows[0]])
        lat, lon = self._origin
        east, north = local_offsets_m(lat, lon, found.lat_deg, found.lon_deg)
        columns = {"x_e_m": to_arrow(east, pa.float64()), "y_n_m": to_arrow(north, pa.float64())}
        if found.flags is not None:
            columns["quality_flags"] = to_arrow(found.flags, pa.uint32())
        if "alt_m" in found.columns:
            columns["z_u_m"] = found.columns["alt_m"]
        if "vel_d_mps" in found.columns:
            columns["vz_mps"] = pc.negate(found.columns["vel_d_mps"])
        if "speed_mps" in found.columns and "course_deg" in found.columns:
            speed, course = found.columns["speed_mps"], found.columns["course_deg"]
            turn, there = np.radians(numpy_view(course)), validity(speed) & validity(course)
            columns["vx_mps"] = to_arrow(numpy_view(speed) * np.sin(turn), pa.float32(), there)
            columns["vy_mps"] = to_arrow(numpy_view(speed) * np.cos(turn), pa.float32(), there)
        facts: dict[str, float | str] = {
            "origin_lat_deg": lat,
            "origin_lon_deg": lon,
            "origin_alt_m": 0.0,
            "pose_source": "onboard_fused",
        }
        yield from self._emit("pose", columns, found.usable, times, facts=facts)

    def _sensor(self, stream: str, axes: Mapping[str, Source], cells: Cells, times: Times) -> Iterator[Batch]:
        read = {name: scaled(cells, source, self.ledger, times.valid) for name, source in axes.items()}
        masks = [column.valid for column in read.values() if column.valid is not None]
        keep: Mask | None = np.logical_and.reduce(masks) if masks else None
        if times.valid is not None:
            keep = times.valid if keep is None else keep & times.valid
        columns = {name: to_arrow(column.values, pa.float32()) for name, column in read.items()}
        if self.layout.temperature is not None:
            warm = scaled(cells, self.layout.temperature, self.ledger, times.valid, low=-273.15)
            columns["temp_c"] = to_arrow(warm.values, pa.float32(), warm.valid)
        flags = self._grid_flags(times)
        if flags is not None:
            columns["quality_flags"] = to_arrow(flags, pa.uint32())
        yield from self._emit(stream, columns, keep, times)

    def _grid_flags(self, times: Times) -> NDArray[np.uint32] | None:
        between = interpolated(self.producer, times.t_ns)
        return (
            None if between is None else np.where(between, np.uint32(QualityFlag.INTERPOLATED), np.uint32(0))
        )

    def _channels(self, cells: Cells, times: Times) -> Iterator[Batch]:
        columns: dict[str, pa.Array] = {}
        fields: dict[str, pa.Field] = {}
        receiver = {source.column.index for source in self.layout.receiver.values()}
        for name, (source, unit) in self.layout.channels.items():
            if source.column.index in self.textual:
                columns[name], kind = cells.texts(source.column.index), pa.string()
            else:
                narrow = name in KNOWN_CHANNELS and name not in _WIDE
                kind = pa.float32() if narrow else pa.float64()
                # The receiver counts what is wrong with its own columns.
                ledger = Ledger("") if source.column.index in receiver else self.ledger
                values = scaled(cells, source, ledger, times.valid, kind=np.float32 if narrow else np.float64)
                columns[name] = to_arrow(values.values, kind, values.valid)
            fields[name] = channel_field(
                name,
                kind,
                unit=unit,
                source_name=source.column.name,
                source_unit=source.column.unit_text,
            )
        yield from self._emit("channels.main", columns, times.valid, times, fields=fields)

    def _follow(self, found: Epochs, rows: int) -> list[tuple[int, str, float]]:
        """Count epochs with and without a fix; return losses and returns of the fix."""
        if found.usable is None:
            self.epochs += rows
            changed = [] if self._has_fix is not False else [(0, "fix_regained", np.nan)]
            self._has_fix = True
            return changed
        epochs = np.flatnonzero(found.usable if found.lost is None else found.usable | found.lost)
        has_fix = found.usable[epochs]
        self.epochs += len(epochs)
        self.without_fix += int((~has_fix).sum())
        if not len(epochs):
            return []
        before = np.concatenate([[has_fix[0] if self._has_fix is None else self._has_fix], has_fix[:-1]])
        self._has_fix = bool(has_fix[-1])
        return [
            (int(epochs[place]), "fix_regained" if has_fix[place] else "fix_lost", np.nan)
            for place in np.flatnonzero(has_fix != before).tolist()
        ]

    def _watch_gates(self, found: Epochs) -> None:
        """Remember the first fix, and show the trace to the gates."""
        usable = found.usable
        if self.first_fix is None and (usable is None or usable.any()):
            row = 0 if usable is None else int(np.argmax(usable))
            self.first_fix = float(found.lat_deg[row]), float(found.lon_deg[row])
        if not self.gates:
            return
        rows = slice(None) if usable is None else usable
        speed, course = found.columns.get("speed_mps"), found.columns.get("course_deg")
        moving = np.zeros(len(found.lat_deg), np.bool_)
        heading = np.zeros(len(found.lat_deg), np.float64)
        if course is not None:
            heading = numpy_view(course).astype(np.float64)
            moving = validity(course)
            if speed is not None:
                moving = moving & validity(speed) & (numpy_view(speed) > _MOVING_MPS)
        for gate in self.gates:
            gate.watch(found.lat_deg[rows], found.lon_deg[rows], heading[rows], moving[rows])

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
