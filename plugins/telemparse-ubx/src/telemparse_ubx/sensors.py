"""Inertial sensors: UBX-ESF-MEAS, -RAW, -INS and UBX-HNR-INS as samples of three axes, and what wheels say.

Numbers of 24 bits with a type (interface description of M8 and F9, "ESF Measurement Data"): gyroscopes in
2^-12 deg/s, accelerometers in 2^-10 m/s2, temperature in 0.01 degC, speed in mm/s; wheels count ticks.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.fixed_width import windows

from telemparse_ubx.frames import HEAD_BYTES
from telemparse_ubx.messages import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_ubx.frames import Frames
    from telemparse_ubx.losses import Losses

__all__ = [
    "ACCEL",
    "GYRO",
    "RAW_TICK_HZ",
    "TEMPERATURE",
    "WHEELS",
    "Readings",
    "ins_axes",
    "meas_readings",
    "raw_readings",
]

GYRO, ACCEL, TEMPERATURE = (14, 13, 5), (16, 17, 18), 12
"""Types of the axes x, y and z, and of the temperature of the gyroscope."""

WHEELS = MappingProxyType({
    6: ("wheel_tick_fl", "1"), 7: ("wheel_tick_fr", "1"), 8: ("wheel_tick_rl", "1"),
    9: ("wheel_tick_rr", "1"), 10: ("speed_tick", "1"), 11: ("speed", "m/s"), 5: ("gyro_z", "rad/s"),
})  # fmt: skip
"""Channels by type, with their units; of a gyroscope of one axis, that one."""

RAW_TICK_HZ = 25_600
"""The counter of the sensor in modules of M8 (Bosch BMI160 data sheet, "Sensortime"): 39.0625 us, 24 bits."""

_DEG_S = np.pi / 180 / 4096
_SCALES = {
    **dict.fromkeys(GYRO, _DEG_S), **dict.fromkeys(ACCEL, 1 / 1024), TEMPERATURE: 0.01, 11: 0.001,
}  # fmt: skip
_TICKS = (6, 7, 8, 9, 10)
_TYPES = 64
_HEAD_MEAS, _HEAD_RAW, _WORD, _PAIR = 8, 4, 4, 8
_MOST = 31


@attrs.frozen
class Readings:
    """Samples that share an instant, as one sensor message gives them.

    Args:
        offsets: of their frames in the artifact, shape (n,).
        tags: of the sensor's clock, shape (n,).
        values: by type, each of shape (n,), NaN where a sample has none of it.
    """

    offsets: Ints
    tags: Ints
    values: dict[int, Floats]

    def axes(self, types: tuple[int, int, int]) -> tuple[Mask, list[Floats]]:
        """Return which samples have all three axes, and these of those."""
        if any(kind not in self.values for kind in types):
            return np.zeros(len(self.tags), np.bool_), []
        whole = ~np.logical_or.reduce([np.isnan(self.values[kind]) for kind in types])
        return whole, [self.values[kind][whole] for kind in types]


def meas_readings(frames: Frames, losses: Losses) -> Readings | None:
    """Return the samples of UBX-ESF-MEAS, one a frame; None where there is no such frame."""
    rows = np.flatnonzero((frames.codes == Kind.ESF_MEAS) & (frames.lengths > 0))
    short = frames.lengths[rows] < _HEAD_MEAS
    counts = np.zeros(len(rows), np.int64)
    if not short.all():
        heads = windows(frames.buffer, frames.starts[rows[~short]] + HEAD_BYTES, _HEAD_MEAS)
        counts[~short] = heads.view("<u2")[:, 2] >> 11
    # Protocols before 15.01 do not write the number: then all words are measurements.
    told = counts > 0
    counts = np.where(told, counts, np.minimum((frames.lengths[rows] - _HEAD_MEAS) // _WORD, _MOST))
    short |= frames.lengths[rows] < _HEAD_MEAS + _WORD * counts
    if short.any():
        losses.shorten("ESF-MEAS", frames.offsets(rows[short]))
        rows, counts = rows[~short], counts[~short]
    if not len(rows):
        return None
    tags = windows(frames.buffer, frames.starts[rows] + HEAD_BYTES, _WORD).view("<u4").ravel()
    sheet = np.full((_TYPES, len(rows)), np.nan)
    for count in np.unique(counts[counts > 0]).tolist():
        some = np.flatnonzero(counts == count)
        places = frames.starts[rows[some]] + HEAD_BYTES + _HEAD_MEAS
        words = windows(frames.buffer, places, _WORD * count).view("<u4")
        for column in range(count - 1, -1, -1):  # of two of one type, the first one stays
            sheet[words[:, column] >> 24 & (_TYPES - 1), some] = _signed(words[:, column])
    return _readings(frames.offsets(rows), tags.astype(np.int64), sheet)


def raw_readings(frames: Frames, losses: Losses) -> Readings | None:
    """Return the samples of UBX-ESF-RAW, several a frame, each with its own tag."""
    rows = np.flatnonzero((frames.codes == Kind.ESF_RAW) & (frames.lengths > 0))
    short = frames.lengths[rows] < _HEAD_RAW + _PAIR
    if short.any():
        losses.shorten("ESF-RAW", frames.offsets(rows[short]))
        rows = rows[~short]
    if not len(rows):
        return None
    counts = (frames.lengths[rows] - _HEAD_RAW) // _PAIR
    total = int(counts.sum())
    of_frame = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    places = frames.starts[rows][of_frame] + HEAD_BYTES + _HEAD_RAW + _PAIR * within
    pairs = windows(frames.buffer, places, _PAIR).view("<u4")
    words, tags = pairs[:, 0], pairs[:, 1].astype(np.int64)
    # Measurements of one tag that stand next to each other are one sample, until a type comes again.
    kinds = words >> 24 & (_TYPES - 1)
    begins = np.ones(total, np.bool_)
    begins[1:] = (tags[1:] != tags[:-1]) | (of_frame[1:] != of_frame[:-1])
    samples = np.cumsum(begins) - 1
    sheet = np.full((_TYPES, int(samples[-1]) + 1), np.nan)
    sheet[kinds[::-1], samples[::-1]] = _signed(words)[::-1]
    first = np.flatnonzero(begins)
    return _readings(frames.offsets(rows)[of_frame[first]], tags[first], sheet)


def _signed(words: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the lower 24 bits as numbers with a sign."""
    return (words << 8).view(np.int32) >> 8


def _readings(offsets: Ints, tags: Ints, sheet: Floats) -> Readings:
    known = ~np.isnan(sheet)
    found = {}
    for kind in (*GYRO, *ACCEL, TEMPERATURE, *WHEELS):
        if known[kind].any():
            found[kind] = sheet[kind] * _SCALES.get(kind, 1)
    for kind in set(_TICKS) & found.keys():
        # 23 bits count, the highest one says that the wheel turns backwards.
        ticks = np.where(known[kind], sheet[kind], 0).astype(np.int64)
        count = (ticks & 0x7FFFFF).astype(np.float64)
        found[kind] = np.where(known[kind], np.where(ticks < 0, -count, count), np.nan)
    return Readings(offsets, tags, found)


def ins_axes(rows: NDArray[Any]) -> dict[str, tuple[Mask, list[Floats]]]:
    """Return, by stream, which rows of UBX-ESF-INS or -HNR-INS are valid, and their axes.

    Rates in mdeg/s and accelerations in 0.01 m/s2.
    """
    valid = rows["bitfield0"] >> 8 & 0x3F
    found = {}
    for stream, bits, fields, scale in (
        ("imu_gyro", 0x07, ("xAngRate", "yAngRate", "zAngRate"), np.pi / 180_000),
        ("imu_accel", 0x38, ("xAccel", "yAccel", "zAccel"), 0.01),
    ):
        good = valid & bits == bits
        found[stream] = (good, [rows[field][good] * scale for field in fields])
    return found
