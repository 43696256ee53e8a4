"""What the values of a TCX track point mean: their place in the point to canonical columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.trackpoints.lexicon import Leaf, Lexicon, Role, Unplaced
from telemparse.kernels.xml_outline import local_name

if TYPE_CHECKING:
    from telemparse.kernels.xml_outline import Path

__all__ = ["LEXICON", "leaf_of"]

# A rate of 0 or 255 is what a strap or a pod writes that measures nothing: 255 is "invalid" in the byte
# that the value had on the device. TrainingCenterDatabasev2.xsd gives heart rate 1 to 255, cadence 0 to 254.
_RATE = Leaf(Role.CHANNEL, "heart_rate_bpm", "1/min", low=1, high=254)
_CADENCE = Leaf(Role.CHANNEL, "cadence_rpm", "1/min", low=0, high=254)

# TrainingCenterDatabasev2.xsd, Trackpoint_t.
_IN_POINT = {
    ("AltitudeMeters",): Leaf(Role.GNSS, "alt_m", "m"),
    ("DistanceMeters",): Leaf(Role.CHANNEL, "distance_m", "m"),
    ("HeartRateBpm", "Value"): _RATE,
    ("HeartRateBpm",): _RATE,
    ("Cadence",): _CADENCE,
}

# ActivityExtensionv2.xsd, ActivityTrackpointExtension_t (TPX): metres a second, per minute, watts.
_IN_EXTENSIONS = {
    "Speed": Leaf(Role.GNSS, "speed_mps", "m/s"),
    "RunCadence": _CADENCE,
    "Watts": Leaf(Role.CHANNEL, "power_w", "W", low=0, high=65534),
}


def leaf_of(path: Path) -> Leaf | None:
    """Return what is known of the value at a path; None for one that keeps its own name."""
    if path in _IN_POINT:
        return _IN_POINT[path]
    if path[:1] != ("Extensions",) or path[-1].startswith(("@", "#")):
        return None
    return _IN_EXTENSIONS.get(local_name(path[-1]))


LEXICON = Lexicon(
    lat=("Position", "LatitudeDegrees"),
    lon=("Position", "LongitudeDegrees"),
    time=("Time",),
    leaf_of=leaf_of,
    unplaced=Unplaced.EPOCH,
    # Types of the schema, written by Training Center on every heart rate.
    noise=frozenset({("@{http://www.w3.org/2001/XMLSchema-instance}type",)}),
)
