"""Is a file iRacing telemetry? Imports neither numpy nor pyarrow, so that asking is cheap."""

from __future__ import annotations

import struct

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_HEADER = struct.Struct("<14i")
_VARIABLE = struct.Struct("<3i4x32s")
_HEADER_BYTES, _VARIABLE_BYTES, _UNIT_AT = 144, 144, 112
_TYPE_WORD, _LOOKS = b"irsdk_", 64
_MOST_VARIABLES, _MOST_BYTES = 4096, 1 << 20
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    head = sniff.head
    if len(head) >= _HEADER_BYTES:
        version, status, *_ticks, count, table_at, buffers, length = _HEADER.unpack_from(head)[:10]
        records_at = _HEADER.unpack_from(head)[13]
        fits = (
            0 < count <= _MOST_VARIABLES
            and 0 < length <= _MOST_BYTES
            and table_at >= _HEADER_BYTES
            and records_at >= _HEADER_BYTES
        )
        if fits and _is_variable(head, table_at, length):
            inside = max(table_at + count * _VARIABLE_BYTES, records_at) <= sniff.size
            if version in {1, 2} and status in {0, 1} and 0 < buffers <= 4 and inside:
                return Detection(
                    Rung.SIGNATURE,
                    (
                        f"header of iRacing's SDK, version {version}",
                        f"headers of {count} variables where it says",
                    ),
                )
            return Detection(Rung.MARKER, ("headers of variables where the header says", "an odd header"))
    if _has_stray_variables(head):
        return Detection(Rung.MARKER, ("headers of variables of iRacing's SDK", "but no header before them"))
    if sniff.extension == ".ibt":
        return Detection(Rung.NAME, ("extension .ibt",))
    return Detection(Rung.NO)


def _is_variable(head: bytes, at: int, length: int = _MOST_BYTES) -> bool:
    """Tell whether a variable is described here: a type, a place within the record, and a name."""
    if at < 0 or at + _VARIABLE_BYTES > len(head):
        return False
    kind, offset, count, field = _VARIABLE.unpack_from(head, at)
    name = field.partition(b"\0")[0]
    return (
        0 <= kind <= 5
        and 0 <= offset < length
        and 0 < count <= length
        and bool(name)
        and _WORD.issuperset(name)
    )


def _has_stray_variables(head: bytes) -> bool:
    """Look for two neighbours of a table of variables: the unit of many is a type of the SDK."""
    unit_at = head.find(_TYPE_WORD)
    for _look in range(_LOOKS):
        if unit_at < 0:
            break
        at = unit_at - _UNIT_AT
        beside = (at - _VARIABLE_BYTES, at + _VARIABLE_BYTES)
        if _is_variable(head, at) and any(_is_variable(head, place) for place in beside):
            return True
        unit_at = head.find(_TYPE_WORD, unit_at + 1)
    return False
