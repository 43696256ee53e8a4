"""The tables of laps and sectors are canonical, with rows and without."""

from __future__ import annotations

import json

import pytest

from telemparse import __version__, schemas
from telemparse.analysis import find_laps
from telemparse.analysis.lap_tables import laps_table, sectors_table
from telemparse.testing.simulate import FewLaps, HalfLap, simulate

FULL = simulate("kart", seed=1, laps=2)
FOUND = {
    "laps and parts of laps": find_laps(FULL.gnss, track=FULL.track),
    "one lap": find_laps(simulate("kart", seed=1, disturbances=[FewLaps(1)]).gnss, FULL.gate),
    "none": find_laps(simulate("kart", seed=1, disturbances=[HalfLap()]).gnss, FULL.gate),
}


@pytest.mark.parametrize("name", FOUND)
def test_tables_are_what_their_schemas_say(name):
    for stream, table in (("laps", FOUND[name].table), ("sectors", FOUND[name].sectors)):
        kept, problems = schemas.check(stream, table)
        assert problems == []
        assert kept.equals(table)


@pytest.mark.parametrize("name", FOUND)
def test_tables_say_how_they_were_made(name):
    for table in (FOUND[name].table, FOUND[name].sectors):
        facts = table.schema.metadata
        assert facts[b"technique"] == b"find_laps"
        assert facts[b"telemparse_version"] == __version__.encode()
        assert facts[b"interpolated_share"] == b"0.0"
        parameters = json.loads(facts[b"parameters"])
        assert parameters["method"] == "smoothed"
        assert parameters["noise"]["measured"] is True
        assert json.loads(json.dumps(dict(FOUND[name].diagnostics), allow_nan=False)) == parameters


def test_rows_are_numbered_and_tell_their_gate():
    laps = FOUND["laps and parts of laps"]
    assert laps.table["lap_number"].to_pylist() == [1, 2, 3, 4]
    assert (
        set(laps.table["source"].to_pylist()) == set(laps.sectors["source"].to_pylist()) == {"user_defined"}
    )
    assert [std is None for std in laps.table["duration_std_s"].to_pylist()] == [True, False, False, True]
    assert len(laps) == 4
    assert len(FOUND["none"]) == 0


def test_the_time_base_is_that_of_the_recording():
    for made in (laps_table, sectors_table):
        assert made((), "file", "relative", {}).schema.metadata[b"time_base"] == b"relative"
