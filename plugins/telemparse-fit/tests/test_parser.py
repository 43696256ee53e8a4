"""What comes out of recordings written here byte by byte, sound and damaged."""

from __future__ import annotations

import random
import struct

import pytest

import telemparse
from telemparse.extension.drive import drive
from telemparse.model.issues import Issue

import telemparse_fit.parser
from telemparse_fit.examples import EXAMPLES, Writer

U8, U16, U32, I16, I32, U64, F64, TEXT = 0x02, 0x84, 0x86, 0x83, 0x85, 0x8F, 0x89, 0x07
ENUM, BYTE = 0x00, 0x0D
START = 1_115_000_000  # seconds since 1989
PLACE = ((253, U32, 1), (0, I32, 1), (1, I32, 1))
RIDE = EXAMPLES["ride.fit"]


def parsed(data: bytes) -> telemparse.ParseResult:
    return telemparse.parse({"a.fit": data}, telemparse.ParseOptions(parser="fit"), on_error="return")


def codes(result: telemparse.ParseResult) -> list[str]:
    return sorted(issue.code for issue in (*result.errors, *result.warnings))


def issue_of(result: telemparse.ParseResult, code: str) -> Issue:
    return next(issue for issue in (*result.errors, *result.warnings) if issue.code == code)


def track(rows: int, *, start: int = START) -> Writer:
    """Return a writer with so many records of one second each: 19 bytes a message."""
    writer = Writer()
    writer.define(0, 20, *PLACE, (3, U8, 1), (4, U8, 1), (5, U32, 1))
    for row in range(rows):
        writer.data(0, start + row, 100_000_000 + row, -200_000_000 + row, 100, 80, row * 300)
    return writer


def test_a_ride_is_positions_channels_laps_and_events_by_hand() -> None:
    result = parsed(RIDE)
    samples = [sample for sample in drive(40) if not 8 <= sample.number < 11]
    gnss = result.streams["gnss_pvt"].to_pylist()
    assert len(gnss) == 37
    for row, sample in zip(gnss, samples, strict=True):
        assert row["t"] == sample.t
        assert abs(row["lat_deg"] - sample.lat_deg) < 1e-7
        assert abs(row["lon_deg"] - sample.lon_deg) < 1e-7
        assert abs(row["alt_m"] - sample.alt_m) < 0.101
        assert abs(row["speed_mps"] - sample.speed_mps) < 1e-3
        assert row["hacc_m"] == 3
    channels = result.streams["channels.main"].to_pylist()
    assert len(channels) == 40
    assert [row["cadence_rpm"] for row in channels[5:8]] == [80, None, 80]
    assert [row["lean"] for row in channels[:3]] == [0.25, 0.5, 0.75]
    assert [row["unknown_200_1"] for row in channels[:3]] == [1, 2, 3]
    laps = result.streams["laps"].to_pylist()
    assert [(lap["device_lap"], lap["duration_ns"], lap["distance_m"]) for lap in laps] == [
        (0, 19_000_000_000, 580.0), (1, 19_000_000_000, 580.0)
    ]  # fmt: skip
    kinds = result.streams["events"]["event_type"].to_pylist()
    assert kinds == ["start", "fix_lost", "fix_regained", "stop"]
    assert (result.device_family, result.device_model) == ("COROS", None)
    assert result.metadata["epochs_without_fix"] == 3
    assert codes(result) == []


def test_both_byte_orders_say_the_same() -> None:
    little, big = parsed(RIDE), parsed(EXAMPLES["big_endian.fit"])
    assert big.streams["gnss_pvt"].equals(little.streams["gnss_pvt"].slice(0, 9))


def test_compressed_timestamps_go_round_after_32_seconds_and_distances_after_256_metres() -> None:
    result = parsed(EXAMPLES["compressed.fit"])
    samples = drive(40)
    assert result.streams["gnss_pvt"]["t"].to_pylist() == [sample.t for sample in samples]
    for row, sample in zip(result.streams["channels.main"].to_pylist(), samples, strict=True):
        assert abs(row["distance_m"] - sample.distance_m) <= 1 / 16
        assert abs(row["speed_mps"] - sample.speed_mps) <= 0.005


def test_a_camera_is_put_on_utc_and_its_sensors_are_calibrated() -> None:
    result = parsed(EXAMPLES["camera.fit"])
    samples = drive(12, rate_hz=10)
    gnss = result.streams["gnss_pvt"].to_pylist()
    assert [row["t"] for row in gnss] == [sample.t for sample in samples[2:]]
    for row, sample in zip(gnss, samples[2:], strict=True):
        assert abs(row["vel_n_mps"] - sample.north_mps) <= 0.005
        assert abs(row["vel_d_mps"] + sample.climb_mps) <= 0.005
        assert abs(row["course_deg"] - sample.course_deg) <= 0.005
    accel, gyro = result.streams["imu_accel"].to_pylist(), result.streams["imu_gyro"].to_pylist()
    assert len(accel) == len(gyro) == 60
    assert abs(accel[7]["az_mps2"] - 9.80665) < 0.005
    assert abs(accel[5]["ay_mps2"] - samples[1].accel_g[1] * 9.80665) < 0.005
    assert abs(gyro[5]["gz_rps"] + samples[1].yaw_rps) < 0.002
    assert (accel[6]["t"] - accel[5]["t"]).total_seconds() == 0.02
    assert result.streams["channels.barometer"]["baro_pres"].to_pylist() == [101_325, 101_320] * 2
    assert result.streams["events"]["event_type"].to_pylist() == ["marker", "fix_regained", "marker"]
    assert result.metadata["clock"]["correlations"] == 1
    assert codes(result) == []


def test_a_system_clock_that_nothing_correlates_stays_relative() -> None:
    result = parsed(track(5, start=100).file())
    table = result.streams["gnss_pvt"]
    assert table.schema.metadata[b"time_base"] == b"relative"
    assert [t.value for t in table["t"]] == [(100 + row) * 10**9 for row in range(5)]
    assert codes(result) == ["TIME_RELATIVE"] * len(codes(result))


def test_rows_of_a_system_clock_beside_utc_have_no_place_and_are_counted() -> None:
    writer = track(5)
    writer.data(0, 77, 1, 1, 1, 1, 1)
    result = parsed(writer.file())
    assert result.streams["gnss_pvt"].num_rows == 5
    assert issue_of(result, "ROWS_SKIPPED").evidence["count"] == 1


def test_counts_without_a_calibration_stay_counts() -> None:
    writer = Writer()
    writer.define(0, 165, (253, U32, 1), (0, U16, 1), (1, U16, 2), (2, U16, 2), (3, U16, 2), (4, U16, 2))
    writer.data(0, START, 250, (0, 10), (1, 2), (3, 4), (5, 0xFFFF))
    result = parsed(writer.file())
    assert result.streams["channels.accel"].to_pylist()[0]["accel_z"] == 5
    assert result.streams["channels.accel"].num_rows == 1
    assert "FIT_NOT_CALIBRATED" in codes(result)


def test_unknown_values_are_null_and_all_types_are_read() -> None:
    writer = Writer(">")
    writer.define(0, 20, (253, U32, 1), (210, I16, 1), (211, TEXT, 6), (212, BYTE, 2))
    writer.data(0, START, -5, "ab", b"\x01\xfe")
    writer.data(0, START + 1, None, "", b"\xff\xff")
    rows = parsed(writer.file()).streams["channels.main"].to_pylist()
    assert len(rows) == 1
    assert (rows[0]["unknown_210"], rows[0]["unknown_211"], rows[0]["unknown_212"]) == (-5, "ab", "01fe")


def test_a_field_of_an_odd_size_is_a_smaller_number_or_bytes() -> None:
    writer = Writer()
    writer.body += struct.pack("<BBBHB", 0x40, 0, 0, 20, 3)
    writer.body += bytes((253, 4, U32, 210, 1, U32, 211, 3, U32))
    writer.body += b"\0" + struct.pack("<IB3s", START, 7, b"\x01\x02\x03")
    result = parsed(writer.file())
    row = result.streams["channels.main"].to_pylist()[0]
    assert (row["unknown_210"], row["unknown_211"]) == (7, "010203")
    assert issue_of(result, "FIT_FIELD_SIZE_ODD").evidence["count"] == 2


def test_a_definition_that_states_the_wrong_byte_order_is_read_in_the_right_one() -> None:
    data = bytearray(track(5).file())
    data[14 + 2] = 1  # the architecture of the only definition
    result = parsed(bytes(data))
    assert result.streams["gnss_pvt"].num_rows == 5
    assert codes(result) == ["FIT_BYTE_ORDER_WRONG", "FIT_CRC_MISMATCH"]


def test_places_0_0_and_beyond_the_pole_are_no_fixes() -> None:
    writer = track(3)
    writer.data(0, START + 3, 0, 0, 90, 80, 900)
    writer.data(0, START + 4, 2**31 - 2, 5, 90, 80, 900)
    result = parsed(writer.file())
    assert result.streams["gnss_pvt"].num_rows == 3
    assert result.streams["channels.main"].num_rows == 5
    assert result.metadata["epochs_without_fix"] == 2
    assert issue_of(result, "VALUE_OUT_OF_RANGE").evidence["count"] == 1


def test_a_file_of_no_positions_still_gives_its_channels() -> None:
    writer = Writer()
    writer.define(3, 20, (253, U32, 1), (7, U16, 1))
    for row in range(4):
        writer.data(3, START + row, 200 + row)
    result = parsed(writer.file())
    assert result.streams["channels.main"]["power_w"].to_pylist() == [200, 201, 202, 203]
    assert not result.capabilities.has_gnss_position
    assert codes(result) == []


def test_streams_that_nobody_asks_for_are_left_out() -> None:
    options = telemparse.ParseOptions(parser="fit", streams=("laps",))
    assert set(telemparse.parse({"a.fit": RIDE}, options).streams) == {"laps"}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("piece_bytes", [1, 13, 100, 1500])
def test_the_result_does_not_depend_on_the_pieces(
    name: str, piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = EXAMPLES[name]
    chance = random.Random(piece_bytes)  # noqa: S311  (repeatable, not secret)
    damaged = bytearray(data)
    for _flip in range(2):
        damaged[chance.randrange(14, len(data))] ^= 1 << chance.randrange(8)
    whole = [parsed(data), parsed(bytes(damaged))]
    monkeypatch.setattr(telemparse_fit.parser, "PIECE_BYTES", piece_bytes)
    for expected, content in zip(whole, (data, bytes(damaged)), strict=True):
        result = parsed(content)
        assert result.streams.keys() == expected.streams.keys()
        for stream, table in result.streams.items():
            assert table.combine_chunks().equals(expected.streams[stream].combine_chunks()), stream
        assert [(i.code, i.evidence) for i in result.warnings] == [
            (i.code, i.evidence) for i in expected.warnings
        ]


def test_cut_anywhere_the_rows_are_a_beginning_and_an_issue_says_so() -> None:
    data = track(6).file()
    whole = parsed(data).streams["gnss_pvt"]
    for length in range(len(data)):
        result = parsed(data[:length])
        assert codes(result), length
        gnss = result.streams.get("gnss_pvt")
        rows = max((min(length, len(data) - 2) - 14 - 24) // 19, 0)
        assert (0 if gnss is None else gnss.num_rows) == rows, length
        assert gnss is None or gnss.equals(whole.slice(0, rows))


def test_the_size_in_the_header_may_be_zero_or_beyond_the_end() -> None:
    writer = track(6)
    result = parsed(writer.file(stated=0))
    assert (result.streams["gnss_pvt"].num_rows, codes(result)) == (6, ["FIT_SIZE_WRONG"])
    result = parsed(writer.file()[:-3])  # as Strava's app for Android wrote them
    assert (result.streams["gnss_pvt"].num_rows, codes(result)) == (5, ["ARTIFACT_TRUNCATED"])
    assert issue_of(result, "ARTIFACT_TRUNCATED").evidence["missing"] == 3


def test_a_wrong_crc_is_told_and_the_data_kept() -> None:
    data = bytearray(track(6).file())
    data[-1] ^= 1
    result = parsed(bytes(data))
    assert (result.streams["gnss_pvt"].num_rows, codes(result)) == (6, ["FIT_CRC_MISMATCH"])


@pytest.mark.parametrize("row", [0, 3, 20, 38])
def test_a_header_that_is_damaged_costs_its_record_alone(row: int) -> None:
    data = bytearray(track(40).file())
    place = 14 + 24 + 19 * row
    data[place] = 0x0B  # a local type that nobody defined
    result = parsed(bytes(data))
    kept = [at for at in range(40) if at != row]
    assert [t.value // 10**9 for t in result.streams["gnss_pvt"]["t"]] == [
        START + 631_065_600 + at for at in kept
    ]
    lost = issue_of(result, "FIT_BYTES_SKIPPED").evidence
    assert (lost["bytes"], lost["count"], lost["loci"]) == (19, 1, [f"a.fit, byte {place}"])


def test_bytes_that_are_lost_or_come_between_cost_only_what_they_touch() -> None:
    data, at = track(40).file(), 14 + 24 + 19 * 10 + 9
    for changed in (data[:at] + data[at + 5 :], data[:at] + b"\x7f" * 30 + data[at:]):
        result = parsed(changed)
        rows = result.streams["gnss_pvt"]
        assert rows.num_rows >= 38
        assert {"FIT_CRC_MISMATCH", "FIT_SIZE_WRONG", "ARTIFACT_TRUNCATED"} & set(codes(result))
        assert rows["t"].to_pylist()[-1] == parsed(data).streams["gnss_pvt"]["t"].to_pylist()[-1]


def test_a_chain_goes_on_behind_a_damaged_file_and_padding() -> None:
    first = bytearray(track(6).file())
    first[64] ^= 0x40
    result = parsed(bytes(first) + b"\0" * 50 + track(6, start=START + 100).file())
    assert result.streams["gnss_pvt"].num_rows == 12
    assert result.metadata["chained_files"] == 2
    assert codes(result) == ["FIT_BYTES_SKIPPED", "FIT_CRC_MISMATCH"]


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x40\0\0\x14\0\0" + b"\0" * 20_000,  # a chain of messages of no bytes
        b"\x40\0\0\xff\xff" * 4000,
        b"\x6f\0\0\x14\0\xff" + bytes((253, 255, U8)) * 255 + b"\xff" * 3000,
        b"".join(
            struct.pack("<BBBHB3B", 0x40, 0, 0, 20, 1, number % 250, 1, U8) + b"\0\1"
            for number in range(1500)
        ),
    ],
)
def test_hostile_messages_end_in_a_typed_result(hostile: bytes) -> None:
    head = struct.pack("<BBHI4sH", 14, 0x20, 2134, 0xFFFF_FFF0, b".FIT", 0)
    result = parsed(head + hostile)
    assert "PARSER_CRASHED" not in codes(result)
    assert codes(result)


def test_a_chain_of_headers_that_claim_gigabytes_is_summed_only_a_few_times() -> None:
    head = struct.pack("<BBHI4sH", 14, 0x20, 2134, 60_000, b".FIT", 0)
    result = parsed(head * 1000)
    assert "PARSER_CRASHED" not in codes(result)


def test_records_of_several_forms_are_joined_in_the_order_of_the_file() -> None:
    writer = Writer()
    writer.define(0, 20, (253, U32, 1), (8, BYTE, 3), (211, TEXT, 4))
    writer.define(1, 20, (253, U32, 1), (3, U8, 1), (6, U16, 1))
    for row in range(6):
        if row % 2:
            writer.data(1, START + row, 90 + row, None if row == 5 else 2000)
        else:
            writer.data(0, START + row, b"\x64\x00\x01", "pit" if row else "")
    rows = parsed(writer.file()).streams["channels.main"].to_pylist()
    assert [row["heart_rate_bpm"] for row in rows] == [None, 91, None, 93, None, 95]
    assert [row["unknown_211"] for row in rows] == [None, None, "pit", None, "pit", None]
    assert [row["speed_mps"] for row in rows] == [1.0, 2.0, 1.0, 2.0, 1.0, None]
    assert [row["distance_m"] for row in rows] == [1.0, None, 1.0, None, 1.0, None]
