"""Fields that I and J records add to B and K records: which bytes, and what the three-letter codes mean."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MEANINGS", "Aim", "BadDefinitionError", "Definition", "Field", "Meaning", "definition"]

_FIX_BYTES, _TIME_BYTES = 35, 7
_WHOLE_DIGITS = 3
_KMH = 1 / 3.6
_ENTRY = re.compile(r"(\d\d)(\d\d)([A-Z0-9]{3})")
_MOST_DIGITS = 18


class Aim(enum.Enum):
    """Where the values of a field go."""

    GNSS = "gnss"
    CHANNEL = "channel"
    CLOCK = "clock"
    POSITION = "position"


@attrs.frozen
class Meaning:
    """What a three-letter code means.

    Args:
        name: of the column of gnss_pvt, or of the channel.
        aim: where its values go.
        unit: of the values, empty for none.
        source_unit: as the specification writes them.
        scale: from the source's unit.
        decimals: digits beyond the third are decimals (appendix A, section A2.5: `SSSsss`, `DDDddd`).
        widths: of the field for which the meaning is sure; any when empty.
    """

    name: str
    aim: Aim = Aim.CHANNEL
    unit: str = ""
    source_unit: str = ""
    scale: float = 1.0
    decimals: bool = False
    widths: tuple[int, ...] = ()


# Appendix A, section A7 (three-letter codes); speeds are km/h, directions degrees true, heights metres.
# Not here, and kept as they stand: codes whose scale the specification leaves to the maker (ACZ, ENL, ...).
MEANINGS: Mapping[str, Meaning] = {
    "FXA": Meaning("hacc_m", Aim.GNSS, "m", "m", widths=(3,)),
    "VXA": Meaning("vacc_m", Aim.GNSS, "m", "m", widths=(3,)),
    "SIU": Meaning("sat_count", Aim.GNSS, "1", "1", widths=(1, 2, 3)),
    "GSP": Meaning("speed_mps", Aim.GNSS, "m/s", "km/h", _KMH, decimals=True),
    "TRT": Meaning("course_deg", Aim.GNSS, "deg", "deg", decimals=True),
    "TAS": Meaning("true_airspeed_mps", Aim.CHANNEL, "m/s", "km/h", _KMH, decimals=True),
    "IAS": Meaning("indicated_airspeed_mps", Aim.CHANNEL, "m/s", "km/h", _KMH, decimals=True),
    "HDT": Meaning("heading_true_deg", Aim.CHANNEL, "deg", "deg", decimals=True),
    "HDM": Meaning("heading_magnetic_deg", Aim.CHANNEL, "deg", "deg", decimals=True),
    "TRM": Meaning("track_magnetic_deg", Aim.CHANNEL, "deg", "deg", decimals=True),
    "VAT": Meaning("variometer_mps", Aim.CHANNEL, "m/s", "m/s", decimals=True),
    "VAR": Meaning("variometer_uncompensated_mps", Aim.CHANNEL, "m/s", "m/s", decimals=True),
    "OAT": Meaning("outside_air_temp_c", Aim.CHANNEL, "degC", "degC", decimals=True),
    "WDI": Meaning("wind_direction_deg", Aim.CHANNEL, "deg", "deg", decimals=True),
    "WVE": Meaning("wind_speed_mps", Aim.CHANNEL, "m/s", "km/h", _KMH, decimals=True),
    "LAD": Meaning("lat", Aim.POSITION),
    "LOD": Meaning("lon", Aim.POSITION),
    "TDS": Meaning("t", Aim.CLOCK),
}


class BadDefinitionError(ValueError):
    """An I or J record that cannot be followed."""


@attrs.frozen
class Field:
    """Some bytes of a record.

    Args:
        code: three letters, or `bytes 41-43` for those that no entry names.
        begin, end: bytes of the line, from 0, the end exclusive.
        meaning: what it is; None for what nobody knows.
    """

    code: str
    begin: int
    end: int
    meaning: Meaning | None = None

    @property
    def scale(self) -> float:
        """What the digits are to be multiplied with."""
        if self.meaning is None:
            return 1.0
        decimals = max(self.end - self.begin - _WHOLE_DIGITS, 0) if self.meaning.decimals else 0
        return float(self.meaning.scale / 10**decimals)


@attrs.frozen
class Definition:
    """What stands behind the fixed part of a record.

    Args:
        fields: in the order of the definition.
        end: byte behind the last field, at least that behind the fixed part.
    """

    fields: tuple[Field, ...]
    end: int

    def of(self, code: str) -> Field | None:
        """Return the first field of a code that serves the clock or the position, None without one."""
        return next((field for field in self.fields if field.code == code and field.meaning), None)

    @classmethod
    def none(cls, letter: str) -> Definition:
        """Return the definition of records without further fields."""
        return cls((), _FIX_BYTES if letter == "I" else _TIME_BYTES)


def definition(line: str) -> Definition:
    """Return what an I or J record defines; raises `BadDefinitionError` for one that is damaged.

    Section A3.4: the number of entries in two digits, then first byte, last byte (counted from 1) and
    code of each. Bytes between the fields become fields without a name, so that nothing is lost.
    """
    fixed = _FIX_BYTES if line[0] == "I" else _TIME_BYTES
    text = line[3:].rstrip()
    if not line[1:3].isdecimal() or len(text) != 7 * int(line[1:3]):  # bytes of an entry
        raise BadDefinitionError("its length does not fit the number of its entries")
    fields = []
    for place in range(0, len(text), 7):
        entry = _ENTRY.fullmatch(text, place, place + 7)
        if entry is None:
            raise BadDefinitionError("an entry is no two places and a code")
        begin, end = int(entry[1]) - 1, int(entry[2])
        if begin < fixed or end <= begin:
            raise BadDefinitionError("an entry has impossible places")
        fields.append(Field(entry[3], begin, end, _sure(entry[3], end - begin)))
    return Definition(_with_gaps(fields, fixed), max([fixed, *(field.end for field in fields)]))


def _sure(code: str, width: int) -> Meaning | None:
    meaning = MEANINGS.get(code)
    if meaning is None or width > _MOST_DIGITS or (meaning.widths and width not in meaning.widths):
        return None
    return meaning


def _with_gaps(fields: list[Field], fixed: int) -> tuple[Field, ...]:
    gaps, reached = [], fixed
    for field in sorted(fields, key=lambda field: field.begin):
        if field.begin > reached:
            gaps.append(Field(f"bytes {reached + 1}-{field.begin}", reached, field.begin))
        reached = max(reached, field.end)
    return (*fields, *gaps)
