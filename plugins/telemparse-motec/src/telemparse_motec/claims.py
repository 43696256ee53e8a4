"""Which bytes are whose: no two channels share samples, so that a file never gives more than it holds."""

from __future__ import annotations

import bisect
import statistics
from typing import TYPE_CHECKING

import attrs

from telemparse_motec.blocks import BLOCK_BYTES
from telemparse_motec.heading import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse_motec.blocks import Block

__all__ = ["Claims", "settled"]

_SLACK_S, _SLACK_SAMPLES = 0.05, 1.5
_FEW_SAMPLES = 2


@attrs.frozen
class Claims:
    """What came of the claims of all channels, by their numbers in the order given.

    Args:
        counts: samples that are each channel's; at most what its header says.
        cut: channels whose count runs into another one's samples.
        inside: channels whose samples begin within what is another one's, or a header.
        beyond: channels whose samples, or some of them, would lie behind the end of the file.
    """

    counts: tuple[int, ...]
    cut: tuple[int, ...] = ()
    inside: tuple[int, ...] = ()
    beyond: tuple[int, ...] = ()


def settled(blocks: Sequence[Block], first_sample: int, size: int) -> Claims:
    """Return what is whose.

    Of two channels that overlap, the one is believed whose samples lie between others without a gap, then
    the one that lasts as long as most; the other one is cut, or left out.

    Args:
        blocks: headers of channels that can be read.
        first_sample: offset of all samples, as the head says.
        size: of the file.
    """
    order = sorted(range(len(blocks)), key=_doubts(blocks, first_sample, size).__getitem__)
    headers = sorted(block.place for block in blocks)
    begins: list[int] = []  # of what is given away, ascending, and the end of each
    ends: list[int] = []
    owners: list[int] = []
    counts = [0] * len(blocks)
    cut, inside, beyond = [], [], []
    for number in order:
        block = blocks[number]
        if not block.count:
            continue
        if block.begin >= size:
            beyond.append(number)
            continue
        place = bisect.bisect_right(begins, block.begin)
        if place and 0 < ends[place - 1] - block.begin <= _FEW_SAMPLES * blocks[owners[place - 1]].width:
            # A count that is a sample or two too high is no reason to leave the next channel out.
            owner = blocks[owners[place - 1]]
            ends[place - 1] = block.begin
            counts[owners[place - 1]] = (block.begin - owner.begin) // owner.width
            cut.append(owners[place - 1])
        header = bisect.bisect_right(headers, block.begin)
        taken = max(
            HEAD_BYTES,
            ends[place - 1] if place else 0,
            headers[header - 1] + BLOCK_BYTES if header else 0,
        )
        if block.begin < taken:
            inside.append(number)
            continue
        limit = min([*begins[place : place + 1], *headers[header : header + 1], block.end])
        if limit < block.end:
            cut.append(number)
        if limit > size:
            limit = size
            beyond.append(number)
        counts[number] = (limit - block.begin) // block.width
        begins.insert(place, block.begin)
        ends.insert(place, limit)
        owners.insert(place, number)
    return Claims(tuple(counts), tuple(sorted({*cut})), tuple(sorted(inside)), tuple(sorted(beyond)))


def _doubts(blocks: Sequence[Block], first_sample: int, size: int) -> list[tuple[int, bool]]:
    """Return how doubtful each claim is: sides on which no other one is next to it, and an odd duration."""
    begins = {block.begin for block in blocks} | {size}
    ends = {block.end for block in blocks} | {first_sample}
    usual_s = statistics.median([block.count / block.rate_hz for block in blocks] or [0.0])
    return [
        (
            (block.begin not in ends) + (block.end not in begins),
            abs(block.count / block.rate_hz - usual_s) > _SLACK_S + _SLACK_SAMPLES / block.rate_hz,
        )
        for block in blocks
    ]
