"""Sentences without a time that a receiver writes before those with one: told by how a log begins and ends.

VTG, GSA and HDT belong to the cycle they are written in. Within it their place is seen by its two
neighbours, which have one time; between two cycles only the ends of the log tell. Logs hold whole cycles
more often than not: one that begins with such a sentence, and does not end with it, has it first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.formats.nmea.addresses import Addresses
from telemparse.formats.nmea.blocks import read_times
from telemparse.formats.nmea.pieces import pieces
from telemparse.formats.nmea.sentences import TIMED, Kind, find
from telemparse.formats.nmea.tally import Tally
from telemparse.kernels.joins import last_before
from telemparse.model.artifacts import Artifact

if TYPE_CHECKING:
    from telemparse.formats.nmea.addresses import Kinds
    from telemparse.formats.nmea.sentences import Checksums, Sentences
    from telemparse.kernels.arrays import Ints

__all__ = ["find_leading"]

_TAIL_BYTES = 64 * 1024
_NOBODY = frozenset[Kind]()


def find_leading(artifact: Artifact, head: bytes, checksums: Checksums) -> frozenset[Kind]:
    """Return the kinds of sentences that come first in the cycles of a log, of those that have no time.

    Args:
        artifact: the log.
        head: its beginning, of an even number of bytes if there are more.
        checksums: whether it has any.
    """
    sentences, kinds = _told(head, checksums)
    timed = np.flatnonzero((kinds >= 0) & (kinds <= TIMED))
    if not len(timed):
        return _NOBODY
    found = _kinds(kinds[: timed[0]])
    if not found:
        return found
    found -= _between(sentences, kinds, timed)
    if not found:
        return found
    offset = max(artifact.size - _TAIL_BYTES, 0)
    _sentences, kinds = _told(artifact.read_at(offset + offset % 2, _TAIL_BYTES), checksums)
    timed = np.flatnonzero((kinds >= 0) & (kinds <= TIMED))
    return found - _kinds(kinds[timed[-1] :]) if len(timed) else _NOBODY


def _told(data: bytes, checksums: Checksums) -> tuple[Sentences, Kinds]:
    """Return the sentences of bytes, and what they are."""
    piece = next(pieces(Artifact.from_bytes(data), max(len(data), 1)))
    sentences = find(piece, checksums).good
    return sentences, Addresses().tell(sentences, None).kinds


def _kinds(kinds: Kinds) -> frozenset[Kind]:
    return frozenset(Kind(kind) for kind in np.unique(kinds).tolist() if kind > TIMED)


def _between(sentences: Sentences, kinds: Kinds, timed: Ints) -> frozenset[Kind]:
    """Return the kinds that stand between two sentences of one time."""
    of_day_ns, _bad = read_times(sentences, timed, kinds[timed], Tally(""))
    others = np.flatnonzero(kinds > TIMED)
    before = last_before(timed, others)
    inner = (before >= 0) & (before + 1 < len(timed))
    others, before = others[inner], before[inner]
    same = (of_day_ns[before] == of_day_ns[before + 1]) & (of_day_ns[before] >= 0)
    return _kinds(kinds[others[same]])
