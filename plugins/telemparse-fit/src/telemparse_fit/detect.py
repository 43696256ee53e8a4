"""Does a file begin as a FIT file? Imports neither numpy nor pyarrow, so that asking is cheap."""

from __future__ import annotations

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_MAGIC_AT, _MAGIC = 8, b".FIT"
# FIT protocol, "File Header": 14 bytes with a CRC of their own, or 12 without.
_SIZES = (12, 14)
_SHORTEST = 12
_DEFINITION_BITS, _DEFINITION = 0xC0, 0x40
_DEFINITION_HEAD = 6


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    head = sniff.head
    if head[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC:
        return Detection(Rung.NAME, ("extension .fit",)) if sniff.extension == ".fit" else Detection(Rung.NO)
    facts = ["the word .FIT at byte 8"]
    if head[0] not in _SIZES:
        facts.append(f"but a header of {head[0]} bytes")
        sizes: tuple[int, ...] = _SIZES
    else:
        sizes = (head[0],)
    if any(_defines(head, size) for size in sizes):
        facts.append("a definition message behind the header")
        return Detection(Rung.SIGNATURE if len(sizes) == 1 else Rung.MARKER, facts)
    stated = int.from_bytes(head[4:8], "little")
    if len(sizes) == 1 and sizes[0] + stated + 2 == sniff.size:
        return Detection(Rung.SIGNATURE, (*facts, "as long as its header says"))
    return Detection(Rung.MARKER, facts)


def _defines(head: bytes, start: int) -> bool:
    first = head[start : start + _DEFINITION_HEAD]
    if len(first) < _DEFINITION_HEAD or first[0] & _DEFINITION_BITS != _DEFINITION:
        return False
    return first[1] == 0 and first[2] <= 1
