"""Blocks of short tracks are put together, with nulls where a track lacks a list."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

import telemparse
from telemparse.formats.kml.joining import gathered
from telemparse.kernels.xml_blocks import Block


def block(number, rows, **columns):
    arrays = {(name,): pa.array(values, pa.string()) for name, values in columns.items()}
    return Block(rows, arrays, np.arange(rows) + 100 * number, np.full(rows, number), {("x",): 1})


def test_columns_that_a_track_lacks_are_null_in_its_rows():
    (one,) = gathered([block(1, 1, a=["p"]), block(2, 2, b=["q", None]), block(3, 1, a=["r"])])
    assert one.rows == 4
    assert {path[0]: column.to_pylist() for path, column in one.columns.items()} == {
        "a": ["p", None, None, "r"],
        "b": [None, "q", None, None],
    }
    assert one.containers.tolist() == [1, 2, 2, 3]
    assert one.offsets.tolist() == [100, 200, 201, 300]
    assert one.dropped == {("x",): 3}


def test_blocks_of_many_rows_stay_as_they_are():
    large, small = block(1, 16_000, a=["p"] * 16_000), block(2, 500, a=["q"] * 500)
    assert list(gathered([large, small])) == [large, small]
    assert list(gathered([])) == []


def test_many_lines_are_few_blocks_and_each_is_a_segment():
    line = "<Placemark><LineString><coordinates>11.5,48.1 11.6,48.2</coordinates></LineString></Placemark>"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{line * 300}</Document></kml>'
    options = telemparse.ParseOptions(parser="kml")
    result = telemparse.parse({"a.kml": text.encode()}, options, on_error="return")
    assert result.streams["gnss_pvt"].num_rows == 600
    assert result.streams["gnss_pvt"]["lat_deg"].num_chunks == 1
    assert result.streams["events"].num_rows == 299
