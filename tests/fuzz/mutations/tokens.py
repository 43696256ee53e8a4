"""Mutations of any text by its tokens: numbers, words, strings, signs and line ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from fuzz.mutations.texts import ENCODINGS, bent, decoded, encoded

__all__ = ["mutated_tokens"]

_TOKEN = re.compile(r'"[^"\n]*"|[-+]?\d+(?:\.\d+)?|[A-Za-z_]+|\r\n|.', re.DOTALL)
_NUMBER = re.compile(r"[-+]?\d")
_MOST_TOKENS = 4000


def mutated_tokens(data: bytes, words: Sequence[str], others: Sequence[bytes], dice: Random) -> bytes:
    """Return a text with a few changes.

    Args:
        data: any bytes.
        words: that mean something to the parser.
        others: files of which a piece may be borrowed.
        dice: decides everything.
    """
    text, encoding = decoded(data)
    tokens = _TOKEN.findall(text)[:_MOST_TOKENS]
    for _change in range(dice.randint(1, 5)):
        tokens = _changed(tokens, words, others, dice)
    if dice.random() < 0.05:
        encoding, mark = dice.choice(ENCODINGS)
        tokens.insert(0, mark)
    return encoded("".join(tokens), encoding)


def _changed(tokens: list[str], words: Sequence[str], others: Sequence[bytes], dice: Random) -> list[str]:
    if not tokens:
        return [dice.choice(words)]
    place = dice.randrange(len(tokens))
    end = place + dice.choice((1, 1, 3, 20, 100))
    before, piece, after = tokens[:place], tokens[place:end], tokens[end:]
    match dice.randrange(8):
        case 0 | 1:
            changed = _with_bent_number(tokens, place, dice)
        case 2:
            changed = [*before, dice.choice(words), *piece, *after]
        case 3:
            changed = [*before, dice.choice(words), *after]
        case 4:
            changed = before + after
        case 5:
            changed = before + piece * dice.choice((2, 3, 30)) + after
        case 6:
            changed = before + _borrowed(others, dice) + piece + after
        case _:
            changed = before if dice.random() < 0.3 else piece + after + before
    return changed


def _borrowed(others: Sequence[bytes], dice: Random) -> list[str]:
    tokens = _TOKEN.findall(decoded(dice.choice(others))[0])[:_MOST_TOKENS]
    begin = dice.randrange(len(tokens) + 1)
    return tokens[begin : begin + dice.choice((1, 10, 100))]


def _with_bent_number(tokens: list[str], place: int, dice: Random) -> list[str]:
    numbers = [at for at in range(place, min(place + 200, len(tokens))) if _NUMBER.match(tokens[at])]
    if not numbers:
        return tokens
    at = dice.choice(numbers)
    number = tokens[at]
    # A number of fixed width keeps its width as often as not.
    other = bent(number, dice) if dice.random() < 0.5 else "".join(dice.choice("0123456789") for _ in number)
    return [*tokens[:at], other, *tokens[at + 1 :]]
