"""Does a file begin as a MoTeC log, or as the LDX beside one? Standard library only."""

from __future__ import annotations

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_MAGIC = b"\x40\x00\x00\x00\x00\x00\x00\x00"
_TICKS_PLACE, _DATE_PLACE, _TIME_PLACE = 0x42, 0x5E, 0x7E
_TICKS = (1_000_000).to_bytes(4, "little")
_CHANNEL_BYTES = 84
_WIDTHS = {(0, 2), (0, 4), (3, 2), (3, 4), (5, 2), (5, 4), (6, 4), (7, 2), (7, 4), (8, 8)}
_FEWEST = 2
_DIGITS = bytes.maketrans(b"0123456789", b"0000000000")
# What may stand before the root element, none of it long.
_ROOT = r"\ufeff?\s*(?:<\?xml[^>]{0,400}\?>\s*)?(?:<!--[^<>]{0,4000}-->\s*)?<LDXFile[\s/>]"
_VERSION = r"<LDXFile\s[^<>]{0,2000}?Version\s*=\s*[\"']\d|<LDXFile[^<>]{0,2000}>\s*<Layers"
_LDX_HEAD = 8192


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    facts = list(_facts(sniff.head))
    magic = sniff.head.startswith(_MAGIC)
    if magic and facts and _names_a_channel(sniff):
        return Detection(Rung.SIGNATURE, ("begins with 40 00 00 00", *facts, "a channel where it says"))
    if (magic and facts) or len(facts) > _FEWEST:
        return Detection(Rung.MARKER, ("begins with 40 00 00 00", *facts) if magic else facts)
    found = _ldx(sniff.head)
    if found is None and sniff.extension in (".ld", ".ldx"):
        return Detection(Rung.NAME, (f"extension {sniff.extension}",))
    return found or Detection(Rung.NO)


def _facts(head: bytes) -> list[str]:
    """Return what else a header of a log has, in words."""
    found = ((_TICKS_PLACE, "a million ticks a second"), (_DATE_PLACE, "a date"), (_TIME_PLACE, "a time"))
    holds = (
        head[_TICKS_PLACE : _TICKS_PLACE + 4] == _TICKS,
        _is_like(head, _DATE_PLACE, b"00/00/0000\0"),
        _is_like(head, _TIME_PLACE, b"00:00:00\0") or _is_like(head, _TIME_PLACE, b"00:00\0"),
    )
    return [f"{words} at byte {place}" for (place, words), held in zip(found, holds, strict=True) if held]


def _is_like(head: bytes, place: int, pattern: bytes) -> bool:
    """Tell whether bytes are like a pattern, in which 0 stands for any digit."""
    digits = head[place : place + len(pattern)].translate(_DIGITS)
    return digits == pattern


def _names_a_channel(sniff: Sniff) -> bool:
    """Tell whether the header's first pointer leads to the header of a channel."""
    place = int.from_bytes(sniff.head[8:12], "little")
    if not 0 < place <= sniff.size - _CHANNEL_BYTES:
        return False
    block = sniff.more(place, _CHANNEL_BYTES)
    if len(block) < _CHANNEL_BYTES:
        return False
    after, data, kind, width = (
        int.from_bytes(block[begin:end], "little") for begin, end in ((4, 8), (8, 12), (18, 20), (20, 22))
    )
    return (kind, width) in _WIDTHS and after < sniff.size and data <= sniff.size


def _ldx(head: bytes) -> Detection | None:
    """Return what speaks for an LDX file, None where it is no XML of this kind."""
    if b"L\0D\0X\0F\0" in head[:_LDX_HEAD]:
        text = head[: _LDX_HEAD // 2 * 2].decode(
            "utf-16-be" if head.startswith((b"\xfe\xff", b"\0<")) else "utf-16-le", "replace"
        )
    elif b"<LDXFile" in head[:_LDX_HEAD]:
        text = head[:_LDX_HEAD].decode("latin-1").removeprefix("\xef\xbb\xbf")
    else:
        return None
    import re  # few files come here, and patterns take a while to compile

    if not re.match(_ROOT, text):
        return None
    if re.search(_VERSION, text):
        return Detection(Rung.SIGNATURE, ("root element is LDXFile", "with a version or layers"))
    return Detection(Rung.MARKER, ("root element is LDXFile",))
