"""A bin's row says what its rows say together, and nothing that none of them said."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import telemparse
from telemparse.analysis import Level, Levels, align, downsample, downsample_all, select_for_chart
from telemparse.errors import CallError
from telemparse.schemas import build

SECOND = 1_000_000_000
TENTH = SECOND // 10
START = 1_760_000_000 * SECOND
NUMBERS = st.floats(-1e9, 1e9, width=32)


def fixes(offsets_ns, **columns):
    """Return a `gnss_pvt` table of rows so many ns behind a full second."""
    count = len(offsets_ns)
    given_columns = {
        "t": START + np.asarray(offsets_ns, np.int64),
        "lat_deg": np.full(count, 52.0),
        "lon_deg": np.full(count, 1.0),
        **columns,
    }
    return pa.Table.from_batches([build("gnss_pvt", given_columns)])


def channels(offsets_ns, units=None, **columns):
    t = pa.array(START + np.asarray(offsets_ns, np.int64), pa.timestamp("ns", "UTC"))
    fields = [pa.field("t", t.type, nullable=False)]
    arrays = [t]
    for name, values in columns.items():
        array = values if isinstance(values, pa.Array) else pa.array(values)
        unit = (units or {}).get(name, "1")
        fields.append(pa.field(name, array.type, metadata={"unit": unit}))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={"stream": "channels"}))


def offsets(table):
    return [t.value - START for t in table["t"]]


FIFTY = np.arange(-2, 8) * SECOND // 50  # of two bins of 10 Hz, five rows each


def test_bins_lie_around_full_tenths_and_are_stamped_with_them():
    table = downsample(fixes(np.arange(-2, 8) * SECOND // 50, speed_mps=np.arange(10.0)), "ds_10hz")
    assert offsets(table) == [0, TENTH]
    assert table["speed_mps"].to_pylist() == [2.0, 7.0]
    assert table["samples"].to_pylist() == [5, 5]


def test_a_steady_motion_does_not_lag():
    t_ns = np.arange(1_000) * SECOND // 100
    table = downsample(fixes(t_ns, alt_m=t_ns / SECOND, lon_deg=t_ns * 1e-12), Level.DS_10HZ).slice(1, 90)
    # Ten rows around a tenth: one more before it than behind it, or the same.
    assert table["alt_m"].to_numpy() == pytest.approx(np.array(offsets(table)) / SECOND, abs=0.0051)


def test_speeds_keep_their_extremes():
    speeds = pa.array([3, None, 9, 1, 5, None, None, None, None, None], pa.float32())
    table = downsample(fixes(FIFTY, speed_mps=speeds), "ds_10hz")
    assert table["speed_mps"].to_pylist() == [4.5, None]
    assert table["speed_mps_min"].to_pylist() == [1.0, None]
    assert table["speed_mps_max"].to_pylist() == [9.0, None]
    assert table["samples"].to_pylist() == [5, 5]


def test_wheel_speeds_are_speeds_and_other_channels_are_not():
    table = downsample(channels(FIFTY, wheel_speed_fl_mps=np.arange(10.0), rpm=np.arange(10.0)), "ds_10hz")
    assert table.column_names == [
        "t", "wheel_speed_fl_mps", "rpm", "wheel_speed_fl_mps_min", "wheel_speed_fl_mps_max", "samples"
    ]  # fmt: skip
    assert table["wheel_speed_fl_mps_max"].to_pylist() == [4.0, 9.0]


def test_courses_are_averaged_as_directions():
    courses = pa.array([350, 10, 355, 5, 0, 0, 180, None, 0, 180], pa.float32())
    table = downsample(fixes(FIFTY, course_deg=courses), "ds_10hz")
    mean, nowhere = table["course_deg"].to_pylist()
    assert (mean + 180) % 360 - 180 == pytest.approx(0, abs=1e-4)
    assert 0 <= mean < 360
    assert nowhere is None


@pytest.mark.parametrize(
    ("values", "expected"), [([3.1, -3.1], np.pi), ([-3.0, -3.0], -3.0), ([0.1, -0.1], 0.0)]
)
def test_yaw_stays_between_minus_pi_and_pi(values, expected):
    table = downsample(channels([0, 1], {"yaw_rad": "rad"}, yaw_rad=values), "ds_1hz")
    (yaw,) = table["yaw_rad"].to_pylist()
    assert -np.pi <= yaw < np.pi
    assert np.cos(yaw - expected) == pytest.approx(1.0)


def test_longitudes_across_the_antimeridian_meet_there():
    table = downsample(fixes([0, 1, 2], lon_deg=np.array([179.9, -179.9, -179.7])), "ds_1hz")
    assert table["lon_deg"].to_pylist() == [pytest.approx(-179.9)]
    table = downsample(fixes([0, 1], lon_deg=np.array([179.9, -179.9])), "ds_1hz")
    assert table["lon_deg"].to_pylist() == [-180.0]


def test_places_around_a_pole_meet_at_the_pole():
    lat, lon = np.full(4, 89.999), np.array([0.0, 90.0, -180.0, -90.0])
    table = downsample(fixes(range(4), lat_deg=lat, lon_deg=lon), "ds_1hz")
    assert table["lat_deg"].to_pylist() == [pytest.approx(90.0, abs=1e-9)]
    table = downsample(fixes(range(2), lat_deg=-lat[:2], lon_deg=lon[:2]), "ds_1hz")
    assert table["lon_deg"].to_pylist() == [pytest.approx(45.0)]


def test_qualities_are_those_of_the_worst_row_and_flags_add_up():
    table = downsample(
        fixes(
            FIFTY,
            sat_count=pa.array([9, 4, None, 8, 7] + [None] * 5, pa.uint8()),
            fix_type=pa.array([7, 7, 6, 7, 7, 3, 3, 3, 3, 3], pa.uint8()),
            quality_flags=np.array([0, 1, 16, 1, 0, 0, 0, 0, 0, 2**31]),
        ),
        "ds_10hz",
    )
    assert table["sat_count"].to_pylist() == [4, None]
    assert table["fix_type"].to_pylist() == [6, 3]
    assert table["quality_flags"].to_pylist() == [17, 2**31]
    assert float(table.schema.metadata[b"interpolated_share"]) == 0.2


def test_values_that_have_no_mean_become_one_that_occurred():
    words = pa.array(["a", "b", "c", None, None, "x", None, None, None, None])
    table = downsample(
        channels(
            FIFTY,
            {"rpm": "1/min"},
            gear=pa.array([2, 2, 4, 4, 4, None, None, 3, 1, None], pa.int8()),
            rpm=pa.array([1000, 1001, 1001, None, None, 7, 8, 9, 10, 12], pa.int32()),
            word=words,
            code=words.dictionary_encode(),
            lamp=pa.array([True, True, False, None, None, False, False, False, True, True]),
            parts=pa.array([[1], [2], [3], [4], [5], None, None, None, None, None], pa.list_(pa.int8())),
            big=pa.array([2**63 - 1] * 10, pa.int64()),
        ),
        "ds_10hz",
    )
    assert table["gear"].to_pylist() == [4, 3]
    assert table["rpm"].to_pylist() == [1001, 9]
    assert table["word"].to_pylist() == ["b", "x"]
    assert table["code"].to_pylist() == ["b", "x"]
    assert table["lamp"].to_pylist() == [True, False]
    assert table["parts"].to_pylist() == [[3], None]
    assert table["big"].to_pylist() == [2**63 - 1] * 2


def test_whole_numbers_too_large_for_a_mean_keep_one_that_occurred():
    table = downsample(channels([0, 1, 2], {"n": "m"}, n=pa.array([5, 2**62, 2**63 - 1])), "ds_1hz")
    assert table["n"].to_pylist() == [2**62]


def test_bins_without_rows_do_not_appear():
    rows = np.concatenate([np.arange(50), 500 + np.arange(50)]) * SECOND // 50
    table = downsample(fixes(rows), "ds_1hz")
    assert offsets(table) == [0, SECOND, 10 * SECOND, 11 * SECOND]
    assert sum(table["samples"].to_pylist()) == 100


@pytest.mark.parametrize("rate_hz", [10, 10.9, 5, 1])
def test_what_is_not_faster_keeps_its_rows_with_the_same_columns(rate_hz):
    rows = np.round(np.arange(30) * SECOND / rate_hz).astype(np.int64) + 1_234_567
    speeds = pa.array([None, *np.arange(29.0)], pa.float32())
    source = fixes(rows, speed_mps=speeds, sat_count=np.arange(30))
    table = downsample(source, "ds_10hz")
    assert table.select(source.column_names).equals(source)
    assert table["samples"].to_pylist() == [1] * 30
    assert table["speed_mps_min"].to_pylist() == table["speed_mps_max"].to_pylist() == speeds.to_pylist()
    assert table.schema.metadata[b"technique"] == b"canonical_rate"
    assert table.schema.names == downsample(fixes(FIFTY), "ds_10hz").schema.names


def test_the_metadata_says_how_and_the_labels_that_values_are_derived():
    source = align(fixes(FIFTY)).table
    table = downsample(source, "ds_10hz")
    facts = table.schema.metadata
    assert facts[b"technique"] == b"bin_mean"
    assert json.loads(facts[b"parameters"]) == {"level": "ds_10hz", "rate_hz": 10}
    assert json.loads(facts[b"earlier_techniques"]) == ["align"]
    assert facts[b"telemparse_version"] == telemparse.__version__.encode()
    assert facts[b"time_base"] == b"utc"
    origins = {field.name: field.metadata[b"origin"] for field in table.schema}
    assert origins.pop("t") == b"measured"
    assert set(origins.values()) == {b"derived"}
    assert table.schema.field("lat_deg").metadata[b"unit"] == b"deg"
    assert not table.schema.field("lat_deg").nullable


def test_names_that_the_source_has_already_are_not_taken():
    table = downsample(channels(FIFTY, samples=np.arange(10.0)), "ds_10hz")
    assert table.column_names == ["t", "samples", "samples_of_bin"]
    assert table["samples_of_bin"].to_pylist() == [5, 5]


def test_levels_are_a_setting():
    source = fixes(np.arange(1_000) * SECOND // 100)
    tables = downsample_all(source)
    assert {name: table.num_rows for name, table in tables.items()} == {"L0": 501, "L1": 101, "L2": 11}
    own = Levels(l0="canonical", l1="ds_5hz")
    assert own == Levels(Level.CANONICAL, Level.DS_5HZ, Level.DS_1HZ)
    assert [table.num_rows for table in downsample_all(source, own).values()] == [1_000, 51, 11]


def test_slow_data_are_l0_as_they_are():
    source = fixes(np.arange(100) * SECOND // 25)
    assert downsample_all(source)["L0"].num_rows == 100


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("rows", [[], [7], [7, 7]])
def test_a_table_of_hardly_any_row_has_all_columns(level, rows):
    table = downsample(fixes(rows, speed_mps=np.arange(len(rows))), level)
    assert table.schema.names[-3:] == ["speed_mps_min", "speed_mps_max", "samples"]
    assert sum(table["samples"].to_pylist()) == len(rows)


def test_rows_of_one_instant_are_one_bin():
    table = downsample(fixes([7, 7, 7], speed_mps=np.array([1.0, 2, 6])), "ds_50hz")
    assert table["speed_mps"].to_pylist() == [3.0]


@pytest.mark.parametrize(
    ("table", "level", "problem"),
    [
        (fixes([0, 1]), "ds_2hz", "a level is one of canonical, ds_50hz"),
        (fixes([1, 0]), "ds_1hz", "align"),
        (pa.table({"x": [1]}), "ds_1hz", "no column t"),
        (downsample(fixes(FIFTY), "ds_10hz"), "ds_1hz", "already"),
    ],
)
def test_what_cannot_be_downsampled_is_refused_with_the_reason(table, level, problem):
    with pytest.raises(CallError, match=problem):
        downsample(table, level)


# ---- properties

STEPS = st.lists(st.integers(0, 30_000_000), min_size=1, max_size=60)


def drawn(steps, data, column=NUMBERS):
    """Return a table of channels whose rows follow each other by random steps, some values null."""
    t = np.cumsum(steps)
    values = data.draw(st.lists(st.none() | column, min_size=len(t), max_size=len(t)))
    return channels(
        t,
        single=pa.array(values, pa.float32()),
        double=pa.array(values, pa.float64()),
        speed_mps=pa.array(values, pa.float64()),
    )


@given(STEPS, st.data())
def test_means_lie_between_the_extremes_which_survive_in_their_bin(steps, data):
    source = drawn(steps, data)
    table = downsample(source, "ds_10hz")
    rows = source.to_pylist()
    assert sum(table["samples"].to_pylist()) == len(rows)
    if table.schema.metadata[b"technique"] == b"canonical_rate":
        assert table.select(source.column_names).equals(source)
        return
    half = TENTH // 2
    for row in table.to_pylist():
        inside = [each for each in rows if -half <= each["t"].value - row["t"].value < half]
        assert len(inside) == row["samples"] > 0
        values = [each["double"] for each in inside if each["double"] is not None]
        assert (row["speed_mps_min"], row["speed_mps_max"]) == (
            (min(values), max(values)) if values else (None, None)
        )
        for name in ("single", "double"):
            assert row[name] is None if not values else min(values) <= row[name] <= max(values)
        if values:
            assert row["double"] == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)


@given(STEPS, st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 359.5, width=32))
def test_bins_of_a_constant_are_that_constant(steps, value, course):
    count = len(steps)
    source = channels(
        np.cumsum(steps),
        double=np.full(count, value),
        lon_deg=np.full(count, 12.3),
        lat_deg=np.full(count, -45.6),
        course_deg=pa.array([course] * count, pa.float32()),
    )
    table = downsample(source, "ds_50hz")
    for name in ("double", "lat_deg", "lon_deg"):
        assert set(table[name].to_pylist()) == {source[name][0].as_py()}
    turn = table["course_deg"].to_numpy() - np.float32(course)
    assert (turn + 180) % 360 - 180 == pytest.approx(0, abs=1e-4)


@given(STEPS, st.integers(-10_000, 10_000), st.sampled_from(["ds_50hz", "ds_10hz", "ds_1hz"]), st.data())
def test_time_moved_by_whole_bins_moves_the_bins(steps, bins, level, data):
    source = drawn(steps, data)
    move = bins * SECOND // Level(level).rate_hz
    assume(move * Level(level).rate_hz == bins * SECOND)
    moved_t = pa.array(source["t"].cast(pa.int64()).to_numpy() + move, source["t"].type)
    moved = downsample(source.set_column(0, source.schema.field("t"), moved_t), level)
    table = downsample(source, level)
    assert moved.drop_columns("t").equals(table.drop_columns("t"))
    assert [t - move for t in offsets(moved)] == offsets(table)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_means_of_the_largest_numbers_are_numbers(values):
    (mean,) = downsample(channels(range(len(values)), x=values), "ds_1hz")["x"].to_pylist()
    assert min(values) <= mean <= max(values)


@pytest.mark.parametrize(
    "work", [lambda t: downsample(t, "ds_10hz"), lambda t: select_for_chart(t, "x", 500)]
)
def test_memory_grows_with_the_rows(work):
    def peak(count):
        source = channels(np.arange(count) * 10_000_000, x=np.sin(np.arange(count) / 50))
        tracemalloc.start()
        work(source)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1_000)
    assert peak(200_000) < 4.5 * peak(50_000)


def test_chunks_make_no_difference_and_the_source_is_not_changed():
    source = fixes(FIFTY, speed_mps=pa.array([1, None, 3, None, 5, 6, 7, 8, 9, 0], pa.float32()))
    before = source.to_pydict()
    pieces = pa.concat_tables([source.slice(0, 3), source.slice(3, 4), source.slice(7)])
    assert downsample(pieces, "ds_10hz").equals(downsample(source, "ds_10hz"))
    assert source.to_pydict() == before
