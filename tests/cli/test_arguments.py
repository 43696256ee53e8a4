"""What the options of a call mean."""

from __future__ import annotations

import pytest
import typer

from telemparse.cli.arguments import columns_of, options_of, size_of
from telemparse.errors import CallError
from telemparse.model.options import Isolation, ParseOptions


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("t,lat_deg,lon_deg", {0: "t", 1: "lat_deg", 2: "lon_deg"}),
        ("t,,lat_deg", {0: "t", 2: "lat_deg"}),
        ("Zeit=t:ms,Breite=lat_deg", {"Zeit": "t:ms", "Breite": "lat_deg"}),
        (" Zeit = t:ms , Breite = lat_deg ", {"Zeit": "t:ms", "Breite": "lat_deg"}),
        ("0=t,4=lat_deg", {0: "t", 4: "lat_deg"}),
        ('"Speed, km/h"=speed:kmh', {"Speed, km/h": "speed:kmh"}),
        ("a=b=speed:kmh", {"a=b": "speed:kmh"}),
    ],
)
def test_columns_are_names_in_order_or_a_mapping(text, columns):
    assert ParseOptions(columns=columns_of(text)).columns == columns


@pytest.mark.parametrize("text", ["t,Breite=lat_deg", "=t", "Zeit=", "Zeit=t,=lat_deg"])
def test_columns_that_mix_both_ways_or_lack_a_name_are_refused(text):
    with pytest.raises(CallError, match="--columns"):
        columns_of(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("1024", 1024),
        ("4k", 4096),
        ("512M", 512 * 1024**2),
        ("2 GiB", 2 * 1024**3),
        ("1TB", 1024**4),
    ],
)
def test_sizes_take_a_unit(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1", "1.5G", "1X", "twelve"])
def test_words_that_are_no_size_are_refused(text):
    with pytest.raises(typer.BadParameter, match="is no size"):
        size_of(text)


def test_what_was_not_given_keeps_its_default():
    assert options_of(timezone=None, parser=None, timeout_s=None, strict=False) == ParseOptions()


@pytest.mark.parametrize("limit", [{"timeout_s": 5.0}, {"max_memory_bytes": 2**30}])
def test_a_limit_implies_a_child_process(limit):
    assert options_of(**limit).isolation is Isolation.PROCESS
    with pytest.raises(CallError, match="need --isolation process"):
        options_of(isolation=Isolation.NONE, **limit)


@pytest.mark.parametrize("where", Isolation)
def test_isolation_is_taken_as_given(where):
    assert options_of(isolation=where).isolation is where
