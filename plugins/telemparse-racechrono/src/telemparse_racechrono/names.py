"""Names of the members of an RCZ: what a member holds is told by its name alone. Standard library only."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = [
    "DOCUMENTS", "FRAGMENT", "LIBRARY", "SESSION", "TRACK", "WIDTHS", "MemberName", "base_of", "member_name",
]  # fmt: skip

SESSION, FRAGMENT, TRACK = "session.json", "sessionfragment.json", "trackId.json"
DOCUMENTS = (SESSION, FRAGMENT, TRACK)
LIBRARY = "track_storage.json"  # of a backup: the tracks of all its sessions

WIDTHS = {0: 4, 1: 8, 3: 8}
"""Bytes of an element by its code: int32, int64 (or two int32), float64, all little-endian."""

_NAME = re.compile(r"(channel2?)_(\d{1,4})_(\d{1,9})_(\d{1,10})_(\d{1,10})_(\d{1,2})", re.ASCII)


class MemberName(NamedTuple):
    """`channel_<kind>_<device>_<group>_<channel>_<element>`, as public readers of the format found it.

    Args:
        series: `channel` for what the app records, `channel2` for values of equations.
        kind: of the device: 1 receiver, 2 accelerometer, 3 gyroscope, 8 magnetometer, ...
        device: number of the device in the session.
        group: of channels with one clock; 0, or the channel's own number.
        channel: what it measures; 1 is the clock, 2 the way since the start.
        element: code of the type of its values.
    """

    series: str
    kind: int
    device: int
    group: int
    channel: int
    element: int


def member_name(base: str) -> MemberName | None:
    """Return what the name of a member says, without its folders; None for one that is no channel."""
    match = _NAME.fullmatch(base)
    if match is None:
        return None
    kind, device, group, channel, element = map(int, match.groups()[1:])
    return MemberName(match[1], kind, device, group, channel, element)


def base_of(path: str) -> tuple[str, str]:
    """Return folder and name of a path inside an archive, whichever way its slashes lean."""
    folder, _slash, base = path.replace("\\", "/").rpartition("/")
    return folder, base
