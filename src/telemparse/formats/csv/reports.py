"""What a file turned out to be, in words: the metadata, and the errors that ask the user to decide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telemparse.errors import Malformed
from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.decimal_signs import other_signs
from telemparse.formats.csv.headers import DEVICE_CELL, read_heading
from telemparse.formats.csv.pairs import PAIRS
from telemparse.formats.csv.plan import feeding
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import QUANTITIES, Role, squash
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.assignment import Assignment
    from telemparse.formats.csv.clocking import Found
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.profiles import Profile

__all__ = ["ambiguous_columns", "clock_facts", "describe", "listed", "missing_position", "unset_clock"]

_COLUMNS_NAMED = 40
_NAMES_LISTED = 60
_LAT, _LON = 90.0, 180.0
_POSITION = ("lat_deg", "lon_deg")
_WORDS_NAMED = 4
_MODEL_BYTES = 65_536
# Where the counting begins of clocks that keep the time without a battery, or have none: of real-time clocks,
# of GPS and of Unix. Nobody's recording is of such a day.
_FIRST_DAYS = re.compile(r"(?:(?:1970|2000)[-/.]0?1[-/.]0?1|1980[-/.]0?1[-/.](?:0?1|0?6))(?!\d)")
_FAMILIES = {"AP Info": "Cobb Accessport"}


def describe(
    layout: Layout, dialect: CsvDialect, assignment: Assignment, found: Found, suffix: str
) -> Iterator[Meta]:
    """Yield the facts of a file; keys of a second file end in `.<its stem>`."""
    yield Meta(f"dialect{suffix}", dialect.name)
    yield Meta(f"columns{suffix}", _columns(assignment, found))
    yield clock_facts(found, suffix)
    yield Meta(f"layout{suffix}", _layout_facts(layout, other_signs(assignment, layout.decimal)))
    if dialect.device_family is not None:
        yield Meta("device_family", dialect.device_family)
    text = "\n".join((*layout.preamble, ",".join(layout.header or ())))[:_MODEL_BYTES]
    model = re.search(dialect.device_model, text) if dialect.device_model else None
    if model is not None:
        yield Meta("device_model", model[1])
    for cell in layout.header or ():
        device = DEVICE_CELL.match(cell)
        if device is not None:
            facts = re.findall(r"\[([^\]]*)\]", device["facts"])
            yield Meta("device_family", _FAMILIES.get(device["label"], device["label"]))
            yield Meta("device_model", facts[0])
            yield Meta("device_info", facts)


def _layout_facts(layout: Layout, signs: frozenset[int]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "encoding": layout.encoding.name,
        "delimiter": layout.delimiter,
        "decimal": layout.decimal,
        "header_line": layout.header_line,
    }
    names = layout.header or tuple(f"column_{index + 1}" for index in range(layout.width))
    return facts | {"other_decimal": [names[index].strip() for index in sorted(signs)]} if signs else facts


def unset_clock(artifact: str, found: Found) -> Issue | None:
    """Return the doubt in a date on which clocks begin that were never set, None where the head has none."""
    for stamped in found.clock.columns if found.clock.time_base == "utc" else ():
        first = next(iter(stamped.column.profile.cells), "")
        if _FIRST_DAYS.match(first):
            reason = "clocks that were never set begin on that day"
            return Issue("DATE_UNRELIABLE", Locus(artifact), artifact=artifact, reason=reason)
    return None


def clock_facts(found: Found, suffix: str) -> Meta:
    """Return how the clock is made; behind the rows also what a counter showed in them."""
    clock = found.clock
    facts = {"source": [stamped.column.source for stamped in clock.columns], "is": clock.description()}
    return Meta(f"clock{suffix}", facts | (clock.counter.facts() if clock.counter is not None else {}))


def _columns(assignment: Assignment, found: Found) -> dict[str, Any]:
    """Return {source column: canonical name and the unit it was read in}."""
    named: dict[str, Any] = {stamped.column.source: "t" for stamped in found.clock.columns}
    clock = frozenset(named)
    named.update({column.source: name for name, column in assignment.aids.items()})
    for name, measured in feeding(assignment):
        if measured.column.source in clock:
            continue  # a channel as well, or a later column of that name
        unit = measured.column.unit.symbol if measured.column.unit else measured.column.unit_text
        told = measured.column.pair or name
        named[measured.column.source] = f"{told} from {unit}" if unit else told
    return named


def ambiguous_columns(artifact: str, layout: Layout, profiles: tuple[Profile, ...]) -> Malformed:
    """Return the error for a headerless text of unknown shape: what was seen, and a mapping to start from."""
    seen = [f"{index}: {_seen(profile)}" for index, profile in enumerate(profiles)][:_COLUMNS_NAMED]
    return Malformed(
        "CSV_AMBIGUOUS_COLUMNS",
        Locus(artifact, line=layout.data_line),
        artifact=artifact,
        interpretations="; ".join(seen),
        mapping=",".join(_proposal(profile) for profile in profiles),
    )


def missing_position(
    artifact: str, layout: Layout, dialect: CsvDialect, assignment: Assignment, *, timed: bool
) -> Iterator[Issue]:
    """Yield that positions are missing: an error for one of two, or where nothing else is left.

    A vendor's file without a column of positions has none by nature, and that is no finding.
    """
    if assignment.gnss:
        return
    lone = assignment.lone
    usable = timed and (assignment.left or assignment.channels or assignment.triads)
    if usable and lone is None and dialect.has_fingerprint and not _positions_named(layout, dialect):
        return
    yield Issue(
        "CSV_MISSING_LAT_LON",
        Locus(artifact),
        severity=Severity.WARNING if usable and lone is None else None,
        artifact=artifact,
        present=lone or "columns",
        missing={"lat_deg": "lon_deg", "lon_deg": "lat_deg"}.get(lone or "", "latitude and longitude"),
        looked_for=", ".join(_looked_for(lone)),
        columns=listed(layout),
    )


def _positions_named(layout: Layout, dialect: CsvDialect) -> bool:
    """Tell whether a file has a column that its dialect declares as a position."""
    there = {squash(name) for cell in layout.header or () for name in (cell, read_heading(cell).base)}
    specs = ((key, read_spec(text).quantity) for key, text in dialect.columns.items())
    return any(
        quantity is not None and quantity.name in (*_POSITION, *PAIRS) and squash(str(key)) in there
        for key, quantity in specs
    )


def _looked_for(lone: str | None) -> Iterator[str]:
    """Yield the usual names of the coordinates that are missing."""
    for name in _POSITION:
        if name != lone:
            words = QUANTITIES[name, Role.GNSS].words
            yield from [word for word in words if not word.startswith(("gps", "gnss"))][:_WORDS_NAMED]


def listed(layout: Layout) -> str:
    """Return the names of a file's columns, the first sixty."""
    names = [name for name in layout.header or () if name]
    more = f" and {len(names) - _NAMES_LISTED} more" if len(names) > _NAMES_LISTED else ""
    return (", ".join(names[:_NAMES_LISTED]) or f"{layout.width} columns without names") + more


def _seen(profile: Profile) -> str:
    if not profile.filled:
        return "nothing"
    kind = profile.kinds.most_common(1)[0][0]
    if kind is not CellKind.NUMBER:
        return str(kind.value)
    low, high = min(profile.numbers), max(profile.numbers)
    rising = all(b >= a for a, b in zip(profile.numbers, profile.numbers[1:], strict=False)) and high > low
    size = (
        "within 90"
        if low >= -_LAT and high <= _LAT
        else "within 180"
        if low >= -_LON and high <= _LON
        else "larger"
    )
    return f"{'integers' if profile.whole else f'numbers with {profile.decimals} decimals'}, {size}" + (
        ", rising" if rising else ""
    )


def _proposal(profile: Profile) -> str:
    """Return what a column may be, for the user to correct; only times are told by their look."""
    if profile.filled and profile.share(CellKind.ISO, CellKind.STAMP) > 0.5:  # noqa: PLR2004  (most cells)
        return "t"
    return "?"
