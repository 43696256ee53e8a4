"""Payload names: the unit that a name ends in, and what names of a vehicle's signals mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.channel_words import ChannelMeaning, channel_meaning
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, conversion, find_unit
from telemparse.schemas.channel_names import ChannelNames, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemparse.schemas.channel_names import NamedChannel

__all__ = ["FixMeaning", "fix_meaning", "named_signals"]

CAN_ID = "can_id"
_MOST_UNIT_WORDS = 2  # km_h, deg_s
# Of a vehicle that says nothing else of it, the speed is its own.
_SPEED = {"speed": ChannelMeaning("speed_mps", Dimension.SPEED)}


def named_signals(names: Iterable[str]) -> Mapping[str, NamedChannel]:
    """Return the channel of each payload name: canonical where name and unit say so, else its own.

    A unit may end a name (`vehicle_speed_kmh`, `oil temp [C]`). Of several names with one meaning the
    first by the alphabet has it.

    Args:
        names: as senders write them, each once.
    """
    units: dict[str, str] = {}
    meanings: dict[str, ChannelMeaning | None] = dict(_SPEED)
    ordered = sorted(names)
    for name in ordered:
        found = _told(name)
        if found is not None:
            meanings[squash(name)], units[name] = found
    channels = ChannelNames(meanings, frozenset({CAN_ID}))
    return {name: channels.take(name, units.get(name, "")) for name in ordered}


def _told(name: str) -> tuple[ChannelMeaning, str] | None:
    """Return what a name means whose unit stands at its end, and the unit; None where it does not."""
    for base, unit in _cuts(name):
        # `engine_rpm` is the engine's speed with its unit and without, `oil_temp_c` only without.
        for word in (squash(name), squash(base)):
            meaning = _SPEED.get(word) or channel_meaning(word)
            if meaning is not None and _converts(unit, meaning.dimension):
                return meaning, unit
    return None


def _cuts(name: str) -> Iterator[tuple[str, str]]:
    words = snake_case(name).split("_")
    for count in range(min(_MOST_UNIT_WORDS, len(words) - 1), 0, -1):
        yield "_".join(words[:-count]), "_".join(words[-count:])


def _converts(text: str, dimension: str) -> bool:
    unit = find_unit(text)
    # A number at the end of a name counts things of one kind; it is no unit.
    return unit is not None and unit.dimension == dimension != Dimension.NUMBER


@attrs.frozen
class FixMeaning:
    """What a payload name means beside a position.

    Args:
        column: of `gnss_pvt`.
        scale, offset: from the sender's values to the column's.
        assumed: unit that is taken because the name has none; empty where it has, or needs none.
    """

    column: str
    scale: float = 1.0
    offset: float = 0.0
    assumed: str = ""


# Column, dimension, the unit where a name has none (None: such a name says too little), and words.
_FIX_WORDS: tuple[tuple[str, str, str | None, str], ...] = (
    ("lat_deg", Dimension.ANGLE, "", "lat latitude gpslat gpslatitude"),
    ("lon_deg", Dimension.ANGLE, "", "lon lng long longitude gpslon gpslng gpslong gpslongitude"),
    ("alt_m", Dimension.LENGTH, "m", "alt altitude elevation ele gpsalt gpsaltitude altitudemsl"),
    ("speed_mps", Dimension.SPEED, None, "speed gpsspeed groundspeed speedoverground sog"),
    (
        "course_deg",
        Dimension.ANGLE,
        "deg",
        "course cog courseoverground bearing heading gpscourse",
    ),
    ("hacc_m", Dimension.LENGTH, "m", "hacc horizontalaccuracy"),
    ("vacc_m", Dimension.LENGTH, "m", "vacc verticalaccuracy"),
    ("sacc_mps", Dimension.SPEED, None, "sacc speedaccuracy"),
    ("hdop", Dimension.NUMBER, "", "hdop"),
    ("vdop", Dimension.NUMBER, "", "vdop"),
    ("pdop", Dimension.NUMBER, "", "pdop"),
    ("sat_count", Dimension.NUMBER, "", "satcount satellites sats numsats satellitecount"),
)
_FIX = {word: entry for entry in _FIX_WORDS for word in entry[3].split()}


def fix_meaning(name: str) -> FixMeaning | None:
    """Return what a payload name means beside a position, None where nothing."""
    entry = _FIX.get(squash(name))
    if entry is not None:
        column, _dimension, assumed, _words = entry
        return None if assumed is None else FixMeaning(column, assumed=assumed)
    for base, text in _cuts(name):
        entry = _FIX.get(squash(base))
        unit = find_unit(text)
        if entry is None or unit is None or unit.dimension != entry[1] or unit.dimension == Dimension.NUMBER:
            continue
        factors = conversion(unit, entry[1])
        if factors is not None:
            return FixMeaning(entry[0], *factors)
    return None
