"""Does a file begin as a VBB recording? Imports neither numpy nor pyarrow, so that asking is cheap."""

from __future__ import annotations

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_MAGIC = b"VBB"
_VERSIONS = {1: 22, 2: 24}  # bytes of the header: magic, version, flags and two dates
_FLAGS = 4
_RECORDS = frozenset({5, 6, 7, 8, 9, 13})
# 100 ns since the year 1 at 1970 and at 2200, without the two highest bits.
_TICKS = (0x089F_7FF5_F7B5_8000, 0x09A1_5C29_C168_0000)


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    head = sniff.head
    if not head.startswith(_MAGIC):
        named = sniff.extension == ".vbb"
        return Detection(Rung.NAME, ("extension .vbb",)) if named else Detection(Rung.NO)
    header = _VERSIONS.get(head[3]) if len(head) > len(_MAGIC) else None
    if header is None or any(head[4:7]) or len(head) < header:
        return Detection(Rung.NAME, ("begins with VBB", "but no known version and flags behind it"))
    words = ("begins with VBB", f"version {head[3]}")
    dated = _is_dated(head)
    begun = len(head) == header or head[header] in _RECORDS
    if dated and begun and head[7] < _FLAGS:
        return Detection(Rung.SIGNATURE, (*words, "a date", "a record behind the header"))
    if dated or begun:
        return Detection(Rung.MARKER, (*words, "a date" if dated else "a record behind the header"))
    return Detection(Rung.SHAPE, words)


def _is_dated(head: bytes) -> bool:
    big = bool(head[7] & 1)
    if head[3] == 1:
        year = int.from_bytes(head[8:10], "big" if big else "little")
        return 1970 <= year <= 2200 and 1 <= head[10] <= 12 and 1 <= head[11] <= 31
    ticks = int.from_bytes(head[8:16], "big" if big else "little") & (1 << 62) - 1
    return _TICKS[0] <= ticks <= _TICKS[1]
