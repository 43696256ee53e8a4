"""Sessions of parsed recordings: streams on one time base, nothing made where nothing is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from storage.session_making import START_NS, laps_table, result, stream
from telemparse.errors import CallError
from telemparse.model.issues import Issue
from telemparse.storage import SessionFailed, SessionStore

from_result = SessionStore.from_result


def positions(seconds, **more):
    count = len(seconds)
    columns = {"lat_deg": np.linspace(44, 44.01, count), "lon_deg": np.linspace(11, 11.01, count), **more}
    return stream("gnss_pvt", seconds, columns)


def facts(session, column):
    metadata = session.table.schema.field(column).metadata
    return {key.decode(): value.decode() for key, value in metadata.items()}


def test_streams_with_the_same_instants_are_put_side_by_side():
    seconds = [0, 0.1, 0.2]
    session = from_result(
        result(
            {
                "gnss_pvt": positions(seconds, speed_mps=pa.array([1, 2, 3], pa.float32())),
                "channels.main": stream(
                    "channels.main", seconds, {"rpm": pa.array([900, None, 1100], pa.int32())}
                ),
            }
        )
    )
    assert session.source_type == "vbo"
    assert session.metadata.merge_method is None
    assert session.metadata.merge_base is None
    assert session.table["time"].to_pylist() == [0.0, 0.1, 0.2]
    assert session.table["rpm"].to_pylist() == [900, None, 1100]
    assert session.table["speed"].to_pylist() == [1.0, 2.0, 3.0]
    assert "method" not in facts(session, "rpm")


@pytest.mark.parametrize(
    ("canonical", "name", "value", "expected"),
    [
        ("distance_m", "distance", 12.0, 12.0),
        ("speed_mps", "speed", 12.0, 12.0),
        ("rpm", "rpm", 12.0, 12.0),
        ("throttle_pct", "throttle", 12.0, 12.0),
        ("brake_pct", "brake", 12.0, 12.0),
        ("gear", "gear", 3.0, 3.0),
        ("steering_deg", "steering", -12.0, -12.0),
        ("accel_lat_mps2", "glat", 9.80665, 1.0),
        ("accel_long_mps2", "glong", -19.6133, -2.0),
    ],
)
def test_a_canonical_channel_becomes_its_standard_column(canonical, name, value, expected):
    session = from_result(result({"channels.main": stream("channels.main", [0], {canonical: [value]})}))
    assert session.table[name].to_pylist() == [expected]
    assert canonical == name or canonical not in session.table.column_names
    assert facts(session, name)["source_name"] == canonical
    assert facts(session, name)["source_stream"] == "channels.main"


def test_a_name_of_the_recording_goes_before_that_of_the_canonical_channel():
    table = stream("channels.main", [0], {"rpm": [900.0]})
    field = table.schema.field("rpm")
    table = table.cast(
        table.schema.set(1, field.with_metadata({**field.metadata, "source_name": "Engine RPM"}))
    )
    assert facts(from_result(result({"channels.main": table})), "rpm")["source_name"] == "Engine RPM"


def test_the_pressure_of_the_brake_stays_auxiliary():
    session = from_result(
        result({"channels.main": stream("channels.main", [0], {"brake_pressure_bar": [7.0]})})
    )
    assert session.table["brake_pressure_bar"].to_pylist() == [7.0]
    assert session.table["brake"].null_count == 1


def test_accelerations_of_a_sensor_are_not_those_of_the_vehicle():
    table = stream("imu_accel", [0, 1], {"ax_mps2": [1, 2], "ay_mps2": [3, 4], "az_mps2": [5, 6]})
    session = from_result(result({"imu_accel": table}))
    assert session.table["glat"].null_count == session.table["glong"].null_count == 2
    assert session.table["ay_mps2"].to_pylist() == [3.0, 4.0]


def test_the_speed_of_the_receiver_goes_before_that_of_a_channel_which_stays():
    session = from_result(
        result(
            {
                "channels.main": stream("channels.main", [0, 1], {"speed_mps": [8.0, 9.0]}),
                "gnss_pvt": positions([0, 1], speed_mps=[1.0, 2.0]),
            }
        )
    )
    assert session.table["speed"].to_pylist() == [1.0, 2.0]
    assert facts(session, "speed")["source_stream"] == "gnss_pvt"
    assert session.table["speed_mps"].to_pylist() == [8.0, 9.0]
    assert facts(session, "speed_mps")["source_stream"] == "channels.main"


def test_a_column_without_any_value_yields_to_the_next():
    session = from_result(
        result(
            {
                "gnss_pvt": positions([0, 1], speed_mps=pa.nulls(2, pa.float32())),
                "channels.main": stream("channels.main", [0, 1], {"speed_mps": [8.0, 9.0]}),
            }
        )
    )
    assert session.table["speed"].to_pylist() == [8.0, 9.0]
    assert session.metadata.columns_without_values == ("gnss_pvt/speed_mps",)


def test_channels_of_one_name_get_names_that_differ_without_capitals_too():
    first = stream("channels.10hz", [0, 1], {"Boost": [1.0, 2.0], "distance": [5.0, 6.0]})
    second = stream("channels.1hz", [0, 1], {"boost": [3.0, 4.0], "time": [7.0, 8.0]})
    session = from_result(result({"channels.10hz": first, "channels.1hz": second}))
    auxiliary = session.table.column_names[13:]
    assert auxiliary == ["Boost", "distance_2", "boost_2", "time_2"]
    assert session.table["boost_2"].to_pylist() == [3.0, 4.0]
    assert facts(session, "boost_2")["source_stream"] == "channels.1hz"


def test_values_between_samples_are_made_by_the_method_and_those_on_them_are_not():
    streams = {
        "gnss_pvt": positions([0, 0.05, 0.1, 0.15, 0.2]),
        "channels.main": stream(
            "channels.main", [0, 0.1, 0.2], {"oil": [10.0, 20.0, 40.0]}, units={"oil": "degC"}
        ),
    }
    expected = {
        "linear": [10, 15, 20, 30, 40],
        "previous": [10, 10, 20, 20, 40],
        "nearest": [10, 10, 20, 20, 40],
    }
    for method, values in expected.items():
        session = from_result(result(streams), method=method)
        assert session.table["oil"].to_pylist() == pytest.approx(values)
        assert session.source_type == "merged"
        assert (session.metadata.merge_method, session.metadata.merge_base) == (method, "gnss_pvt")
        assert facts(session, "oil")["method"] == method
        assert facts(session, "oil")["interpolated_share"] == "0.4"
        assert facts(session, "lat")["interpolated_share"] == "0.0"


def test_the_nearest_sample_may_be_the_later_one():
    streams = {
        "gnss_pvt": positions([0, 0.02, 0.08, 0.1]),
        "channels.main": stream("channels.main", [0, 0.1], {"oil": [1.0, 2.0]}, units={"oil": "degC"}),
    }
    session = from_result(result(streams), method="nearest")
    assert session.table["oil"].to_pylist() == [1.0, 1.0, 2.0, 2.0]


def test_states_have_the_value_before_and_never_one_between():
    states = {
        "gear": pa.array([1.0, 3.0], pa.float32()),
        "count": pa.array([1, 9], pa.int16()),
        "word": ["a", "b"],
        "on": [False, True],
        "mode": pa.array([0.0, 4.0]),  # whole numbers, and nobody tells a unit
    }
    streams = {
        "gnss_pvt": positions([0, 0.05, 0.1]),
        "channels.main": stream("channels.main", [0, 0.1], states),
    }
    table = from_result(result(streams)).table
    assert table["gear"].to_pylist() == [1.0, 1.0, 3.0]
    assert table["count"].to_pylist() == [1, 1, 9]
    assert table["word"].to_pylist() == ["a", "a", "b"]
    assert table["on"].to_pylist() == [False, False, True]
    assert table["mode"].to_pylist() == [0.0, 0.0, 4.0]


@pytest.mark.parametrize("method", ["linear", "nearest", "previous"])
def test_no_value_is_made_across_a_gap_nor_beyond_the_ends(method):
    base = [second / 10 for second in range(41)]
    sparse = [0.5, 0.7, 0.9, 1.1, 1.3, 3.1, 3.3]  # three of its usual 0.2 s are missing after 1.3 s
    streams = {
        "gnss_pvt": positions(base),
        "channels.main": stream("channels.main", sparse, {"oil": [1.5] * 7}, units={"oil": "degC"}),
    }
    oil = from_result(result(streams), method=method).table["oil"].to_pylist()
    known = [second for second, value in zip(base, oil, strict=True) if value is not None]
    assert known == [second for second in base if 0.5 <= second <= 1.3 or 3.1 <= second <= 3.3]


def test_a_missing_sample_or_two_is_no_gap():
    base = [second / 10 for second in range(21)]
    streams = {
        "gnss_pvt": positions(base),
        "channels.main": stream(
            "channels.main",
            [0, 0.2, 0.4, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0],
            {"oil": [0.5] * 9},
            units={"oil": "degC"},
        ),
    }
    assert from_result(result(streams)).table["oil"].null_count == 0


def test_a_null_on_an_instant_stays_null():
    streams = {
        "gnss_pvt": positions([0, 0.1, 0.2, 0.3, 0.4]),
        "channels.main": stream(
            "channels.main", [0, 0.2, 0.4], {"oil": [1.5, None, 2.5]}, units={"oil": "degC"}
        ),
    }
    oil = from_result(result(streams)).table["oil"].to_pylist()
    assert oil[2] is None
    assert (oil[0], oil[4]) == (1.5, 2.5)


def test_directions_go_the_short_way_round():
    gnss = positions([0, 0.2], course_deg=pa.array([350, 10], pa.float32()))
    gnss = gnss.set_column(2, gnss.schema.field("lon_deg"), pa.array([179.9, -179.9]))
    imu = stream("imu_gyro", [0, 0.1, 0.2], {"gx_rps": [0, 0, 0], "gy_rps": [0, 0, 0], "gz_rps": [0, 0, 0]})
    table = from_result(result({"gnss_pvt": gnss, "imu_gyro": imu})).table
    assert table["course_deg"].to_pylist() == [350.0, 0.0, 10.0]
    assert table["long"].to_pylist() == pytest.approx([179.9, -180.0, -179.9])


def test_flags_tell_which_positions_were_made():
    gnss = positions([0, 0.2], quality_flags=pa.array([16, 0], pa.uint32()))
    imu = stream("imu_gyro", [0, 0.1, 0.2], {"gx_rps": [0, 0, 0]})
    table = from_result(result({"gnss_pvt": gnss, "imu_gyro": imu})).table
    assert table["quality_flags"].to_pylist() == [16, 17, 0]


def test_several_samples_on_one_instant_are_met_in_turn():
    gnss = positions([0, 1, 1, 2])
    channels = stream("channels.main", [0, 1, 1, 1, 2, 2.5], {"x": pa.array([0, 1, 2, 3, 4, 5], pa.int32())})
    session = from_result(result({"gnss_pvt": gnss, "channels.main": channels}), time_base="gnss_pvt")
    assert session.table["x"].to_pylist() == [0, 1, 2, 4]
    met = {each.stream: (each.rows, each.rows_met) for each in session.metadata.streams}
    assert met == {"gnss_pvt": (4, 4), "channels.main": (6, 4)}


def test_the_fastest_stream_gives_the_time_base_and_the_others_what_it_does_not_reach():
    fast = [10 + second / 100 for second in range(100)]
    slow = list(range(30))
    imu = stream("imu_accel", fast, {"ax_mps2": np.arange(100, dtype=np.float32)})
    session = from_result(result({"gnss_pvt": positions(slow), "imu_accel": imu}))
    assert session.metadata.merge_base == "imu_accel"
    expected = sorted({*fast, *(second for second in slow if not 10 <= second <= fast[-1])})
    assert session.table["time"].to_pylist() == pytest.approx(expected)
    assert session.table["lat"].null_count == 0
    met = {each.stream: each.rows_met for each in session.metadata.streams}
    assert met == {"gnss_pvt": 30, "imu_accel": 100}


def test_a_named_stream_gives_its_instants_and_no_others():
    session = from_result(
        result(
            {
                "gnss_pvt": positions([1, 2, 3]),
                "channels.main": stream(
                    "channels.main", [0, 0.5, 1, 1.5, 2, 2.5, 3, 9], {"x": list(range(8))}
                ),
            }
        ),
        time_base="gnss_pvt",
    )
    assert session.table["time"].to_pylist() == [0.0, 1.0, 2.0]
    assert session.table["x"].to_pylist() == [2, 4, 6]
    assert session.metadata.merge_base == "gnss_pvt"


def test_two_recordings_in_one_result_are_merged():
    session = from_result(result({"gnss_pvt": positions([0, 1])}, parts=2))
    assert session.source_type == "merged"


def test_a_text_export_of_bosch_is_named_so():
    streams = {"channels.main": stream("channels.main", [0], {"rpm": [1.0]})}
    assert from_result(result(streams, parser="csv", device_family="Bosch")).source_type == "bosch"
    assert from_result(result(streams, parser="csv")).source_type == "csv"
    assert from_result(result(streams, parser="motec_ld", device_family="MoTeC")).source_type == "motec_ld"


def test_a_text_of_windarab_becomes_a_session(tmp_path):
    head = "# WinDarab\nxtime [s]\tspeed [km/h]\tnmot [1/min]\tlapctr [none]\ttoil [°C]\n"
    rows = (f"{n / 4:.2f}\t 36.0\t 5000\t {n // 10}\t 92.5\n" for n in range(40))
    (tmp_path / "export.txt").write_text(head + "".join(rows))
    store = SessionStore(tmp_path / "sessions")
    store.write(1, from_result(telemparse.parse(tmp_path / "export.txt")))
    assert store.metadata(1).source_type == "bosch"
    assert [(each.lap_number, each.rows) for each in store.laps(1)] == [(0, 10), (1, 10), (2, 10), (0, 10)]
    lap = store.read_lap(1, 2, ["speed", "rpm", "toil"]).table
    assert lap.to_pydict() == {"speed": [10.0] * 10, "rpm": [5000.0] * 10, "toil": [92.5] * 10}


def test_rows_get_the_number_of_the_lap_that_they_lie_in():
    gnss = positions([0, 1, 2, 3, 4, 5, 6])
    laps = laps_table((1, 1, 3), (2, 3, 4.5), (3, 5.5, 6))
    session = from_result(result({"gnss_pvt": gnss, "laps": laps}))
    assert session.table["lap_number"].to_pylist() == [0, 1, 1, 2, 2, 0, 0]
    assert [each.code for each in session.metadata.warnings] == ["STORE_LAPS_UNPLACED"]
    assert "no samples" in session.metadata.warnings[0].message


def test_given_laps_go_before_those_of_the_device():
    gnss = positions([0, 1, 2, 3])
    streams = {"gnss_pvt": gnss, "laps": laps_table((1, 0, 4))}
    session = from_result(result(streams), laps_table((2, 0, 2), (1, 2, 3)))
    assert session.table["lap_number"].to_pylist() == [2, 2, 1, 0]
    assert not from_result(result(streams), laps_table()).table["lap_number"].to_numpy().any()


def test_laps_without_instants_are_told():
    streams = {"gnss_pvt": positions([0, 1]), "laps": laps_table((1, None, None), (2, 0, None))}
    session = from_result(result(streams))
    assert session.table["lap_number"].to_pylist() == [0, 0]
    (warning,) = session.metadata.warnings
    assert warning.code == "STORE_LAPS_UNPLACED"
    assert "2 laps" in warning.message
    assert "no instants" in warning.message


def test_a_lap_ends_where_the_next_one_begins_when_stamps_overlap():
    gnss = positions([0, 1, 2, 3, 4, 5, 6])
    laps = laps_table((1, 0, 3.5), (2, 2, 5.25), (3, 5, 7))
    session = from_result(result({"gnss_pvt": gnss, "laps": laps}))
    assert session.table["lap_number"].to_pylist() == [1, 1, 2, 2, 2, 3, 3]
    (warning,) = session.metadata.warnings
    assert warning.code == "STORE_LAPS_OVERLAP"
    assert "1.5 s" in warning.message


@pytest.mark.parametrize(
    ("odd", "reason"),
    [((2, 1, 3), "long before"), ((2, 3, 1), "end before they begin"), ((2, 0, 9), "long before")],
    ids=["in another", "backwards", "from the same instant"],
)
def test_a_lap_that_cannot_be_placed_gets_no_rows_and_is_told(odd, reason):
    gnss = positions([0, 1, 2, 3, 4, 5, 6])
    session = from_result(result({"gnss_pvt": gnss}), laps_table((1, 0, 5), odd, (3, 5, 7)))
    assert session.table["lap_number"].to_pylist() == [1, 1, 1, 1, 1, 3, 3]
    (warning,) = session.metadata.warnings
    assert warning.code == "STORE_LAPS_UNPLACED"
    assert "laps [2]" in warning.message
    assert reason in warning.message


@pytest.mark.parametrize(
    "rows",
    [[(1, 0, 1), (1, 1, 2)], [(0, 0, 1)]],
    ids=["one number twice", "number 0"],
)
def test_laps_that_cannot_be_are_refused(rows):
    with pytest.raises(SessionFailed) as raised:
        from_result(result({"gnss_pvt": positions([0, 1, 2])}), laps_table(*rows))
    assert raised.value.code == "SCHEMA_VIOLATION"


def test_what_is_no_table_of_laps_is_a_bad_call():
    recording = result({"gnss_pvt": positions([0, 1, 2])})
    for laps in (
        3,
        pa.table({"lap_number": [1]}),
        pa.table({"lap_number": [1], "t_start": [1], "t_end": [2]}),
    ):
        with pytest.raises(CallError, match="laps"):
            from_result(recording, laps)


def test_streams_or_laps_of_different_clocks_are_refused():
    relative = stream("channels.main", [0, 1], {"rpm": [1.0, 2.0]}, time_base="relative")
    for call in (
        lambda: from_result(result({"gnss_pvt": positions([0, 1]), "channels.main": relative})),
        lambda: from_result(result({"channels.main": relative}), laps_table((1, 0, 1))),
    ):
        with pytest.raises(SessionFailed) as raised:
            call()
        assert raised.value.code == "STORE_CLOCKS_DIFFER"
        assert "relative" in str(raised.value)


def test_a_recording_without_samples_is_refused():
    with pytest.raises(SessionFailed) as raised:
        from_result(result({"laps": laps_table((1, 0, 1)), "gnss_pvt": positions([])}))
    assert raised.value.code == "NO_STREAMS"


def test_streams_without_samples_are_named():
    streams = {
        "gnss_pvt": positions([0, 1]),
        "events": stream("events", [0], {}),
        "imu_mag": stream("imu_mag", [], {}),
    }
    assert from_result(result(streams)).metadata.left_out == ("events", "imu_mag")


def test_the_start_is_told_where_the_clock_is_utc():
    session = from_result(result({"gnss_pvt": positions([2.5, 3])}))
    assert session.metadata.time_base == "utc"
    assert session.metadata.start_ns == START_NS + 2_500_000_000
    assert session.metadata.start == dt.datetime(2023, 11, 14, 22, 13, 22, 500_000, dt.UTC)
    relative = stream("channels.main", [0, 1], {"rpm": [1.0, 2.0]}, time_base="relative")
    session = from_result(result({"channels.main": relative}))
    assert session.metadata.start_ns is None
    assert session.metadata.time_base == "relative"


def test_the_findings_of_the_parse_are_kept():
    issue = Issue("TIME_RELATIVE", clock="a counter")
    session = from_result(result({"gnss_pvt": positions([0])}, warnings=(issue,)))
    assert [each.code for each in session.metadata.warnings] == ["TIME_RELATIVE"]


def test_a_path_adds_up_the_way_between_positions_and_says_so():
    gnss = stream("gnss_pvt", [0, 1, 2], {"lat_deg": [0.0, 0.001, 0.001], "lon_deg": [0.0, 0.0, 0.001]})
    counted = stream("channels.main", [0, 1, 2], {"distance_m": [5.0, 6.0, 7.0]})
    streams = {"gnss_pvt": gnss, "channels.main": counted}
    session = from_result(result(streams), distance="path")
    # A degree on the ellipsoid at the equator: 110 574 m north, 111 320 m east.
    assert session.table["distance"].to_pylist() == pytest.approx([0.0, 110.574, 221.894], abs=0.01)
    assert facts(session, "distance")["origin"] == "derived"
    assert session.table["distance_m"].to_pylist() == [5.0, 6.0, 7.0]
    assert from_result(result(streams)).table["distance"].to_pylist() == [5.0, 6.0, 7.0]
    assert from_result(result({"gnss_pvt": gnss})).table["distance"].null_count == 3


@pytest.mark.parametrize(
    "settings",
    [{"method": "cubic"}, {"time_base": "imu_accel"}, {"distance": "wheels"}, {"distance": "path"}],
)
def test_settings_that_cannot_be_are_a_bad_call(settings):
    recording = result({"channels.main": stream("channels.main", [0, 1], {"rpm": [1.0, 2.0]})})
    with pytest.raises(CallError):
        from_result(recording, **settings)


def test_a_merged_session_keeps_its_facts_in_the_file(tmp_path):
    streams = {
        "gnss_pvt": positions([0, 0.05, 0.1]),
        "channels.main": stream("channels.main", [0, 0.1], {"oil": [1.5, 2.5]}, units={"oil": "degC"}),
        "laps": laps_table((1, 0, 0.1)),
    }
    store = SessionStore(tmp_path)
    made = from_result(result(streams))
    store.write(1, made)
    read = store.read(1)
    assert read.metadata.merge_method == "linear"
    assert read.metadata.streams == made.metadata.streams
    assert read.laps == made.laps
    assert facts(read, "oil") == facts(made, "oil")
    (oil,) = [each for each in store.channels(1) if each.name == "oil"]
    assert (oil.unit, oil.source_stream, oil.source_name, oil.origin) == (
        "degC",
        "channels.main",
        "oil",
        "measured",
    )


def test_typed_columns_narrow_what_was_made_of_narrow_samples(tmp_path):
    streams = {
        "gnss_pvt": positions([0, 0.05, 0.1], speed_mps=pa.array([1, 2, 3], pa.float32())),
        "channels.main": stream(
            "channels.main", [0, 0.1], {"accel_lat_mps2": pa.array([1, 2], pa.float32())}
        ),
    }
    store = SessionStore(tmp_path, types="source")
    store.write(1, from_result(result(streams)))
    kinds = {each.name: each.type for each in store.channels(1)}
    assert (kinds["lat"], kinds["speed"], kinds["glat"], kinds["rpm"]) == (
        "double",
        "float",
        "float",
        "double",
    )
