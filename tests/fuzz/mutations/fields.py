"""Mutations of binary recordings: numbers at their limits, records cut, doubled, moved and blanked."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from random import Random

__all__ = ["mutated_fields"]

_MOST_CHANGES = 4
_LONGEST_SPAN = 400
_LIMITS = tuple(
    struct.pack(order + kind, value)
    for order in "<>"
    for kind, values in (
        ("B", (0, 1, 0x7F, 0x80, 0xFF)),
        ("H", (1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)),
        ("I", (1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)),
        ("Q", (1, 2**63 - 1, 2**63, 2**64 - 1)),
        ("f", (float("nan"), float("inf"), -3.4e38)),
        ("d", (float("nan"), float("-inf"), 1.7e308)),
    )
    for value in values
)


def mutated_fields(data: bytes, words: Sequence[str], others: Sequence[bytes], dice: Random) -> bytes:
    """Return the bytes with a few changes.

    Args:
        data: any bytes.
        words: that mean something to the format, in ASCII.
        others: recordings that spans are taken from.
        dice: decides everything.
    """
    changed = bytearray(data)
    for _change in range(dice.randint(1, _MOST_CHANGES)):
        dice.choice(_CHANGES)(changed, [*words], others, dice)
    return bytes(changed)


def _place(changed: bytearray, dice: Random) -> int:
    # Headers say the most: half of the changes meet the first bytes.
    reach = min(len(changed), 200) if dice.random() < 0.5 else len(changed)
    return dice.randint(0, reach)


def _span(of: bytes | bytearray, dice: Random) -> tuple[int, int]:
    start = dice.randint(0, len(of))
    return start, min(len(of), start + dice.randint(1, _LONGEST_SPAN))


def _bend(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    """Add or take away a little: a length that is nearly right."""
    place = _place(changed, dice)
    if place < len(changed):
        changed[place] = (changed[place] + dice.choice((-8, -4, -2, -1, 1, 2, 4, 8))) % 256


def _flip(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    place = _place(changed, dice)
    if place < len(changed):
        changed[place] ^= 1 << dice.randrange(8)


def _limit(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    place, number = _place(changed, dice), dice.choice(_LIMITS)
    changed[place : place + len(number)] = number


def _name(changed: bytearray, words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    place, word = _place(changed, dice), dice.choice(words or ["A"]).encode("latin-1", "replace")
    changed[place : place + len(word)] = word


def _cut(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    start, stop = _span(changed, dice)
    del changed[start : stop if dice.random() < 0.8 else None]


def _double(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    start, stop = _span(changed, dice)
    changed[stop:stop] = changed[start:stop] * dice.choice((1, 1, 3, 50))


def _move(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    start, stop = _span(changed, dice)
    taken = changed[start:stop]
    del changed[start:stop]
    place = _place(changed, dice)
    changed[place:place] = taken


def _borrow(changed: bytearray, _words: list[str], others: Sequence[bytes], dice: Random) -> None:
    other = dice.choice([*others, bytes(changed)])
    start, stop = _span(other, dice)
    place = _place(changed, dice)
    changed[place:place] = other[start:stop]


def _empty(changed: bytearray, _words: list[str], _others: Sequence[bytes], dice: Random) -> None:
    start, stop = _span(changed, dice)
    changed[start:stop] = bytes([dice.choice((0, 0xFF))]) * (stop - start)


_CHANGES = (_bend, _bend, _flip, _limit, _limit, _name, _cut, _double, _move, _borrow, _empty)
