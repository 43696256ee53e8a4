"""Laps and sectors that a device counted become canonical tables."""

from __future__ import annotations

import datetime as dt

import pytest

from telemparse import schemas
from telemparse.errors import CallError
from telemparse.schemas.device_laps import DeviceLap, DeviceSector, laps_batch, sectors_batch

START_NS = 1_750_000_000_000_000_000
SECOND_NS = 1_000_000_000


def test_laps_are_numbered_in_order_whatever_numbers_the_device_gives():
    laps = [
        DeviceLap(
            duration_ns=90 * SECOND_NS, device_lap=7, t_start_ns=START_NS, t_end_ns=START_NS + 90 * SECOND_NS
        ),
        DeviceLap(
            duration_ns=91 * SECOND_NS,
            stint_index=1,
            validity="INLAP",
            confidence="LOW",
            reasons=("GAP_WITHIN_LAP",),
        ),
    ]
    batch = laps_batch(laps, time_base="relative")

    first, second = batch.to_pylist()
    assert (first["lap_number"], first["device_lap"], first["stint_index"]) == (1, 7, 0)
    assert first["t_end"] - first["t_start"] == dt.timedelta(seconds=90)
    assert (first["validity"], first["confidence"], first["reasons"], first["source"]) == (
        "VALID",
        "HIGH",
        [],
        "device",
    )
    assert (second["lap_number"], second["device_lap"], second["t_start"], second["t_end"]) == (
        2,
        None,
        None,
        None,
    )
    assert (second["validity"], second["confidence"], second["reasons"]) == (
        "INLAP",
        "LOW",
        ["GAP_WITHIN_LAP"],
    )
    stream, problems = schemas.check("laps", batch)
    assert stream is not None
    assert problems == []
    assert first["duration_std_s"] is first["distance_m"] is None
    assert batch.schema.metadata[b"time_base"] == b"relative"


def test_sectors_name_their_lap_and_what_the_device_does_not_say_is_null():
    batch = sectors_batch([DeviceSector(lap_number=3, sector_index=1, duration_ns=SECOND_NS, name="S2")])

    (sector,) = batch.to_pylist()
    assert sector == {
        "lap_number": 3, "stint_index": 0, "sector_index": 1, "name": "S2", "t_start": None, "t_end": None,
        "duration_ns": SECOND_NS, "duration_std_s": None, "source": "device",
    }  # fmt: skip


def test_no_laps_are_an_empty_table_of_the_canonical_schema():
    assert laps_batch([]).schema.names == schemas.schema_of("laps").names
    assert laps_batch([]).num_rows == sectors_batch([]).num_rows == 0


def test_a_time_base_that_is_none_is_refused():
    with pytest.raises(CallError, match="time_base"):
        laps_batch([], time_base="noon")
