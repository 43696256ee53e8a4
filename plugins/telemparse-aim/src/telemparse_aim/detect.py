"""Does a file begin as an XRK recording? Imports neither numpy nor pyarrow, so that asking is cheap."""

from __future__ import annotations

import re

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

# A message begins `<h`, a name of four bytes, its length, a version and `>`.
_MESSAGE = re.compile(rb"<h([A-Za-z][A-Za-z0-9]{2}[A-Za-z0-9 \0]).{3}[\0-\x03].>", re.DOTALL)
_HEADER_BYTES, _FOOTER_BYTES = 12, 8
_MOST_LOOKS = 64


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    head = sniff.head
    begins = head.startswith(b"<hCNF\0")
    if begins and _whole(sniff, 0):
        return Detection(
            Rung.SIGNATURE, ("begins with a message CNF", "its length and name agree at its end")
        )
    sound = _sound_message(sniff)
    if sound is not None:
        where = "a whole message" if begins else "behind other bytes a whole message"
        return Detection(Rung.MARKER, (f"{where} {sound} with a length that fits",))
    if begins and _MESSAGE.match(head):
        return Detection(Rung.MARKER, ("begins with a message CNF", "but its end is not where it should be"))
    if sniff.extension in (".xrk", ".xrz"):
        return Detection(Rung.NAME, (f"extension {sniff.extension}",))
    return Detection(Rung.NO)


def _sound_message(sniff: Sniff) -> str | None:
    """Return the name of the first message of the head that is whole, None without one."""
    place = 0
    for _look in range(_MOST_LOOKS):
        match = _MESSAGE.search(sniff.head, place)
        if match is None:
            return None
        if _whole(sniff, match.start()):
            return match[1].rstrip(b"\0 ").decode("ascii")
        place = match.start() + 2
    return None


def _whole(sniff: Sniff, place: int) -> bool:
    """Tell whether the message at a place of the head ends with its own name."""
    head = sniff.head
    length = int.from_bytes(head[place + 6 : place + 10], "little")
    end = place + _HEADER_BYTES + length
    if head[place + 11 : place + 12] != b">" or end + _FOOTER_BYTES > sniff.size:
        return False
    footer = head[end : end + _FOOTER_BYTES]
    if len(footer) < _FOOTER_BYTES:
        # Only the message at the beginning is worth a look elsewhere.
        footer = sniff.more(end, _FOOTER_BYTES) if place == 0 else b""
    return (
        len(footer) == _FOOTER_BYTES
        and footer[:5] == b"<" + head[place + 2 : place + 6]
        and footer[7:] == b">"
    )
