"""Cut, flipped, lying and hostile recordings: what is whole is kept, and the rest is said."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import pytest

import telemparse
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions

from telemparse_gpmf.examples import EXAMPLES
from telemparse_gpmf.parser import parse_in_pieces
from telemparse_gpmf.writing import device, nest, record, stream, video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ParseResult


def parse(data: bytes) -> ParseResult:
    result = telemparse.parse({"x.mp4": data}, ParseOptions(parser="gpmf"), on_error="return")
    assert "PARSER_CRASHED" not in codes(result)
    assert "SCHEMA_VIOLATION" not in codes(result)
    return result


def codes(result: ParseResult) -> list[str]:
    return [issue.code for issue in (*result.errors, *result.warnings)]


def shut(result: ParseResult) -> list[float]:
    table = result.streams.get("channels.shut")
    return [] if table is None else table["shut"].to_pylist()


def payload(number: int) -> bytes:
    stamp = record("STMP", "J", number * 1_000_000)
    name = stream(stamp, record("STNM", "c", "Exposure time"), record("SHUT", "f", [float(number)] * 4))
    return device(1, "Camera", name, stream(stamp, record("ISOE", "S", [number] * 4)))


PAYLOADS = [payload(number) for number in range(5)]
WHOLE = b"".join(PAYLOADS)
VALUES = [float(number // 4) for number in range(20)]


SMALL = [device(1, "Camera", stream(record("SHUT", "f", [float(number)] * 4))) for number in range(2)]


def cuts(data: bytes) -> Iterator[tuple[int, list[float], list[str]]]:
    """Yield what comes of a file that ends at each of its bytes: where, samples, and codes of issues."""
    for end in range(len(data)):
        messages = list(parse_in_pieces(ArtifactSet.of(data[:end]), ParseOptions(), 1 << 20))
        tables = [
            each.data for each in messages if isinstance(each, Batch) and each.stream == "channels.shut"
        ]
        values = [value for table in tables for value in table["shut"].to_pylist()]
        yield end, values, [message.code for message in messages if isinstance(message, Issue)]


@pytest.mark.parametrize("head_first", [False, True])
def test_a_video_cut_at_any_byte_keeps_a_prefix_and_says_so(*, head_first: bool) -> None:
    for end, values, said in cuts(video(SMALL, head_first=head_first)):
        assert values == VALUES[: len(values)], end
        # A video whose index is not there at all gives nothing, and the border says that.
        assert said or len(values) in {0, 8}, end


def test_bare_payloads_cut_at_any_byte_keep_a_prefix_and_say_so() -> None:
    for end, values, said in cuts(b"".join(PAYLOADS[:2])):
        assert values == VALUES[: len(values)], end
        if end % len(PAYLOADS[0]):
            assert "ARTIFACT_TRUNCATED" in said, end


@pytest.mark.parametrize("name", EXAMPLES)
def test_flipped_bits_never_crash(name: str) -> None:
    die = random.Random(5)  # noqa: S311  (the same bits each time)
    for _round in range(8):
        data = bytearray(EXAMPLES[name])
        for _flip in range(die.randint(1, 12)):
            data[die.randrange(len(data))] ^= 1 << die.randrange(8)
        parse(bytes(data))


@pytest.mark.parametrize(
    ("place", "byte"),
    [(4, 0xFF), (5, 0xFF), (6, 0xFF), (7, 0x00)],
    ids=["type", "size", "repeat high", "repeat low"],
)
@pytest.mark.parametrize("key", [b"DEVC", b"STRM", b"SHUT", b"STMP"])
def test_a_header_that_lies_costs_its_own_payload_at_most(key: bytes, place: int, byte: int) -> None:
    data = bytearray(WHOLE)
    at = data.find(key, 2 * len(PAYLOADS[0]))
    data[at + place] = byte
    result = parse(bytes(data))
    kept = shut(result)
    assert [value for value in kept if value != 2.0] == [value for value in VALUES if value != 2.0]
    assert codes(result) != ["TIME_RELATIVE"]


def test_rubbish_between_payloads_is_passed_over_and_located() -> None:
    rubbish = bytes(range(1, 100))
    result = parse(PAYLOADS[0] + rubbish + PAYLOADS[1] + bytes(64) + PAYLOADS[2])
    assert shut(result) == VALUES[:12]
    issue = next(issue for issue in result.warnings if issue.code == "GPMF_DAMAGED")
    assert (issue.evidence["count"], issue.locus.offset) == (1, len(PAYLOADS[0]))


def test_padding_behind_the_last_payload_is_none_of_anything() -> None:
    assert codes(parse(WHOLE + bytes(4096))) == ["TIME_RELATIVE"]


def test_a_video_without_an_index_is_searched() -> None:
    movie = video(PAYLOADS)
    cut = movie[: movie.index(b"moov") - 4]
    assert telemparse.detect({"x.mp4": cut}).winner.parser_id == "gpmf"
    result = parse(cut)
    assert shut(result) == VALUES
    issue = next(issue for issue in result.warnings if issue.code == "GPMF_NO_INDEX")
    assert issue.evidence["payloads"] == 5


def test_a_video_of_nothing_but_pictures_gives_nothing_and_no_crash() -> None:
    result = parse(video([], other=bytes(100)))
    assert not result.ok
    assert codes(result)[-1:] == ["NO_STREAMS"] or "NO_STREAMS" in codes(result)


def changed(movie: bytes, kind: bytes, place: int, value: bytes) -> bytes:
    at = movie.rindex(kind) + 4 + place
    return movie[:at] + value + movie[at + len(value) :]


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        (b"stsz", 4, b"\xff\xff\xff\xff"),  # every payload has four gigabytes
        (b"stsz", 4, b"\0\0\0\1"),  # every payload has one byte
        (b"stsz", 8, b"\xff\xff\xff\xff"),  # four billion payloads
        (b"stsz", 12, b"\x7f\xff\xff\xff"),  # the first payload has two gigabytes
        (b"stsz", 12, b"\0\0\0\0"),  # the first payload has no bytes
        (b"stco", 4, b"\xff\xff\xff\xff"),
        (b"stco", 8, b"\xff\xff\xff\xf0"),  # the first chunk lies beyond the file
        (b"stsc", 4, b"\xff\xff\xff\xff"),
        (b"stsc", 8, b"\xff\xff\xff\xff"),  # the first chunk is the last one there could be
        (b"stsc", 12, b"\xff\xff\xff\xff"),  # four billion payloads in a chunk
        (b"stts", 4, b"\xff\xff\xff\xff"),
        (b"stts", 8, b"\xff\xff\xff\xff"),
        (b"stts", 12, b"\xff\xff\xff\xff"),
        (b"stts", 12, b"\0\0\0\0"),
        (b"mdhd", 12, b"\0\0\0\0"),  # no ticks a second
    ],
)
def test_tables_that_lie_are_said_and_cost_no_time(kind: bytes, place: int, value: bytes) -> None:
    movie = changed(video(PAYLOADS), kind, place, value)
    result = parse(movie)
    said = {"GPMF_TABLE_DAMAGED", "ARTIFACT_TRUNCATED", "GPMF_DAMAGED", "GPMF_NO_INDEX"}
    assert shut(result) == VALUES or said & set(codes(result))


def test_boxes_of_no_length_and_boxes_in_boxes_end() -> None:
    start = video([])[:20]
    for tail in (bytes(8) * 1000, b"\0\0\0\x08free" * 20_000, b"\0\0\0\1moov" + b"\xff" * 8):
        assert codes(parse(start + tail))
    deep = b""
    for _level in range(3000):
        deep = (len(deep) + 8).to_bytes(4, "big") + b"stbl" + deep
    assert codes(parse(start + (len(deep) + 8).to_bytes(4, "big") + b"moov" + deep))


def test_records_of_no_length_and_nests_in_nests_end() -> None:
    deep = record("SHUT", "f", [1.0])
    for _level in range(2000):
        deep = nest("STRM", deep) if len(deep) < 60_000 else deep
    assert parse(device(1, "Camera", deep)) is not None
    empty = b"SHUTf\x04\0\0" * 5000
    assert parse(device(1, "Camera", nest("STRM", empty), stream(record("ISOE", "S", [1])))).streams
    assert codes(parse(b"DEVC\0\1\0\0" * 5000))


@pytest.mark.parametrize(
    "unit",
    [
        b"DEVC\0\xff\xff\xff" + b"DVIDL\4\0\1\0\0\0\1",
        b"DEVC\0\1\xff\xffSTRM\0\xff\xff\xff",
        b"DEVC\0\1\xff\xff!",
    ],
    ids=["device", "stream", "rubbish"],
)
def test_claims_of_megabytes_in_a_row_are_not_believed(unit: bytes) -> None:
    # Each claims what all of them together do not have; none is read again for the next one.
    result = parse(PAYLOADS[0] + unit * 5000 + PAYLOADS[1])
    assert shut(result) == VALUES[:8]
    assert codes(result) != ["TIME_RELATIVE"]


@pytest.mark.parametrize(
    "facts",
    [
        (record("SCAL", "s", 0),),
        (record("SCAL", "s", [1, 2, 3]),),
        (record("SCAL", "f", [float("nan")]),),
    ],
)
def test_a_scale_that_cannot_be_is_counted(facts: tuple[bytes, ...]) -> None:
    result = parse(device(1, "Camera", stream(*facts, record("ISOE", "S", [1, 2]))) + payload(1))
    issue = next(issue for issue in result.warnings if issue.code == "GPMF_STREAM_UNREADABLE")
    assert (issue.evidence["count"], issue.evidence["keys"]) == (1, "ISOE")


@pytest.mark.parametrize("letters", ["", "x", "f[", "f[0]", "f[99999]", "ffff", "fB[2]x"])
def test_a_structure_that_cannot_be_is_counted(letters: str) -> None:
    samples = record("MYDD", "?", [(1.0, 2.0)], structure="ff")
    result = parse(device(1, "Camera", stream(record("TYPE", "c", letters), samples)) + payload(1))
    assert "GPMF_STREAM_UNREADABLE" in codes(result)


def test_the_size_of_the_pieces_does_not_matter() -> None:
    damaged = EXAMPLES["hero11.raw"][:3000] + b"rubbish" + EXAMPLES["hero11.raw"][3000:5500]
    seen = []
    for piece_bytes in (1, 17, 1000, 1 << 20):
        messages = parse_in_pieces(ArtifactSet.of(damaged), ParseOptions(), piece_bytes)
        seen.append(
            [
                (message.stream, message.data.to_pydict()) if isinstance(message, Batch) else message
                for message in messages
            ]
        )
    assert seen[0] == seen[1] == seen[2] == seen[3]


class Counted(io.BytesIO):
    """Bytes that count how many of them are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and count."""
        piece = super().read(size)
        Counted.count += len(piece)
        return piece


def test_of_a_video_only_its_telemetry_is_read() -> None:
    movie = video(PAYLOADS, other=bytes(500_000))
    artifact = Artifact("x.mp4", lambda: Counted(movie))
    messages = list(parse_in_pieces(ArtifactSet((artifact,)), ParseOptions(), 1 << 18))
    assert any(isinstance(message, Batch) for message in messages)
    # Twice the payloads, and the boxes around the tables.
    assert Counted.count < 2 * len(WHOLE) + 10_000
