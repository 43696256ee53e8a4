"""Skeletons of JSON records: what is the same in all of them, learned from the text of one."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.json.shapes import Shape, found_in
from telemparse.kernels.structure import Stencil

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Skeleton", "learned"]

_MOST_SLOTS = 64
_BLANKS = r"[ \t\r\n]*"
_TEXT = r'"[^"\\\x00-\x1f]*"'
_TOKEN = re.compile(
    rf"{_BLANKS}(?:(?P<key>{_TEXT}){_BLANKS}:|(?P<value>{_TEXT}|-?[0-9][0-9.eE+-]*|true|false|null)|[{{}}\[\],])"
)
# Members beside which the value of `type` decides whether an object is GeoJSON.
_MEMBERS = frozenset(("features", "geometry", "geometries", "coordinates"))


@attrs.frozen
class Skeleton:
    """A record with a slot for each scalar in it, and what stands between two records.

    Args:
        stencil: what stands before a record, and the record; a slot is a whole scalar with its quotes.
        brace: place of the first brace.
        names: of the slots, as `flat` names them.
    """

    stencil: Stencil
    brace: int
    names: tuple[str, ...]


def learned(record: str, between: str) -> Skeleton | None:
    """Return the skeleton of a record, or None where it is not plain enough.

    Plain is an object without escapes and repeated names, of which each scalar has a place of its own in
    one table whatever it is. What the scalars are called, and whether they are one record, is asked of the
    room of shapes, with a word of its own in the place of each.

    Args:
        record: its text, which is JSON.
        between: what stands between two records.
    """
    slots = _slots(record)
    if slots is None or "\0" in between:
        return None
    edges = [0, *(edge for slot in slots for edge in slot), len(record)]
    pieces = [record[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
    words = [f"slot{number}" for number in range(len(slots))]
    quoted = [f'"{word}"' for word in words]
    names = _names("".join(itertools.chain(*zip(pieces, quoted, strict=False), pieces[-1:])), words)
    if names is None:
        return None
    literals = tuple(piece.encode() for piece in (between + pieces[0], *pieces[1:]))
    stencil = Stencil(literals, tuple(literal[0] for literal in literals[1:]))
    return Skeleton(stencil, literals[0].index(b"{"), names)


def _slots(record: str) -> list[tuple[int, int]] | None:
    """Return where each scalar begins and ends, None where there is none, too many, or an escape."""
    slots: list[tuple[int, int]] = []
    keys: set[str] = set()
    place = 0
    while place < len(record):
        token = _TOKEN.match(record, place)
        if token is None or len(slots) > _MOST_SLOTS:
            return None
        if token["key"]:
            keys.add(token["key"].strip('"'))
        elif token["value"]:
            slots.append(token.span("value"))
        place = token.end()
    return slots if slots and not ("type" in keys and keys & _MEMBERS) else None


def _names(probe: str, words: Sequence[str]) -> tuple[str, ...] | None:
    repeated = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        held = dict(pairs)
        repeated.append(len(held) != len(pairs))
        return held

    value = json.loads(probe, object_pairs_hook=once)
    found = list(found_in(value, is_record=True))
    if any(repeated) or len(found) != 1:
        return None
    (record,) = found
    cells = record.cells or {}
    whole = not record.path and not record.left and record.shape is Shape.RECORDS
    return tuple(cells) if whole and list(cells.values()) == list(words) else None
