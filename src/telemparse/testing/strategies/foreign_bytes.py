"""Bytes that are no recording and no text: noise, runs of one byte, and heads of known files before noise."""

from __future__ import annotations

import random
from operator import add
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["BYTES"]

_MOST_NOISE_BYTES = 800
_STRETCH_BYTES = 32
_CONTROL = b"\x05"
# Noise without NULs cannot pass for UTF-16, and with a control every few bytes it is no text at all: what
# chance might write, a table among it, cannot come up.
_WITHOUT_NULS = bytes([0x02, *range(1, 256)])


def _noise(seed: int, length: int) -> bytes:
    """Return `length` random bytes that no encoding of text has."""
    noise = random.Random(seed).randbytes(length).translate(_WITHOUT_NULS)  # noqa: S311  (noise, no secret)
    stretches = (noise[at : at + _STRETCH_BYTES] for at in range(0, length, _STRETCH_BYTES))
    return b"".join(_CONTROL + stretch for stretch in stretches)


_NOISE = st.builds(_noise, st.integers(0, 2**32), st.integers(1, _MOST_NOISE_BYTES))

# How files of other trades begin, some with a second field behind the magic: those that lie about, and more.
_COMMON_HEADS = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    b"\x7fELF\x02\x01\x01\0",
    b"SQLite format 3\0\x10\0\x01\x01",
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
    b"PK\x03\x04\x14\0\0\0\x08\0",
)
_OTHER_HEADS = (
    b"BZh91AY&SY",
    b"\xfd7zXZ\0\0\x04",
    b"\x78\x9c",
    b"GIF89a\x01\0\x01\0",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"RIFF\x24\0\0\0WAVEfmt ",
    b"OggS\0\x02",
    b"ID3\x04\0",
    b"\0asm\x01\0\0\0",
    b"\xca\xfe\xba\xbe\0\0\0\x3d",
    b"MZ\x90\0\x03\0",
)

_NOTHINGS = (b"", b"\n", b" ", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n\r\n", b"x", b"0", b"\x1a")

BYTES: tuple[SearchStrategy[bytes], ...] = (
    st.sampled_from(_NOTHINGS),
    _NOISE,
    st.builds(add, st.sampled_from(_COMMON_HEADS), _NOISE),
    st.builds(add, st.sampled_from(_OTHER_HEADS), _NOISE),
    st.builds(
        lambda byte, times: bytes([byte]) * times, st.sampled_from(b"\0\xff \n\xaa"), st.integers(1, 5000)
    ),
    st.builds(
        lambda word, times: word * times,
        st.sampled_from((b"\0A", b"\0\0\0\x01", b"a\0\0", b"\xde\xad")),
        st.integers(1, 500),
    ),
)
"""One strategy a kind, the plainest first; each draws at most 5 KiB."""
