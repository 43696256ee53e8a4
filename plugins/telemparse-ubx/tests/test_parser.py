"""Frames by hand, and what becomes of logs that are cut, bent and mixed."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import telemparse
from telemparse import ArtifactSet, ParseOptions, ParseResult
from telemparse.extension.drive import drive
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import QualityFlag

from telemparse_ubx.examples import EXAMPLES, frame, pvt
from telemparse_ubx.parser import read

# One epoch of UBX-NAV-PVT, byte for byte: 2018-02-03T04:05:06.25 minus 1000 ns.
PVT = bytes.fromhex(
    "b562 0107 5c00"
    "a2a14520"  # iTOW 541434.274 s: of another clock than the date
    "e207 02 03 04 05 06 07"  # date, time, valid
    "14000000" "9889e60e"  # tAcc, nano 249989528
    "03 83 00 0c"  # 3D, fix ok and RTK fixed, 12 satellites
    "40420f00" "80841eff"  # lon 0.1, lat -1.4777216
    "a0860100" "50c30000"  # height 100 m, hMSL 50 m
    "e8030000" "ffffffff"  # hAcc 1 m, vAcc unknown
    "e8030000" "18fcffff" "64000000"  # velocity 1, -1, 0.1 m/s
    "86050000" "404bcf00"  # gSpeed 1.414 m/s, headMot 135.84
    "c8000000" "400d0300" "96000000" "00000000"
    "00000000" "00000000"
)  # fmt: skip


def summed(data: bytes) -> bytes:
    first = second = 0
    for byte in data[2:]:
        first = (first + byte) % 256
        second = (second + first) % 256
    return data + bytes((first, second))


def result_of(data: bytes) -> ParseResult:
    return telemparse.parse({"log.ubx": data}, ParseOptions(parser="ubx"), on_error="return")


def rows(data: bytes, stream: str = "gnss_pvt") -> list[dict[str, Any]]:
    streams = result_of(data).streams
    return streams[stream].to_pylist() if stream in streams else []


def codes(result: ParseResult) -> list[str]:
    return sorted({issue.code for issue in (*result.warnings, *result.errors)})


def messages(data: bytes, piece_bytes: int) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """Return tables by stream, issues and facts, whatever the pieces are."""
    tables: dict[str, list[dict[str, Any]]] = {}
    issues: list[Any] = []
    facts: dict[str, Any] = {}
    for message in read(ArtifactSet.of({"log.ubx": data}), ParseOptions(), piece_bytes=piece_bytes):
        match message:
            case Batch(stream, batch):
                # A channel that appears late is null before.
                known = [{k: v for k, v in row.items() if v is not None} for row in batch.to_pylist()]
                tables.setdefault(stream, []).extend(known)
            case Issue():
                issues.append((message.code, str(message.locus), dict(message.evidence)))
            case Meta(key, value):
                facts[key] = value
    return tables, issues, facts


def test_a_frame_byte_for_byte() -> None:
    (row,) = rows(summed(PVT))
    assert row["t"].value == 1517630706249989528
    assert (row["lat_deg"], row["lon_deg"], row["alt_m"]) == (-1.4777216, 0.1, 50.0)
    assert (row["hacc_m"], row["vacc_m"], row["sat_count"], row["fix_type"]) == (1.0, None, 12, 7)
    assert row["speed_mps"] == pytest.approx(1.414)
    assert row["course_deg"] == pytest.approx(135.85216)
    assert (row["vel_n_mps"], row["vel_e_mps"], row["vel_d_mps"]) == pytest.approx((1, -1, 0.1))
    assert (row["sacc_mps"], row["pdop"], row["quality_flags"]) == (pytest.approx(0.2), 1.5, 0)


@pytest.mark.parametrize("flags", [0x00, 0x80, 0x02])
def test_without_the_flag_of_the_fix_there_is_none(flags: int) -> None:
    samples = drive(6)
    data = b"".join(pvt(s, flags=1 if s.number > 4 else flags) for s in samples)
    result = result_of(data)
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.metadata["epochs_without_fix"] == 4
    assert result.streams["events"]["event_type"].to_pylist() == ["fix_regained"]


@pytest.mark.parametrize(
    ("fix", "solution", "expected"),
    [
        (1, 0, 1),
        (2, 0, 2),
        (3, 0, 3),
        (4, 0, 4),
        (3, 1, 6),
        (3, 2, 7),
        (4, 2, 7),
        (0, 0, None),
        (5, 0, None),
        (9, 2, None),
    ],
)
def test_types_of_fixes(fix: int, solution: int, expected: int | None) -> None:
    found = rows(pvt(drive(1)[0], fix=fix, flags=1 | solution << 6))
    assert [row["fix_type"] for row in found] == ([] if expected is None else [expected])


def test_a_fix_at_0_0_is_none() -> None:
    sample = drive(1)[0]
    whole = bytearray(pvt(sample))
    whole[6 + 24 : 6 + 32] = bytes(8)
    assert rows(summed(bytes(whole[:-2]))) == []


def test_a_position_that_says_it_is_invalid_is_none() -> None:
    whole = bytearray(pvt(drive(1)[0]))
    whole[6 + 78] |= 1
    assert rows(summed(bytes(whole[:-2]))) == []
    old = bytearray(pvt(drive(1)[0], width=84))
    old[6 + 78] |= 1  # was reserved in 84 bytes
    assert len(rows(summed(bytes(old[:-2])))) == 1


def test_frames_of_84_bytes_say_what_those_of_92_do() -> None:
    old, new = (rows(b"".join(pvt(s, width=width) for s in drive(5))) for width in (84, 92))
    assert old == new
    assert len(old) == 5


def test_hpposllh_refines_the_position_whatever_comes_first() -> None:
    sample = drive(1)[0]
    fine = EXAMPLES["rtk.ubx"][len(pvt(sample)) :][: 6 + 36 + 2]
    for data in (pvt(sample) + fine, fine + pvt(sample)):
        (row,) = rows(data)
        assert row["lat_deg"] == pytest.approx(sample.lat_deg, abs=6e-10)
        assert row["lon_deg"] == pytest.approx(sample.lon_deg, abs=6e-10)
        assert row["hacc_m"] == pytest.approx(0.014)
        assert row["speed_mps"] == pytest.approx(sample.speed_mps, abs=1e-3)


def test_old_messages_are_joined_by_time_of_week() -> None:
    result = result_of(EXAMPLES["old.ubx"])
    samples = drive()
    table = result.streams["gnss_pvt"].to_pylist()
    assert len(table) == len(samples)
    for row, sample in zip(table, samples, strict=True):
        assert row["t"].to_pydatetime() == sample.t
        assert row["lat_deg"] == pytest.approx(sample.lat_deg, abs=6e-8)
        assert row["alt_m"] == pytest.approx(sample.alt_m, abs=1e-3)
        assert row["vel_e_mps"] == pytest.approx(sample.east_mps, abs=6e-3)
        assert (row["fix_type"], row["sat_count"], row["pdop"]) == (3, 9, 1.5)
    assert result.metadata["clock"]["counted_epochs"] == 30  # one epoch of four has UBX-NAV-TIMEUTC


def sol(
    tow_ms: int, week: int, ecef: tuple[int, int, int], velocity: tuple[int, int, int] = (0, 0, 0)
) -> bytes:
    layout = "<IihBB3iI3iIHBBI"
    return frame(
        0x0106, struct.pack(layout, tow_ms, 0, week, 3, 0x0D, *ecef, 300, *velocity, 20, 150, 0, 9, 0)
    )


def test_sol_alone_gives_a_position_above_the_ellipsoid() -> None:
    (row,) = rows(sol(1000, 2000, ecef=(0, 637_823_700, 0), velocity=(-300, 0, 400)))
    assert (row["lat_deg"], row["lon_deg"]) == pytest.approx((0, 90))
    assert row["alt_m"] == pytest.approx(100)
    assert row["quality_flags"] == QualityFlag.ALTITUDE_ELLIPSOIDAL
    assert (row["speed_mps"], row["course_deg"]) == (5, pytest.approx(36.8699, abs=1e-4))


def test_leap_seconds_are_those_of_the_date() -> None:
    place = (450_000_000, 450_000_000, 100_000)
    found = rows(sol(172_816_000, 1851, ecef=place) + sol(259_217_000, 1851, ecef=place))
    # The last second of June 2015 was a leap second: 16 s before and 17 s behind it.
    assert [row["t"].isoformat() for row in found] == [
        "2015-06-30T00:00:00+00:00",
        "2015-07-01T00:00:00+00:00",
    ]


def test_the_week_goes_on_where_the_time_of_week_begins_again() -> None:
    place = (450_000_000, 450_000_000, 100_000)
    ends = [604_799_000, 0, 1000]
    posllh = [frame(0x0102, struct.pack("<I4iII", ms, 10**8, 10**8, 0, 0, 2500, 4000)) for ms in ends]
    data = sol(604_798_000, 2000, ecef=place) + b"".join(posllh)
    instants = [row["t"].value // 10**9 for row in rows(data)]
    assert [later - instants[0] for later in instants] == [0, 1, 2, 3]


def test_a_position_that_nobody_vouches_for_is_doubtful() -> None:
    known = frame(0x0102, struct.pack("<I4iII", 1000, 10**8, 10**8, 0, 0, 2500, 4000))
    unknown = frame(0x0102, struct.pack("<I4iII", 2000, 10**8, 10**8, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF))
    result = result_of(known + unknown)
    assert result.streams["gnss_pvt"]["quality_flags"].to_pylist() == [QualityFlag.FIX_DOUBTFUL]
    assert result.streams["gnss_pvt"]["t"][0].as_py().value == 0
    assert "TIME_RELATIVE" in codes(result)


def test_a_fix_without_a_date_gets_that_of_its_neighbours() -> None:
    samples = drive(3)
    data = b"".join(pvt(s, valid=7 if s.number == 3 else 0) for s in samples)
    table = rows(data)
    assert [row["t"].to_pydatetime() for row in table] == [s.t for s in samples]
    repaired = QualityFlag.TIME_REPAIRED
    assert [row["quality_flags"] for row in table] == [repaired, repaired, 0]


def test_dates_of_before_the_message_was_made_are_doubtful() -> None:
    whole = bytearray(pvt(drive(1)[0]))
    whole[10:12] = struct.pack("<H", 2005)
    assert codes(result_of(summed(bytes(whole[:-2])))) == ["DATE_UNRELIABLE"]


def test_dops_covariances_and_attitude_belong_to_their_epoch() -> None:
    sample = drive(1)[0]
    tow_ms = round(sample.tow_s * 1000)
    cov = frame(0x0136, struct.pack("<IBBB9x12f", tow_ms, 0, 1, 0, *range(12)))
    att = frame(0x0105, struct.pack("<IB3x3i3I", tow_ms, 0, 100_000, -200_000, 300_000, 1, 1, 0))
    dop = frame(0x0104, struct.pack("<I7H", tow_ms, 180, 140, 90, 120, 70, 50, 9999))
    result = result_of(cov + dop + pvt(sample) + att)
    (row,) = result.streams["gnss_pvt"].to_pylist()
    assert (row["hdop"], row["vdop"], row["pdop"]) == (
        pytest.approx(0.7),
        pytest.approx(1.2),
        pytest.approx(1.4),
    )
    (channels,) = result.streams["channels.main"].to_pylist()
    assert [channels[f"pos_cov_{axes}"] for axes in ("nn", "ne", "nd", "ee", "ed", "dd")] == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]
    assert "vel_cov_nn" not in channels  # it says that they are not valid
    assert (channels["roll"], channels["pitch"]) == (1.0, -2.0)
    assert "heading" not in channels
    assert (channels["g_dop"], "e_dop" in channels) == (1.8, False)


# --- sensors -------------------------------------------------------------------------------------


def test_sensors_are_in_units_and_on_the_clock_of_the_fixes() -> None:
    result = result_of(EXAMPLES["dead-reckoning.ubx"])
    samples = drive(60, rate_hz=10)
    accel, gyro = (result.streams[name].to_pylist() for name in ("imu_accel", "imu_gyro"))
    assert len(accel) == len(gyro) == 60
    for row, turn, sample in zip(accel, gyro, samples, strict=True):
        assert [row["ax_mps2"], row["ay_mps2"], row["az_mps2"]] == pytest.approx(
            [9.80665 * g for g in sample.accel_g], abs=1e-3
        )
        assert turn["gz_rps"] == pytest.approx(-sample.yaw_rps, abs=1e-5)
        assert turn["temp_c"] == 29.5
        assert row["t"].to_pydatetime() == sample.t
    raw = result.streams["imu_accel.raw"].to_pylist()
    assert [round((row["t"] - raw[0]["t"]).total_seconds(), 4) for row in raw] == [s.seconds for s in samples]
    assert result.streams["imu_gyro.ins"].num_rows == 6
    assert result.streams["imu_accel.ins"].schema.metadata[b"gravity"] == b"taken off"
    assert result.streams["channels.meas"]["speed_tick"].to_pylist() == [s.millis for s in samples]


def meas(tag: int, *words: int) -> bytes:
    return frame(
        0x1002, struct.pack("<IHH", tag, len(words) << 11, 0) + struct.pack(f"<{len(words)}I", *words)
    )


def test_one_axis_is_no_gyroscope_but_a_channel() -> None:
    result = result_of(meas(1000, 4096 | 5 << 24) + meas(1100, 0xFFFFFF & -4096 | 5 << 24))
    assert set(result.streams) == {"channels.meas"}
    assert result.streams["channels.meas"]["gyro_z"].to_pylist() == pytest.approx(
        [0.0174533, -0.0174533], rel=1e-5
    )
    assert [t.value for t in result.streams["channels.meas"]["t"].to_pylist()] == [0, 100_000_000]


def test_wheels_that_turn_backwards_count_below_0() -> None:
    result = result_of(meas(0, 7 | 8 << 24, (0x800000 | 9) | 9 << 24))
    (row,) = result.streams["channels.meas"].to_pylist()
    assert (row["wheel_tick_rl"], row["wheel_tick_rr"]) == (7, -9)


def stamps(tags: list[int]) -> tuple[list[float], dict[str, Any]]:
    samples = drive(len(tags))
    axes = [1 | kind << 24 for kind in (16, 17, 18)]
    result = result_of(b"".join(meas(tag, *axes) + pvt(s) for tag, s in zip(tags, samples, strict=True)))
    seconds = [
        (t.to_pydatetime() - samples[0].t).total_seconds()
        for t in result.streams["imu_accel"]["t"].to_pylist()
    ]
    return seconds, result.metadata["imu_clock"]


def test_tags_of_sensors_come_round() -> None:
    seconds, clock = stamps([0xFFFFFF00, 744, 1744])
    assert seconds == [0, 1, 2]
    assert (clock["wraps"], clock["restarts"]) == (1, 0)


def test_tags_that_begin_again_are_put_beside_the_fixes_again() -> None:
    seconds, clock = stamps([2_000_000, 2_001_000, 1000, 2000])
    # The last fix before the new count is that of a second ago.
    assert seconds == [0, 1, 1, 2]
    assert (clock["wraps"], clock["restarts"]) == (0, 1)


# --- between the frames --------------------------------------------------------------------------


def test_sentences_corrections_and_text_are_counted_and_nothing_else() -> None:
    result = result_of(EXAMPLES["mixed.log"])
    assert result.streams["gnss_pvt"].num_rows == 40
    assert result.metadata["between_frames"] == {
        "nmea": {"GNTXT": 40}, "rtcm3": {"1005": 40}, "text_lines": 3, "padding_bytes": 0,
    }  # fmt: skip
    assert codes(result) == []


def test_a_sync_within_a_payload_is_no_damage() -> None:
    inner = pvt(drive(1)[0])
    samples = drive(3)
    data = (
        pvt(samples[0])
        + frame(0x0213, b"\xb5\x62\x01\x07\xff\xff" + inner)
        + pvt(samples[1])
        + pvt(samples[2])
    )
    result = result_of(data)
    assert result.streams["gnss_pvt"].num_rows == 3
    assert result.metadata["messages"] == {"NAV-PVT": 3, "RXM-SFRBX": 1}
    assert codes(result) == []


# --- damage --------------------------------------------------------------------------------------

SIX = [pvt(s) for s in drive(6)]


@pytest.mark.parametrize("place", [0, 2, 5])
@pytest.mark.parametrize("byte", [2, 30, 99])
def test_a_flipped_byte_costs_its_frame_alone(place: int, byte: int) -> None:
    frames = list(SIX)
    frames[place] = frames[place][:byte] + bytes([frames[place][byte] ^ 0x40]) + frames[place][byte + 1 :]
    result = result_of(b"".join(frames))
    assert result.streams["gnss_pvt"].num_rows == 5
    assert set(codes(result)) <= {"UBX_CHECKSUM_FAILED", "UBX_UNKNOWN_BYTES"}
    assert len(codes(result)) == 1
    flagged = [row["quality_flags"] for row in result.streams["gnss_pvt"].to_pylist()]
    near = int(QualityFlag.CHECKSUM_SKIPPED)
    assert flagged == [near if number in (place - 1, place) else 0 for number in range(5)]


@pytest.mark.parametrize("length", [0, 1, 91, 93, 1000, 0xFFFF])
def test_a_length_that_lies_swallows_nothing(length: int) -> None:
    frames = list(SIX)
    frames[2] = frames[2][:4] + struct.pack("<H", length) + frames[2][6:]
    result = result_of(b"".join(frames))
    assert result.streams["gnss_pvt"].num_rows == 5
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], str(issue.locus)) == (
        "UBX_CHECKSUM_FAILED",
        1,
        "log.ubx, byte 200",
    )


def test_a_lost_sync_is_told_as_unknown_bytes() -> None:
    result = result_of(SIX[0] + SIX[1][2:] + SIX[2])
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["bytes"], str(issue.locus)) == (
        "UBX_UNKNOWN_BYTES",
        98,
        "log.ubx, byte 100",
    )
    assert result.streams["gnss_pvt"].num_rows == 2


def test_rubbish_at_head_middle_and_tail() -> None:
    rubbish = bytes(255 - number * number % 64 for number in range(500)).replace(b"\xff", b"\xfe")
    result = result_of(rubbish + SIX[0] + rubbish + SIX[1] + rubbish)
    assert result.streams["gnss_pvt"].num_rows == 2
    assert result.warnings[0].evidence["count"] == 3


def test_frames_of_no_payload_and_short_ones() -> None:
    polls = frame(0x0107, b"") * 100
    short = frame(0x0107, bytes(40))
    result = result_of(polls + SIX[0] + short + short)
    assert result.streams["gnss_pvt"].num_rows == 1
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], issue.evidence["message"]) == (
        "UBX_PAYLOAD_SHORT",
        2,
        "NAV-PVT",
    )


def test_claims_of_64_kb_everywhere_take_linear_time() -> None:
    result = result_of(SIX[0] + b"\xb5\x62\x01\x07\xff\xff" * 50_000 + SIX[1])
    assert result.streams["gnss_pvt"].num_rows == 2
    assert codes(result) == ["UBX_CHECKSUM_FAILED"]


def test_claims_of_corrections_everywhere_take_linear_time() -> None:
    result = result_of(SIX[0] + b"\xd3\x03\xff\x3e\xd0" * 20_000 + SIX[1])
    assert result.streams["gnss_pvt"].num_rows == 2
    assert codes(result) == ["UBX_UNKNOWN_BYTES"]


def test_times_and_places_that_cannot_be_are_told() -> None:
    whole = bytearray(SIX[0])
    whole[6:10] = struct.pack("<I", 700_000_000)
    far = bytearray(SIX[1])
    far[6 + 28 : 6 + 32] = struct.pack("<i", 910_000_000)
    back = bytearray(SIX[2])
    back[6 + 60 : 6 + 64] = struct.pack("<i", -5)
    result = result_of(b"".join(summed(bytes(some[:-2])) for some in (whole, far, back)) + SIX[3])
    reasons = [issue.evidence.get("reason") or issue.evidence["column"] for issue in result.warnings]
    assert reasons == ["position out of range", "time of week beyond a week", "speed_mps"]
    assert [row["speed_mps"] is None for row in result.streams["gnss_pvt"].to_pylist()] == [True, False]


def test_cut_at_every_byte_the_rows_are_a_prefix_and_the_cut_is_told() -> None:
    whole = b"".join(SIX[:2])
    expected = rows(whole)
    for end in range(1, len(whole)):
        result = result_of(whole[:end])
        found = result.streams["gnss_pvt"].to_pylist() if "gnss_pvt" in result.streams else []
        assert found == expected[: end // 100]
        assert ("ARTIFACT_TRUNCATED" in codes(result)) == (end % 100 != 0), end


@pytest.mark.parametrize(
    "stump", [b"$", b"$GNRMC,1234", b"\xd3", b"\xd3\x00\x13\x3e\xd0", b"\xb5", b"\xb5\x62\x01"]
)
def test_a_file_that_ends_within_anything_says_so(stump: bytes) -> None:
    result = result_of(b"".join(SIX) + stump)
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["offset"]) == ("ARTIFACT_TRUNCATED", 600)
    assert result.streams["gnss_pvt"].num_rows == 6


def test_a_file_of_padding_is_empty() -> None:
    assert "ARTIFACT_EMPTY" in codes(result_of(bytes(1000)))


# --- pieces --------------------------------------------------------------------------------------

PARTS = [
    *EXAMPLES.values(), b"\xb5\x62\x01\x07\x5c\x00", b"\xb5\x62\x01\x07\xff\xff", b"\xb5",
    b"\xd3\x00\x05\x3e", b"# a line\n", b"$GNTXT,01,01*11\r\n", b"\0\0\0", b"\xff\xfe\x01",
]  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 400))
def test_the_result_does_not_depend_on_the_pieces(chance: random.Random, piece_bytes: int) -> None:
    data = bytearray()
    for _part in range(chance.randint(1, 12)):
        part = chance.choice(PARTS)
        begin = chance.randrange(len(part))
        data += part[begin : begin + chance.randint(1, 700)]
    for _blow in range(chance.randint(0, 4)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    assert messages(bytes(data), piece_bytes) == messages(bytes(data), 1 << 20)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_in_small_pieces_are_what_they_are_whole(name: str) -> None:
    assert messages(EXAMPLES[name], 97) == messages(EXAMPLES[name], 1 << 20)


def test_a_second_log_has_streams_of_its_own() -> None:
    files = {"a.ubx": EXAMPLES["dead-reckoning.ubx"], "b.ubx": EXAMPLES["dead-reckoning.ubx"]}
    result = telemparse.parse(files, ParseOptions(parser="ubx"))
    assert {"gnss_pvt", "gnss_pvt.b", "imu_accel.b", "imu_accel.raw_b", "channels.b"} <= set(result.streams)
