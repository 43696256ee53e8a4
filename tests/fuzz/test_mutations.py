"""Mutations: the same dice give the same bytes, any bytes can be mutated, and what comes out is new."""

from __future__ import annotations

import io
import zipfile
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.minimising import minimised
from fuzz.mutations.archives import mutated_archive
from fuzz.mutations.fields import mutated_fields
from fuzz.mutations.markup import mutated_markup
from fuzz.mutations.tables import mutated_table
from fuzz.mutations.texts import bent, clock
from fuzz.mutations.tokens import mutated_tokens
from fuzz.vocabulary import csv_words, dictionary, gpx_words, json_words, rcz_words

TABLE = b"time,lat,lon\n" + b"2024-05-04T10:00:00Z,48.1,11.5\n" * 20
MARKUP = b'<gpx version="1.1"><trk><trkseg>' + b'<trkpt lat="48" lon="11"><time>x</time></trkpt>' * 9
LINES = b'{"t": 1.5, "lat": 48.1, "lon": 11.5}\n' * 20
FRAMES = b"".join(b"\xb5\x62\x01\x07" + bytes([n, n // 2]) + bytes(range(n)) for n in range(40))
ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as _archive:
    _archive.writestr("session.json", LINES)
    _archive.writestr("channel_1_300_0_1_1", bytes(range(80)))
MUTATIONS = {
    "rcz": (mutated_archive, rcz_words(), ARCHIVE.getvalue()),
    "csv": (mutated_table, csv_words(), TABLE),
    "gpx": (mutated_markup, gpx_words(), MARKUP),
    "json": (mutated_tokens, json_words(), LINES),
    "bytes": (mutated_fields, ("GPS5", "DEVC"), FRAMES),
}


@pytest.mark.parametrize("name", MUTATIONS)
@given(data=st.binary(max_size=300), seed=st.integers(0, 2**32 - 1))
@example(b"", 0)
@example(b"\xff\xfe\x00", 1)
@example(b"\n\n\n", 2)
def test_any_bytes_can_be_mutated_and_the_dice_alone_decide(name, data, seed):
    mutation, words, sample = MUTATIONS[name]
    first, second = (mutation(data, words, [sample, data], Random(seed)) for _each in range(2))
    assert first == second


@pytest.mark.parametrize("name", MUTATIONS)
def test_most_mutations_change_something_and_leave_something(name):
    mutation, words, sample = MUTATIONS[name]
    made = [mutation(sample, words, [sample], Random(seed)) for seed in range(200)]
    assert len(set(made)) > 150
    beginnings = [data for data in made if data[:6] == sample[:6]]
    assert len(beginnings) > 80


def test_a_table_is_changed_by_whole_columns():
    made = [mutated_table(TABLE, csv_words(), [TABLE], Random(seed)) for seed in range(200)]
    widths = {data.split(b"\n")[5].count(b",") for data in made if data.count(b"\n") == TABLE.count(b"\n")}
    assert {1, 2, 3} <= widths


def test_clocks_of_the_last_year_stop():
    assert all(clock(Random(seed))(1e12) for seed in range(100))


def test_bent_numbers_stay_near_or_go_to_the_limits():
    made = {bent("48.1", Random(seed)) for seed in range(500)}
    assert {"-48.1", "8.1", "nan", "1e308"} <= made


def test_a_dictionary_has_a_line_for_each_word_with_every_byte_escaped():
    assert dictionary(["a\n", "", "é"]) == '"\\x61\\x0A"\n"\\xC3\\xA9"\n'


def test_the_words_of_a_parser_are_those_that_it_knows():
    assert {"latitude", "km/h", "groundspeed", "n/a"} <= set(csv_words())
    assert {"trkpt", "ele", "heartrate"} <= set(gpx_words())


def test_a_find_is_cut_to_what_breaks():
    data = bytes(range(256)) * 4
    assert minimised(data, lambda some: b"\x07" in some and b"\x09" in some) == b"\x07\x09"


def test_minimising_ends_after_so_many_attempts():
    asked = []
    data = minimised(b"x" * 1000, lambda some: bool(asked.append(some)), attempts=10)
    assert (len(asked), data) == (10, b"x" * 1000)
