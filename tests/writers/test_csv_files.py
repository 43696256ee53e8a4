"""CSV files say the time as a date only where it is one, and any CSV reader gets the values back."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemparse import writers
from telemparse.schemas import build, channel_field


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_utc_is_iso_8601_with_nanoseconds_and_nulls_are_empty(result_of, drive, tmp_path):
    table = drive(12)

    manifest = writers.write(result_of({"gnss_pvt": table}), tmp_path, format="csv")

    rows = rows_of(tmp_path / "gnss_pvt.csv")
    assert [row["t"] for row in rows[:2]] == [
        "2023-11-14T22:13:20.000000000Z",
        "2023-11-14T22:13:20.100000000Z",
    ]
    assert [float(row["lat_deg"]) for row in rows] == table["lat_deg"].to_pylist()
    assert {row["vel_n_mps"] for row in rows} == {""}
    assert manifest.streams[0].rows == len(rows) == 12


@pytest.mark.parametrize("time_base", ["relative", "index", "time_of_day", "gps_week_seconds"])
def test_a_clock_that_is_not_utc_is_counted_in_ns_and_never_looks_like_a_date(
    time_base, result_of, drive, tmp_path
):
    writers.write(result_of({"gnss_pvt": drive(3, time_base=time_base, first_s=0)}), tmp_path, format="csv")

    rows = rows_of(tmp_path / "gnss_pvt.csv")

    assert [row[f"t_{time_base}_ns"] for row in rows] == ["0", "100000000", "200000000"]
    assert "t" not in rows[0]


def test_laps_show_words_and_lists_as_json(result_of, tmp_path):
    columns = {
        "lap_number": [1, 2],
        "stint_index": [0, 0],
        "t_start": pa.array([10**9, None], pa.int64()),
        "duration_ns": [5, 6],
        "validity": ["VALID", "OUTLAP"],
        "confidence": ["HIGH", "LOW"],
        "reasons": [["PIT_AFFECTED", "GAP_WITHIN_LAP"], None],
        "source": ["device", "device"],
    }
    table = pa.Table.from_batches([build("laps", columns)])

    writers.write(result_of({"laps": table}), tmp_path, format="csv")

    first, second = rows_of(tmp_path / "laps.csv")
    assert json.loads(first["reasons"]) == ["PIT_AFFECTED", "GAP_WITHIN_LAP"]
    assert (first["validity"], first["t_start"]) == ("VALID", "1970-01-01T00:00:01.000000000Z")
    assert (second["reasons"], second["t_start"]) == ("", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(notes=st.lists(st.none() | st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_any_text_survives_quoting(notes, result_of, tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    half = pa.array([0.5] * len(notes), pa.float16())
    columns = {"t": np.arange(len(notes)), 'a "b", c': pa.array(notes, pa.string()), "half": half}
    fields = {name: channel_field(name, columns[name].type) for name in ('a "b", c', "half")}
    group = pa.Table.from_batches([build("channels.main", columns, fields=fields)])

    writers.write(result_of({"channels.main": group}), folder, format="csv")

    rows = rows_of(folder / "channels" / "main.csv")
    assert [row['a "b", c'] for row in rows] == [note or "" for note in notes]
    assert {row["half"] for row in rows} == {"0.5"}
