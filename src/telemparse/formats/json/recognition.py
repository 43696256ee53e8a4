"""What the first values of a JSON document say that it is. Standard library only."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING

from telemparse.formats.csv.vocabulary import Role
from telemparse.formats.json.decoding import Reader
from telemparse.formats.json.lines import is_fix, is_head
from telemparse.formats.json.names import meaning
from telemparse.formats.json.shapes import found_in
from telemparse.formats.json.values import TooLargeError
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from typing import Any

    from telemparse.model.detection import Sniff

__all__ = ["recognised"]

_VALUES, _RECORDS, _NAMED = 50, 200, 6


def recognised(sniff: Sniff, name: Detection) -> Detection:
    """Return the evidence in the head of a file that begins as JSON, at least what its name says."""
    reader = Reader(io.BytesIO(sniff.head), sniff.head)
    try:
        values = list(itertools.islice(reader.elements(), _VALUES))
    except TooLargeError:
        return name
    if not values:
        return name
    if is_head(values[0]):
        known = any(map(is_fix, values[1:]))
        lines = ("first line describes a circuit", *(("lines with timestamp and pointgps",) if known else ()))
        return Detection(Rung.SIGNATURE if known else Rung.MARKER, lines)
    return _by_names(values, is_record=reader.is_array or len(values) > 1, name=name)


def _by_names(values: list[Any], *, is_record: bool, name: Detection) -> Detection:
    records = itertools.chain.from_iterable(found_in(value, is_record=is_record) for value in values)
    tables: dict[tuple[str, ...], dict[str, None]] = {}
    for found in itertools.islice(records, _RECORDS):
        tables.setdefault(found.path, {}).update(dict.fromkeys(found.cells or ()))
    answers = [_table(path, list(names)) for path, names in tables.items()]
    return max([name, *answers], key=lambda detection: detection.rung.value)


def _table(path: tuple[str, ...], names: list[str]) -> Detection:
    known = {word: found for word in names if (found := meaning(word)) is not None}
    quantities = {found.name for found in known.values()}
    roles = {found.role for found in known.values()}
    where = f"records under {'.'.join(path)}"[:60] if path else "records"
    named = f"{where} name {', '.join(list(known)[:_NAMED])}"
    placed = {"lat_deg", "lon_deg"} <= quantities
    if placed and Role.TIME in roles:
        return Detection(Rung.MARKER, (named, "time and position"))
    if placed or (Role.TIME in roles and len(roles) > 1):
        return Detection(Rung.SHAPE, (named,))
    return Detection(Rung.NO)
