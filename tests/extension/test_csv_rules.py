"""Rules of epochs, laps and clocks: what they name, and the mistakes that they refuse with words."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.extension.csv_dialect import CsvDialect, EpochRule, Grid, HeaderCells, LapRule, Match, Start
from telemparse.extension.csv_rules import lap_pattern, rule_columns, split_key, timed


@pytest.mark.parametrize(("facts", "words"), [
    ({}, "take one, not none"),
    ({"number": "Lap", "comment": "# Lap {lap}: {time}"}, "take one, not number and comment"),
    ({"beacons": "Beacons", "running": "t"}, "running says something of number"),
    ({"number": "Lap", "segments": "Segments"}, "segments says something of beacons"),
    ({"number": "Lap", "out_lap": 0}, "out_lap says something of comment"),
    ({"beacons": "Beacons", "outside": 0}, "outside says something of number"),
    ({"number": "Lap", "stated": "Lap {lap}"}, "once each"),
    ({"number": "Lap", "duration": "Duration"}, "duration says something of beacons"),
    ({"number": "Lap", "running": "a", "finished": "b"}, "running or finished"),
    ({"number": "Lap", "running": "a:km"}, "'km' is no unit of time"),
    ({"durations": "laps:parsec"}, "'parsec' is no unit of time"),
    ({"number": "Lap", "zero_s": 1.0}, "zero_s says something of crossings"),
    ({"crossings": "t", "zero_s": 3600.5}, "zero_s must be at most 3600 s, not 3600.5"),
    ({"crossings": "t", "zero_s": -3600.5}, "zero_s must be at most 3600 s"),
    ({"crossings": "t", "zero_s": "1"}, "zero_s must be at most 3600 s"),
    ({"number": "Lap", "outside": 1_000_001}, "whole number"),
    ({"number": "Lap", "outside": -1}, "whole number"),
    ({"comment": "# Lap {lap}: {time}", "out_lap": 1_000_001}, "whole number"),
    ({"comment": "# {lap} of {lap}: {time}"}, "must stand in it once each"),
    ({"number": "   "}, "number is blank"),
    ({"number": 7}, "number must be text"),
    ({"comment": "# Lap {lap}: {time}", "out_lap": -1}, "whole number"),
    ({"comment": "# Lap {lap}"}, "must stand in it once each"),
    ({"comment": "{lap} took {time}"}, "words must stand before and between"),
    ({"comment": "# {lap}{time}"}, "words must stand before and between"),
])  # fmt: skip
def test_a_lap_rule_that_cannot_be_right_is_refused(facts, words):
    with pytest.raises(CallError, match=words):
        LapRule(**facts)


@pytest.mark.parametrize("facts", [
    {"crossings": "t", "zero_s": 3600},
    {"crossings": "t", "zero_s": -3600},
    {"number": "Lap", "outside": 0},
    {"number": "Lap", "outside": 1_000_000},
    {"comment": "# Lap {lap}: {time}", "out_lap": 0},
    {"comment": "# Lap {lap}: {time}", "out_lap": 1_000_000},
])  # fmt: skip
def test_a_lap_rule_at_its_bounds_is_taken(facts):
    rule = LapRule(**facts)
    assert {name: getattr(rule, name) for name in facts} == facts


@pytest.mark.parametrize(("facts", "words"), [
    ({}, "take one of the two"),
    ({"changes_of": ["a"], "rate": "b"}, "take one of the two"),
    ({"changes_of": "Latitude"}, "a comma is missing"),
    ({"changes_of": ["Lat", "LAT"]}, "named twice"),
    ({"rate": "  "}, "rate is blank"),
])  # fmt: skip
def test_an_epoch_rule_that_cannot_be_right_is_refused(facts, words):
    with pytest.raises(CallError, match=words):
        EpochRule(**facts)


@pytest.mark.parametrize(("facts", "words"), [
    ({}, "take one of the two"),
    ({"date": "Date"}, "take one of the two"),
    ({"time": "Time"}, "take one of the two"),
    ({"time": "Time", "stamp": "#D="}, "take one of the two"),
    ({"date": "Date", "time": "Time", "stamp": "#D="}, "take one of the two"),
    ({"date": "Date", "time": " "}, "time is blank"),
    ({"date": "Date", "time": "Time", "order": "ydm"}, "order must be one of ymd, dmy, mdy"),
])  # fmt: skip
def test_a_start_that_cannot_be_found_is_refused(facts, words):
    with pytest.raises(CallError, match=words):
        Start(**facts)


def test_a_start_is_called_what_its_lines_are_called():
    assert Start(date="Date", time="Time").words == "Date and Time"
    assert Start(stamp="#D= ").words == "#D"


@pytest.mark.parametrize(("facts", "words"), [
    ({"match": "some"}, "expected one of all, any"),
    ({"header_cells": "piped"}, "expected one of plain, barred"),
    ({"grid": "fine"}, "expected one of own, resampled"),
    ({"laps": {"number": "Lap"}}, "laps must be a LapRule"),
    ({"epochs": "changes"}, "epochs must be a EpochRule"),
    ({"start": "Date"}, "start must be a Start"),
    ({"rate_hz": 0}, "rate_hz must be above 0"),
    ({"rate_hz": float("inf")}, "rate_hz must be above 0"),
    ({"rate_hz": "ten"}, "rate_hz must be above 0"),
    ({"grid": "resampled", "epochs": EpochRule(rate="r")}, "take grid or epochs"),
    ({"comment_events": {"Pit": "pit"}}, "not an event type"),
    ({"comment_events": {" ": "pit_in"}}, "empty phrase"),
    ({"sources": ["gps"], "columns": {"speed@obd": "vehiclespeed"}}, "of no source in gps"),
    ({"sources": ["gps", "GPS"]}, "named twice"),
])  # fmt: skip
def test_a_dialect_with_a_rule_that_cannot_be_right_is_refused(facts, words):
    with pytest.raises(CallError, match=words):
        CsvDialect(name="vendor", header={"a"}, **facts)


def test_words_of_modes_are_their_members():
    dialect = CsvDialect(name="vendor", header={"a"}, match="any", header_cells="barred", grid="resampled")
    assert (dialect.match, dialect.header_cells, dialect.grid) == (
        Match.ANY,
        HeaderCells.BARRED,
        Grid.RESAMPLED,
    )


def test_a_column_is_named_with_its_source_behind_a_sign():
    assert split_key("speed@GPS ") == ("speed", "gps")
    assert split_key("speed") == ("speed", "")


def test_a_time_is_seconds_unless_its_unit_is_told():
    assert (timed("LapTime")[1].symbol, timed("LapTime:min")[1].symbol) == ("s", "min")
    assert timed("LapTime:min")[0] == "LapTime"


def test_a_comment_is_taken_as_it_stands_and_number_and_time_in_any_order():
    assert lap_pattern("# Lap {lap}: {time}").fullmatch("# Lap 3: 1:02.5 ").groupdict() == {
        "lap": "3",
        "time": "1:02.5",
    }
    assert lap_pattern("# {time} (lap {lap})").fullmatch("# 62.5 (lap 3)").groupdict() == {
        "lap": "3",
        "time": "62.5",
    }
    assert lap_pattern("# a.c {lap}; {time}").fullmatch("# abc 1; 2") is None


def test_rules_name_the_columns_that_are_read_for_them():
    laps = LapRule(number="Lap", finished="Time:min")
    assert rule_columns(EpochRule(changes_of=("a", "b")), laps) == {
        "change 0": "a", "change 1": "b", "number": "Lap", "finished": "Time",
    }  # fmt: skip
    assert rule_columns(EpochRule(rate="r@gps"), LapRule(number="Lap", running="In")) == {
        "rate": "r@gps", "number": "Lap", "running": "In",
    }  # fmt: skip
    assert rule_columns(None, LapRule(comment="# Lap {lap}: {time}")) == {}
