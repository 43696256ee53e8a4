"""Damaged and odd CSV files: good rows are kept, what is lost is counted and located."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch


def _rows(count, row=lambda i: f"2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,48.1,11.5,{i}"):
    return [row(i) for i in range(count)]


HEADER = "time,lat,lon,level"


def _text(rows, end="\n"):
    return end.join([HEADER, *rows, ""])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\0" * 100, b"\xef\xbb\xbf\n", b"\xff\xfe\n\0"])
def test_a_file_of_nothing_is_empty(read, codes, content):
    result = read(content)
    assert "ARTIFACT_EMPTY" in codes(result)
    assert not result.streams


def test_a_header_without_rows_gives_no_streams(read, codes):
    assert set(codes(read("time,lat,lon\n"))) == {"NO_STREAMS"}


def test_one_row_is_a_recording(read):
    assert read("time,lat,lon\n2025-05-04T10:00:00Z,48.1,11.5").streams["gnss_pvt"].num_rows == 1


@pytest.mark.parametrize("content", [b"hello, world\nthis is, well, prose\n", b"\n\njust words\n", b"x"])
def test_prose_is_no_table(read, codes, content):
    assert codes(read(content))[0] == "CSV_NO_HEADER"


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 9, b"\xff\xfe\0\0t\0\0\0", b"time,lat\n\x01\x02\x03\x04" * 9]
)
def test_bytes_that_are_no_text_are_refused_with_their_place(read, codes, content):
    result = read(content)
    assert codes(result)[0] == "CSV_UNSUPPORTED_ENCODING"
    assert result.errors[0].locus.offset == result.errors[0].evidence["offset"]


def test_rows_with_another_number_of_cells_are_counted_and_located(read):
    rows = _rows(40)
    rows[4], rows[9], rows[20] = "broken", rows[9] + ",7,8", "a,b"
    result = read(_text(rows))
    assert result.streams["gnss_pvt"].num_rows == 37
    (issue,) = result.warnings
    assert issue.code == "ROWS_SKIPPED"
    assert (issue.evidence["count"], issue.evidence["total"]) == (3, 40)
    assert issue.evidence["loci"] == ["line 6", "line 11", "line 22"]
    assert issue.locus.line == 6
    assert issue.evidence["reasons"] == {"wrong number of cells": 3}


def test_lines_are_numbered_through_blank_ones_and_comments(read):
    rows = _rows(30)
    rows[3:3] = ["", "# a comment, with, many, commas, indeed", "   "]
    rows[12] = "x,48.1,11.5,3"
    result = read(_text(rows))
    (issue,) = result.warnings
    assert issue.evidence["loci"] == ["line 14"]
    assert result.metadata["comment_lines"] == 1


def test_lines_are_numbered_over_blocks():
    rows = _rows(3000)
    rows[2500] = "broken"
    artifacts = ArtifactSet.of({"a.csv": _text(rows).encode()})
    lines = {_skipped(artifacts, size) for size in (300, 5000, 1 << 20)}
    assert lines == {(1, "line 2502")}
    wide = ArtifactSet.of({"a.csv": _text(rows).encode("utf-16")})
    assert {_skipped(wide, size) for size in (301, 5000, 1 << 21)} == {(1, "line 2502")}


def _skipped(artifacts, block_bytes):
    from telemparse.formats.csv.parser import parse_in_blocks

    messages = list(parse_in_blocks(artifacts, telemparse.ParseOptions(), block_bytes))
    (issue,) = (message for message in messages if getattr(message, "code", "") == "ROWS_SKIPPED")
    assert sum(m.data.num_rows for m in messages if isinstance(m, Batch) and m.stream == "gnss_pvt") == 2999
    return issue.evidence["count"], issue.evidence["loci"][0]


def test_a_last_line_that_was_cut_is_truncation_and_no_skipped_row(read, codes):
    text = _text(_rows(20))
    cut = text[: text.rindex(",48.1") + 3]
    result = read(cut)
    assert codes(result) == ["ARTIFACT_TRUNCATED"]
    assert result.streams["gnss_pvt"].num_rows == 19
    assert result.warnings[0].locus.offset == cut.rindex("\n") + 1


def test_a_cut_last_line_is_located_in_wide_text_too(read, codes):
    data = _text(_rows(20)).encode("utf-16")[:-20]
    result = read(data)
    assert codes(result) == ["ARTIFACT_TRUNCATED"]
    text = data.decode("utf-16", "ignore")
    assert result.warnings[0].locus.offset == 2 + 2 * (text.rindex("\n") + 1)


def test_a_last_line_without_its_end_is_whole_when_its_cells_are(read, codes):
    result = read(_text(_rows(20)).rstrip("\n"))
    assert not codes(result)
    assert result.streams["gnss_pvt"].num_rows == 20
    assert not codes(read(_text(_rows(20)) + "# end of log"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(read, end):
    result = read(_text(_rows(20), end))
    assert result.streams["gnss_pvt"].num_rows == 20
    assert not result.warnings


def test_padding_of_nul_bytes_is_ignored(read):
    text = _text(_rows(20)).replace("11.5,", "11.5\0\0\0,") + "\0" * 500
    assert read(text).streams["gnss_pvt"].num_rows == 20


def test_repeated_rows_are_kept_and_flagged(read):
    rows = _rows(20)
    rows[5:5] = [rows[5]] * 2
    result = read(_text(rows))
    assert result.streams["gnss_pvt"].num_rows == 22
    assert sum(flags == 8 for flags in result.streams["gnss_pvt"]["quality_flags"].to_pylist()) == 3


def test_broken_letters_in_one_block_are_read_as_cp1252(read):
    rows = [f"2025-05-04T10:00:{i:02d}Z,48.1,11.5,Stra\u00dfe" for i in range(20)]
    data = _text(rows).encode().replace("Straße".encode(), b"Stra\xdfe", 1)
    result = read(data)
    assert result.streams["channels.main"]["level"].to_pylist()[0] in ("Straße", "StraÃŸe")
    assert result.streams["gnss_pvt"].num_rows == 20


def test_broken_letters_in_a_row_of_the_wrong_length_are_counted_with_it(read):
    # The mark says UTF-8; an exception in the reader's handler of such rows would go to stderr.
    rows = [f"2025-05-04T10:00:{i:02d}Z,48.1,11.5,{i}" for i in range(20)]
    data = _text(rows).encode().replace(b"10:00:05Z,", b"10:00:05Z,\xb0,")
    result = read(b"\xef\xbb\xbf" + data)
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["loci"]) == ("ROWS_SKIPPED", ["line 7"])
    assert result.streams["channels.main"]["level"].to_pylist()[4:6] == [4, 6]


def test_a_stray_quote_costs_nothing_but_itself(read):
    rows = _rows(200, lambda i: f'2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,48.1,11.5,"note, {i}"')
    rows[50] = '2025-05-04T10:00:50Z,48.1,11.5,"note'
    rows[150], rows[160] = '"' + rows[150].replace('"', ""), rows[160].replace('"', "", 1)
    result = read(_text(rows))
    words = result.streams["channels.main"]["level"].to_pylist()
    assert (words[49:52], words[150]) == (["note, 49", "note", "note, 51"], "note, 151")
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"]) == ("ROWS_SKIPPED", 2)
    assert issue.evidence["loci"] == ["line 152", "line 162"]


def test_a_quote_behind_blanks_swallows_no_rows(read):
    rows = _rows(30, lambda i: f"2025-05-04T10:00:{i:02d}Z,48.1,11.5,note {i}")
    rows[9] = '2025-05-04T10:00:09Z,48.1,11.5,  "7,"  8'
    result = read(_text(rows))
    assert result.streams["gnss_pvt"].num_rows == 29
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["loci"]) == ("ROWS_SKIPPED", ["line 11"])


def test_a_quote_that_the_head_never_closes_is_a_stray_one(read):
    rows = _rows(30, lambda i: f"2025-05-04T10:00:{i:02d}Z,48.1,11.5,note {i}")
    rows[2] = rows[2].replace("note", '"note')
    assert read(_text(rows)).streams["gnss_pvt"].num_rows == 30


def test_blanks_as_delimiter_mind_quotes_and_only_blanks(read):
    rows = [f"2025-05-04T10:00:{i:02d}Z 48.1   11.5\t{i} x\xa0y" for i in range(20)]
    rows[5] = f'"{rows[5]}"'
    rows[9] = rows[9].replace("48.1", "north")
    result = read("\n".join(["time lat lon v word", *rows, ""]))
    assert result.streams["channels.main"]["word"].to_pylist()[0] == "x\xa0y"
    (issue,) = result.warnings
    assert issue.evidence["loci"] == ["line 7", "line 11"]


def test_values_under_quotes_and_line_ends_inside_them(read):
    rows = _rows(20, lambda i: f'"2025-05-04T10:00:{i:02d}Z","48.1","11.5","a ""b"",\nc {i}"')
    rows[7] = '"x","48.1","11.5","lost"'
    result = read(_text(rows))
    assert result.streams["channels.main"]["level"].to_pylist()[3] == 'a "b",\nc 3'
    (issue,) = result.warnings
    assert issue.evidence["loci"] == ["line 16"]


def test_a_quoted_line_that_a_block_would_cut_is_kept_whole():
    from telemparse.formats.csv.parser import parse_in_blocks

    rows = _rows(300, lambda i: f'2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,48.1,11.5,"a\n\n{i}"')
    artifacts = ArtifactSet.of({"a.csv": _text(rows).encode()})
    for size in (64, 1000):
        messages = parse_in_blocks(artifacts, telemparse.ParseOptions(), size)
        batches = [m.data for m in messages if isinstance(m, Batch) and m.stream == "channels.main"]
        words = [word for batch in batches for word in batch.column("level").to_pylist()]
        assert words == [f"a\n\n{i}" for i in range(300)]


def test_no_value_is_written_in_many_ways(read):
    blanks = ["", " ", "NaN", "nan", "null", "N/A", "-", "inf", "-Infinity", "     ", "--", "#N/A"]
    result = read(_text(_rows(12, lambda i: f"2025-05-04T10:00:{i:02d}Z,48.1,11.5,{blanks[i]}") + _rows(9)))
    assert result.streams["channels.main"]["level"].null_count == 12
    assert {issue.code for issue in result.warnings} == {"TIME_NOT_MONOTONIC"}


def test_damage_in_many_columns_of_one_block_costs_only_those_cells(read):
    header = "time,lat,lon," + ",".join(f"c{i}" for i in range(8))
    rows = _rows(80, lambda i: f"2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,48.1,11.5," + ",".join("12345678"))
    for column in range(8):
        cells = rows[40 + column].split(",")
        cells[3 + column] = "x!"
        rows[40 + column] = ",".join(cells)
    result = read("\n".join([header, *rows, ""]))
    channels = result.streams["channels.main"]
    assert [channels[f"c{i}"].null_count for i in range(8)] == [1] * 8
    assert {issue.evidence["column"] for issue in result.warnings} == {f"c{i}" for i in range(8)}


def test_a_file_that_vanishes_after_its_head_is_all_rows_of_the_head(read):
    text = _text(_rows(200)) + "\n" * 5000
    assert read(text).streams["gnss_pvt"].num_rows == 200


def test_a_line_without_end_is_bounded(read):
    text = _text(_rows(20)) + "x" * 300_000
    result = read(text)
    assert result.streams["gnss_pvt"].num_rows == 20
    assert [issue.code for issue in result.warnings] == ["ARTIFACT_TRUNCATED"]


def test_a_preamble_of_pairs_is_not_taken_for_the_header(read, codes):
    preamble = "Logger,RC-Box 2\nFirmware,1.4.2\nDriver,Nobody\n\n"
    table = "time,lat,lon,speed\nUTC,deg,deg,km/h\n" + "".join(f"{row}\n" for row in _rows(9))
    result = read(preamble + table)
    assert result.metadata["layout"]["header_line"] == 5
    assert result.streams["gnss_pvt"].num_rows == 9
    assert not codes(result)


def test_a_cell_beyond_what_the_csv_module_takes_is_only_a_long_cell(read):
    text = _text([*_rows(9), '2025-05-04T10:00:09Z,48.1,11.5,"' + "x" * 140_000 + '"', *_rows(9)])
    assert read(text).streams["gnss_pvt"].num_rows == 19


def test_a_head_of_one_endless_quoted_cell_is_read_line_by_line(read, codes):
    text = _text(_rows(9)) + '"' + "y" * 140_000 + '\n"z'
    result = read(text)
    assert result.streams["gnss_pvt"].num_rows == 9
    assert set(codes(result)) == {"ROWS_SKIPPED", "ARTIFACT_TRUNCATED"}
