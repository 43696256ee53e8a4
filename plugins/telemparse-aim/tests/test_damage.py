"""What becomes of damaged sessions: what is good before and behind stays, the rest is told of."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

import telemparse
from telemparse import ParseOptions, ParseResult
from telemparse.model.issues import Issue

from telemparse_aim.examples import EXAMPLES
from telemparse_aim.writing import channel, configuration, group, lap, many, message, position, single

WEEK_MS = 2365 * 604_800_000
CONFIG = configuration(channel(1, "RPM", unit=15), channel(2, "Water Temp", unit=17), group(0, (1, 2)))


def half(value: float) -> bytes:
    return struct.pack("<e", value)


def read(*frames: bytes) -> ParseResult:
    options = ParseOptions(parser="aim_xrk")
    return telemparse.parse({"a.xrk": b"".join(frames)}, options, on_error="return")


def codes(result: ParseResult) -> set[str]:
    return {issue.code for issue in (*result.errors, *result.warnings)}


def issue(result: ParseResult, code: str) -> Issue:
    return next(each for each in (*result.errors, *result.warnings) if each.code == code)


def values(result: ParseResult, name: str = "rpm", stream: str = "channels.10hz") -> list[Any]:
    table = result.streams.get(stream)
    return [] if table is None or name not in table.column_names else table[name].drop_null().to_pylist()


def samples(count: int, first: int = 0) -> list[bytes]:
    return [single(100 * number, 1, half(number)) for number in range(first, first + count)]


def small() -> tuple[bytes, list[int]]:
    config = configuration(channel(1, "RPM"), group(0, (1,)))
    frames = [config, *samples(4), single(400, 0, half(4), "G")]
    frames += [
        many(500, 1, (half(5), half(6))),
        position(700, WEEK_MS, (10.0, 20.0, 100.0)),
        lap(1, 600, 700),
    ]
    return b"".join(frames), [len(b"".join(frames[:count])) for count in range(len(frames) + 1)]


def test_a_file_cut_anywhere_gives_the_frames_before_the_cut_and_says_so() -> None:
    data, borders = small()
    whole = values(read(data))
    assert whole == [0, 1, 2, 3, 4, 5, 6]
    known = [0, 0, 1, 2, 3, 4, 5, 7, 7, 7]
    for cut in range(1, len(data)):
        result = read(data[:cut])
        frames = sum(border <= cut for border in borders) - 1
        assert values(result) == whole[: known[frames]], cut
        assert ("gnss_pvt" in result.streams, "laps" in result.streams) == (frames >= 8, False)
        assert ("ARTIFACT_TRUNCATED" in codes(result)) == (cut not in borders), cut


def test_where_the_file_ends_is_told_by_its_byte() -> None:
    data, borders = small()
    for padding in (b"", bytes(50)):
        cut = issue(read(data[: borders[4] + 5], padding), "ARTIFACT_TRUNCATED")
        assert str(cut.locus) == f"a.xrk, byte {borders[4]}"


def test_bytes_between_frames_are_skipped_and_counted() -> None:
    rubbish = b"(S(M<h" + bytes(range(64)) + b"(((<<<<hGPS"
    result = read(CONFIG, *samples(3), rubbish, *samples(3, first=3), rubbish, *samples(2, first=6))
    assert values(result) == [0, 1, 2, 3, 4, 5, 6, 7]
    told = issue(result, "AIM_XRK_BYTES_SKIPPED").evidence
    assert (told["bytes"], told["count"], len(told["loci"])) == (2 * len(rubbish), 2, 2)
    assert "ARTIFACT_TRUNCATED" not in codes(result)


def test_a_damaged_description_costs_only_the_channel_that_it_describes() -> None:
    place = CONFIG.index(b"Water Temp")
    hurt = CONFIG[:place] + b"w" + CONFIG[place + 1 :]
    result = read(hurt, *samples(3), single(300, 2, half(80)), *samples(3, first=4))
    assert values(result) == [0, 1, 2, 4, 5, 6]
    assert {"AIM_XRK_CHECKSUM_FAILED", "AIM_XRK_BYTES_SKIPPED"} <= codes(result)


def test_a_description_that_comes_again_mends_a_lost_one() -> None:
    hurt = b"<hCNX" + CONFIG[5:20] + bytes(len(CONFIG) - 20)
    result = read(hurt, *samples(3), CONFIG, *samples(3, first=3))
    assert values(result) == [3, 4, 5]
    assert "AIM_XRK_BYTES_SKIPPED" in codes(result)


def test_a_position_with_a_wrong_sum_is_not_believed() -> None:
    good, other = (position(ms, WEEK_MS + ms, (10.0, 20.0, 100.0)) for ms in (0, 100))
    hurt = other[:30] + b"\xff" + other[31:]
    result = read(CONFIG, good, hurt, *samples(2))
    assert result.streams["gnss_pvt"].num_rows == 1
    assert str(issue(result, "AIM_XRK_CHECKSUM_FAILED").locus) == f"a.xrk, byte {len(CONFIG) + len(good)}"


def test_an_instant_far_from_its_neighbours_is_left_out_and_told_of() -> None:
    far = single(100 * 3 + (1 << 28), 1, half(3))
    for place in (0, 3, 8):
        frames = samples(9)
        frames[place] = far
        result = read(CONFIG, *frames)
        if place == 8:  # nothing behind it tells a leap from damage
            assert len(values(result)) == 9
        else:
            assert len(values(result)) == 8
            assert issue(result, "AIM_XRK_TICKS_IMPLAUSIBLE").evidence["count"] == 1


def test_samples_that_come_twice_are_kept_once() -> None:
    result = read(CONFIG, *samples(4), *samples(4))
    assert values(result) == [0, 1, 2, 3]
    assert issue(result, "TIME_DUPLICATES_DROPPED").evidence["count"] == 4
    result = read(CONFIG, lap(1, 600, 700), lap(1, 600, 700))
    assert result.streams["laps"].num_rows == 1
    assert issue(result, "TIME_DUPLICATES_DROPPED").evidence["count"] == 1


def test_an_axis_that_lacks_the_others_is_no_sample_of_the_sensor() -> None:
    axes = configuration(
        *(channel(index, f"Accelerometer{axis}", unit=3) for index, axis in enumerate("XYZ"))
    )
    whole = [single(100, index, half(1)) for index in range(3)]
    result = read(axes, *whole, single(200, 0, half(1)), single(200, 1, half(1)))
    assert result.streams["imu_accel"].num_rows == 1
    assert issue(result, "ROWS_SKIPPED").evidence["count"] == 2


def test_messages_too_short_for_what_they_are_harm_nothing() -> None:
    short = [
        message(name, b"ab") for name in ("LAP", "GPS", "CHS", "GRP", "TRK ", "SRC", "idn", "VEH", "CNF")
    ]
    result = read(CONFIG, *short, *samples(2))
    assert values(result) == [0, 1]
    assert "ROWS_SKIPPED" in codes(result)
    lost = [message("GRP", struct.pack("<HHH", 3, 1, 9)), message("GRP", struct.pack("<HHH", 3, 7, 1))]
    assert values(read(CONFIG, *lost, *samples(2))) == [0, 1]


def test_many_kinds_of_messages_and_channels_are_counted_and_no_more() -> None:
    kinds = [message(f"{number:04d}", b"") for number in range(400)]
    others = [channel(index, "A", decoder=decoder) for index in range(100, 3_300) for decoder in (4, 11, 20)]
    result = read(CONFIG, *samples(2), *kinds, *others, *samples(2, first=2))
    assert values(result) == [0, 1, 2, 3]
    assert len(result.metadata["messages"]) == 201
    assert "CHANNELS_SKIPPED" in codes(result)


CLAIMS = {
    "a message of two gigabytes": b"<hGPS\0" + struct.pack("<iB", 0x7FFF_FFFF, 1) + b">",
    "a message of less than nothing": b"<hGPS\0" + struct.pack("<iB", -5, 1) + b">",
    "samples without number": b"(M" + struct.pack("<iHH", 100, 1, 0xFFFF),
    "no samples": b"(M" + struct.pack("<iHH", 100, 1, 0) + b")",
    "an index that is none": b"(S" + struct.pack("<iH", 100, 999) + b"ab)",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_frame_that_claims_what_is_not_there_is_none(claim: str) -> None:
    result = read(CONFIG, *samples(3), CLAIMS[claim], *samples(3, first=3))
    assert values(result) == [0, 1, 2, 3, 4, 5]
    assert issue(result, "AIM_XRK_BYTES_SKIPPED").evidence["bytes"] == len(CLAIMS[claim])


CHAINS = {
    "messages of no bytes": message("XYZ", b""),
    "openings": b"(",
    "heads": b"<hGPS",
    "heads of long messages": b"<hGPS\0" + struct.pack("<iB", 900_000, 1) + b">",
    "frames that do not close": b"(S" + struct.pack("<iH", 100, 1) + b"ab(",
    "descriptions": channel(7, "A") + channel(7, "B"),
    "laps": lap(1, 600, 700) + lap(2, 600, 1300),
    "nests": configuration(configuration(configuration())),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_behind_a_chain_of_one_thing_reading_goes_on(chain: str) -> None:
    data = CHAINS[chain] * (300_000 // len(CHAINS[chain]))
    assert values(read(CONFIG, data, b" ", *samples(2))) == [0, 1]


def test_flipped_bits_anywhere_end_in_rows_and_codes() -> None:
    die = random.Random(5)  # noqa: S311  (damage, no secrets)
    whole = bytearray(EXAMPLES["session.xrk"][:6000])
    intact = read(bytes(whole)).streams["gnss_pvt"].num_rows
    kept = 0
    for _turn in range(30):
        data = bytearray(whole)
        for _flip in range(3):
            data[die.randrange(len(data))] ^= 1 << die.randrange(8)
        result = read(bytes(data))
        assert not [each.code for each in result.errors if each.code.startswith(("PARSER", "SCHEMA"))]
        kept += result.streams["gnss_pvt"].num_rows if "gnss_pvt" in result.streams else 0
    assert kept > 0.9 * 30 * intact
