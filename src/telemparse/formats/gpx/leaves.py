"""What the values of a GPX track point mean: their place in the point to canonical columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.trackpoints.lexicon import Leaf, Lexicon, Role
from telemparse.kernels.xml_outline import local_name

if TYPE_CHECKING:
    from telemparse.kernels.xml_outline import Path

__all__ = ["LEXICON", "leaf_of"]

# GPX 1.0 (speed, course and the quality fields stand in the point) and 1.1 schema documentation, wptType.
_IN_POINT = {
    "ele": Leaf(Role.GNSS, "alt_m", "m"),
    "speed": Leaf(Role.GNSS, "speed_mps", "m/s"),
    "course": Leaf(Role.GNSS, "course_deg", "deg"),
    "fix": Leaf(Role.GNSS, "fix_type", "1"),
    "sat": Leaf(Role.GNSS, "sat_count", "1"),
    "hdop": Leaf(Role.GNSS, "hdop", "1"),
    "vdop": Leaf(Role.GNSS, "vdop", "1"),
    "pdop": Leaf(Role.GNSS, "pdop", "1"),
}

# Garmin's TrackPointExtension v1 and v2 and PowerExtension v1 schemas, and what others call the same;
# names in lower case, without `_` and `-`.
_IN_EXTENSIONS = {
    **{name: _IN_POINT[name] for name in ("speed", "course", "sat", "hdop", "vdop", "pdop")},
    **dict.fromkeys(("hr", "heartrate"), Leaf(Role.CHANNEL, "heart_rate_bpm", "1/min")),
    **dict.fromkeys(("cad", "cadence"), Leaf(Role.CHANNEL, "cadence_rpm", "1/min")),
    **dict.fromkeys(("power", "powerinwatts", "watts"), Leaf(Role.CHANNEL, "power_w", "W")),
    "atemp": Leaf(Role.CHANNEL, "air_temp_c", "degC"),
    "wtemp": Leaf(Role.CHANNEL, "water_temp_c", "degC"),
    "depth": Leaf(Role.CHANNEL, "depth_m", "m"),
}

# These say metres a second in their schema or documentation; the bare GPX namespace follows GPX 1.0.
_STATED = re.compile(r"https?://(www\.garmin\.com/xmlschemas/TrackPointExtension/v[12]|osmand\.net)/?\S*")
_UNIT_NEEDED = ("speed_mps",)


def leaf_of(path: Path) -> Leaf | None:
    """Return what is known of the value at a path; None for one that keeps its own name."""
    first, last = path[:1], path[-1] if path else ""
    if last in _IN_POINT and len(path) == 1:
        return _IN_POINT[last]
    # GPX 1.0 has no `extensions`: elements of other namespaces stand in the point itself.
    foreign = first == ("extensions",) or "".join(first).startswith("{")
    if not foreign or last.startswith(("@", "#")):
        return None
    known = _IN_EXTENSIONS.get(re.sub(r"[_-]", "", local_name(last)).lower())
    if known is None or known.column not in _UNIT_NEEDED:
        return known
    namespace = last[1:].partition("}")[0] if last.startswith("{") else ""
    return known if not namespace or _STATED.fullmatch(namespace) else attrs.evolve(known, assumed=True)


LEXICON = Lexicon(
    lat=("@lat",),
    lon=("@lon",),
    time=("time",),
    leaf_of=leaf_of,
    units={"magvar": "deg", "geoidheight": "m", "ageofdgpsdata": "s"},  # GPX 1.1 schema, wptType
)
