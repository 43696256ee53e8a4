"""Accelerometer, gyroscope and magnetometer to the canonical inertial streams, in the camera's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse import schemas
from telemparse.kernels.units import Dimension, conversion, find_unit
from telemparse.model.issues import Issue, Locus

from telemparse_gpmf.axes import axes_of
from telemparse_gpmf.layouts import LayoutError, layout_of, numbers_of, units_of
from telemparse_gpmf.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.messages import Batch

    from telemparse_gpmf.axes import Axes
    from telemparse_gpmf.records import Strand
    from telemparse_gpmf.sinks import Moment

__all__ = ["SENSORS", "InertialSink", "Sensor"]

_AXES = 3


@attrs.frozen
class Sensor:
    """A sensor of three axes.

    Args:
        stream: canonical.
        columns: of x, y and z.
        dimension: of its unit.
        unit: canonical; taken where none is stated, as the documents say.
        has_temperature: its stream has a column for it.
    """

    stream: str
    columns: tuple[str, str, str]
    dimension: str
    unit: str
    has_temperature: bool


SENSORS = {
    "ACCL": Sensor("imu_accel", ("ax_mps2", "ay_mps2", "az_mps2"), Dimension.ACCELERATION, "m/s2", True),  # noqa: FBT003  (a table)
    "GYRO": Sensor("imu_gyro", ("gx_rps", "gy_rps", "gz_rps"), Dimension.ANGLE_RATE, "rad/s", True),  # noqa: FBT003  (a table)
    "MAGN": Sensor("imu_mag", ("mx_ut", "my_ut", "mz_ut"), Dimension.FIELD, "uT", False),  # noqa: FBT003  (a table)
}
"""Streams of inertial sensors by key."""


@attrs.frozen
class _Samples:
    """Values of shape (n, 3) in the camera's frame, the sensor's temperature, and where they stood."""

    values: Floats
    temp_c: float
    offset: int


@attrs.define(kw_only=True)
class InertialSink(Sink[_Samples]):
    """Takes a stream of one sensor.

    Args:
        sensor: what it is.
    """

    sensor: Sensor
    axes: Axes | None = None
    _unstated: bool = False

    @classmethod
    def fits(cls, strand: Strand, sensor: Sensor) -> bool:
        """Tell whether a stream has three numbers a sample in a unit of the right kind."""
        try:
            layout = layout_of(strand, strand.samples[0])
        except LayoutError:
            return True  # counted when it is read
        words = any(column.is_word for column in layout.columns)
        return not words and len(layout.columns) == _AXES and _factor(strand, sensor) is not None

    def read(self, strand: Strand, moment: Moment) -> tuple[_Samples, int, int]:
        """Return the samples in the camera's frame and in canonical units."""
        factor = _factor(strand, self.sensor)
        parts = []
        for record in strand.samples:
            layout = layout_of(strand, record)
            if len(layout.columns) != _AXES or any(column.is_word for column in layout.columns):
                raise LayoutError("samples of an inertial sensor do not have three axes")
            stored = layout.read([record])
            parts.append(
                np.stack(
                    [
                        stored[f"f{number}"].astype(np.float64) / column.divisor
                        for number, column in enumerate(layout.columns)
                    ],
                    axis=1,
                )
            )
        if factor is None:
            raise LayoutError("the unit of an inertial sensor is another one than before")
        self._unstated |= not any(units_of(strand, 1))
        axes = axes_of(strand)
        self.axes = self.axes or axes
        with np.errstate(invalid="ignore", over="ignore"):
            values = np.concatenate(parts) @ axes.matrix.T * factor
        temperature = numbers_of(strand.facts["TMPC"]) if "TMPC" in strand.facts else np.zeros(0)
        temp_c = float(temperature[0]) if len(temperature) == 1 else np.nan
        samples = _Samples(values, temp_c, strand.samples[0].offset)
        return samples, len(values), moment.t_ns

    def put(self, t_ns: Ints, held: _Samples) -> Iterator[Batch]:
        """Gather the rows whose values are numbers."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = held.values.astype(np.float32)
        good: Mask = np.logical_and.reduce(np.isfinite(values), axis=1)
        self.losses.rows(~good, held.offset)
        columns: dict[str, NDArray[Any]] = {"t": t_ns[good]}
        columns.update((name, values[good, axis]) for axis, name in enumerate(self.sensor.columns))
        if self.sensor.has_temperature:
            known = held.temp_c if -273.15 <= held.temp_c < 1000 else np.nan
            if not np.isnan(held.temp_c) and np.isnan(known):
                self.losses.values("temp_c", 1, held.offset)
            columns["temp_c"] = np.full(int(good.sum()), known, np.float32)
        self.rows.add(columns)
        yield from ()

    def batch(self, columns: dict[str, NDArray[Any]]) -> pa.RecordBatch:
        """Return rows of the canonical stream."""
        return schemas.build(self.sensor.stream, columns, time_base=self.time_base)

    def issues(self, artifact: str) -> Iterator[Issue]:
        """Yield what had to be taken for granted."""
        if self._unstated:
            yield Issue("UNIT_ASSUMED", Locus(artifact), column=self.stream, unit=self.sensor.unit)
        if self.axes is not None and not self.axes.source:
            yield Issue("GPMF_AXES_ASSUMED", Locus(artifact), stream=self.stream, order=self.axes.order)


def _factor(strand: Strand, sensor: Sensor) -> float | None:
    """Return what values are multiplied by to be canonical, None for a unit of another kind."""
    stated = units_of(strand, 1)[0] or units_of(strand, _AXES)[0]
    if not stated:
        return 1.0
    unit = find_unit(stated)
    factors = conversion(unit, sensor.dimension) if unit is not None else None
    return factors[0] if factors is not None else None
