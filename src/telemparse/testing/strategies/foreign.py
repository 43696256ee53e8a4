"""Files that are no recording at all, for a detector to leave alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies.foreign_bytes import BYTES
from telemparse.testing.strategies.foreign_texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

__all__ = ["strangers"]

_KINDS = (*BYTES, *TEXTS)
_SUBSTITUTES = bytes([*b"~#-_.", *range(256)])


def strangers(*, magics: Iterable[tuple[int, bytes]] = ()) -> SearchStrategy[bytes]:
    """Return a strategy of files that are no recording of any kind.

    Nothing or nearly nothing, noise, runs of one byte, prose, logs, programs, settings, HTML and other XML,
    JSON without telemetry, Markdown, base64, long lines, and the heads of pictures, documents, programs,
    databases and archives before noise. Commas, semicolons and digits stand in many of them, but no table
    of numbers: that is CSV, whoever wrote it. At most some 12 KiB. Shrinks to the empty file.

    Args:
        magics: (offset, bytes) pairs, as on a card; no stranger holds one of them at its offset. Where one
            would, a byte of it is another.

    Raises CallError for an empty magic or an offset below 0.
    """
    pairs = tuple((int(offset), bytes(magic)) for offset, magic in magics)
    if any(offset < 0 or not magic for offset, magic in pairs):
        raise CallError("a magic is an offset from 0 and at least one byte")
    return st.integers(0, len(_KINDS) - 1).flatmap(_KINDS.__getitem__).map(partial(_unmarked, pairs))


def _unmarked(magics: tuple[tuple[int, bytes], ...], data: bytes) -> bytes:
    """Return `data` with the first byte of each magic that it holds turned into one that breaks them all."""
    for offset, magic in magics:
        if data[offset : offset + len(magic)] == magic:
            taken = {other[offset - start] for start, other in magics if 0 <= offset - start < len(other)}
            free = [byte for byte in _SUBSTITUTES if byte not in taken]
            # Where every byte there is part of some magic, the file ends before it.
            data = data[:offset] + bytes(free[:1]) + data[offset + 1 :] if free else data[:offset]
    return data
