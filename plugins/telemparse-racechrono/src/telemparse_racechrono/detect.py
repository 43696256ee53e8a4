"""Is a zip a RaceChrono session, or a file a member of one? Imports neither numpy nor pyarrow."""

from __future__ import annotations

import re
import struct

from telemparse.model.detection import Detection, Rung, Sniff

from telemparse_racechrono.names import DOCUMENTS, FRAGMENT, SESSION, TRACK, WIDTHS, base_of, member_name

__all__ = ["detect"]

_LOCAL = re.compile(rb"PK\x03\x04.{22}(.{2}).{2}", re.DOTALL)
_LONGEST_NAME = 512
# Keys that stand together in no other document.
_KEYS = {
    SESSION: (b'"firstTimestamp"', b'"lengthTime"', b'"storageUsage"'),
    FRAGMENT: (b'"primaryGpsDeviceIndex"', b'"devices'),
    TRACK: (b'"traps"', b'"centerLatitude"'),
}
_TRACK_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*\d{1,18}\s*\}\s*')
_YEAR_2000_MS, _YEAR_2100_MS = 946_684_800_000, 4_102_444_800_000


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    if sniff.head.startswith(b"PK\x03\x04"):
        found = _by_members(sniff.members or _local_names(sniff.head))
    elif sniff.head.lstrip()[:1] == b"{":
        found = _by_document(sniff)
    else:
        found = _by_values(sniff)
    if found.rung is Rung.NO and sniff.extension == ".rcz":
        return Detection(Rung.NAME, ("extension .rcz",))
    return found


def _local_names(head: bytes) -> tuple[str, ...]:
    """Return the names in front of the members themselves, where the directory at the end is missing."""
    names = []
    for match in _LOCAL.finditer(head):
        length = int.from_bytes(match[1], "little")
        if 0 < length <= _LONGEST_NAME:
            names.append(head[match.end() : match.end() + length].decode("utf-8", "replace"))
    return tuple(names)


def _by_members(paths: tuple[str, ...]) -> Detection:
    """Judge a zip by what its folders hold."""
    documents: dict[str, set[str]] = {}
    channels: dict[str, int] = {}
    for path in paths:
        folder, base = base_of(path)
        if base in DOCUMENTS:
            documents.setdefault(folder, set()).add(base)
        elif base.startswith("channel") and member_name(base):
            channels[folder] = channels.get(folder, 0) + 1
    best = max(channels, key=lambda folder: (folder in documents, channels[folder]), default=None)
    if best is not None and best in documents:
        named = " and ".join(sorted(documents[best]))
        return Detection(Rung.SIGNATURE, (f"zip with {named}", f"{channels[best]} channel members beside"))
    if best is not None:
        return Detection(Rung.MARKER, (f"zip with {channels[best]} channel members", "but no session.json"))
    if any({SESSION, FRAGMENT} <= found or TRACK in found for found in documents.values()):
        return Detection(Rung.MARKER, ("zip with the documents of a session", "but no channels"))
    return Detection(Rung.NO)


def _by_document(sniff: Sniff) -> Detection:
    for name, keys in _KEYS.items():
        if all(key in sniff.head for key in keys):
            words = ", ".join(key.decode().strip('"') for key in keys)
            return Detection(Rung.MARKER, (f"keys of {name}: {words}",))
    if base_of(sniff.name)[1] == TRACK and _TRACK_ID.fullmatch(sniff.head):
        return Detection(Rung.SHAPE, (f"named {TRACK}, and holds a number",))
    return Detection(Rung.NO)


def _by_values(sniff: Sniff) -> Detection:
    """Judge a member that lies about unpacked: bare numbers, of which only the name tells the meaning."""
    name = member_name(base_of(sniff.name)[1])
    width = None if name is None else WIDTHS.get(name.element)
    if name is None or width is None or not sniff.size or sniff.size % width:
        return Detection(Rung.NO)
    if (name.channel, name.element) != (1, 1):
        return Detection(Rung.SHAPE, ("named as a channel of a session", f"whole elements of {width} bytes"))
    count = len(sniff.head) // width
    instants = struct.unpack_from(f"<{count}q", sniff.head)
    if all(_YEAR_2000_MS < instant < _YEAR_2100_MS for instant in instants):
        return Detection(Rung.MARKER, ("named as a clock of a session", "holds instants in milliseconds"))
    return Detection(Rung.NO)
