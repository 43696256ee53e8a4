"""Inertial data of one log to batches: streams by source, instants by the clock of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.model.issues import Issue, Locus
from telemparse.schemas import QualityFlag, build, channel_field

from telemparse_ubx.messages import Kind
from telemparse_ubx.sensor_clock import SensorClock
from telemparse_ubx.sensors import (
    ACCEL,
    GYRO,
    RAW_TICK_HZ,
    TEMPERATURE,
    WHEELS,
    ins_axes,
    meas_readings,
    raw_readings,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_ubx.ahead import Ahead
    from telemparse_ubx.frames import Frames
    from telemparse_ubx.losses import Losses
    from telemparse_ubx.sensors import Readings
    from telemparse_ubx.tables import Tables
    from telemparse_ubx.timing import Timing

__all__ = ["Inertia"]

_SOURCES = {Kind.ESF_MEAS: "meas", Kind.ESF_RAW: "raw", Kind.ESF_INS: "ins", Kind.HNR_INS: "hnr"}
_AXES = {"imu_gyro": (GYRO, "gx_rps gy_rps gz_rps"), "imu_accel": (ACCEL, "ax_mps2 ay_mps2 az_mps2")}
_NS_PER_MS = 1_000_000


@attrs.define
class Inertia:
    """Makes batches of the inertial data of one log.

    The best source that the log shows in its head has the plain names (`imu_accel`, ...); those of others
    have their source behind a dot. A log that shows none gives them to the first one that comes.
    """

    timing: Timing
    losses: Losses
    primary: Kind | None
    meas: SensorClock
    raw: SensorClock
    samples: dict[str, int] = attrs.field(factory=dict)
    counts_raw: bool = False
    _last_ms: int | None = None
    _base: int = 0
    _fields: dict[str, dict[str, pa.Field]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, ahead: Ahead, timing: Timing, losses: Losses) -> Inertia:
        """Return the maker for a log that has been looked into."""
        return cls(
            timing,
            losses,
            ahead.inertial[0] if ahead.inertial else None,
            SensorClock(1000, 32, ahead.meas.offset_ns),
            SensorClock(RAW_TICK_HZ, 24, ahead.raw.offset_ns),
            base=ahead.base or 0,
        )

    def batches(self, frames: Frames, tables: Tables) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield the batches of a piece by stream."""
        if self.primary is None:
            self._choose(frames)
        for kind, clock, read in (
            (Kind.ESF_MEAS, self.meas, meas_readings),
            (Kind.ESF_RAW, self.raw, raw_readings),
        ):
            readings = read(frames, self.losses)
            if readings is not None:
                self.counts_raw |= kind is Kind.ESF_RAW
                yield from self._readings(kind, readings, clock, tables)
        for kind in (Kind.ESF_INS, Kind.HNR_INS):
            if kind in tables.tables:
                yield from self._compensated(kind, tables)
        if len(tables.unrolled_ms):
            self._last_ms, self._base = int(tables.unrolled_ms[-1]), int(tables.bases[-1])

    def issues(self) -> Iterator[Issue]:
        """Yield what had to be assumed."""
        if self.counts_raw:
            yield Issue(
                "UNIT_ASSUMED", Locus(self.losses.artifact), column="sTtag of UBX-ESF-RAW", unit="1/25600 s"
            )

    def facts(self) -> dict[str, Any]:
        """Return how the instants of the sensors were made."""
        return {
            "source": "tags of the sensors, put beside the times of week among them",
            "doubt": "the shortest delay of navigation messages in the log's head: up to some 0.1 s",
            "samples": self.samples,
            "restarts": self.meas.restarts + self.raw.restarts,
            "wraps": self.meas.wraps + self.raw.wraps,
            "raw_tick_hz": RAW_TICK_HZ,
        }

    def _choose(self, frames: Frames) -> None:
        places = {kind: np.flatnonzero(frames.codes == kind) for kind in _SOURCES}
        found = {kind: int(rows[0]) for kind, rows in places.items() if len(rows)}
        self.primary = min(found, key=found.__getitem__, default=None)

    def _name(self, stream: str, kind: Kind) -> str:
        return stream if kind is self.primary else f"{stream}.{_SOURCES[kind]}"

    def _readings(
        self, kind: Kind, readings: Readings, clock: SensorClock, tables: Tables
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        unrolled_ns = clock.take(
            readings.tags, readings.offsets, tables.offsets, tables.unrolled_ms, self._last_ms
        )
        before = np.searchsorted(tables.offsets, readings.offsets) - 1
        bases = np.where(before < 0, self._base, np.append(tables.bases, self._base)[before])
        t_ns = self.timing.instants(bases, unrolled_ns)
        whole = {}
        for stream, (types, names) in _AXES.items():
            whole[stream], axes = readings.axes(types)
            if axes:
                columns = dict(zip(names.split(), axes, strict=True))
                warm = readings.values.get(TEMPERATURE)
                if stream == "imu_gyro" and warm is not None:
                    columns["temp_c"] = warm[whole[stream]]
                yield self._batch(stream, kind, t_ns[whole[stream]], columns)
        yield from self._channels(kind, readings, t_ns, whole)

    def _compensated(self, kind: Kind, tables: Tables) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield what the receiver made of its sensors: without bias, turned into the vehicle."""
        table = tables.tables[kind]
        records = table.records
        t_ns = self.timing.instants(tables.bases[records], tables.unrolled_ms[records] * _NS_PER_MS)
        for stream, (good, axes) in ins_axes(table.rows).items():
            if good.any():
                names = _AXES[stream][1].split()
                yield self._batch(stream, kind, t_ns[good], dict(zip(names, axes, strict=True)), fused=True)

    def _batch(
        self, stream: str, kind: Kind, t_ns: Ints, columns: dict[str, Floats], *, fused: bool = False
    ) -> tuple[str, pa.RecordBatch]:
        name = self._name(stream, kind)
        self.samples[name] = self.samples.get(name, 0) + len(t_ns)
        flags = np.full(len(t_ns), int(QualityFlag.DEVICE_FUSED) if fused else 0, np.uint32)
        facts: dict[str, Any] = {"source": kind.name.replace("_", "-")}
        if stream == "imu_accel":
            facts["gravity"] = "taken off" if kind is Kind.ESF_INS else "included"
        batch = build(
            name, {"t": t_ns, "quality_flags": flags, **columns}, time_base=self.timing.time_base, **facts
        )
        return name, batch

    def _channels(
        self, kind: Kind, readings: Readings, t_ns: Ints, whole: dict[str, Mask]
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield wheels, speed, and the gyroscope of modules that have one axis only."""
        found = {}
        for number, (name, _unit) in WHEELS.items():
            values = readings.values.get(number)
            if values is not None:
                free = ~whole["imu_gyro"] if number in GYRO else np.ones(len(values), np.bool_)
                known = ~np.isnan(values) & free
                if known.any():
                    found[name] = (values, known)
        if not found:
            return
        group = f"channels.{_SOURCES[kind]}"
        fields = self._fields.setdefault(group, {})
        # In the order of their first values, so that it does not matter how a log is cut.
        for name in sorted(found, key=lambda name: int(np.argmax(found[name][1]))):
            if name not in fields:
                unit = dict(WHEELS.values())[name]
                source = f"{kind.name.replace('_', '-')} {name.replace('_', ' ')}"
                fields[name] = channel_field(
                    name, pa.float64(), unit=unit, source_name=source, source_unit=unit
                )
        kept = np.flatnonzero(np.logical_or.reduce([known for _values, known in found.values()]))
        columns = {"t": to_arrow(t_ns[kept], pa.int64())}
        for name, field in fields.items():
            if name in found:
                values, known = found[name]
                columns[name] = to_arrow(values[kept], field.type, known[kept])
            else:
                columns[name] = pa.nulls(len(kept), field.type)
        yield group, build(group, columns, time_base=self.timing.time_base, fields=fields)
