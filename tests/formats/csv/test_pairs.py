"""Both coordinates in one cell: two columns out of one, whoever names it, and what is no pair counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.formats.csv.pairs import part_of
from telemparse.kernels.texts import strings

CELLS = ("47.5 8.25", "47.6 8.26", "-47.7 -108.27", "47.8  8.28")


def table(name, cells, more=""):
    rows = (f"2025-05-04T10:00:{i:02d}Z,{cell},{i}\n" for i, cell in enumerate(cells))
    return f"time,{name},level{more}\n" + "".join(rows)


def places(result):
    fixes = result.streams["gnss_pvt"]
    return list(zip(fixes["lat_deg"].to_pylist(), fixes["lon_deg"].to_pylist(), strict=True))


def test_a_user_names_a_column_of_pairs_in_either_order(read):
    expected = [(47.5, 8.25), (47.6, 8.26), (-47.7, -108.27), (47.8, 8.28)]
    result = read(table("Where", CELLS), columns={"Where": "lat_lon"})
    assert places(result) == expected
    assert result.streams["channels.main"].column_names == ["t", "level"]
    assert result.metadata["columns"]["Where"] == "lat_lon"
    turned = [" ".join(reversed(cell.split())) for cell in CELLS]
    assert places(read(table("Where", turned), columns={"Where": "lon_lat"})) == expected


def test_a_header_that_says_both_is_believed_where_the_cells_are_pairs(read):
    quoted = [f'"{cell.replace(" ", ", ", 1)}"' for cell in CELLS]
    assert places(read(table("Lat/Lon", quoted)))[0] == (47.5, 8.25)
    result = read(table("LatLng", ["a7", "b8", "c9", "d10"]))
    assert result.streams["channels.main"]["lat_lng"].to_pylist() == ["a7", "b8", "c9", "d10"]
    assert "gnss_pvt" not in result.streams


def test_a_receiver_alone_in_the_header_is_a_pair_only_where_the_cells_are(read):
    assert places(read(table("GPS", CELLS)))[0] == (47.5, 8.25)
    result = read(table("GPS", ["3", "4", "5", "6"]))
    assert result.streams["channels.main"]["gps"].to_pylist() == [3, 4, 5, 6]
    assert "gnss_pvt" not in result.streams


def test_a_cell_that_is_no_pair_is_counted_and_an_empty_one_is_an_epoch_without_a_fix(read):
    cells = [*CELLS, "", "47.5", "somewhere near", "95.0 8.0", "0.0 0.0", *CELLS]
    result = read(table("GPS", cells), columns={"GPS": "lat_lon"})
    assert result.streams["gnss_pvt"].num_rows == 8
    # The level beside it is filled, so that the receiver says nothing there.
    assert result.streams["channels.main"].num_rows == 13
    told = {issue.code: issue for issue in result.warnings}
    assert told["ROWS_SKIPPED"].evidence["count"] == 2
    assert told["ROWS_SKIPPED"].evidence["loci"] == ["line 7", "line 8"]
    assert told["VALUE_OUT_OF_RANGE"].evidence["loci"] == ["line 9"]


def test_a_better_column_leaves_the_pair_as_one_channel_of_text(read):
    rows = "".join(f"2025-05-04T10:00:0{i}Z,47.{i},8.5,47.9 8.9\n" for i in range(4))
    result = read("time,lat,lon,latlon\n" + rows, columns={"lat": "lat_deg", "lon": "lon_deg"})
    assert places(result)[1] == (47.1, 8.5)
    assert result.streams["channels.main"]["latlon"].to_pylist() == ["47.9 8.9"] * 4


def test_a_pair_of_decimal_commas_is_parted_by_blanks(read):
    rows = "".join(f"2025-05-04T10:00:0{i}Z;47,{i} 8,5;1,5\n" for i in range(5))
    result = read("time;latlon;level\n" + rows)
    assert places(result)[3] == (47.3, 8.5)


@given(
    st.lists(
        st.tuples(
            st.floats(-90, 90).map(lambda value: f"{value:.6f}"),
            st.sampled_from([" ", "  ", ", ", ";", "/"]),
            st.floats(-180, 179).map(lambda value: f"{value:.6f}"),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=25)
def test_the_parts_of_a_pair_are_what_a_plain_split_gives(cells):
    array = strings([first + sign + second for first, sign, second in cells])
    for place, column in ((0, 0), (1, 2)):
        words, odd = part_of(array, place, ".")
        assert words.to_pylist() == [cell[column] for cell in cells]
        assert odd is None


@pytest.mark.parametrize("cell", ["1", "1 2 3", "x 2", "1.2.3 4", "1 2x", "--1 2"])
def test_what_is_not_two_numbers_is_odd(cell):
    words, odd = part_of(strings([cell, "1 2", ""]), 1, ".")
    assert words.to_pylist() == [None, "2", None]
    assert odd.tolist() == [True, False, False]
