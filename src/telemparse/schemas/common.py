"""Fields that several streams share: time, quality flags, temperature, and the flag bits."""

from __future__ import annotations

import enum

import pyarrow as pa

from telemparse.model.codes import CODES
from telemparse.model.gates import GATE_SOURCES
from telemparse.schemas.fields import TIME, Origin, dictionary, field

__all__ = ["CONFIDENCE", "CONFIDENCES", "FLAGS", "LAP_SOURCE", "REASONS", "TEMPERATURE", "QualityFlag", "T"]


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


CONFIDENCES = ("HIGH", "MEDIUM", "LOW")

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
    "Who says so.",
    required=True,
    origin=Origin.DERIVED,
    choices=("device", *GATE_SOURCES),
)
CONFIDENCE = field(
    "confidence",
    dictionary(),
    "1",
    "How sure the times are.",
    required=True,
    origin=Origin.ESTIMATED,
    choices=CONFIDENCES,
)
REASONS = field(
    "reasons",
    pa.list_(pa.string()),
    "1",
    "Registry codes that explain validity and confidence.",
    origin=Origin.DERIVED,
    choices=tuple(CODES),
)
