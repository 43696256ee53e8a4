"""The numbers of recordings, as the camera meant them: values, units, axes and clocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import telemparse
from telemparse.extension.drive import drive
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag

from telemparse_gpmf.examples import EXAMPLES
from telemparse_gpmf.writing import device, nest, record, stream, video

if TYPE_CHECKING:
    from telemparse import ParseResult

S = 1_000_000_000
START_NS = 1_746_352_800 * S  # 2025-05-04T10:00:00Z
GPS5 = [10_000_000, 10_000_000, 1000, 1000, 100]
HERE = (-215_000_000, -123_000_000, 100_000, 20_000, 2000)


def parse(data: bytes | dict[str, bytes], **options: Any) -> ParseResult:
    files = data if isinstance(data, dict) else {"x.raw": data}
    return telemparse.parse(files, ParseOptions(**options), on_error="return")


def column(result: ParseResult, stream: str, name: str) -> list[Any]:
    return result.streams[stream][name].to_pylist()


def t_ns(result: ParseResult, stream: str = "gnss_pvt") -> list[int]:
    return result.streams[stream]["t"].cast("int64").to_pylist()


def codes(result: ParseResult) -> list[str]:
    return [issue.code for issue in (*result.errors, *result.warnings)]


def gps5(stamp: str, rows: list[tuple[int, ...]], *facts: bytes, fix: int = 3) -> bytes:
    return stream(
        *facts,
        record("GPSF", "L", fix),
        record("GPSU", "U", stamp.encode()),
        record("GPSP", "S", 150),
        record("SCAL", "l", GPS5),
        record("GPS5", "l", rows),
    )


def camera(*streams: bytes) -> bytes:
    return device(1, "HERO", *streams)


def numbers(key: str, kind: str, values: list[Any], *facts: bytes, structure: str = "") -> bytes:
    return stream(*facts, record(key, kind, values, structure=structure))


def test_fixes_of_gps9_are_the_drive_at_their_own_instants() -> None:
    result = parse({"x.raw": EXAMPLES["hero11.raw"]})
    samples = drive(16, 4)
    assert t_ns(result) == [START_NS + n * S // 4 for n in range(16)]
    for name, expected in (
        ("lat_deg", [s.lat_deg for s in samples]),
        ("lon_deg", [s.lon_deg for s in samples]),
    ):
        np.testing.assert_allclose(column(result, "gnss_pvt", name), expected, atol=6e-8)
    np.testing.assert_allclose(column(result, "gnss_pvt", "alt_m"), [s.alt_m for s in samples], atol=6e-4)
    speeds = [s.speed_mps for s in samples]
    np.testing.assert_allclose(column(result, "gnss_pvt", "speed_mps"), speeds, atol=6e-4)
    assert set(column(result, "gnss_pvt", "pdop")) == {np.float32(1.79)}
    assert set(column(result, "gnss_pvt", "fix_type")) == {3}
    assert set(column(result, "gnss_pvt", "quality_flags")) == {0}  # MSLV: above the sea
    assert result.metadata["streams_left_out"] == {"GPS5": 4}
    assert codes(result) == []
    assert (result.device_family, result.device_model) == ("GoPro", "HERO11 Black")


def test_a_second_without_lock_is_no_fix_and_two_events() -> None:
    result = parse({"x.mp4": EXAMPLES["hero5.mp4"]})
    assert t_ns(result) == [START_NS + n * S // 4 for n in range(20) if n // 4 != 3]
    assert result.metadata["epochs_without_fix"] == 4
    assert column(result, "events", "event_type") == ["fix_lost", "fix_regained"]
    assert t_ns(result, "events") == [START_NS + 3 * S, START_NS + 4 * S]
    ellipsoidal = int(QualityFlag.ALTITUDE_ELLIPSOIDAL)
    assert set(column(result, "gnss_pvt", "quality_flags")) == {ellipsoidal}
    assert result.metadata["clock"]["stamps_repaired"] == 0


def test_inertial_samples_are_in_the_frame_of_the_camera_and_on_its_clock() -> None:
    result = parse({"x.mp4": EXAMPLES["hero5.mp4"]})
    samples = drive(50, 10)
    accel = result.streams["imu_accel"]
    assert t_ns(result, "imu_accel") == [START_NS + n * S // 10 for n in range(50)]
    expected = [[axis * 9.80665 for axis in (-s.accel_g[1], s.accel_g[0], s.accel_g[2])] for s in samples]
    got = np.column_stack([accel[name].to_pylist() for name in ("ax_mps2", "ay_mps2", "az_mps2")])
    np.testing.assert_allclose(got, expected, atol=0.5 / 418 + 1e-6)
    np.testing.assert_allclose(column(result, "imu_gyro", "gz_rps"), [-s.yaw_rps for s in samples], atol=2e-4)
    assert column(result, "imu_accel", "temp_c")[0] == 31.5
    axes = result.metadata["axes"]["imu_gyro"]
    assert axes == {"order": "ZXY", "stated_by": "STNM", "calibrated": False}


def test_without_a_receiver_the_rest_is_kept_and_says_so() -> None:
    result = parse({"x.mp4": EXAMPLES["drone.mp4"]})
    assert not result.capabilities.has_gnss_position
    assert result.capabilities.imu_dof == 9
    assert codes(result) == ["TIME_RELATIVE"]
    assert result.device_model == "Drone v1.0"
    # ORIN ZxY: z, then x the other way, then y; MTRX turns x round once more on its way to ZXY.
    assert column(result, "imu_mag", "mz_ut") == [-40.0] * 12
    assert column(result, "imu_mag", "mx_ut") == [0.0] * 4 + [-1.0] * 4 + [-2.0] * 4
    assert column(result, "imu_mag", "my_ut") == [20.0] * 12
    assert result.metadata["axes"]["imu_mag"]["calibrated"]
    assert column(result, "channels.kbat", "kbat_1") == [-17.126] * 3


@pytest.mark.parametrize("transposed", [False, True])
def test_a_calibration_is_applied_whichever_way_its_matrix_is_written(*, transposed: bool) -> None:
    matrix = np.array([[0.0, 1.1, 0.0], [0.0, 0.0, 0.9], [-1.0, 0.0, 0.0]])  # stored Yxz to ORIO xZ...
    stored = (10, 20, 30)
    facts = (
        record("SIUN", "c", "m/s\xb2"), record("ORIN", "c", "yZX"), record("ORIO", "c", "ZXY"),
        record("MTRX", "f", (matrix.T if transposed else matrix).ravel().tolist()),
    )  # fmt: skip
    result = parse(camera(numbers("ACCL", "s", [stored] * 2, *facts)))
    row = result.streams["imu_accel"].to_pylist()[0]
    np.testing.assert_allclose((row["az_mps2"], row["ax_mps2"], row["ay_mps2"]), (22, 27, -10), rtol=1e-6)


def test_small_letters_of_orin_point_the_other_way() -> None:
    facts = (record("SIUN", "c", "m/s\xb2"), record("ORIN", "c", "yXz"))
    result = parse(camera(numbers("ACCL", "s", [(1, 2, 3)], *facts)))
    row = result.streams["imu_accel"].to_pylist()[0]
    assert (row["ax_mps2"], row["ay_mps2"], row["az_mps2"]) == (2, -1, -3)


def test_axes_and_units_that_nobody_states_are_assumed_aloud() -> None:
    result = parse(camera(numbers("ACCL", "s", [(1, 2, 3)])))
    assert {"GPMF_AXES_ASSUMED", "UNIT_ASSUMED", "GPMF_DURATION_ASSUMED"} <= set(codes(result))
    row = result.streams["imu_accel"].to_pylist()[0]
    assert (row["az_mps2"], row["ax_mps2"], row["ay_mps2"]) == (1, 2, 3)


def test_other_units_are_converted() -> None:
    facts = (record("SIUN", "c", "deg/s"), record("ORIN", "c", "XYZ"))
    result = parse(camera(numbers("GYRO", "s", [(180, 0, -90)], *facts)))
    row = result.streams["imu_gyro"].to_pylist()[0]
    np.testing.assert_allclose((row["gx_rps"], row["gz_rps"]), (np.pi, -np.pi / 2), rtol=1e-6)


def test_gpsu_spreads_to_the_next_one_and_the_last_payload_keeps_the_rate() -> None:
    data = b"".join(
        camera(gps5(f"250504100{second:03}.{ms:03}", [HERE] * 5)) for second, ms in ((0, 0), (1, 5), (2, 10))
    )
    steps = np.diff(t_ns(parse(data)))
    assert set(steps.tolist()) == {201_000_000}


def test_samples_that_were_lost_count_by_tsmp() -> None:
    data = b"".join(
        camera(gps5(f"250504100{second:03}.000", [HERE] * 4, record("TSMP", "L", total)))
        for second, total in ((0, 4), (2, 12), (3, 16))
    )
    assert np.diff(t_ns(parse(data))).tolist() == [S // 4] * 3 + [S + S // 4] + [S // 4] * 7


def test_the_camera_clock_drifts_against_utc_and_is_fitted() -> None:
    payloads = []
    for second in range(100):
        stamp = record("STMP", "J", 5_000_000 + second * 1_000_100)  # 100 ppm fast
        minute, rest = divmod(second, 60)
        fixes = gps5(f"25050410{minute:02}{rest:02}.000", [HERE], stamp)
        shut = numbers("SHUT", "f", [0.01] * 2, stamp)
        payloads.append(camera(fixes, shut))
    result = parse(b"".join(payloads))
    clock = result.metadata["clock"]
    assert clock["drift_ppm"] == pytest.approx(-99.99, abs=0.01)
    steps = np.diff(t_ns(result, "channels.shut"))
    np.testing.assert_allclose(steps, S // 2, atol=10)


def test_a_clock_that_begins_anew_keeps_utc() -> None:
    first = [(0, 900_000_000), (1, 901_000_000)]
    data = b"".join(
        camera(
            gps5(f"25050410000{second}.000", [HERE] * 2, record("STMP", "J", us)),
            numbers("SHUT", "f", [0.01] * 2, record("STMP", "J", us)),
        )
        for second, us in [*first, (5, 0), (6, 1_000_000)]
    )
    result = parse(data)
    expected = [START_NS + ms * 1_000_000 for ms in (0, 500, 1000, 1500, 5000, 5500, 6000, 6500)]
    assert t_ns(result, "channels.shut") == expected
    assert result.metadata["clock"]["restarts"] == 1
    assert codes(result) == []


def test_a_delay_that_the_camera_states_is_taken_off() -> None:
    late = numbers("SHUT", "f", [0.01], record("STMP", "J", 5_000_000), record("TIMO", "f", 0.5))
    fixes = gps5("250504100000.000", [HERE], record("STMP", "J", 5_000_000))
    assert t_ns(parse(camera(fixes, late)), "channels.shut") == [START_NS - S // 2]


def test_a_gpsu_off_the_clock_is_put_on_it_and_flagged() -> None:
    stamps = [f"25050410{second // 60:02}{second % 60:02}.000" for second in (0, 1, 40, 3, 4)]
    data = b"".join(
        camera(gps5(stamp, [HERE] * 2, record("STMP", "J", number * 1_000_000)))
        for number, stamp in enumerate(stamps)
    )
    result = parse(data)
    assert t_ns(result) == [START_NS + n * S // 2 for n in range(10)]
    repaired = [
        bool(flags & QualityFlag.TIME_REPAIRED) for flags in column(result, "gnss_pvt", "quality_flags")
    ]
    assert repaired == [number in {4, 5} for number in range(10)]
    assert result.metadata["clock"]["instants_of_fixes_repaired"] == 2


def test_a_receiver_that_never_locks_gives_no_date() -> None:
    result = parse(camera(gps5("180124192801.699", [HERE] * 3, fix=0), numbers("SHUT", "f", [0.01])))
    assert "gnss_pvt" not in result.streams
    assert {"NO_VALID_FIX", "TIME_RELATIVE"} <= set(codes(result))
    assert result.metadata["epochs_without_fix"] == 3


def test_a_position_of_zero_is_no_fix_and_one_beyond_the_poles_is_none_at_all() -> None:
    rows = [HERE, (0, 0, 0, 0, 0), (910_000_000, 0, 0, 0, 0), HERE]
    result = parse(camera(gps5("250504100000.000", rows)))
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.metadata["epochs_without_fix"] == 1
    skipped = [issue for issue in result.warnings if issue.code == "ROWS_SKIPPED"]
    assert [issue.evidence["count"] for issue in skipped] == [1]


def test_every_type_becomes_a_column_of_its_kind() -> None:
    values = [(-1, 2, -3, 4, -5, 6, -7, 8, 0.5, 0.25, 1 << 15, 1 << 31, b"ABCD", b"250504100000.000")]
    letters = "bBsSlLjJfdqQFU"
    data = camera(numbers("TEST", "?", values, record("TYPE", "c", letters), structure=letters))
    row = parse(data).streams["channels.test"].to_pylist()[0]
    got = [row[f"test_{number}"] for number in range(1, 15)]
    assert got == [-1, 2, -3, 4, -5, 6, -7, 8, 0.5, 0.25, 0.5, 0.5, "ABCD", "250504100000.000"]


def test_arrays_in_a_structure_and_its_units_are_told_apart() -> None:
    facts = (record("TYPE", "c", "f[2]L"), nest_units("V", "A", ""))
    data = camera(numbers("MYDD", "?", [(1.0, 2.0, 3)], *facts, structure="ffL"))
    table = parse(data).streams["channels.mydd"]
    assert table.to_pylist()[0]["mydd_3"] == 3
    units = [field.metadata[b"unit"].decode() for field in table.schema if field.name != "t"]
    assert units == ["V", "A", ""]


def nest_units(*units: str) -> bytes:
    """Return UNIT with words of four letters."""
    text = b"".join(unit.encode().ljust(4, b"\0") for unit in units)
    return b"UNITc\x04" + len(units).to_bytes(2, "big") + text


def test_records_of_several_things_are_at_one_instant() -> None:
    result = parse({"x.raw": EXAMPLES["hero11.raw"]})
    scenes = result.streams["channels.scen"].to_pylist()[:3]
    assert [row["scen_scene"] for row in scenes] == ["URBA", "SNOW", "URBA"]
    assert scenes[0]["t"] == scenes[1]["t"] != scenes[2]["t"]


def test_what_is_no_number_is_null() -> None:
    table = parse(camera(numbers("SHUT", "f", [0.5, float("nan"), float("inf")]))).streams["channels.shut"]
    assert table["shut"].to_pylist() == [0.5, None, None]


def test_only_what_is_asked_for_is_read() -> None:
    data = {"x.raw": EXAMPLES["hero11.raw"]}
    assert set(parse(data, streams=("imu_gyro",)).streams) == {"imu_gyro"}
    assert set(parse(data, streams=("channels",), channels=("CORI.w",)).streams) == {"channels.cori"}
    assert parse(data, channels=("cori_x",)).streams["channels.cori"].column_names == ["t", "cori_x"]


def test_a_second_device_and_a_second_file_have_streams_of_their_own() -> None:
    facts = (record("SIUN", "c", "m/s\xb2"), record("ORIN", "c", "XYZ"))
    accel = numbers("ACCL", "s", [(1, 2, 3)], *facts)
    shut = numbers("SHUT", "f", [0.5])
    data = device(1, "Camera", accel, shut) + device(2, "Other one", accel, shut)
    result = parse({"a.raw": data, "b.raw": data})
    assert set(result.streams) == {
        "imu_accel", "imu_accel.other_one", "channels.shut", "channels.shut_2",
        "imu_accel.b", "imu_accel.b_other_one", "channels.shut_b", "channels.shut_b_2",
    }  # fmt: skip


def test_model_and_firmware_stand_beside_the_track() -> None:
    settings = device(
        1, "Global Settings", record("FMWR", "c", "H22.01"), record("MINF", "c", "HERO11 Black")
    )
    box = (8 + len(settings)).to_bytes(4, "big") + b"GPMF" + settings
    result = parse({"x.mp4": video([camera(numbers("SHUT", "f", [0.5]))], facts=box)})
    assert (result.device_model, result.metadata["firmware"]) == ("HERO11 Black", "H22.01")
    assert "FMWR" not in json.dumps(result.metadata)


@pytest.mark.parametrize("head_first", [False, True])
@pytest.mark.parametrize("per_chunk", [1, 2, 5])
@pytest.mark.parametrize("wide", [False, True])
def test_tables_of_a_video_lead_to_its_payloads(*, head_first: bool, per_chunk: int, wide: bool) -> None:
    payloads = [camera(numbers("SHUT", "f", [float(number)] * 2)) for number in range(5)]
    movie = video(payloads, head_first=head_first, per_chunk=per_chunk, wide=wide, duration_ms=1001)
    result = parse({"x.mp4": movie})
    assert column(result, "channels.shut", "shut") == [n // 2 for n in range(10)]
    assert t_ns(result, "channels.shut") == [n * 500_500_000 for n in range(10)]
    assert codes(result) == ["TIME_RELATIVE"]


def test_a_nest_within_a_stream_is_counted_not_guessed() -> None:
    face = nest("FACE", record("TICK", "L", 1), record("FACE", "L", [1]))
    result = parse(camera(stream(face), numbers("SHUT", "f", [0.5])))
    issue = next(issue for issue in result.warnings if issue.code == "GPMF_STREAM_UNREADABLE")
    assert (issue.evidence["keys"], issue.evidence["count"]) == ("FACE", 1)
    assert "channels.shut" in result.streams


def test_video_without_the_track_is_not_claimed() -> None:
    movie = video([camera(numbers("SHUT", "f", [0.5]))], description=b"fdsc")
    found = telemparse.detect({"x.mp4": movie})
    assert found.winner is None
    assert "gpmd" in found.explain()
