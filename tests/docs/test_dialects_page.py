"""The page about CSV dialects: its vendor takes less than 20 lines, its tables are what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from telemparse.extension.column_specs import FORMATS
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import QUANTITIES, Role
from telemparse.kernels.units import UNITS, conversion, find_unit
from telemparse.testing.dialects import DIALECT_PROMISES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "plugins" / "dialects.md").read_text(encoding="utf-8")

GROUPS = {
    Role.GNSS: "the receiver",
    Role.AID: "other columns of the row",
    Role.ACCEL: "the accelerometer",
    Role.GYRO: "the gyroscope",
    Role.MAG: "the magnetometer",
    Role.CHANNEL: "the vehicle",
}


def spelling(unit):
    """Return a way to write a unit that is read as that unit."""
    written = [unit.symbol, *(alias for alias, each in UNITS.items() if each == unit)]
    return next(text for text in written if find_unit(text) == unit)


def units_of(dimension):
    known = dict.fromkeys(unit for unit in UNITS.values() if unit.dimension == dimension)
    return [spelling(unit) for unit in known]


def name_of(quantity):
    """Return a name that is read as this quantity: the canonical one, unless a receiver has it too."""
    return next(name for name in (quantity.name, *quantity.words) if read_spec(name).quantity is quantity)


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def code(words):
    return " ".join(f"`{word}`" for word in words)


def names_table():
    found = {}
    for quantity in QUANTITIES.values():
        if quantity.role is not Role.TIME:
            found.setdefault((quantity.role, quantity.dimension), []).append(name_of(quantity))
    return [
        row(GROUPS[role], dimension or "words", code(names)) for (role, dimension), names in found.items()
    ]


def units_table():
    dimensions = dict.fromkeys(
        quantity.dimension
        for quantity in QUANTITIES.values()
        if quantity.role is not Role.TIME and quantity.dimension is not None
    )
    return [row(dimension, code(units_of(dimension))) for dimension in dimensions if dimension != "number"]


def formats_table():
    return [row(f"`{name}`", code(formats) or "none") for name, formats in FORMATS.items()]


def promises_table():
    return [row(f"`{promise.id}`", promise.sentence) for promise in DIALECT_PROMISES]


TABLES = {
    "| of | kind of unit | names |": names_table,
    "| kind of unit | units |": units_table,
    "| part of the clock | formats |": formats_table,
    "| id | promise |": promises_table,
}


@pytest.mark.parametrize("head", TABLES)
def test_a_table_is_what_the_code_knows(head):
    written = re.search(re.escape(head) + r"\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE)
    assert written is not None
    assert set(TABLES[head]()) <= set(written[1].splitlines())
    assert len(written[1].splitlines()) >= len(TABLES[head]())


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda each: f"{each.role.value}-{each.name}")
def test_every_name_and_unit_of_the_tables_is_read_as_it_says(quantity):
    name = name_of(quantity)
    if quantity.role is Role.TIME:
        assert name == quantity.name
        assert all(read_spec(f"{name}:{tail}").quantity is quantity for tail in FORMATS[name])
        return
    for unit in units_of(quantity.dimension) if quantity.dimension else ():
        spec = read_spec(f"{name}:{unit}")
        assert spec.quantity is quantity
        assert spec.unit is not None
        assert conversion(spec.unit, quantity.dimension) is not None


def test_every_part_of_the_clock_has_its_formats():
    parts = {quantity.name for quantity in QUANTITIES.values() if quantity.role is Role.TIME}
    assert set(FORMATS) == parts


def test_the_vendor_is_taught_in_less_than_20_lines():
    module = re.search(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert module is not None
    lines = [line for line in module[1].splitlines() if line.strip()]
    assert "telemparse_csv_dialects" in module[1]
    assert len(lines) < 20
    assert PAGE.count(f"A vendor in {len(lines)} lines") == 1
