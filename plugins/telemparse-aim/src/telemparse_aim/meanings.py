"""What channels of AiM loggers mean, and the numbers that their samples stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.kernels.channel_words import ChannelMeaning
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from telemparse.schemas import NamedChannel

    from telemparse_aim.layout import Definition
    from telemparse_aim.samples import Samples

__all__ = ["AXES", "MEANINGS", "arrow_type", "values_of"]

MEANINGS: Mapping[str, ChannelMeaning] = {
    "externalvoltage": ChannelMeaning("battery_v", Dimension.VOLTAGE),
    "calculatedgear": ChannelMeaning("gear", Dimension.NUMBER),
    "precalcgear": ChannelMeaning("gear", Dimension.NUMBER),
    "inlineacc": ChannelMeaning("accel_long_mps2", Dimension.ACCELERATION),
}
"""Names beside those that all loggers use, squashed."""

_G_MPS2, _DEGREE_RAD = 9.80665, 0.017453292519943295
AXES: Mapping[str, tuple[str, str, float, str]] = {
    **{f"accelerometer{axis}": ("imu_accel", f"a{axis}_mps2", _G_MPS2, "g") for axis in "xyz"},
    **{f"gyro{axis}": ("imu_gyro", f"g{axis}_rps", _DEGREE_RAD, "deg/s") for axis in "xyz"},
}
"""Axes of the logger's own sensors: stream, column, factor, unit that they must have."""

_LETTERED = 15  # decoder: a gear as the letter that a display shows
_LETTERS = {ord("N"): 0, ord("R"): -1} | {ord(str(gear)): gear for gear in range(10)}


def values_of(samples: Samples) -> tuple[NDArray[Any], int]:
    """Return the numbers of samples, shape (n,), NaN where there is none, and how many letters are no gear.

    What a sensor that is not plugged in sends (infinities and such) is no number.
    """
    values = samples.values
    if values.dtype.kind == "f":
        values = values.astype(np.float32)
        return np.where(np.isfinite(values), values, np.float32(np.nan)), 0
    if values.dtype == np.uint64:
        # Three bits of gear; another one says that none is in (libxrk).
        return np.where(values & 0x80000, 0, values >> 16 & 7).astype(np.int32), 0
    if samples.definition.decoder == _LETTERED:
        table = np.full(1 << 16, np.nan)
        table[list(_LETTERS)] = list(_LETTERS.values())
        values = table[values]
        return values, int(np.isnan(values).sum())
    return values, 0


def arrow_type(definition: Definition, named: NamedChannel) -> pa.DataType:
    """Return the type of a channel's column."""
    kind = np.dtype(definition.kind)
    if kind.kind == "f":
        return pa.float64() if named.is_converted else pa.float32()
    lettered = definition.decoder == _LETTERED and kind != np.uint64
    return pa.float64() if named.is_converted or lettered else pa.int32()
