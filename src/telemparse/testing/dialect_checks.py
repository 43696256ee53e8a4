"""Examinations of a dialect, one for each promise; each raises `Broken` with what was seen.

Each looks at its own question alone: a file that is not recognised is told by the examination of recognition
and passed over by the others, so that one mistake is one broken promise.
"""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING

import numpy as np

from telemparse.extension.column_specs import FORMATS
from telemparse.extension.csv_dialect import Stamps
from telemparse.formats.csv.headers import snake_case
from telemparse.formats.csv.mapping import read_spec
from telemparse.formats.csv.rows import split_line
from telemparse.formats.csv.vocabulary import QUANTITIES, Role
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.lines import decoded
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import conversion
from telemparse.model.detection import Rung
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.layout import Layout
    from telemparse.testing.dialect_subject import DialectReading, DialectSubject

__all__ = [
    "damage_is_confessed", "declares_itself", "has_a_clock", "keeps_every_column", "leaves_nothing_to_guess",
    "recognises_its_own", "refuses_others", "units_are_plausible", "uses_what_it_declares",
]  # fmt: skip

_CLOCK_CODES = {"CSV_NO_TIME_COLUMN", "CSV_AMBIGUOUS_TIME_FORMAT", "TIME_ZONE_ASSUMED_UTC"}
_GUESS_CODES = {"UNIT_ASSUMED", "CSV_AMBIGUOUS_COLUMNS"}
_NEAR = 0.85
# What a misspelt name may have been meant for. The vocabulary of vehicles is left to its canonical names: a
# `core_temperature` is no slip for the coolant's.
_WORDS = {
    squash(word): quantity.name
    for quantity in QUANTITIES.values()
    for word in (*(quantity.words if quantity.role in (Role.GNSS, Role.TIME) else ()), quantity.name)
}
_NAMED = 3
_RADIUS_M = 6_371_000.0
_LONGEST_STEP_S = 10.0
_SHORTEST_WAY_M = 50.0
_LARGEST_FACTOR = 1.13  # a mile an hour and a knot lie a factor of 1.15 apart
_NS_PER_S = 1e9


def declares_itself(subject: DialectSubject) -> None:
    """The dialect can be recognised, and what it says of columns is understood."""
    if not subject.dialect.has_fingerprint:
        raise Broken("no header, first_columns, preamble or shape is declared")
    odd = [f"{key!r}: {words}" for key, words in _misunderstood(subject.dialect)]
    if odd:
        raise Broken("; ".join(odd))


def _misunderstood(dialect: CsvDialect) -> Iterator[tuple[str | int, str]]:
    for key, text in dialect.columns.items():
        words = _odd_name(text) or _odd_tail(text)
        if words:
            yield key, f"{text!r} {words}"


def _odd_name(text: str) -> str:
    """Return what is wrong with a name that no quantity has: it must be plainly one of the author's own."""
    spec = read_spec(text)
    if spec.quantity is not None or not spec.name:
        return ""
    near = difflib.get_close_matches(squash(spec.name), _WORDS, n=1, cutoff=_NEAR)
    if near:
        return f"names no canonical quantity; {_WORDS[near[0]]} is near"
    return (
        "" if snake_case(spec.name) == spec.name else "is neither canonical nor a channel name in snake_case"
    )


def _odd_tail(text: str) -> str:
    """Return what is wrong with a unit or a format."""
    spec, tail = read_spec(text), text.partition(":")[2].strip().rstrip("?")
    if spec.quantity is None or not tail:
        return ""
    name, dimension = spec.quantity.name, spec.quantity.dimension
    if spec.quantity.role is Role.TIME:
        allowed = FORMATS[name]
        return "" if tail in allowed else f"is a {name}, which takes {', '.join(allowed) or 'no format'}"
    if name == "declination" and spec.unit is not None and spec.unit.symbol == "deg":
        return ""
    if dimension is None:
        return f"is a {name}, which is words and has no unit"
    fits = spec.unit is not None and conversion(spec.unit, dimension) is not None
    return "" if fits else f"is a {name}, and {tail} is no unit of {dimension}"


def recognises_its_own(subject: DialectSubject) -> None:
    """Each sample is told to be CSV of this dialect, at MARKER."""
    name = subject.dialect.name
    for reading in subject.readings if subject.dialect.has_fingerprint else ():
        if name not in reading.fits:
            raise Broken(f"{reading.name} is not recognised: {_missing(subject.dialect, reading)}")
        if reading.fits[0] != name:
            raise Broken(f"{reading.name} is read as {reading.fits[0]}, which asks for as much or more")
        winner = reading.found.winner
        if winner is None or winner.parser_id != "csv" or not winner.rung >= Rung.MARKER:
            raise Broken(f"{reading.name} goes to another parser: {reading.found.explain()}")


def _missing(dialect: CsvDialect, reading: DialectReading) -> str:
    """Return the parts of the fingerprint that a file lacks."""
    layout = reading.layout
    if layout is None:
        return "it is no table"
    lacking = [f"no column {name}" for name in sorted(dialect.header) if reading.column(name) is None]
    first = [squash(name) for name in dialect.first_columns]
    if first and [squash(name) for name in layout.header or ()][: len(first)] != first:
        lacking.append(f"the header does not begin with {', '.join(dialect.first_columns)}")
    text = "\n".join(layout.preamble)
    lacking += [f"no {phrase!r} before the data" for phrase in dialect.preamble if phrase not in text]
    return "; ".join(lacking) or f"its {layout.width} columns are not of the shape"


def refuses_others(subject: DialectSubject) -> None:
    """No file of others and no table of common columns is taken for one of this dialect."""
    taken = [name for name, data in subject.strangers.items() if subject.takes(data)]
    if taken:
        more = f"; and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
        raise Broken(f"it also takes {'; '.join(taken[:_NAMED])}{more}")


def keeps_every_column(subject: DialectSubject) -> None:
    """Each sample is read without an error, and each column of it ends in a stream or an issue."""
    for reading in subject.own:
        errors = {issue.code for issue in reading.result.errors}
        if errors & (_CLOCK_CODES | _GUESS_CODES):
            continue  # told by the checks of the clock and of guesses
        if errors:
            raise Broken(f"{reading.name} ends in {', '.join(sorted(errors))}")
        told = " ".join(str(issue.evidence) for issue in reading.issues)
        lost = [name for name in reading.names if not _is_kept(reading, name) and name not in told]
        if lost:
            raise Broken(f"{reading.name}: {', '.join(lost)} ended nowhere")


def _is_kept(reading: DialectReading, source: str) -> bool:
    target = reading.feeds(source)
    target = {"lat_hemisphere": "lat_deg", "lon_hemisphere": "lon_deg"}.get(target or "", target)
    return any(target in table.column_names for table in reading.result.streams.values())


def uses_what_it_declares(subject: DialectSubject) -> None:
    """Each declared column stands in some sample, and feeds what it is declared as."""
    seen = {
        key
        for key in subject.dialect.columns
        for reading in subject.readings
        if reading.column(key) is not None
    }
    unseen = [str(key) for key in subject.dialect.columns if key not in seen]
    if unseen:
        raise Broken(f"no sample has the column {', '.join(unseen)}")
    for reading in subject.own:
        for key, text in subject.dialect.columns.items():
            source = reading.column(key)
            if source is not None and not _lands(reading, source, text):
                raise Broken(
                    f"{reading.name}: {source} is declared {text!r} and feeds {reading.feeds(source)}"
                )


def _lands(reading: DialectReading, source: str, text: str) -> bool:
    spec = read_spec(text)
    fed = reading.feeds(source)
    if "columns" not in reading.result.metadata:
        return True  # not read at all, which other checks tell
    if spec.quantity is None or (spec.quantity.role is Role.AID and "hemisphere" not in spec.quantity.name):
        return fed is not None  # a channel of its own name
    if spec.quantity.role is Role.TIME:
        return fed == "t"
    return fed == {"vel_u_mps": "vel_d_mps"}.get(spec.quantity.name, spec.quantity.name)


def has_a_clock(subject: DialectSubject) -> None:
    """The time of each sample is told without a guess, and is UTC where stamps are declared."""
    specs = map(read_spec, subject.dialect.columns.values())
    declared = {spec.quantity.name for spec in specs if spec.quantity is not None}
    dated = subject.dialect.stamps is not Stamps.UNKNOWN or "date" in declared
    for reading in subject.own:
        open_ones = sorted({issue.code for issue in reading.issues} & _CLOCK_CODES)
        if open_ones:
            raise Broken(f"{reading.name}: {', '.join(open_ones)}")
        bases = {
            (table.schema.metadata or {}).get(b"time_base", b"").decode()
            for table in reading.result.streams.values()
        }
        if dated and bases - {"utc"}:
            raise Broken(
                f"{reading.name}: dates are declared, and the time base is {', '.join(sorted(bases))}"
            )


def leaves_nothing_to_guess(subject: DialectSubject) -> None:
    """Every unit and every column is told by the file or by the dialect."""
    by_default = {str(key) for key, text in subject.dialect.columns.items() if text.endswith("?")}
    for reading in subject.own:
        expected = {reading.column(key) for key in by_default}
        for issue in reading.issues:
            guessed = set(str(issue.evidence.get("column", "")).split(", ")) - expected
            if issue.code in _GUESS_CODES and guessed:
                raise Broken(f"{reading.name}: {issue.code}: {issue.message}")


def units_are_plausible(subject: DialectSubject) -> None:
    """Speeds are those at which the positions move."""
    factors = {}
    for reading in subject.own:
        table = reading.result.streams.get("gnss_pvt")
        if table is not None and table["speed_mps"].null_count < table.num_rows:
            factors[reading.name] = _factor(table)
    for name, factor in factors.items():
        if abs(math.log(factor)) > math.log(_LARGEST_FACTOR):  # no number is larger than none
            raise Broken(f"{name}: the way by speeds is {factor:.2f} times the way by positions")
    if factors and all(map(math.isnan, factors.values())):
        raise Broken(f"no sample moves {_SHORTEST_WAY_M:.0f} m, so that its speeds cannot be compared")


def _factor(table: pa.Table) -> float:
    """Return the way by speeds over the way by positions; NaN where either is too short to tell."""
    t_s = numpy_view(table["t"].cast("int64").combine_chunks()) / _NS_PER_S
    lat, lon, speed_mps = (
        table[name].to_numpy().astype(np.float64) for name in ("lat_deg", "lon_deg", "speed_mps")
    )
    step_s = np.diff(t_s)
    north, east = np.radians(np.diff(lat)), np.radians(np.diff(lon)) * np.cos(np.radians(lat[:-1]))
    way_m = _RADIUS_M * np.hypot(north, east)
    mean = (speed_mps[1:] + speed_mps[:-1]) / 2
    near = (step_s > 0) & (step_s < _LONGEST_STEP_S) & ~np.isnan(mean)
    walked, counted = float(way_m[near].sum()), float((mean * step_s)[near].sum())
    return counted / walked if walked >= _SHORTEST_WAY_M and counted > 0 else math.nan


def damage_is_confessed(subject: DialectSubject) -> None:
    """A torn row is counted, and takes no other row with it."""
    for reading in subject.own:
        if reading.result.errors or reading.layout is None:
            continue  # told by the checks of columns and of the clock
        before = _skipped(reading)
        for line, data in _torn(subject.files[reading.name], reading.layout):
            after = subject.read(reading.name, data)
            if not subject.speaks(after):
                raise Broken(f"{reading.name}: with line {line} torn it is not recognised any more")
            if _skipped(after) != before + 1:
                told = f"{_skipped(after)} rows are told as skipped, and {before} without"
                raise Broken(f"{reading.name}: with line {line} torn, {told}")


def _skipped(reading: DialectReading) -> int:
    return sum(issue.evidence["count"] for issue in reading.issues if issue.code == "ROWS_SKIPPED")


def _torn(data: bytes, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """Yield the file with its first, its middle and its last row torn, and the number of that line."""
    lines = decoded(data, layout.encoding).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    cells = {
        index: split_line(lines[index], layout.delimiter) for index in range(layout.data_line - 1, len(lines))
    }
    rows = [index for index, row in cells.items() if len(row) == layout.width]
    for index in sorted({*rows[:1], *rows[len(rows) // 2 :][:1], *rows[-1:]}):
        torn = layout.delimiter.join(cells[index][: layout.width // 2])
        yield index + 1, "\n".join([*lines[:index], torn, *lines[index + 1 :], ""]).encode()
