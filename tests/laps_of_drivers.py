"""Tables of laps for tests of features: what hypothesis draws, and a plain one."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
from hypothesis import strategies as st

SCHEMA = {
    "race_id": pl.Int64,
    "driver_id": pl.String,
    "lap": pl.Int64,
    "position": pl.Int64,
    "laps_led": pl.Float64,
    "lap_time": pl.Float64,
}
Key = tuple[int, str, int]
Rows = dict[Key, tuple[Any, ...]]

# Infinities and huge values poison running sums, NaN and nulls are no values, and 0.1 is never exact.
ODD_TIMES = (None, None, math.nan, math.inf, -math.inf, 1e300, -1e300, 5e-324, 0.0, -0.0, 0.1)
ODD_PLACES = (None, None, 0, -1, 2**53 + 1, 2**63 - 1, -(2**63))
TIMES = st.one_of(st.floats(40, 70), st.sampled_from(ODD_TIMES))


def _time(byte: int) -> float | None:
    return ODD_TIMES[byte] if byte < len(ODD_TIMES) else 40 + byte * 0.37


def _place(byte: int) -> int | None:
    return ODD_PLACES[byte] if byte < len(ODD_PLACES) else byte % 40


def _rows(drawn: bytes) -> Rows:
    """Return a row for each four bytes; of rows with one key the last one counts."""
    rows: Rows = {}
    for at in range(0, len(drawn) - 3, 4):
        which, place, led, time = drawn[at : at + 4]
        key = (which & 1, "anna" if which & 2 else "", which >> 2 & 7)
        rows[key] = (_place(place // 4), _time(led // 4), _time(time // 4))
    return rows


# One draw a table, not one a value: a thousand tables take seconds that way, and still shrink.
ROWS = st.binary(min_size=32, max_size=120).map(_rows)


def table(rows: Rows, order: Any = None) -> pl.DataFrame:
    """Return rows as a frame, shuffled by a `random.Random` where one is given."""
    listed = [(*key, *values) for key, values in rows.items()]
    if order is not None:
        order.shuffle(listed)
    return pl.DataFrame(listed, schema=SCHEMA, orient="row")


def ordinary(drivers: int = 2, races: int = 2, laps: int = 30) -> pl.DataFrame:
    """Return laps as a timing system has them: by race and lap, all drivers beside each other."""
    return pl.DataFrame(
        [
            (race, f"driver_{driver}", lap, (lap * 7 + driver * 3 + race) % 20 + 1, float(lap % 4 == driver),
             50 + lap * 0.05 + (lap * 13 + driver) % 7 / 10)
            for race in range(races)
            for lap in range(1, laps + 1)
            for driver in range(drivers)
        ],
        schema=SCHEMA,
        orient="row",
    )  # fmt: skip
