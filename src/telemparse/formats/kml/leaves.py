"""What the lists of a KML track mean: their names to canonical columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.trackpoints.lexicon import Leaf, Lexicon, Role, Unplaced

if TYPE_CHECKING:
    from telemparse.kernels.xml_outline import Path

__all__ = ["ALT", "HEIGHT", "LAT", "LEXICON", "LON", "SPEED_MPS", "TIME", "leaf_of"]

LAT, LON, ALT, TIME = (("@lat",), ("@lon",), ("@alt",), ("when",))
HEIGHT: Path = ("@height",)
"""Height over ground or sea floor, which is no altitude."""

SPEED_MPS = "speed (m/s)"
"""Name of an array `speed` whose field in the document's schema says the unit (My Tracks, OpenTracks)."""

_HEART = Leaf(Role.CHANNEL, "heart_rate_bpm", "1/min")
_CADENCE = Leaf(Role.CHANNEL, "cadence_rpm", "1/min")
_POWER = Leaf(Role.CHANNEL, "power_w", "W")
# No schema says what arrays are called: these are the names that writers agree on, without `_` and case.
_ARRAYS = {
    **dict.fromkeys(("heartrate", "hr", "heart", "bpm"), _HEART),
    **dict.fromkeys(("cadence", "cad"), _CADENCE),
    **dict.fromkeys(("power", "watts"), _POWER),
}


def leaf_of(path: Path) -> Leaf | None:
    """Return what is known of a list; None for one that keeps its own name."""
    if path == ALT:
        return Leaf(Role.GNSS, "alt_m", "m")
    if path == ("array", SPEED_MPS):
        return Leaf(Role.GNSS, "speed_mps", "m/s")
    if len(path) > 1 and path[0] == "array":
        return _ARRAYS.get(path[1].replace("_", "").replace(" ", "").replace("-", "").lower())
    return None


LEXICON = Lexicon(lat=LAT, lon=LON, time=TIME, leaf_of=leaf_of, units={"height": "m"}, unplaced=Unplaced.LOST)
