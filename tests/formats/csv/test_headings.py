"""The header once more among the rows: recordings that were put behind each other."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.formats.csv.headings import without_headers
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch, Meta

HEAD = "time,lat,lon,level"
ROWS = [f"2025-05-04T10:00:{i:02d}Z,47.{i:02d},8.5,{i}" for i in range(12)]


def several(end="\n"):
    return end.join([HEAD, *ROWS[:5], HEAD, HEAD, *ROWS[5:9], HEAD, *ROWS[9:], HEAD, ""])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_repeated_header_is_no_row_and_no_loss(read, end):
    result = read(several(end))
    assert not result.warnings
    assert result.metadata["repeated_headers"] == 4
    assert result.streams["gnss_pvt"].num_rows == 12
    assert str(result.streams["channels.main"]["level"].type) == "double"


def test_lines_behind_a_repeated_header_keep_their_numbers(read):
    lines = [HEAD, *ROWS[:5], HEAD, ROWS[5], "torn", *ROWS[6:], ""]
    (issue,) = read("\n".join(lines)).warnings
    assert issue.evidence["loci"] == ["line 9"]


def test_the_count_is_the_same_whatever_size_the_blocks_have():
    artifacts = ArtifactSet.of({"log.csv": several().encode()})
    found = []
    for size in (40, 97, 4096):
        messages = list(parse_in_blocks(artifacts, telemparse.ParseOptions(), size))
        rows = sum(
            each.data.num_rows for each in messages if isinstance(each, Batch) and each.stream == "gnss_pvt"
        )
        facts = {each.key: each.value for each in messages if isinstance(each, Meta)}
        found.append((rows, facts["repeated_headers"]))
    assert found == [(12, 4)] * 3


def test_only_whole_lines_are_taken_out():
    data = b"a,b,c\n1,a,b,c\na,b,c2\na,b,c"
    assert without_headers(data, None, "a,b,c") == (b"     \n1,a,b,c\na,b,c2\n     ", 2)
    assert without_headers(data, 14, "a,b,c") == (b"     \n1,a,b,c\na,b,c2\na,b,c", 1)
    assert without_headers(data, None, "") == (data, 0)


def test_another_header_is_damage_that_is_counted(read):
    result = read("\n".join([HEAD, *ROWS[:5], "time,lat,lon,depth", *ROWS[5:], ""]))
    assert [issue.code for issue in result.warnings] == ["ROWS_SKIPPED"]
    assert "repeated_headers" not in result.metadata
