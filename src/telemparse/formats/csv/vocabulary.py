"""The words that column headers use, and the canonical quantity that each one means."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.app_words import APP_AXES, APP_WORDS, FIRST_WORDS
from telemparse.formats.csv.words import AIDS, GNSS, TIME, TRIADS
from telemparse.kernels.channel_words import CHANNEL_WORDS
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["QUANTITIES", "Quantity", "Role", "meaning_of", "squash"]


class Role(enum.Enum):
    """What a quantity is for."""

    TIME = "time"
    GNSS = "gnss"
    AID = "aid"
    """Says something about other columns of the row: hemisphere, validity, events."""
    ACCEL = "accel"
    GYRO = "gyro"
    MAG = "mag"
    CHANNEL = "channel"


@attrs.frozen
class Quantity:
    """A canonical quantity.

    Args:
        name: column of its stream, canonical channel, or name of a time part.
        role: what it is for.
        dimension: of its unit; None where values are words.
        words: ways to write it in a header, squashed, the most telling first: a file with both
            `gps speed` and `speed` means the first one.
    """

    name: str
    role: Role
    dimension: str | None
    words: tuple[str, ...]


def _axis_words(axis: str, prefixes: str) -> Iterator[str]:
    for prefix in prefixes.split():
        yield f"{prefix}{axis}"
        yield f"{axis}{prefix}"


def _app_axis_words(prefixes: str, axis: str, number: int) -> Iterator[str]:
    """Yield words with an axis by its letter, and by its number as exporters of arrays write it."""
    for prefix in prefixes.split():
        yield f"{prefix}{axis}"
        yield f"{prefix}{number}"


def _words(common: str, name: str) -> tuple[str, ...]:
    return (*FIRST_WORDS.get(name, "").split(), *common.split(), *APP_WORDS.get(name, "").split())


def _quantities() -> Iterator[Quantity]:
    for name, words in TIME:
        yield Quantity(name, Role.TIME, Dimension.TIME, _words(words, name))
    for name, dimension, words in GNSS:
        yield Quantity(name, Role.GNSS, dimension, _words(words, name))
    for name, words in AIDS:
        yield Quantity(name, Role.AID, None, tuple(words.split()))
    for role, dimension, suffix, letter, prefixes in TRIADS:
        for number, axis in enumerate("xyz"):
            spelt = (*_axis_words(axis, prefixes), *_app_axis_words(APP_AXES[role], axis, number))
            yield Quantity(f"{letter}{axis}_{suffix}", Role(role), dimension, spelt)
    for name, dimension, words in CHANNEL_WORDS:
        yield Quantity(name, Role.CHANNEL, dimension, tuple(words.split()))


QUANTITIES: Mapping[tuple[str, Role], Quantity] = {(entry.name, entry.role): entry for entry in _quantities()}
"""Every quantity by name and role: `speed_mps` is one of the receiver and one of the vehicle."""


_MEANINGS: Mapping[str, tuple[Quantity, int]] = {
    word: (quantity, rank)
    # Canonical names speak for themselves; of two quantities with one word the first listed has it.
    for quantity in reversed(list(QUANTITIES.values()))
    for rank, word in reversed(
        list(enumerate([squash(quantity.name), *(squash(word) for word in quantity.words)]))
    )
}


def meaning_of(word: str) -> tuple[Quantity, int] | None:
    """Return the quantity that a squashed word means and its rank (0 is most telling), or None."""
    return _MEANINGS.get(word)
