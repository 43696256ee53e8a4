"""A CSV dialect as a value: what it must be named, and what makes it recognisable."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.extension.csv_dialect import Altitude, CsvDialect, FixRule, NumberRange, Shape, Stamps


@pytest.mark.parametrize("name", ["", "Vendor", "a-b", "7up", 5])
def test_a_name_is_a_lower_case_word(name):
    with pytest.raises(CallError, match="lower-case word"):
        CsvDialect(name=name)


def test_only_a_fingerprint_recognises_a_file():
    assert not CsvDialect(name="plain", columns={"v": "speed:km/h"}).has_fingerprint
    shape = Shape(columns=(NumberRange(low=0), NumberRange(high=1)))
    for facts in ({"header": ["a"]}, {"first_columns": ["a"]}, {"preamble": ["a"]}, {"shape": shape}):
        assert CsvDialect(name="told", **facts).has_fingerprint


def test_what_a_dialect_does_not_say_is_the_common_case():
    dialect = CsvDialect(name="plain")
    assert (dialect.stamps, dialect.altitude) == (Stamps.UNKNOWN, Altitude.SEA_LEVEL)
    assert dialect.fix == FixRule()
    assert dialect.device_family is None
