"""Layout: where a run's files lie, and that no name leads anywhere else."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.storage import RunPlace, raw_key

PLACE = RunPlace("team", "jane@example.org", "5f2a", "run-1")
HOSTILE = ["", ".", "..", "../a", "a/b", "/a", "a\0", "a\n", "a b", "ä", ".a", "-a", "~", "x" * 129, None, 7]


def test_a_run_lies_below_its_session():
    assert PLACE.session_prefix == "team/jane@example.org/5f2a/"
    assert PLACE.prefix == "team/jane@example.org/5f2a/run-1/"


@pytest.mark.parametrize(
    ("name", "level", "file"),
    [
        ("gnss_pvt", None, "gnss_pvt.parquet"),
        ("gnss_pvt", "L1", "L1/gnss_pvt.parquet"),
        ("gnss_pvt", "l2", "L2/gnss_pvt.parquet"),
        ("laps", 0, "L0/laps.parquet"),
        ("channels.main", None, "channels/main.parquet"),
        ("channels.main", 1, "L1/channels/main.parquet"),
    ],
)
def test_a_stream_has_its_file(name, level, file):
    assert PLACE.stream(name, level) == f"{PLACE.prefix}{file}"


def test_the_run_and_each_level_have_a_manifest():
    assert PLACE.manifest() == f"{PLACE.prefix}manifest.json"
    assert PLACE.manifest("L2") == f"{PLACE.prefix}L2/manifest.json"


def test_every_key_of_the_layout_is_one_that_a_storage_takes(storage):
    long = f"channels.{'x' * 300}"
    keys = [PLACE.stream("gnss_pvt.raw"), PLACE.stream(long, 1), PLACE.manifest(1), raw_key("team", "a1")]
    for key in keys:
        storage.put(b"1", key)
    assert sorted(storage.keys()) == sorted(keys)


@pytest.mark.parametrize("part", HOSTILE, ids=repr)
def test_no_part_may_lead_elsewhere(part):
    good = {"tenant_id": "t", "driver_id": "d", "session_id": "s", "run_id": "r"}
    for field in good:
        with pytest.raises(CallError, match=field):
            RunPlace(**{**good, field: part})
    with pytest.raises(CallError, match="tenant_id"):
        raw_key(part, "a")
    with pytest.raises(CallError, match="artifact_id"):
        raw_key("t", part)


def test_a_part_of_128_characters_is_one():
    assert raw_key("t", "x" * 128) == f"uploads/t/{'x' * 128}.bin"


def test_no_tenant_is_called_as_the_folder_of_uploads():
    with pytest.raises(CallError, match="raw artifacts lie there"):
        RunPlace("uploads", "d", "s", "r")
    with pytest.raises(CallError, match="raw artifacts lie there"):
        raw_key("uploads", "a")


@pytest.mark.parametrize("level", ["", "L", "L10", "../L1", "M1", -1, 10, "L1/"])
def test_a_level_is_one_of_ten(level):
    with pytest.raises(CallError, match="a level is"):
        PLACE.manifest(level)


def test_a_name_that_is_no_stream_has_no_file():
    with pytest.raises(CallError, match="no canonical stream"):
        PLACE.stream("../gnss_pvt")
