"""Columns change clothes without changing what they say."""

from __future__ import annotations

import pyarrow as pa
import pytest

from telemparse.errors import CallError
from telemparse.writers.columns import conformed, time_column, united, worded

WORDS = pa.dictionary(pa.int8(), pa.string())


def test_a_dictionary_holds_as_many_words_as_its_type_can_number():
    words = [f"w{number}" for number in range(128)]
    table = pa.table({"word": pa.array([*words, None])})

    coded = worded(table, pa.schema([("word", WORDS)]), {"word": words})

    assert coded["word"].to_pylist() == [*words, None]


def test_more_words_than_that_are_refused_and_counted():
    table = pa.table({"word": ["a"]})
    with pytest.raises(CallError, match="129 different words"):
        worded(table, pa.schema([("word", WORDS)]), {"word": map(str, range(129))})


def test_a_united_schema_keeps_the_first_facts_and_the_order_of_appearance():
    first = pa.schema([pa.field("a", pa.int32(), metadata={"unit": "V"})], metadata={"time_base": "utc"})
    second = pa.schema([pa.field("b", pa.string()), pa.field("a", pa.float64(), metadata={"unit": "mV"})])

    schema = united([first, second])

    assert (schema.names, schema.metadata) == (["a", "b"], {b"time_base": b"utc"})
    assert (schema.field("a").type, schema.field("a").metadata) == (pa.float64(), {b"unit": b"V"})
    table = conformed(pa.table({"b": ["x"], "a": [1.5]}, schema=second), schema)
    assert table.to_pylist() == [{"a": 1.5, "b": "x"}]
    assert table.schema.equals(schema, check_metadata=True)


@pytest.mark.parametrize(
    ("base", "name"), [("utc", "t"), ("relative", "t_relative_ns"), (None, "t_unknown_ns")]
)
def test_only_utc_keeps_the_plain_name_of_a_time_column(base, name):
    assert time_column("t", base) == name
