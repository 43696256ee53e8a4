"""Does a file hold NMEA 0183 sentences, and little else? Standard library only."""

from __future__ import annotations

import functools
import operator
import re
from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_HEADS = (8 * 1024, 64 * 1024)
_SENTENCE = re.compile(
    rb"[$!](?P<body>(?:[A-OQ-Z][A-Z0-9](?P<formatter>[A-Z]{3})|P[A-Z0-9]{3,7}),[\x20-\x23\x25-\x29\x2b-\x7e]*)"
    rb"(?:\*(?P<sum>[0-9A-Fa-f]{2}))?"
)
_READ = frozenset({b"RMC", b"GGA", b"GNS", b"GLL", b"GST", b"ZDA", b"VTG", b"GSA", b"HDT"})
_FIXES = frozenset({b"RMC", b"GGA", b"GNS", b"GLL"})
_FIELDS = {b"RMC": 9, b"GGA": 9, b"GNS": 9, b"GLL": 4}
# Texts that hold sentences as values of their own.
_HOLDERS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<[?!A-Za-z]|\{|\[\s*[\[{\"])")
_GREETINGS = re.compile(rb'(?:\{"class":"[A-Z]{1,16}"[^\r\n]{0,4096}\}\r?\n){1,16}(?=[$!])')
_LINE = re.compile(rb"[^\r\n\0]*[^\s\0][^\r\n\0]*")
_SURE, _LIKELY = 0.8, 0.5
_FEWEST = 2
_FRAME_HEAD, _FRAME_SUMS, _LONGEST_FRAME = 6, 2, 8192


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for NMEA among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    head = _narrow(sniff.head)
    if _HOLDERS.match(head):
        # `gpspipe -r` writes what gpsd says of itself, an object of JSON a line, before the sentences.
        greetings = _GREETINGS.match(head)
        if greetings is None:
            return Detection(Rung.NO)
        head = head[greetings.end() :]
    found = Detection(Rung.NO)
    for size in _HEADS:
        found = _judged(head[:size], head, sniff)
        if found.rung is not Rung.NO or size >= len(head):
            break
    if found.rung is Rung.NO and sniff.extension in (".nmea", ".nma", ".nme"):
        return Detection(Rung.NAME, (f"extension {sniff.extension}",))
    return found


def _narrow(head: bytes) -> bytes:
    """Return the head with one byte a letter."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    pairs = head[: len(head) // 2 * 2]
    if wide or (pairs and max(pairs[0::2].count(0), pairs[1::2].count(0)) > 0.9 * len(pairs) / 2):
        return head[2 * wide :].replace(b"\0", b"")
    return head


def _judged(part: bytes, head: bytes, sniff: Sniff) -> Detection:
    sentences = list(_SENTENCE.finditer(part))
    right = [match for match in sentences if match["sum"] and _is_right(match)]
    fixes = [match for match in right if match["formatter"] in _FIXES]
    if not sentences:
        return Detection(Rung.NO)
    names = sorted({match["body"].partition(b",")[0].decode() for match in (right or sentences)})[:6]
    if _has_frames(head) or _has_frames(sniff.tail):
        if not fixes:
            return Detection(Rung.NO)
        return Detection(
            Rung.SHAPE, (f"sentences {', '.join(names)} with right checksums", "between UBX frames")
        )
    lines = [line for line in _LINE.findall(part) if not line.lstrip().startswith(b"#")]
    share = min(len(sentences), sum(b"$" in line or b"!" in line for line in lines)) / max(len(lines), 1)
    evidence = (f"sentences {', '.join(names)}", f"{share:.0%} of the sampled lines")
    if right and share >= _LIKELY:
        rung = Rung.SIGNATURE if len(right) >= _FEWEST and share >= _SURE else Rung.MARKER
        return Detection(rung, (*evidence, f"{len(right)} with right checksums"))
    whole = [match for match in sentences if _is_whole(match)]
    if len(whole) >= _FEWEST and share >= _SURE:
        return Detection(Rung.MARKER, (*evidence, "without checksums"))
    return Detection(Rung.NO)


def _is_right(match: re.Match[bytes]) -> bool:
    return functools.reduce(operator.xor, match["body"]) == int(match["sum"], 16)


def _is_whole(match: re.Match[bytes]) -> bool:
    """Tell whether a sentence without a checksum has as many fields as its kind."""
    formatter = match["formatter"]
    return match["sum"] is None and match["body"].count(b",") >= _FIELDS.get(formatter, 1 << 30)


def _has_frames(data: bytes) -> bool:
    """Tell whether a whole UBX frame is among the bytes: sync, length and checksum agree."""
    place = data.find(b"\xb5\x62")
    tries = 0
    while place >= 0 and tries < 64:  # noqa: PLR2004  (by chance there are few)
        tries += 1
        length = int.from_bytes(data[place + 4 : place + 6], "little")
        end = place + _FRAME_HEAD + length
        if length <= _LONGEST_FRAME and end + _FRAME_SUMS <= len(data):
            a = b = 0
            for byte in data[place + 2 : end]:
                a = (a + byte) & 0xFF
                b = (b + a) & 0xFF
            if data[end : end + _FRAME_SUMS] == bytes((a, b)):
                return True
        place = data.find(b"\xb5\x62", place + 1)
    return False
