"""Values of JSON texts: those of the standard library, however a text is cut; and what is left of damage."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.formats.json import values
from telemparse.formats.json.decoding import Reader
from telemparse.formats.json.mending import closed, deep_place
from telemparse.formats.json.values import Number, TooLargeError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


def reader(data, step=1 << 18):
    data = data.encode() if isinstance(data, str) else data
    return Reader(io.BytesIO(data), data[:65536], step)


def read(data, step=1 << 18):
    source = reader(data, step)
    return list(source.elements()), source


def as_written(value):
    """Return a value with numbers as Python reads them."""
    if isinstance(value, Number):
        return json.loads(value)
    if isinstance(value, list):
        return [as_written(item) for item in value]
    if isinstance(value, dict):
        return {key: as_written(item) for key, item in value.items()}
    return value


@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 1]), st.integers(1, 50))
@settings(max_examples=60)
def test_elements_of_an_array_are_those_of_the_standard_library(values, indent, step):
    found, source = read(json.dumps(values, indent=indent), step)
    assert as_written(found) == values
    assert not source.damaged


@given(st.lists(OBJECTS, min_size=2, max_size=6), st.booleans(), st.integers(1, 50))
@settings(max_examples=60)
def test_lines_are_those_of_the_standard_library(values, wrapped, step):
    lines = [[value] for value in values] if wrapped else values
    found, source = read("".join(json.dumps(line) + "\r\n" for line in lines), step)
    assert as_written(found) == lines
    assert not source.damaged
    assert not source.is_array


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_do_not_matter(encoding):
    data = '[{"name": "Lédenon"}, {"name": "Zürich"}]'.encode(encoding)
    assert read(data)[0] == [{"name": "Lédenon"}, {"name": "Zürich"}]


def test_numbers_keep_every_digit():
    ((first, second, third), _source) = read(f"[1.10, {'9' * 6000}, -1E+05]")
    assert (first, second, third) == ("1.10", "9" * 6000, "-1E+05")


def test_what_json_does_not_define_is_counted():
    found, source = read('[{"a": 1, "a": 2, "b": NaN}, {"c": -Infinity, "d": Infinity}]')
    assert found == [{"a": "2", "b": None}, {"c": None, "d": None}]
    assert (source.counts.repeated_keys, source.counts.not_numbers) == (1, 3)


@pytest.mark.parametrize("step", [4, 9, 1 << 18])
def test_what_json_does_not_define_is_counted_once_and_not_in_what_is_damaged(step):
    _found, source = read('[{"a": {"b": NaN, "b": 1}, "c": "x"}, {"d": {"b": NaN, "b": 1}, "e": ?}]', step)
    assert (source.counts.repeated_keys, source.counts.not_numbers) == (1, 1)
    _found, lines = read('[{"a": {"b": NaN, "b": 1}}]\n[{"a": 1}]\n', step)
    assert (lines.counts.repeated_keys, lines.counts.not_numbers) == (1, 1)


@pytest.mark.parametrize("step", [*range(8, 13), 1 << 18])
def test_one_comma_stands_between_elements_wherever_the_buffer_ends(step):
    found, source = read('[{"a": 1} , ,{"a": 2} , {"a": 3} ,\n]', step)
    assert found == [{"a": "1"}, {"a": "3"}]
    assert [damage.offset for damage in source.damages] == [12]


@pytest.mark.parametrize("step", [3, 1 << 18])
def test_a_damaged_line_is_passed_over(step):
    data = '{"a": 1}\n{"a": ?}\n{"a": 3}\nnothing\n{"a": 5}\n'
    found, source = read(data, step)
    assert found == [{"a": "1"}, {"a": "3"}, {"a": "5"}]
    assert source.damaged == 2
    assert [(damage.line, damage.offset) for damage in source.damages] == [(2, 15), (4, 27)]
    assert not any(damage.truncated for damage in source.damages)


@pytest.mark.parametrize("step", [3, 1 << 18])
def test_a_damaged_element_is_passed_over(step):
    found, source = read('[{"a": 1}, {"a": ?, "b": 2}, {"a": 3}]', step)
    assert found == [{"a": "1"}, {"a": "3"}]
    assert source.damaged == 1


@pytest.mark.parametrize("step", [3, 1 << 18])
@pytest.mark.parametrize("cut", range(11, 21))
def test_an_array_that_ends_too_early_keeps_what_was_whole(cut, step):
    data = '[{"a": 1},{"a": "x\\n"}]'
    found, source = read(data[:cut], step)
    assert found == [{"a": "1"}]
    (damage,) = source.damages
    assert damage.truncated


def test_an_array_without_its_bracket_is_truncated():
    found, source = read('[{"a": 1}')
    assert found == [{"a": "1"}]
    assert source.damages[0].truncated


def test_what_stands_behind_an_array_is_said_and_read_on():
    found, source = read('[{"a": 1}] x\n{"a": 2}\n')
    assert found == [{"a": "1"}, {"a": "2"}]
    assert source.damaged >= 1


def test_a_lone_document_keeps_its_beginning():
    found, source = read('{"a": [1, 2, 3], "b": [4, 5')
    assert found == [{"a": ["1", "2", "3"], "b": ["4"]}]
    assert source.damages[0].truncated


def test_depth_is_bounded():
    found, source = read('[{"a": 1}, ' + "[" * 100_000 + "]" * 100_000 + ', {"a": 2}]')
    assert found[0] == {"a": "1"}
    assert source.damages[0].error == "nested too deeply"


def test_one_value_may_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(values, "LARGEST_VALUE_BYTES", 1000)
    source = reader('{"a": [' + "1," * 5000 + "1]}", 100)
    with pytest.raises(TooLargeError):
        list(source.elements())


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"a": [1, 2], "b', '{"a": [1, 2]}'), ('{"a": {"b": 1', None),
        ('{"a": {"b": 1, "c', '{"a": {"b": 1}}'),
        ("]", None), ("{" * 100, None), ('{"a,]": [1]', '{"a,]": [1]}'),
    ],
)  # fmt: skip
def test_a_beginning_is_closed_at_its_last_whole_value(text, whole):
    assert closed(text) == whole


@given(st.binary(max_size=300))
def test_any_bytes_end_in_values_or_damage(data):
    found, source = read(data, 16)
    assert found or source.damaged or not data.strip(b"\0 \t\r\n\x1e\xef\xbb\xbf\xff\xfe")


def test_a_line_with_nothing_but_blanks_behind_it_does_not_fill_the_memory():
    source = reader("[1]" + "\n" * 1_000_000, 1 << 14)
    assert list(source.elements()) == ["1"]
    assert source.stream.tell() == 1_000_003
    looked = reader("[1]\n" + " " * 1_000_000, 1 << 14)
    next(iter(looked.elements()))
    assert looked.stream.tell() < 200_000  # so much is read to tell lines from an array


def scanned(source):
    """Return the values of a reader, and how far into the text in memory each damage was found."""
    places, scan = [], source._scan

    def watched(text, place):
        try:
            return scan(text, place)
        except ValueError as error:
            places.append(error.pos)
            raise
        except RecursionError:
            places.append(place)
            raise

    source._scan = watched
    return list(source.elements()), places


def test_damage_behind_a_large_value_is_found_in_little_text():
    # An error counts the lines before it in memory: what a large value brought there is laid aside.
    large = '[{"a": "' + "x" * 300_000 + '"}, '
    found, places = scanned(reader(large + '{"b" 1},\n' * 3000 + "{}]", 1000))
    assert len(found) == 2
    assert len([place for place in places if place > 5000]) < 20
    assert len(places) >= 3000


def test_what_is_nested_too_deeply_is_read_once():
    # From each bracket on it is too deep again: past a thousand brackets, in newer Pythons past ten thousand.
    source = reader('[{"a": 1}, ' + "[1],[" * 20_000, 1 << 14)
    found, places = scanned(source)
    assert found == [{"a": "1"}, ["1"]]
    assert len(places) < 200
    assert source.damages[0].error == "nested too deeply"


def test_a_place_that_is_too_deep_is_found_past_brackets_in_texts():
    assert deep_place('x[{"a[[[": [[1]]}]', 1, 3) == 12
    assert deep_place('[{"a[[[": 1}]', 0, 2) is None
