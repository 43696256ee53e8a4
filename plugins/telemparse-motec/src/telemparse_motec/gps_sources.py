"""Which channels are a GPS's: what they are called, and what each column of gnss_pvt may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension, conversion, find_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse_motec.channels import Channel

__all__ = ["POSITION", "Meaning", "Source", "sources_of", "validity_of"]

POSITION = frozenset({"lat_deg", "lon_deg"})
_FEW_SAMPLES = 2


@attrs.frozen
class Meaning:
    """A column of gnss_pvt: its dimension, the unit where none is stated, and what it may be."""

    column: str
    dimension: str
    default: str
    low: float
    high: float


_MEANINGS: Mapping[str, Meaning] = {
    word: meaning
    for words, meaning in (
        ("gpslatitude gpslat", Meaning("lat_deg", Dimension.ANGLE, "deg", -90, 90)),
        ("gpslongitude gpslong gpslon gpslng", Meaning("lon_deg", Dimension.ANGLE, "deg", -180, 180)),
        ("gpsaltitude gpsalt gpsheight", Meaning("alt_m", Dimension.LENGTH, "m", -np.inf, np.inf)),
        ("gpsspeed gpsgroundspeed", Meaning("speed_mps", Dimension.SPEED, "km/h", 0, np.inf)),
        ("gpsheading gpscourse gpstrack", Meaning("course_deg", Dimension.ANGLE, "deg", 0, 360)),
        (
            "gpssats gpssatsused gpssatellites gpssatellitesused gpsnumsats gpssatcount",
            Meaning("sat_count", Dimension.NUMBER, "1", 0, 255),
        ),
        ("gpshdop", Meaning("hdop", Dimension.NUMBER, "1", 0, np.inf)),
        ("gpsvdop", Meaning("vdop", Dimension.NUMBER, "1", 0, np.inf)),
        ("gpspdop", Meaning("pdop", Dimension.NUMBER, "1", 0, np.inf)),
    )
    for word in words.split()
}
# Channels in which 0 says that there is no fix; what else they count differs by device.
_VALIDITY = frozenset({
    "gpsvalid", "gpsfix", "gpsfixvalid", "gpsfixquality", "gpsquality", "gpsfixtype", "gpsfixstatus",
    "gpsstatus",
})  # fmt: skip


@attrs.frozen
class Source:
    """A channel that gives a column, and the factors from its unit to the column's."""

    channel: Channel
    meaning: Meaning
    scale: float
    offset: float


def sources_of(channels: Sequence[Channel]) -> Mapping[str, Source] | None:
    """Return channels by column, all of one rate; None where no latitude has a longitude beside it."""
    found: dict[str, Source] = {}
    for channel in channels:
        meaning = _MEANINGS.get(squash(channel.block.name))
        if meaning is None or meaning.column in found or not channel.count:
            continue
        unit = find_unit(channel.named.source_unit or meaning.default)
        factors = conversion(unit, meaning.dimension) if unit is not None else None
        if factors is not None:
            found[meaning.column] = Source(channel, meaning, *factors)
    if not found.keys() >= POSITION:
        return None
    rate_hz = found["lat_deg"].channel.block.rate_hz
    most = min(found[name].channel.count for name in POSITION) + _FEW_SAMPLES
    # What goes on longer than the positions, in a damaged log, stays a channel, and so nothing of it is lost.
    sources = {
        name: source
        for name, source in found.items()
        if source.channel.block.rate_hz == rate_hz and (name in POSITION or source.channel.count <= most)
    }
    return sources if sources.keys() >= POSITION else None


def validity_of(channels: Sequence[Channel], rate_hz: int) -> Channel | None:
    """Return the channel of a rate that says whether there is a fix, None where there is none."""
    alike = (channel for channel in channels if channel.block.rate_hz == rate_hz and channel.count)
    return next((channel for channel in alike if squash(channel.block.name) in _VALIDITY), None)
