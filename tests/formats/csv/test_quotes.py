"""Quotes that would swallow what follows: judged as the reader of the rows does, and taken out."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pc_csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.formats.csv.quotes import closed_quotes


@pytest.mark.parametrize(
    "line",
    [
        "1,2,3", '"1","2",3', '"a,b",2', '"say ""hi""",2', '1,5",2"', 'a "b" c,2', '""', '"a" b,"c",d',
        '"",""',' "a", "b"', '"a"b "c",2',
    ],
)  # fmt: skip
def test_lines_whose_quotes_are_closed_are_left_alone(line):
    data = f"x\n{line}\r\n{line}".encode()
    assert closed_quotes(data, ",") == data


@pytest.mark.parametrize(
    "line", ['"a,2', 'a,"2', 'a,"b"",c', '  "79.5,"  27', '1,"2""', 'x",",y', 'a,"b"",""c', '5" pipe']
)
def test_lines_that_leave_a_quote_open_lose_their_quotes(line):
    data = f'"x",1\n{line}\n"y",2\n'.encode()
    expected = '"x",1\n{}\n"y",2\n'.format(line.replace('"', "")).encode()
    assert closed_quotes(data, ",") == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_any_delimiter_begins_a_cell(delimiter):
    data = f'1{delimiter}"a{delimiter}"b"\n'.encode()
    assert closed_quotes(data, delimiter) == data.replace(b'"', b"")


def rows(data):
    """Return how many rows pyarrow.csv makes, as the parser asks it."""
    skipped = []
    table = pc_csv.read_csv(
        io.BytesIO(data),
        read_options=pc_csv.ReadOptions(column_names=["a", "b"], use_threads=False),
        parse_options=pc_csv.ParseOptions(
            invalid_row_handler=lambda row: skipped.append(row.text) or "skip", ignore_empty_lines=False
        ),
        convert_options=pc_csv.ConvertOptions(column_types={"a": pa.string(), "b": pa.string()}),
    )
    return table.num_rows + len(skipped)


@given(lines=st.lists(st.text('",; x', max_size=12), min_size=1, max_size=6))
def test_afterwards_every_line_is_a_row_of_its_own(lines):
    data = closed_quotes("\n".join([*lines, "a,b", ""]).encode(), ",")
    assert data.count(b"\n") == len(lines) + 1
    assert rows(data) == len(lines) + 1
