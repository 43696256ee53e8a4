"""Fields that several streams share: time, quality flags, temperature, and the flag bits."""

from __future__ import annotations

import enum

import pyarrow as pa

from telemparse.schemas.fields import TIME, Origin, dictionary, field

__all__ = ["CONFIDENCE", "FLAGS", "LAP_SOURCE", "TEMPERATURE", "QualityFlag", "T"]


class QualityFlag(enum.IntFlag):
    """Bits of `quality_flags`; bits are appended, never reused. Parsers set 0, 2-5, 7 and 8 only."""

    INTERPOLATED = 1 << 0
    TELEPORT = 1 << 1
    TIME_REPAIRED = 1 << 2
    DUPLICATE_TIME = 1 << 3
    FIX_DOUBTFUL = 1 << 4
    CHECKSUM_SKIPPED = 1 << 5
    SATURATED = 1 << 6
    DEVICE_FUSED = 1 << 7
    ALTITUDE_ELLIPSOIDAL = 1 << 8
    OUTLIER = 1 << 9


T = field("t", TIME, "ns", "Instant of the sample; the table's `time_base` says which clock.", required=True)
FLAGS = field(
    "quality_flags",
    pa.uint32(),
    "1",
    "Bit set of `QualityFlag`; 0 means nothing to say.",
    required=True,
    origin=Origin.DERIVED,
)
TEMPERATURE = field("temp_c", pa.float32(), "degC", "Temperature of the sensor.", low=-273.15)
LAP_SOURCE = field(
    "source",
    dictionary(),
    "1",
    "`device`, `user_defined`, `file`, `catalogue_default` or `auto_detected`.",
    required=True,
    origin=Origin.DERIVED,
)
CONFIDENCE = field(
    "confidence", dictionary(), "1", "`HIGH`, `MEDIUM` or `LOW`.", required=True, origin=Origin.ESTIMATED
)
