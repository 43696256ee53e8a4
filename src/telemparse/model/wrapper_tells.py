"""Which wrapper stands round a recording: gzip, zlib, zip, xz and bzip2 are told by their first bytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["wrapper_of"]

# Printable text may pass for the two bytes of a zlib header; compressed bytes never stay printable.
_TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_TEXT_LOOK_BYTES = 32
_ZLIB_TRIAL_BYTES = 256


def wrapper_of(head: bytes) -> str | None:
    """Return `gzip`, `zlib`, `zip`, `xz` or `bzip2` when the first bytes of a file say so, else None."""
    for wrapper, tells in _TELLS.items():
        if tells(head):
            return wrapper
    return None


def _tells_bzip2(head: bytes) -> bool:
    # Behind `BZh` and the level stands the magic of a block, or of the end of an empty stream.
    block = head[4:10]
    return (
        head[:3] == b"BZh"
        and head[3:4] in (b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9")
        and (b"\x31\x41\x59\x26\x53\x59".startswith(block) or b"\x17\x72\x45\x38\x50\x90".startswith(block))
    )


def _tells_zlib(head: bytes) -> bool:
    """RFC 1950 section 2.2: method 8, window, check bits, no preset dictionary; and it must inflate."""
    if len(head) <= 2 or head[0] & 0x0F != 8 or head[0] > 0x78 or head[1] & 0x20:  # noqa: PLR2004  (RFC fields)
        return False
    if (head[0] << 8 | head[1]) % 31 or not head[:_TEXT_LOOK_BYTES].translate(None, _TEXT):
        return False
    # A damage farther on, or a wrong checksum, is no reason to leave the file unopened.
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return bool(decoder.decompress(head[2:], _ZLIB_TRIAL_BYTES)) or decoder.eof
    except zlib.error:
        return False


_TELLS: dict[str, Callable[[bytes], bool]] = {
    # Method 8 is the only one there is, and the upper flag bits are reserved (RFC 1952 section 2.3).
    "gzip": lambda head: head[:3] == b"\x1f\x8b\x08" and not any(flags & 0xE0 for flags in head[3:4]),
    "xz": lambda head: head[:6] == b"\xfd7zXZ\0",
    "zip": lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")),
    "bzip2": _tells_bzip2,
    "zlib": _tells_zlib,
}
