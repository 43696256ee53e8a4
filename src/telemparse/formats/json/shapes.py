"""Where the records of a document are: lists of objects, objects of lists, GeoJSON, at a bounded depth."""

from __future__ import annotations

import enum
from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.json.cameras import camera_records, is_camera_stream
from telemparse.formats.json.geojson import is_geojson, records_of
from telemparse.formats.json.names import meaning
from telemparse.formats.json.places import place_cells
from telemparse.formats.json.rides import ride_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Found", "Path", "Shape", "facts_of", "found_in"]

Path = tuple[str, ...]

_DEEPEST = 8
_FEWEST_ROWS = 2
_MOST_ITEMS = 8
_MOST_FACTS = 100
_LONGEST_FACT = 500
_HEADINGS = ("columns", "fields", "header", "headers", "names", "keys", "channels")


class Shape(enum.StrEnum):
    """How a document writes a table."""

    RECORDS = "records"
    COLUMNS = "columns"
    GEOJSON = "geojson"


@attrs.frozen
class Found:
    """One record.

    Args:
        path: names on the way to its list, from the top; records of one path make one table.
        cells: its values by flat name (`gps.lat`), in order; None for an element that is no object.
        shape: how the document writes it.
        left: names of values that have no place in a table: longer lists, deeper objects, other lengths.
    """

    path: Path
    cells: dict[str, Any] | None
    shape: Shape = Shape.RECORDS
    left: tuple[str, ...] = ()


def found_in(value: Any, path: Path = (), *, is_record: bool, depth: int = 0) -> Iterator[Found]:
    """Yield the records of a value, in the order of the document.

    Args:
        value: decoded JSON.
        path: of the value.
        is_record: the value is an element of a list; an object is then a record itself, unless it only
            holds lists of records.
        depth: of the value; below eight nothing is looked for.
    """
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from found_in(item, path, is_record=True, depth=depth + 1)
        return
    if not isinstance(value, dict):
        if is_record:
            yield Found(path, None)
        return
    if is_geojson(value):
        yield from (Found((*path, "geojson"), cells, Shape.GEOJSON) for cells in records_of(value))
        if "features" in value:  # what a writer puts beside them is its own
            beside = {key: part for key, part in value.items() if key != "features"}
            yield from _in_object(beside, path, is_record=False, depth=depth)
    elif is_camera_stream(value):
        for sample in camera_records(value):
            left: list[str] = []
            yield Found((*path, "samples"), flat(sample, left), left=tuple(left))
    else:
        yield from _in_object(value, path, is_record=is_record, depth=depth)


def _in_object(value: dict[str, Any], path: Path, *, is_record: bool, depth: int) -> Iterator[Found]:
    inner, plain = _parts(value)
    columns = {} if is_record else _columns(plain)
    if columns:
        others = tuple(key for key, part in plain.items() if key not in columns and _is_series(part))
        yield from _transposed(columns, path, others if not _headed(plain) else ())
    for key, part in inner.items():
        yield from found_in(part, (*path, key), is_record=False, depth=depth + 1)
    if is_record:
        left: list[str] = []
        cells = flat(plain, left)
        if cells:
            # A fix with lists beside it is one of its list; what else holds lists is no row of a table.
            is_row = not inner or _is_fix(cells)
            yield Found(path if is_row else (*path, "*"), cells, left=tuple(left))


def _is_fix(cells: dict[str, Any]) -> bool:
    """Tell whether a record with lists in it has a position of its own."""
    found = {known.name for name in cells if (known := meaning(name)) is not None}
    return found >= {"lat_deg", "lon_deg"}


def _parts(value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of an object that hold tables, and those that are values of its own."""
    inner = {key: part for key, part in value.items() if _holds_table(part, 0)}
    return inner, {key: part for key, part in value.items() if key not in inner}


def _holds_table(value: Any, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value[:_MOST_ITEMS])
    if isinstance(value, dict):
        if is_geojson(value) or is_camera_stream(value) or _columns(value):
            return True
        return any(_holds_table(part, depth + 1) for part in value.values() if isinstance(part, list | dict))
    return False


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool)


def _columns(value: dict[str, Any]) -> dict[str, list[Any]]:
    """Return lists of one length that are the columns of a table, none where the object is no such table."""
    named = _headed(value) or ride_columns(value)
    if named:
        return named
    lists = {key: part for key, part in value.items() if _is_series(part)}
    counts = Counter(len(part) for part in lists.values())
    # The length that most lists have, of several the longest.
    rows = max(counts, key=lambda length: (counts[length], length), default=0)
    columns = {key: part for key, part in lists.items() if len(part) == rows}
    return columns if len(columns) > 1 else {}


def _is_series(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= _FEWEST_ROWS
        and all(_is_scalar(item) for item in value[:_MOST_ITEMS])
    )


def _headed(value: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of `{"columns": [names], "data": [rows]}`."""
    names = next((value[key] for key in _HEADINGS if isinstance(value.get(key), list)), None)
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        return {}
    for part in value.values():
        if isinstance(part, list) and len(part) >= _FEWEST_ROWS and part is not names:
            rows = [row for row in part if isinstance(row, list) and len(row) == len(names)]
            if len(rows) == len(part):
                return {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return {}


def _transposed(columns: dict[str, list[Any]], path: Path, others: tuple[str, ...]) -> Iterator[Found]:
    names = list(columns)
    for row in zip(*columns.values(), strict=True):
        cells = dict(zip(names, row, strict=True))
        odd = [name for name, value in cells.items() if not _is_scalar(value)]
        for name in odd:
            cells[name] = None
        yield Found(path, cells, Shape.COLUMNS, (*others, *(f"{name} (objects)" for name in odd)))


def flat(
    value: dict[str, Any], left: list[str] | None = None, before: str = "", depth: int = 0
) -> dict[str, Any]:
    """Return the scalars of an object by the names on their way, joined by dots; lists by number.

    `left` gathers the names of what is too long or too deep for that.
    """
    cells: dict[str, Any] = {}
    left = [] if left is None else left
    for key, part in value.items():
        name = f"{before}{key}"
        if isinstance(part, dict) and depth < _DEEPEST:
            cells.update(flat(part, left, f"{name}.", depth + 1))
        elif isinstance(part, list) and depth < _DEEPEST:
            numbered = {str(place): item for place, item in enumerate(part[:_MOST_ITEMS])}
            cells.update(flat(numbered, left, f"{name}.", depth + 1))
            if len(part) > _MOST_ITEMS:
                left.append(f"{name}.{_MOST_ITEMS} and on")
        elif _is_scalar(part):
            cells.update(place_cells(key, name, part))
        else:
            left.append(name)
    return cells


def facts_of(value: Any) -> dict[str, Any]:
    """Return what a document says outside its tables, the first hundred values."""
    if not isinstance(value, dict) or is_geojson(value):
        return {}
    _inner, plain = _parts(value)
    columns = _columns(plain)
    kept = flat({key: part for key, part in plain.items() if key not in columns and key not in _HEADINGS})
    return {
        name[:_LONGEST_FACT]: part[:_LONGEST_FACT] if isinstance(part, str) else part
        for name, part in list(kept.items())[:_MOST_FACTS]
    }
