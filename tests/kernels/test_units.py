"""Units as people write them, and the way from one to another."""

from __future__ import annotations

import pytest

from telemparse.kernels.units import UNITS, Dimension, conversion, find_unit

WRITTEN = {
    "km/h": "km/h", "KPH": "km/h", "[Km/h]": "km/h", "m/s²": "m/s2", "m/s^2": "m/s2", "deg C": "degC",
    "°F": "degF", " % ": "%", "knots": "kn", "ft msl": "ft", "Nm": "N m", "nm": "nmi", "mG": "mG", "G": "g",
    "MPa": "MPa", "°/s": "deg/s", "degrés": "deg", "µs": "us", "(sec)": "s", "hPa": "mbar", "#": "1",
    "µT": "uT", "μT": "uT", "mT": "mT",
}  # fmt: skip


@pytest.mark.parametrize(("text", "symbol"), WRITTEN.items())
def test_a_unit_is_known_in_many_writings(text, symbol):
    unit = find_unit(text)
    assert unit is not None
    assert unit.symbol == symbol


@pytest.mark.parametrize("text", ["", "parsecs", "()", "km/h/s", "42", "ident?"])
def test_what_is_no_unit_is_none(text):
    assert find_unit(text) is None


CONVERTED = [
    ("km/h", 3.6, 1.0), ("mph", 1.0, 0.44704), ("kn", 1.0, 1852 / 3600), ("fpm", 1.0, 0.3048 / 60),
    ("f", 212.0, 100.0), ("k", 273.15, 0.0), ("psi", 14.503773773, 1.0), ("inhg", 29.9212553, 1.01325),
    ("g", 1.0, 9.80665), ("dps", 180.0, 3.141592653589793), ("gauss", 0.5, 50.0), ("hz", 50.0, 3000.0),
    ("ps", 1.0, 735.49875), ("rad", 3.141592653589793, 180.0), ("1e-7", 481234567.0, 48.1234567),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "expected"), CONVERTED)
def test_values_come_to_the_canonical_unit(text, value, expected):
    unit = UNITS[text]
    factors = conversion(unit, unit.dimension)
    assert factors is not None
    assert value * factors[0] + factors[1] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_units_of_different_kinds_do_not_convert():
    assert conversion(UNITS["m"], Dimension.SPEED) is None
    assert conversion(UNITS["1"], Dimension.SPEED) == (1.0, 0.0)


def test_every_dimension_has_a_canonical_unit():
    names = {value for name, value in vars(Dimension).items() if name.isupper()} - {Dimension.OTHER}
    canonical = {unit.dimension for unit in UNITS.values() if (unit.scale, unit.offset) == (1.0, 0.0)}
    assert names <= canonical
