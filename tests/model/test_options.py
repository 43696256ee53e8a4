"""Options: defaults, the ways to write them, and calls that cannot be right."""

from __future__ import annotations

import math

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.model.options import Isolation, ParseOptions

DEFAULTS = {
    "timezone": None,
    "threshold": 0.5,
    "parser": None,
    "prefer": (),
    "columns": None,
    "max_bytes": None,
    "max_decompressed_bytes": 8 * 1024**3,
    "strict": False,
    "streams": None,
    "channels": None,
    "time_range": None,
    "isolation": Isolation.NONE,
    "timeout_s": None,
    "max_memory_bytes": None,
}

# A value for each option that its default is not.
OTHERS = {
    "timezone": "Europe/Berlin",
    "threshold": 0.8,
    "parser": "toy",
    "prefer": ("toy",),
    "columns": {3: "t"},
    "max_bytes": 1,
    "max_decompressed_bytes": 1,
    "strict": True,
    "streams": ("gnss_pvt",),
    "channels": ("rpm",),
    "time_range": (0, 1),
    "isolation": Isolation.PROCESS,
    "timeout_s": 0.5,
    "max_memory_bytes": 1,
}


def test_every_option_has_its_documented_default():
    assert attrs.asdict(ParseOptions()) == DEFAULTS


def test_only_options_that_differ_from_their_defaults_are_given():
    assert ParseOptions().given() == {}
    assert ParseOptions(**OTHERS).given() == OTHERS


def test_an_option_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="colour"):
        ParseOptions(colour="red")


@pytest.mark.parametrize("value", [0.4999, 1.0001, -1, math.nan, "high", None, True])
def test_the_threshold_lies_between_a_half_and_one(value):
    with pytest.raises(CallError, match="threshold"):
        ParseOptions(threshold=value)


@pytest.mark.parametrize("option", ["max_bytes", "max_decompressed_bytes", "timeout_s", "max_memory_bytes"])
@pytest.mark.parametrize("value", [0, -1, "1", math.nan, math.inf, True])
def test_limits_are_positive_numbers(option, value):
    with pytest.raises(CallError, match=option):
        ParseOptions(**{option: value})


@pytest.mark.parametrize("value", ["Nowhere/Land", "../../etc/passwd", "", "\0", 7])
def test_a_timezone_is_an_iana_name(value):
    with pytest.raises(CallError, match="IANA"):
        ParseOptions(timezone=value)


@pytest.mark.parametrize("value", [(2, 1), (1,), (1, 2, 3), [1, 2], "12", (0.5, 1), ("a", "b"), 7])
def test_a_time_range_is_a_pair_of_whole_nanoseconds_in_order(value):
    with pytest.raises(CallError, match="time_range"):
        ParseOptions(time_range=value)


def test_a_time_range_may_be_empty():
    assert ParseOptions(time_range=(5, 5)).time_range == (5, 5)


@pytest.mark.parametrize("value", ["thread", None, 1])
def test_isolation_is_none_or_process(value):
    with pytest.raises(CallError, match="isolation"):
        ParseOptions(isolation=value)


def test_isolation_is_written_as_a_word():
    assert ParseOptions(isolation="process").isolation is Isolation.PROCESS


def test_one_name_needs_no_tuple():
    options = ParseOptions(prefer="ubx", streams="gnss_pvt", channels="rpm")

    assert (options.prefer, options.streams, options.channels) == (("ubx",), ("gnss_pvt",), ("rpm",))


@pytest.mark.parametrize("value", ["t, lat_deg,,lon_deg", ["t", " lat_deg", "", "lon_deg"]])
def test_columns_in_order_become_a_mapping_by_index_that_skips_blanks(value):
    assert ParseOptions(columns=value).columns == {0: "t", 1: "lat_deg", 3: "lon_deg"}


def test_a_columns_mapping_is_copied():
    given = {"Speed": "speed:mph", 3: "t"}
    options = ParseOptions(columns=given)
    given.clear()

    assert options.columns == {"Speed": "speed:mph", 3: "t"}


def test_all_streams_are_wanted_unless_some_are_named():
    assert ParseOptions().wants("gnss_pvt")
    assert not ParseOptions(streams=("imu_accel",)).wants("gnss_pvt")


def test_channels_wants_every_group_and_a_group_only_itself():
    assert ParseOptions(streams=("channels",)).wants("channels.10hz")
    assert ParseOptions(streams=("channels.10hz",)).wants("channels.10hz")
    assert not ParseOptions(streams=("channels.10hz",)).wants("channels.main")
