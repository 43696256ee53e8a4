"""Does a file hold frames of UBX that tell where a receiver was? Standard library only."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_SYNC = b"\xb5\x62"
_HEAD, _SUMS = 6, 2
_LONGEST = 8192  # of a payload that is looked at: the messages that are read are shorter
_TRIES = 96
_PART = 64 * 1024
_ENOUGH = 2
# Classes and ids of what the parser makes rows of, by how they are written.
_READ = {
    b"\x01\x02": "NAV-POSLLH", b"\x01\x06": "NAV-SOL", b"\x01\x07": "NAV-PVT", b"\x01\x14": "NAV-HPPOSLLH",
    b"\x10\x02": "ESF-MEAS", b"\x10\x03": "ESF-RAW", b"\x10\x15": "ESF-INS", b"\x28\x00": "HNR-PVT",
    b"\x28\x02": "HNR-INS",
}  # fmt: skip
_SENTENCE = re.compile(rb"\$[A-Z]{2}(?:RMC|GGA|GNS|GLL),")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for UBX among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    others = 0
    for part in _parts(sniff):
        read, more = _frames(part)
        others += more
        if read:
            sure = len(read) + more >= _ENOUGH or len(part) == sniff.size
            evidence = (f"frames {', '.join(sorted(set(read)))}", "with right checksums")
            return Detection(Rung.SIGNATURE if sure else Rung.MARKER, evidence)
        if part is sniff.head and not others and _SYNC not in sniff.tail:
            break
    if others:
        # Where frames are of other kinds and sentences hold the fixes, those who read sentences go first.
        spoken = _SENTENCE.search(sniff.head) or _SENTENCE.search(sniff.tail)
        facts = (f"{others} UBX frames with right checksums", "none that is read")
        return Detection(Rung.NO, facts) if spoken else Detection(Rung.SHAPE, facts)
    return Detection(Rung.NAME, ("extension .ubx",)) if sniff.extension == ".ubx" else Detection(Rung.NO)


def _parts(sniff: Sniff) -> Iterator[bytes]:
    """Yield the head, the tail, and places between them: what is read may begin late."""
    yield sniff.head
    yield sniff.tail
    if sniff.size > 2 * _PART:
        for fourths in (1, 2, 3):
            yield sniff.more(sniff.size // 4 * fourths, _PART)


def _frames(data: bytes) -> tuple[list[str], int]:
    """Return the first frames that are read, and the number of others among the bytes."""
    read: list[str] = []
    others = 0
    place = data.find(_SYNC)
    for _try in range(_TRIES):
        if place < 0 or len(read) >= _ENOUGH:
            break
        end = place + _HEAD + int.from_bytes(data[place + 4 : place + 6], "little")
        if end - place - _HEAD <= _LONGEST and data[end : end + _SUMS] == _sums(data[place + 2 : end]):
            name = _READ.get(data[place + 2 : place + 4])
            if name and end > place + _HEAD:
                read.append(name)
            else:
                others += 1
            place = data.find(_SYNC, end + _SUMS)
        else:
            place = data.find(_SYNC, place + 1)
    return read, others


def _sums(data: bytes) -> bytes:
    """Return the checksum of a frame (RFC 1145, eight bits)."""
    return bytes((sum(data) & 0xFF, sum(itertools.accumulate(data)) & 0xFF))
