"""Mutations of NMEA logs: of fields, sentences and lines; most checksums are made right again."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Sequence
from random import Random

from fuzz.mutations.tables import mutated_table

__all__ = ["mutated_log"]

_SENTENCE = re.compile(rb"([$!])([^*\r\n$]*)(?:\*[0-9A-Fa-f]{0,2})?")
_MOST_BYTES = 40_000


def mutated_log(data: bytes, words: Sequence[str], others: Sequence[bytes], dice: Random) -> bytes:
    """Return a log with a few changes.

    Args:
        data: any bytes.
        words: fields that mean something to the parser.
        others: files of which a column may be borrowed.
        dice: decides everything.
    """
    changed = mutated_table(data[:_MOST_BYTES], words, others, dice)
    if dice.random() < 0.3:
        lines = changed.splitlines(keepends=True)
        place = dice.randrange(len(lines) + 1)
        lines[place:place] = lines[place : place + dice.choice((1, 3, 20))] * dice.choice((1, 2))
        changed = b"".join(lines)
    wrong = dice.choice((0.0, 0.0, 0.02, 1.0))

    def summed(match: re.Match[bytes]) -> bytes:
        if dice.random() < wrong:
            return match[0]
        return b"%b%b*%02X" % (match[1], match[2], functools.reduce(operator.xor, match[2], 0))

    return _SENTENCE.sub(summed, changed)
