"""Damaged and hostile logs: what is whole is kept, what is lost is told, and nothing is believed."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

import telemparse
from telemparse import ArtifactSet, ParseOptions, ParseResult
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch

from telemparse_motec.parser import parse
from telemparse_motec.writing import Column, ld_bytes

FIRST, STRIDE = 0x6E2, 124
COLUMNS = [
    Column("Alpha", "bar", 10, np.arange(1, 21).astype("<i2"), (0, 1, 1, 1)),
    Column("Beta", "C", 10, np.arange(101, 121).astype("<i4")),
    Column("Gamma", "V", 5, np.arange(10).astype("<f4")),
    Column("Delta", "V", 10, np.arange(20).astype("<f8")),
]
PLAIN = ld_bytes(COLUMNS, is_small=True)
DATA = FIRST + STRIDE * len(COLUMNS)
WHOLE = {"alpha": 20, "beta": 20, "gamma": 10, "delta": 20}
AFTER, BEGIN, COUNT = 4, 8, 12


def parsed(data: bytes) -> ParseResult:
    return telemparse.parse(
        {"x.ld": data}, ParseOptions(parser="motec_ld", timezone="UTC"), on_error="return"
    )


def codes(result: ParseResult) -> list[str]:
    return [issue.code for issue in (*result.errors, *result.warnings)]


def held(result: ParseResult) -> dict[str, int]:
    """Return how many samples each channel has; what they are must be a beginning of the whole."""
    found = {}
    for table in result.streams.values():
        for name in table.column_names:
            if name == "t":
                continue
            cells = [cell for cell in table.column(name).to_pylist() if cell is not None]
            assert cells == pytest.approx(VALUES[name][: len(cells)])
            found[name] = len(cells)
    return found


VALUES: dict[str, list[float]] = {
    "alpha": [n / 10 for n in range(1, 21)],
    "beta": [*range(101, 121)],
    "gamma": [*range(10)],
    "delta": [*range(20)],
}


def with_number(place: int, number: int, data: bytes = PLAIN) -> bytes:
    """Return the log with another number of 32 bits somewhere."""
    return data[:place] + struct.pack("<I", number) + data[place + 4 :]


def header(channel: int) -> int:
    return FIRST + STRIDE * channel


def test_the_whole_log_is_without_fault() -> None:
    result = parsed(PLAIN)
    assert held(result) == WHOLE
    assert codes(result) == []


def test_cut_at_every_byte_it_keeps_what_is_before_and_says_so() -> None:
    before = 0
    for size in range(1, len(PLAIN)):
        artifacts = ArtifactSet.of({"x.ld": PLAIN[:size]})
        samples, told = 0, set()
        for message in parse(artifacts, ParseOptions(timezone="UTC")):
            if isinstance(message, Batch):
                table = message.data
                samples += sum(
                    len(table.column(index)) - table.column(index).null_count
                    for index in range(1, table.num_columns)
                )
            elif isinstance(message, Issue):
                told.add(message.code)
        assert told & {"ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"}
        assert samples >= before  # whatever is longer holds no less
        before = samples
    assert before == sum(WHOLE.values()) - 1


@pytest.mark.parametrize("size", [0, 1, 12, FIRST, FIRST + 100, header(2) + 10, DATA, DATA + 45, DATA + 130])
def test_what_lies_before_a_cut_is_a_beginning_of_the_whole(size: int) -> None:
    result = parsed(PLAIN[:size])
    expected = [max(0, min((size - begin) // width, count)) for begin, width, count in PLACES]
    assert held(result) == {name: n for name, n in zip(WHOLE, expected, strict=True) if n}
    assert {"ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"} & {*codes(result)}


PLACES = [(DATA, 2, 20), (DATA + 40, 4, 20), (DATA + 120, 4, 10), (DATA + 160, 8, 20)]


def test_channels_behind_a_cut_are_named() -> None:
    result = parsed(PLAIN[: DATA + 130])
    (cut,) = [issue for issue in result.warnings if issue.code == "ARTIFACT_TRUNCATED"]
    assert cut.evidence["channels"] == ["Gamma", "Delta"]
    (lost,) = [issue for issue in result.warnings if issue.code == "CHANNELS_SKIPPED"]
    assert lost.evidence["channels"] == ["Delta"]


@pytest.mark.parametrize("pointer", [3, FIRST - 1, header(1), header(0), DATA + 7, 1 << 20, 0xFFFFFFFF])
@pytest.mark.parametrize("channel", [1, 2])
def test_a_list_that_breaks_goes_on_behind_the_break(channel: int, pointer: int) -> None:
    result = parsed(with_number(header(channel) + AFTER, pointer))
    assert held(result) == WHOLE
    assert "MOTEC_LD_CHAIN_BROKEN" in codes(result)


def test_a_list_that_ends_too_early_goes_on() -> None:
    result = parsed(with_number(header(1) + AFTER, 0))
    assert held(result) == WHOLE
    assert codes(result) == ["MOTEC_LD_CHAIN_BROKEN"]


@pytest.mark.parametrize("pointer", [0, 5, 1 << 30, header(3) + 50])
def test_a_list_without_a_beginning_is_found(pointer: int) -> None:
    result = parsed(with_number(8, pointer))
    assert held(result) == WHOLE
    assert "MOTEC_LD_CHAIN_BROKEN" in codes(result)


def test_a_header_of_rubbish_costs_its_channel_alone() -> None:
    rubbish = bytes(range(3, 3 + STRIDE))
    result = parsed(PLAIN[: header(1)] + rubbish + PLAIN[header(2) :])
    assert held(result) == {name: count for name, count in WHOLE.items() if name != "beta"}
    assert "MOTEC_LD_CHAIN_BROKEN" in codes(result)


def test_headers_of_nothing_are_no_end() -> None:
    result = parsed(PLAIN[: header(2)] + bytes(len(PLAIN) - header(2)))
    # The samples are blanked out, too, and nothing tells them from zeros.
    assert "MOTEC_LD_CHAIN_BROKEN" in codes(result)


@pytest.mark.parametrize("count", [21, 25, 90, 1 << 20, 0xFFFFFFFF])
def test_a_count_that_runs_into_others_is_cut(count: int) -> None:
    result = parsed(with_number(header(0) + COUNT, count))
    assert held(result) == WHOLE
    (issue,) = [issue for issue in result.warnings if issue.code == "MOTEC_LD_SAMPLES_CUT"]
    assert issue.evidence["channels"] == ["Alpha"]


def test_a_count_beyond_the_file_ends_with_it() -> None:
    result = parsed(with_number(header(3) + COUNT, 0xFFFFFFFF))
    assert held(result) == WHOLE
    assert codes(result) == ["ARTIFACT_TRUNCATED"]


@pytest.mark.parametrize("begin", [0, 100, header(2), header(2) + 40, DATA + 10, DATA + 130])
def test_samples_within_another_thing_are_not_read(begin: int) -> None:
    result = parsed(with_number(header(1) + BEGIN, begin))
    assert held(result) == {name: count for name, count in WHOLE.items() if name != "beta"}
    assert codes(result) == ["CHANNELS_SKIPPED"]


@pytest.mark.parametrize(
    ("place", "number", "reason"),
    [
        (18, 9, "numbers of class 9 and 4 bytes"),
        (18, 6, "numbers of class 6 and 4 bytes"),
        (20, 0, "numbers of class 3 and 0 bytes"),
        (22, 0, "a rate of 0"),
        (26, 0, "scale 1, factor 0, decimals 0"),
        (28, 0, "scale 0, factor 1, decimals 0"),
        (30, 0x7FFF, "scale 1, factor 1, decimals 32767"),
    ],
)
def test_a_channel_that_nobody_can_read_is_named_with_the_reason(
    place: int, number: int, reason: str
) -> None:
    at = header(1) + place
    result = parsed(PLAIN[:at] + struct.pack("<H", number) + PLAIN[at + 2 :])
    assert held(result) == {name: count for name, count in WHOLE.items() if name != "beta"}
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["channels"]) == ("CHANNELS_SKIPPED", ["Beta"])
    assert issue.evidence["reason"] == reason


def test_a_channel_without_samples_is_told() -> None:
    result = parsed(ld_bytes([COLUMNS[0], Column("Empty", "", 10, np.zeros(0, "<i2"))]))
    assert held(result) == {"alpha": 20}
    assert result.metadata["channels_without_samples"] == ["Empty"]


def test_the_end_mark_of_an_m1_is_no_channel() -> None:
    log = bytearray(with_number(header(3) + AFTER, len(PLAIN)) + bytes(STRIDE))
    struct.pack_into("<I", log, len(PLAIN), header(3))
    result = parsed(bytes(log))
    assert held(result) == WHOLE
    assert codes(result) == []


def _many(count: int, of: Callable[[int], Column]) -> bytes:
    return ld_bytes([of(number) for number in range(count)], is_small=True)


def test_one_sample_array_for_all_channels_gives_no_more_than_the_file() -> None:
    log = bytearray(_many(2000, lambda _n: Column("A", "", 10, np.zeros(0, "<i2"))) + bytes(200_000))
    begin = FIRST + 2000 * STRIDE
    for number in range(2000):
        struct.pack_into("<2I", log, header(number) + BEGIN, begin, 100_000)
    result = parsed(bytes(log))
    assert sum(table.nbytes for table in result.streams.values()) < 4 * len(log)
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"]) == ("CHANNELS_SKIPPED", 1999)


def test_one_long_channel_pads_no_others() -> None:
    log = _many(1000, lambda n: Column("A", "", 10, np.zeros(1 if n else 100_000, "<i2")))
    tracemalloc.start()
    result = parsed(log)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {name: table.num_rows for name, table in result.streams.items()} == {
        "channels.main": 100_000, "channels.main_2": 1,
    }  # fmt: skip
    assert sum(table.nbytes for table in result.streams.values()) < 20 * len(log)
    assert peak < 100 * len(log)


@pytest.mark.parametrize("begin", [DATA, DATA + 42, DATA + 20])
def test_samples_that_would_overlap_others_cost_no_other_channel(begin: int) -> None:
    result = parsed(with_number(header(1) + BEGIN, begin))
    for name in ("alpha", "gamma", "delta"):
        (table,) = [table for table in result.streams.values() if name in table.column_names]
        assert table.column(name).drop_null().to_pylist() == pytest.approx(VALUES[name])
    assert codes(result) in (["CHANNELS_SKIPPED"], ["MOTEC_LD_SAMPLES_CUT"])


def test_a_thousand_rates_are_too_many() -> None:
    result = parsed(_many(300, lambda n: Column("A", "", n + 1, np.zeros(2, "<i2"))))
    assert len(result.streams) == 100
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"]) == ("CHANNELS_SKIPPED", 200)


def test_a_list_of_pointers_without_end_ends() -> None:
    # Headers that overlap by all but a byte, each of which names the next one.
    log = bytearray(PLAIN[:FIRST] + b"\x01" * 40_000)
    for place in range(FIRST, FIRST + 30_000, 97):
        struct.pack_into("<2I", log, place, 0 if place == FIRST else place - 97, place + 97)
    result = parsed(bytes(log))
    assert {"CHANNELS_SKIPPED", "NO_STREAMS"} <= {*codes(result)}


def test_flipped_bits_never_crash() -> None:
    rng = np.random.default_rng(5)
    for _round in range(150):
        log = bytearray(PLAIN)
        for place in rng.integers(0, len(log), 3).tolist():
            log[place] ^= 1 << int(rng.integers(8))
        for place in rng.integers(FIRST, DATA, 2).tolist():
            log[place] = int(rng.integers(256))
        assert "PARSER_CRASHED" not in codes(parsed(bytes(log)))


def test_channels_of_many_troubles_are_told_in_few_issues() -> None:
    log = _many(500, lambda n: Column("A", "", 10, np.zeros(1, "<i2"), (0, 1, 0, n)))
    result = parsed(log)
    counts = [issue.evidence["count"] for issue in result.warnings if issue.code == "CHANNELS_SKIPPED"]
    assert (len(counts), sum(counts)) == (21, 500)


def test_of_a_file_shorter_than_its_first_pointer_the_end_is_told() -> None:
    for size in range(1, 9):
        result = parsed(PLAIN[:size])
        (issue,) = (issue for issue in result.warnings if issue.code == "MOTEC_LD_CHAIN_BROKEN")
        assert issue.locus is not None
        assert issue.locus.offset == min(size, 8)
