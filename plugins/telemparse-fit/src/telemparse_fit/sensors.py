"""Sensors of cameras: arrays of samples, calibrated by the matrix that the camera wrote before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.units import UNITS
from telemparse.schemas import build

from telemparse_fit.base_types import Kind
from telemparse_fit.channels import Found
from telemparse_fit.clock import NS_PER_MS
from telemparse_fit.groups import Column
from telemparse_fit.profile import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_fit.clock import Clock
    from telemparse_fit.groups import Group

__all__ = ["BAROMETER", "SENSORS", "Calibrations", "Samples", "Sensor", "pressures", "samples_of"]

# FIT profile: timestamp_ms and sample_time_offset stand in all messages of sensors.
_MS, _OFFSETS = 0, 1
_TYPE, _FACTOR, _DIVISOR, _LEVEL, _OFFSET, _MATRIX = 0, 1, 2, 3, 4, 5
_MATRIX_SCALE = 65535.0
_AXES, _CELLS = 3, 9


@attrs.frozen
class Sensor:
    """A sensor of three axes.

    Args:
        name: as the profile calls it.
        stream: of its calibrated samples.
        columns: of that stream.
        kind: its number in calibrations.
        unit_scale: from the unit of its calibration to that of the stream.
        raw: first of its three fields of counts.
        calibrated: first of three fields that hold the unit already.
        short: first of three such fields in thousandths, None without.
    """

    name: str
    stream: str
    columns: tuple[str, str, str]
    kind: int
    unit_scale: float
    raw: int = 2
    calibrated: int = 5
    short: int | None = None


# FIT profile, "Sensor Type" and the messages of the sensors: g, deg/s and gauss.
SENSORS: Mapping[int, Sensor] = {
    Message.ACCELEROMETER: Sensor(
        "accel", "imu_accel", ("ax_mps2", "ay_mps2", "az_mps2"), 0, UNITS["g"].scale, short=8
    ),
    Message.GYROSCOPE: Sensor("gyro", "imu_gyro", ("gx_rps", "gy_rps", "gz_rps"), 1, UNITS["deg/s"].scale),
    Message.MAGNETOMETER: Sensor("mag", "imu_mag", ("mx_ut", "my_ut", "mz_ut"), 2, UNITS["gauss"].scale),
}
BAROMETER = "barometer"
_PRESSURE = 2


@attrs.define
class Calibrations:
    """The calibrations of a section, by sensor: where they stand in the file, and their numbers.

    value = factor * matrix * (count - level shift - offset) / divisor (FIT profile,
    "three_d_sensor_calibration").
    """

    _places: dict[int, list[int]] = attrs.field(factory=dict)
    _numbers: dict[int, list[Floats]] = attrs.field(factory=dict)

    def learn(self, group: Group, base: int) -> None:
        """Take in the calibrations of a piece that begins at `base` of the file."""
        ones = [group.one(number) for number in (_TYPE, _FACTOR, _DIVISOR, _LEVEL)]
        offsets, matrix = group.numbers(_OFFSET, _AXES), group.numbers(_MATRIX, _CELLS)
        if any(column is None for column in ones) or offsets is None or matrix is None:
            return
        kind, *scales = [column for column in ones if column is not None]
        known = np.logical_and.reduce([column.known for column in (kind, *scales)])
        known &= offsets[1][:, :_AXES].all(axis=1) & matrix[1][:, :_CELLS].all(axis=1)
        known &= scales[1].values != 0
        for row in np.flatnonzero(known).tolist():
            numbers = [float(column.values[row]) for column in scales]
            cells = np.array([*numbers, *offsets[0][row, :_AXES], *matrix[0][row, :_CELLS]], np.float64)
            sensor = int(kind.values[row])
            self._places.setdefault(sensor, []).append(base + int(group.places[row]))
            self._numbers.setdefault(sensor, []).append(cells)

    def forget(self) -> None:
        """Keep only the last calibration of each sensor: a piece is done."""
        for sensor, places in self._places.items():
            order = max(range(len(places)), key=places.__getitem__)
            self._places[sensor] = [places[order]]
            self._numbers[sensor] = [self._numbers[sensor][order]]

    def apply(self, sensor: int, counts: Floats, places: Ints) -> tuple[Floats, Mask]:
        """Return values of counts by the last calibration before each row, and which rows have one.

        Args:
            sensor: its number in calibrations.
            counts: shape (n, k, 3).
            places: of the messages in the file, shape (n,).
        """
        if not self._places.get(sensor):
            return counts, np.zeros(len(counts), np.bool_)
        order = np.argsort(self._places[sensor], kind="stable")
        known = np.array(self._places[sensor], np.int64)[order]
        numbers = np.stack(self._numbers[sensor])[order]
        row = np.searchsorted(known, places, side="right") - 1
        has = row >= 0
        chosen = numbers[np.maximum(row, 0)]
        factor, divisor, level = (chosen[:, index, None, None] for index in range(3))
        centred = counts - level - chosen[:, None, 3:6]
        matrix = chosen[:, 6:].reshape(-1, _AXES, _AXES) / _MATRIX_SCALE
        return factor * np.einsum("nij,nkj->nki", matrix, centred) / divisor, has


@attrs.frozen
class Samples:
    """Samples of a sensor in the order of the file.

    Args:
        batch: of its stream, None where none is calibrated.
        counts: channels of the others.
        t_ns: their instants.
        places: of their messages in the piece.
        untimed: places of messages without a time.
        total: messages.
    """

    batch: pa.RecordBatch | None
    counts: list[Found]
    t_ns: Ints
    places: Ints
    untimed: Ints
    total: int


def samples_of(
    sensor: Sensor, groups: Sequence[Group], calibrations: Calibrations, clock: Clock, base: int
) -> Samples:
    """Return the samples of the messages of a sensor.

    Args:
        sensor: which.
        groups: its messages in a piece.
        calibrations: so far.
        clock: of the section.
        base: where the piece begins in the file.
    """
    parts: list[tuple[Ints, Ints, Floats, Mask]] = []
    untimed, total = [np.zeros(0, np.int64)], 0
    for group in groups:
        total += len(group.places)
        t_ns, timed = _instants(group, clock)
        untimed.append(group.places[~timed])
        values, known, done = _axes(sensor, group)
        if values is None:
            continue
        count = min(values.shape[1], t_ns.shape[1])
        values, known = values[:, :count], known[:, :count]
        has = np.full(len(values), done)
        if not done:
            values, has = calibrations.apply(sensor.kind, values, base + group.places)
        keep = known & timed[:, None]
        places = np.repeat(group.places[:, None], count, axis=1)
        parts.append(
            (places[keep], t_ns[:, :count][keep], values[keep], np.repeat(has[:, None], count, axis=1)[keep])
        )
    if not parts:
        none = np.zeros(0, np.int64)
        return Samples(None, [], none, none, np.concatenate(untimed), total)
    places, t_ns, axes, calibrated = (np.concatenate(part) for part in zip(*parts, strict=True))
    if len(parts) > 1:
        order = np.argsort(places, kind="stable")
        places, t_ns, axes, calibrated = places[order], t_ns[order], axes[order], calibrated[order]
    batch = None
    if calibrated.any():
        chosen = axes[calibrated] * sensor.unit_scale
        columns: dict[str, Any] = {"t": t_ns[calibrated]}
        columns |= {name: chosen[:, axis] for axis, name in enumerate(sensor.columns)}
        batch = build(sensor.stream, columns, time_base=clock.time_base)
    counts, raw = [], ~calibrated
    if raw.any():
        everything = np.ones(int(raw.sum()), np.bool_)
        for axis, letter in enumerate("xyz"):
            column = Column(axes[raw, axis].astype(np.int64), everything)
            counts.append(Found(axis, f"{sensor.name}_{letter}", "counts", Kind.WHOLE, column))
    return Samples(batch, counts, t_ns[raw], places[raw], np.concatenate(untimed), total)


def pressures(groups: Sequence[Group], clock: Clock) -> tuple[list[Found], Ints]:
    """Return the channel of barometers in Pa and its instants, shape (n,), in the order of the file."""
    parts: list[tuple[Ints, Ints, Ints]] = []
    for group in groups:
        t_ns, timed = _instants(group, clock)
        found = group.numbers(_PRESSURE)
        if found is None:
            continue
        count = min(found[0].shape[1], t_ns.shape[1])
        keep = found[1][:, :count] & timed[:, None]
        places = np.repeat(group.places[:, None], count, axis=1)
        parts.append((places[keep], t_ns[:, :count][keep], found[0][:, :count][keep].astype(np.int64)))
    if not parts:
        return [], np.zeros(0, np.int64)
    places, t_ns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(places, kind="stable")
    column = Column(values[order], np.ones(len(order), np.bool_))
    return [Found(0, "baro_pres", "Pa", Kind.WHOLE, column)], t_ns[order]


def _instants(group: Group, clock: Clock) -> tuple[NDArray[np.int64], Mask]:
    """Return the instants of samples, shape (n, k), and which messages have a time."""
    ms = group.one(_MS)
    t_ns, timed = clock.instants(
        group.seconds, group.stamped, None if ms is None else np.where(ms.known, ms.values, 0)
    )
    offsets = group.numbers(_OFFSETS)
    if offsets is None:
        return t_ns[:, None], timed
    return t_ns[:, None] + np.where(offsets[1], offsets[0], 0) * NS_PER_MS, timed


def _axes(sensor: Sensor, group: Group) -> tuple[Any, Any, bool]:
    """Return values of three axes, (n, k, 3), which samples are known, and whether they have the unit."""
    choices = [(sensor.calibrated, 1.0, True), (sensor.short, 1000.0, True), (sensor.raw, 1.0, False)]
    for first, divisor, done in choices:
        if first is None:
            continue
        found = [group.numbers(first + axis) for axis in range(_AXES)]
        if any(part is None for part in found):
            continue
        parts = [part for part in found if part is not None]
        count = min(part[0].shape[1] for part in parts)
        values = np.stack([part[0][:, :count].astype(np.float64) for part in parts], axis=2) / divisor
        known = np.logical_and.reduce([part[1][:, :count] for part in parts])
        return values, known, done
    return None, None, False
