"""What sessions hold, in numbers that were put into them."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from typing import Any

import pytest

import telemparse
from telemparse import ParseOptions, ParseResult
from telemparse.extension.drive import drive
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch

from telemparse_aim.examples import EXAMPLES
from telemparse_aim.parser import parse_in_stretches
from telemparse_aim.writing import (
    channel,
    configuration,
    lap,
    many,
    message,
    old_lap,
    position,
    single,
)

START = dt.datetime(2025, 5, 4, 10, 0, tzinfo=dt.UTC)
WEEK_MS = 2365 * 604_800_000
PLACE = (10.0, 20.0, 100.0)


def half(value: float) -> bytes:
    return struct.pack("<e", value)


def read(*frames: bytes, name: str = "a.xrk", **options: Any) -> ParseResult:
    return telemparse.parse(
        {name: b"".join(frames)}, ParseOptions(parser="aim_xrk", **options), on_error="return"
    )


def codes(result: ParseResult) -> list[str]:
    return [issue.code for issue in (*result.errors, *result.warnings)]


def rows(result: ParseResult, stream: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = result.streams[stream].to_pylist()
    return found


def seconds(value: dt.datetime) -> float:
    return (value - START).total_seconds()


@pytest.fixture(scope="module")
def session() -> ParseResult:
    return telemparse.parse({"session.xrk": EXAMPLES["session.xrk"]})


def test_positions_are_those_of_the_drive(session: ParseResult) -> None:
    fixes = rows(session, "gnss_pvt")
    samples = [sample for sample in drive(rows=120, rate_hz=10) if sample.number % 2 and sample.seconds >= 1]
    assert len(fixes) == len(samples) == 55
    for fix, sample in zip(fixes, samples, strict=True):
        assert fix["t"] == sample.t
        assert fix["lat_deg"] == pytest.approx(sample.lat_deg, abs=2e-7)
        assert fix["lon_deg"] == pytest.approx(sample.lon_deg, abs=2e-7)
        assert fix["alt_m"] == pytest.approx(sample.alt_m, abs=0.02)
        assert fix["speed_mps"] == pytest.approx(sample.speed_mps, abs=0.02)
        assert (fix["course_deg"] - sample.course_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
        assert fix["vel_n_mps"] == pytest.approx(sample.north_mps, abs=0.02)
        assert fix["vel_d_mps"] == pytest.approx(0, abs=0.02)
    first = {name: fixes[0][name] for name in ("sat_count", "fix_type", "quality_flags")}
    assert first == {"sat_count": 12, "fix_type": 3, "quality_flags": 256}
    assert fixes[0]["hacc_m"] == pytest.approx(1.8)
    assert fixes[0]["sacc_mps"] == pytest.approx(0.25)
    assert fixes[0]["pdop"] == pytest.approx(1.4)


def test_epochs_before_the_fix_are_counted_and_its_coming_is_an_event(session: ParseResult) -> None:
    assert session.metadata["epochs_without_fix"] == 5
    first = rows(session, "events")[0]
    assert (first["event_type"], seconds(first["t"])) == ("fix_regained", 1.0)


def test_laps_and_sectors_are_those_of_the_messages(session: ParseResult) -> None:
    laps = rows(session, "laps")
    assert [(each["lap_number"], each["device_lap"], each["duration_ns"]) for each in laps] == [
        (1, 1, 4_938_000_000),
        (2, 2, 4_938_000_000),
    ]
    assert [seconds(each["t_end"]) for each in laps] == pytest.approx([4.938, 9.876])
    assert [seconds(each["t_start"]) for each in laps] == pytest.approx([0, 4.938])
    sectors = rows(session, "sectors")
    assert [(each["lap_number"], each["sector_index"], each["duration_ns"] // 10**6) for each in sectors] == [
        (1, 0, 2050),
        (1, 1, 2888),
        (2, 0, 2050),
        (2, 1, 2888),
    ]
    kinds = [(each["event_type"], each["value"]) for each in rows(session, "events")[1:]]
    assert kinds == [("sector_beacon", 0), ("lap_beacon", 1), ("sector_beacon", 1), ("lap_beacon", 2)]


def test_channels_have_canonical_names_units_and_instants(session: ParseResult) -> None:
    table = session.streams["channels.10hz"]
    assert table.column_names == ["t", "coolant_temp_c", "steering_deg"]
    assert table.num_rows == 120
    second = table.slice(10, 1).to_pylist()[0]
    assert (seconds(second["t"]), second["coolant_temp_c"], second["steering_deg"]) == (1.0, 80.25, 12.5)
    assert table.schema.field("steering_deg").metadata[b"source_name"] == b"Steering Angle"
    assert rows(session, "channels.1hz")[0]["battery_v"] == pytest.approx(12.64, abs=0.01)
    assert {each["gear"] for each in rows(session, "channels.main")} == {3}
    rpm = session.streams["channels.20hz"]["rpm"].to_pylist()
    assert (len(rpm), rpm[0]) == (240, round(drive(rows=1)[0].rpm))


def test_sensors_are_in_metres_and_radians(session: ParseResult) -> None:
    accel, gyro = rows(session, "imu_accel"), rows(session, "imu_gyro")
    assert (len(accel), len(gyro)) == (240, 240)
    sample = drive(rows=1)[0]
    forces = [accel[0][name] / 9.80665 for name in ("ax_mps2", "ay_mps2", "az_mps2")]
    assert forces == pytest.approx(sample.accel_g, abs=1e-3)
    assert gyro[0]["gz_rps"] == pytest.approx(-sample.yaw_rps, abs=1e-6)


def test_the_recording_tells_of_its_logger_vehicle_and_track(session: ParseResult) -> None:
    assert (session.device_family, session.device_model) == ("AiM", "MXP 1.3")
    facts = session.metadata
    assert (facts["logger_id"], facts["vehicle"], facts["track"]["name"]) == (4711, "Test mule", "Mid Ocean")
    assert facts["clock"]["epochs"] == 60
    assert facts["clock"]["ties_left_out"] == 0
    assert session.warnings == ()


def test_a_compressed_session_is_the_same(session: ParseResult) -> None:
    packed = zlib.compress(EXAMPLES["session.xrk"])
    assert telemparse.parse({"session.xrz": packed}).streams == session.streams
    cut = telemparse.parse({"session.xrz": packed[: len(packed) // 2]}, on_error="return")
    assert 0 < cut.streams["gnss_pvt"].num_rows < 55
    assert "ARTIFACT_TRUNCATED" in codes(cut)


def test_laps_of_older_loggers_have_their_crossing_at_another_place() -> None:
    result = read(configuration(channel(0, "RPM")), old_lap(1, 61_000, 70_000), old_lap(2, 60_500, 130_500))
    assert [each["duration_ns"] for each in rows(result, "laps")] == [61_000_000_000, 60_500_000_000]
    assert [each["t_end"].timestamp() for each in rows(result, "laps")] == [70.0, 130.5]
    assert "TIME_RELATIVE" in codes(result)


def test_the_first_lap_of_a_recording_is_an_out_lap_and_its_last_an_in_lap() -> None:
    config = configuration(channel(0, "RPM"))
    samples = [single(tick, 0, half(1)) for tick in range(1000, 9000, 100)]
    laps = [lap(0, 2000, 3000, kind=1), lap(1, 2500, 5500), lap(2, 3500, 9000, kind=3)]
    older = [old_lap(0, 2000, 3000), old_lap(1, 2500, 5500), old_lap(2, 3500, 9000)]
    for messages in (laps, older):
        found = [each["validity"] for each in rows(read(config, *samples, *messages), "laps")]
        assert found == ["OUTLAP", "VALID", "INLAP"]
    beacons = rows(read(config, *samples, *laps), "events")
    assert [each["value"] for each in beacons] == [0, 1]


def test_a_split_that_is_lost_takes_no_other_sector_along() -> None:
    splits = [lap(0, 1000, 1000, segment=1), lap(0, 2000, 2000, segment=2), lap(1, 3000, 3000)]
    others = [lap(1, 1100, 4100, segment=1), lap(2, 3300, 6300)]
    result = read(configuration(channel(0, "RPM")), *splits, *others)
    found = [
        (each["lap_number"], each["sector_index"], each["duration_ns"]) for each in rows(result, "sectors")
    ]
    assert found == [(1, 0, 10**9), (1, 1, 10**9), (1, 2, 10**9), (2, 0, 1_100_000_000)]


def test_samples_of_a_sensor_faster_than_it_declares_fill_the_time() -> None:
    config = configuration(channel(4, "RPM", unit=15, decoder=4, period_us=20_000))
    cells = tuple(struct.pack("<h", value) for value in range(4))
    result = read(config, many(1000, 4, cells), many(1040, 4, cells), many(1120, 4, cells[:2]))
    ticks = [round(each["t"].timestamp() * 1000) for each in rows(result, "channels.50hz")]
    assert ticks == [1000, 1010, 1020, 1030, 1040, 1060, 1080, 1100, 1120, 1140]
    assert result.metadata["clock"]["blocks_faster_than_declared"] == 1


def test_what_no_sensor_measures_is_null_and_letters_are_gears() -> None:
    config = configuration(
        channel(1, "Boost", unit=14), channel(2, "Gear", unit=31, decoder=15), channel(3, "Odo", decoder=200)
    )
    frames = [single(10, 1, half(float("inf"))), single(20, 1, half(1.5)), single(10, 2, b"N\0")]
    result = read(config, *frames, single(20, 2, b"4\0"), single(30, 2, b"?\0"), single(30, 3, b"ab"))
    table = rows(result, "channels.10hz")
    assert [(each["boost"], each["gear"]) for each in table] == [(None, 0), (1.5, 4), (None, None)]
    skipped = next(issue for issue in result.warnings if issue.code == "CHANNELS_SKIPPED")
    assert skipped.evidence["channels"] == ["Odo"]
    assert "VALUE_OUT_OF_RANGE" in codes(result)


def test_whole_numbers_may_be_axes_and_a_microsecond_a_period() -> None:
    axes = configuration(
        *(channel(index, f"Gyro{axis}", unit=5, decoder=4) for index, axis in enumerate("XYZ")),
        channel(7, "Burst", period_us=1),
    )
    turned = [single(100, index, struct.pack("<h", 90)) for index in range(3)]
    result = read(axes, *turned, single(100, 7, half(1)))
    assert rows(result, "imu_gyro")[0]["gx_rps"] == pytest.approx(1.5708, abs=1e-4)
    assert result.streams["channels.1e06hz"].num_rows == 1


def test_the_last_name_of_a_channel_counts_for_all_its_samples() -> None:
    first, second = channel(1, "Temperature 1", unit=17), channel(1, "Water Temp", unit=17)
    result = read(
        configuration(first), single(10, 1, half(80)), configuration(second), single(110, 1, half(81))
    )
    assert result.streams["channels.10hz"]["coolant_temp_c"].to_pylist() == [80, 81]


def test_another_layout_of_a_channel_begins_where_it_is_described() -> None:
    first, second = channel(1, "A"), channel(1, "B", decoder=6, size=4)
    result = read(
        configuration(first),
        single(10, 1, half(1)),
        configuration(second),
        single(20, 1, struct.pack("<f", 2.5)),
    )
    assert [(each["a"], each["b"]) for each in rows(result, "channels.10hz")] == [(1, None), (None, 2.5)]


def test_frames_of_expansion_modules_are_read_where_they_name_their_channel() -> None:
    known = b"(c\0" + struct.pack("<HBBi", 1 << 3 | 4, 0x84, 6, 500) + half(7) + b")"
    short = b"(c\1" + struct.pack("<HBB", 12, 0x84, 2) + half(7) + b")"
    long = b"(c\0" + struct.pack("<HBBi", 8, 0x84, 8, 510) + half(7) * 2 + b")"
    result = read(configuration(channel(1, "Pot")), known, short, long, single(520, 1, half(9)))
    assert result.streams["channels.10hz"]["pot"].to_pylist() == [7, 9]
    unread = next(issue for issue in result.warnings if issue.code == "AIM_XRK_FRAMES_UNREAD")
    assert unread.evidence["count"] == 2
    assert "AIM_XRK_BYTES_SKIPPED" not in codes(result)


def test_a_second_receiver_has_a_stream_of_its_own() -> None:
    frames = [position(1000, WEEK_MS, PLACE), position(1000, WEEK_MS, PLACE, name="GPS1")]
    result = read(configuration(channel(0, "RPM")), *frames)
    assert result.streams.keys() == {"gnss_pvt", "gnss_pvt.gps1"}
    assert result.metadata["epochs_without_fix"] == 0


def test_epochs_without_time_take_that_of_the_logger() -> None:
    config, good = configuration(channel(0, "RPM")), position(1000, WEEK_MS + 5000, PLACE)
    untimed = bytearray(good[12:-8])
    untimed[:4], untimed[15] = struct.pack("<i", 3000), 1
    result = read(config, good, message("GPS", bytes(untimed)))
    first, second = rows(result, "gnss_pvt")
    assert (second["t"] - first["t"]).total_seconds() == 2
    assert [first["quality_flags"], second["quality_flags"]] == [256, 256 + 4]


def test_positions_outside_the_earth_are_left_out_and_counted() -> None:
    config, good = configuration(channel(0, "RPM")), position(1000, WEEK_MS, PLACE)
    away = bytearray(position(2000, WEEK_MS + 1000, PLACE)[12:-8])
    away[16:20] = struct.pack("<i", 2_000_000_000)
    result = read(config, good, message("GPS", bytes(away)))
    assert result.streams["gnss_pvt"].num_rows == 1
    assert "VALUE_OUT_OF_RANGE" in codes(result)


def test_without_a_fix_there_are_laps_but_no_positions() -> None:
    frames = [position(1000 + ms, WEEK_MS + ms, None) for ms in range(0, 1000, 100)]
    result = read(configuration(channel(0, "RPM")), *frames, lap(1, 500, 1500))
    assert result.streams.keys() == {"events", "laps"}
    assert result.capabilities.has_absolute_time
    assert (result.metadata["epochs_without_fix"], "NO_VALID_FIX" in codes(result)) == (10, True)


def test_a_clock_that_drifts_is_followed_and_one_that_leaps_is_told_of() -> None:
    config = configuration(channel(0, "RPM", period_us=0))
    drifting = [position(1000 + ms, WEEK_MS + ms + ms // 1000, PLACE) for ms in range(0, 600_000, 500)]
    result = read(config, *drifting, single(601_000, 0, half(1)))
    assert result.metadata["clock"]["drift_ppm"] == pytest.approx(1000, rel=1e-3)
    assert seconds(rows(result, "channels.main")[0]["t"]) == pytest.approx(600.6 - 10 * 3600 - 18, abs=2e-3)
    leaping = [
        position(1000 + ms + 65_533 * (ms > 400_000), WEEK_MS + ms, PLACE) for ms in range(0, 600_000, 500)
    ]
    result = read(config, *leaping, single(1000, 0, half(1)))
    assert "AIM_XRK_CLOCK_JUMPS" in codes(result)
    assert seconds(rows(result, "channels.main")[0]["t"]) == pytest.approx(-10 * 3600 - 18, abs=2e-3)


def test_without_positions_the_local_start_or_nothing_makes_the_clock() -> None:
    config, samples = configuration(channel(0, "RPM")), single(1000, 0, half(1))
    local = [message("TMD", b"01/23/2016\0"), message("TMT", b"12:08:51\0")]
    zoned = read(config, *local, samples, timezone="Europe/Rome")
    assert str(rows(zoned, "channels.10hz")[0]["t"]) == "2016-01-23 11:08:52+00:00"
    assert zoned.warnings == ()
    assumed = read(config, *local, samples)
    assert codes(assumed) == ["TIME_ZONE_ASSUMED_UTC"]
    unclear = read(config, message("TMD", b"04/05/2016\0"), local[1], samples)
    assert "DATE_UNRELIABLE" in codes(unclear)
    for odd in (b"31/31/2016\0", b"2016-01-23\0", b""):
        assert codes(read(config, message("TMD", odd), local[1], samples)) == ["TIME_RELATIVE"]


def test_a_receiver_that_counts_its_weeks_anew_is_told_of() -> None:
    local = [message("TMD", b"12/20/2024\0"), message("TMT", b"00:00:00\0")]
    earlier = position(1000, WEEK_MS - 1024 * 604_800_000, PLACE)
    result = read(configuration(channel(0, "RPM")), *local, earlier)
    assert "DATE_UNRELIABLE" in codes(result)


def test_only_what_is_asked_for_is_read() -> None:
    data = EXAMPLES["session.xrk"]
    some = telemparse.parse({"a.xrk": data}, ParseOptions(channels=("rpm", "External Voltage")))
    names = {
        name
        for stream, table in some.streams.items()
        if stream.startswith("channels")
        for name in table.column_names
    }
    assert names == {"t", "rpm", "battery_v"}
    for stream in ("gnss_pvt", "laps", "sectors", "events", "imu_gyro"):
        only = telemparse.parse({"a.xrk": data}, ParseOptions(streams=(stream,)))
        assert list(only.streams) == [stream]
    assert list(telemparse.parse({"a.xrk": data}, ParseOptions(streams=("channels.10hz",))).streams) == [
        "channels.10hz"
    ]


def test_two_files_of_one_set_keep_apart() -> None:
    result = telemparse.parse({"a.xrk": EXAMPLES["session.xrk"], "b.xrk": EXAMPLES["indoor.xrk"]})
    assert {"gnss_pvt", "laps", "laps.b", "channels.10hz", "channels.10hz.b", "channels.b"} <= set(
        result.streams
    )


def test_the_size_of_a_stretch_changes_no_row() -> None:
    artifacts = ArtifactSet.of({"a.xrk": EXAMPLES["session.xrk"]})

    def tables(size: int) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for each in parse_in_stretches(artifacts, ParseOptions(), size):
            if isinstance(each, Batch):
                found.setdefault(each.stream, []).extend(each.data.to_pylist())
        return found

    whole = tables(1 << 20)
    assert [tables(size) == whole for size in (997, 5000)] == [True, True]


SEEN = {
    "whole": (EXAMPLES["session.xrk"], ["SIGNATURE"]),
    "behind junk": (b"junk" + EXAMPLES["session.xrk"], ["MARKER"]),
    "cut": (EXAMPLES["session.xrk"][:1000], ["MARKER"]),
    "a name alone": (b"<hCNF\0", []),
    "markup": (b"<html><head></head>", []),
    "another zlib": (zlib.compress(b"nothing of the kind"), []),
}


@pytest.mark.parametrize("what", SEEN)
def test_the_detector_knows_what_it_sees(what: str) -> None:
    data, rungs = SEEN[what]
    candidates = telemparse.detect({"a.bin": data}).candidates
    assert [each.rung.name for each in candidates if each.parser_id == "aim_xrk"] == rungs


def test_a_long_description_of_channels_is_looked_for_where_it_ends() -> None:
    config = configuration(*(channel(index, f"Channel {index}") for index in range(600)))
    assert len(config) > 64 * 1024
    (candidate,) = telemparse.detect({"a.bin": config + single(1, 0, half(1))}).candidates
    assert candidate.rung.name == "SIGNATURE"
