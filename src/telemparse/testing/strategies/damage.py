"""What happens to files on their way: cut, flipped, spliced, repeated, sprinkled, transcoded."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import attrs
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.testing.strategies import blows, wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hypothesis.strategies import SearchStrategy

    from telemparse.testing.strategies.blows import Blow

__all__ = ["Damage", "Damaged", "damaged"]


class Damage(enum.Enum):
    """A kind of damage; the order is that of shrinking."""

    CUT = "cut"
    """The file ends early, or begins late."""
    FLIP = "flip"
    """Bits of some bytes are turned over, in one place or in several."""
    SPLICE = "splice"
    """A piece is missing between two places that now meet, or has moved to another place."""
    REPEAT = "repeat"
    """A piece stands there several times over."""
    INSERT = "insert"
    """Bytes that do not belong there: noise, NULs, long runs of digits, line ends, quotes."""
    SWAP_ENCODING = "swap_encoding"
    """The same text with a mark in front, as UTF-16 with or without one, or by way of Latin-1."""
    SWAP_NEWLINES = "swap_newlines"
    """The same lines with other ends, or with none."""


@attrs.frozen(repr=False)
class Damaged:
    """A damaged recording.

    Args:
        files: name to bytes, all of them; one is damaged.
        kind: what was done.
        words: what was done, with name, offsets and lengths, and without any content.
    """

    files: Mapping[str, bytes]
    kind: Damage
    words: str

    def __repr__(self) -> str:
        # A report of a failure says what to do again; 64 KiB of bytes would hide that.
        return f"Damaged({self.kind.value}: {self.words})"


_BLOWS: Mapping[Damage, Callable[[bytes], SearchStrategy[Blow] | None]] = {
    Damage.CUT: blows.cuts,
    Damage.FLIP: blows.flips,
    Damage.SPLICE: blows.splices,
    Damage.REPEAT: blows.repeats,
    Damage.INSERT: blows.insertions,
    Damage.SWAP_ENCODING: wording.other_encodings,
    Damage.SWAP_NEWLINES: wording.other_newlines,
}


def damaged(
    sample: bytes | Mapping[str, bytes], *, kinds: Iterable[Damage] = tuple(Damage), name: str = "sample"
) -> SearchStrategy[Damaged]:
    """Return a strategy of damaged copies of a recording.

    Exactly one file of it is damaged, in exactly one way, and then differs from the sample. The damaged
    file has at most twice the bytes of the whole one and 4 KiB. Shrinks towards the first kind and file, and
    to the smallest damage at the earliest place.

    Args:
        sample: the bytes of a file, or file names to bytes.
        kinds: the kinds wanted. One that can do nothing to this sample (a cut in an empty file, other line
            ends where there is only one line) is left out.
        name: of the file, when the sample is bytes.

    Raises CallError for a sample without a file, and when no kind is left.
    """
    files = dict(sample) if isinstance(sample, Mapping) else {name: bytes(sample)}
    wanted = tuple(dict.fromkeys(kinds))
    if not files:
        raise CallError("a sample needs at least one file")
    ways = [
        [way for place, data in files.items() if (way := _way(files, place, data, kind)) is not None]
        for kind in wanted
    ]
    able = [st.one_of(made) for made in ways if made]
    if not able:
        named = ", ".join(kind.name for kind in wanted) or "none"
        raise CallError(f"no wanted kind of damage can change this sample (wanted: {named})")
    # One draw for the kind: nested alternatives would count each way of a kind as a kind.
    return st.integers(0, len(able) - 1).flatmap(able.__getitem__)


def _way(files: dict[str, bytes], place: str, data: bytes, kind: Damage) -> SearchStrategy[Damaged] | None:
    found = _BLOWS[kind](data)
    return None if found is None else found.map(partial(_damaged, files, place, kind))


def _damaged(files: dict[str, bytes], place: str, kind: Damage, blow: Blow) -> Damaged:
    return Damaged({**files, place: blow.data}, kind, f"{place}: {blow.words}")
