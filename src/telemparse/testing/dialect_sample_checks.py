"""Examinations of what comes of a dialect's samples: columns, clock, units, and rows that are damaged.

Only samples that are recognised are looked at; the others are told by the examination of recognition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from telemparse.extension.csv_dialect import Stamps
from telemparse.formats.csv.rows import split_line
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import Role
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.lines import decoded
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.formats.csv.layout import Layout
    from telemparse.testing.dialect_subject import DialectReading, DialectSubject

__all__ = [
    "damage_is_confessed", "has_a_clock", "keeps_every_column", "leaves_nothing_to_guess",
    "units_are_plausible", "uses_what_it_declares",
]  # fmt: skip

_CLOCK_CODES = {"CSV_NO_TIME_COLUMN", "CSV_AMBIGUOUS_TIME_FORMAT", "TIME_ZONE_ASSUMED_UTC"}
_GUESS_CODES = {"UNIT_ASSUMED", "CSV_AMBIGUOUS_COLUMNS"}
_RADIUS_M = 6_371_000.0
_LEG_M = 10.0
_LONGEST_PAUSE_S = 10.0  # nobody knows the way between fixes that are farther apart
_SHORTEST_WAY_M = 50.0
_SLOWEST_MPS = 1.0  # the positions of what stands wander about
_LARGEST_FACTOR = 1.25  # of the units in use, only a mile an hour and a knot lie nearer
_NS_PER_S = 1e9
_IN_POSITIONS = {
    "lat_hemisphere": "lat_deg", "lon_hemisphere": "lon_deg", "lat_lon": "lat_deg", "lon_lat": "lon_deg",
}  # fmt: skip


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
    target = _IN_POSITIONS.get(target or "", target)
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
    # Lines of a preamble may be absent: a clock that they begin is then a relative one.
    dated = (subject.dialect.stamps is not Stamps.UNKNOWN and subject.dialect.start is None) or (
        "date" in declared
    )
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
    """Return the way by speeds over the way by positions; NaN where the positions hardly move.

    Both are measured over legs of ten metres or more, on which rounding and noise of positions weigh little.
    """
    t_s = numpy_view(table["t"].cast("int64").combine_chunks()) / _NS_PER_S
    lat, lon, speed_mps = (
        table[name].to_numpy().astype(np.float64) for name in ("lat_deg", "lon_deg", "speed_mps")
    )
    north_m = _RADIUS_M * np.radians(lat - lat[0])
    east_m = _RADIUS_M * np.radians(lon - lon[0]) * math.cos(math.radians(lat[0]))
    ways_m = (speed_mps[1:] + speed_mps[:-1]) / 2 * np.diff(t_s)
    walked_m = counted_m = 0.0
    start = 0
    for row in range(1, len(t_s)):
        leg_m = math.hypot(north_m[row] - north_m[start], east_m[row] - east_m[start])
        if leg_m < _LEG_M and t_s[row] - t_s[row - 1] <= _LONGEST_PAUSE_S:
            continue
        way_m = float(ways_m[start:row].sum())
        joined = t_s[row] - t_s[row - 1] <= _LONGEST_PAUSE_S and not math.isnan(way_m)
        if joined and leg_m >= _SLOWEST_MPS * (t_s[row] - t_s[start]):
            walked_m, counted_m = walked_m + leg_m, counted_m + way_m
        start = row
    return counted_m / walked_m if walked_m >= _SHORTEST_WAY_M and counted_m > 0 else math.nan


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
