"""A counter of the device beside stamps that wander: which is the clock, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

import telemparse
from telemparse.extension.csv_dialect import CsvDialect
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.csv.recognition import taught
from telemparse.formats.csv.ticks import lower_median
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch, Meta

ZERO_MS = 1_746_352_800_000
APART_MS = (0, 30, 60, -45, 10, 40, -60, 0, 0, 5, -5)
"""Stamp less counter, round and round; two of the steps fall by more than the 40 ms of a row."""

VENDOR = CsvDialect(
    name="other", header=("Stamp", "Tick", "Height"), ticks="lead",
    columns={"Stamp": "t:ms", "Tick": "tick:ms", "Height": "alt:m"},
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _other_vendor():
    with taught(VENDOR):
        yield


def table(rows: list[tuple[int | str, int | str]]) -> str:
    lines = [f"{stamp},{tick},48.{number:06d},11.5,500" for number, (stamp, tick) in enumerate(rows)]
    return "\n".join(["Stamp,Tick,lat,lon,Height", *lines, ""])


def wandering(count: int) -> list[tuple[int, int]]:
    ticks = [700 + 40 * number for number in range(count)]
    return [(ZERO_MS + tick + APART_MS[n % len(APART_MS)], tick) for n, tick in enumerate(ticks)]


def moments_ms(result) -> list[int]:
    return (result.streams["gnss_pvt"]["t"].cast("int64").to_numpy() // 10**6).tolist()


def test_stamps_that_step_back_give_way_to_the_counter_and_rows_keep_their_order(read, codes):
    rows = wandering(110)
    result = read(table(rows))
    assert result.metadata["dialect"] == "other"
    assert moments_ms(result) == [ZERO_MS + tick for _stamp, tick in rows]
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == [48 + n / 10**6 for n in range(110)]
    assert not any(result.streams["gnss_pvt"]["quality_flags"].to_pylist())
    assert codes(result) == []
    falls = int((np.diff([stamp for stamp, _tick in rows]) < 0).sum())
    assert falls == 20
    assert result.metadata["clock"] == {
        "source": ["Stamp", "Tick"],
        "is": "device counter Tick, with one offset to UTC: the median of the stamps less the counter",
        "counter_zero": "2025-05-04T10:00:00.000000000",
        "rows": 110, "stamps_stepping_back": falls, "partings": 0,
        "stamps_less_counter_ms": {"low": -60.0, "high": 60.0},
    }  # fmt: skip


def test_the_stamps_stay_as_a_channel_with_all_their_digits(read):
    rows = wandering(30)
    channels = read(table(rows)).streams["channels.main"]
    assert channels["stamp"].to_pylist() == [stamp for stamp, _tick in rows]
    assert channels["tick"].to_pylist() == [tick for _stamp, tick in rows]


def test_healthy_stamps_are_the_clock_whatever_the_counter_says(read, codes):
    # A counter that runs 2 % fast, as no stamp does.
    rows = [(ZERO_MS + 40 * n, 700 + 40 * n + 4 * n // 5) for n in range(60)]
    result = read(table(rows))
    assert moments_ms(result) == [stamp for stamp, _tick in rows]
    assert codes(result) == []
    clock = result.metadata["clock"]
    assert clock["is"] == "epoch in ms, which runs with the counter Tick"
    assert clock["stamps_stepping_back"] == 0
    assert "counter_zero" not in clock


def test_rows_that_are_out_of_order_by_both_clocks_are_still_told(read, codes):
    rows = wandering(40)
    rows[10], rows[30] = rows[30], rows[10]
    result = read(table(rows))
    assert "TIME_NOT_MONOTONIC" in codes(result)
    assert moments_ms(result) == sorted(ZERO_MS + tick for _stamp, tick in rows)


def test_a_counter_that_starts_anew_takes_its_base_from_the_stamp_there(read):
    rows = wandering(33)
    rows += [(ZERO_MS + 60_000 + stamp - rows[0][0], tick - 700) for stamp, tick in rows]
    result = read(table(rows))
    assert moments_ms(result)[:33] == [ZERO_MS + tick for _stamp, tick in rows[:33]]
    assert moments_ms(result)[33:] == [ZERO_MS + 60_000 + tick for _stamp, tick in rows[33:]]
    assert result.metadata["clock"]["partings"] == 1


def test_a_stamp_far_off_moves_its_own_row_alone(read):
    rows = wandering(44)
    rows[20] = (rows[20][0] + 3_600_000, rows[20][1])
    assert [ms - ZERO_MS - 700 for ms in moments_ms(read(table(rows)))] == [
        *(40 * n for n in range(44) if n != 20), 3_600_805,
    ]  # fmt: skip


def test_a_row_without_counter_is_told_and_one_without_stamp_has_its_instant_from_the_counter(read):
    rows = wandering(60)
    rows[5], rows[9] = ("?", rows[5][1]), (rows[9][0], "")
    result = read(table(rows))
    (skipped,) = result.warnings
    assert (skipped.code, skipped.evidence["count"]) == ("ROWS_SKIPPED", 1)
    assert moments_ms(result) == [ZERO_MS + tick for _stamp, tick in rows if tick]
    assert result.metadata["clock"]["rows"] == 58
    assert result.metadata["clock"]["rows_without_stamp"] == 1


def test_rows_before_the_clock_is_set_hang_on_the_counter(read, codes):
    # The device writes 0, or nothing, until it knows the time.
    rows = [(0 if n < 20 else ZERO_MS + 40 * n if n % 3 else "", 700 + 40 * n) for n in range(60)]
    result = read(table(rows))
    assert moments_ms(result) == [ZERO_MS + 40 * n for n in range(60)]
    assert codes(result) == []
    assert result.metadata["clock"]["rows_without_stamp"] == 20 + sum(n % 3 == 0 for n in range(20, 60))


def test_rows_of_another_run_of_the_counter_have_no_instant_before_its_first_stamp(read):
    first = [(0, 90_000 + 40 * n) for n in range(5)] + [(ZERO_MS + 40 * n, 40 * n) for n in range(20)]
    again = [(0 if n < 5 else ZERO_MS + 60_000 + 40 * n, 40 * n) for n in range(15)]
    result = read(table([*first, *again]))
    expected = [*(ZERO_MS + 40 * n for n in range(20)), *(ZERO_MS + 60_000 + 40 * n for n in range(5, 15))]
    assert moments_ms(result) == expected
    (skipped,) = result.warnings
    assert (skipped.code, skipped.evidence["count"]) == ("ROWS_SKIPPED", 10)


def test_blocks_of_any_size_give_the_same_rows_and_facts():
    rows = [
        (0, tick) if n < 9 or n % 7 == 1 else (stamp, tick) for n, (stamp, tick) in enumerate(wandering(60))
    ]
    rows += [(0 if n < 9 else ZERO_MS + 90_000 + 40 * n, 40 * n) for n in range(60)]
    artifacts = ArtifactSet.of({"a.csv": table(rows).encode()})
    found = []
    for size in (64, 997, 10**6):
        messages = list(parse_in_blocks(artifacts, telemparse.ParseOptions(), size))
        batches = [m.data for m in messages if isinstance(m, Batch) and m.stream == "gnss_pvt"]
        clock = [m.value for m in messages if isinstance(m, Meta) and m.key == "clock"][-1]
        found.append(([t for b in batches for t in b.column("t").cast("int64").to_pylist()], clock))
    assert found[0] == found[1] == found[2]


def test_hostile_numbers_neither_break_the_clock_nor_wrap_around(read):
    rows = wandering(40)
    rows[10], rows[20] = (4 * 10**12, -(4 * 10**12)), (-(4 * 10**12), 4 * 10**12)
    got = moments_ms(read(table(rows)))
    assert (
        sorted(
            [ZERO_MS + t for n, (_s, t) in enumerate(rows) if n not in (10, 20)] + [4 * 10**12, -4 * 10**12]
        )
        == got
    )


def test_the_lower_of_two_medians_is_one_of_the_values():
    assert lower_median(np.array([9, 1, 7, 3])) == 3
    assert lower_median(np.array([1_746_352_800_000_000_001, 0, 1_746_352_800_000_000_003])) % 10 == 1
