"""Lists of sessions: filters, pages and owners, the same in both databases."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from telemparse.errors import CallError
from telemparse.runner import Pipeline
from telemparse.runner.jobs import new_id
from telemparse.runner.states import SessionState

BEGUN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NAMES = ("Morning", "100 % wet", "under_score", "MÜNCHEN", "Straße", "back\\slash")


@pytest.fixture
def pipeline(settings, sandboxes):
    with Pipeline(settings, sandboxes=sandboxes) as opened:
        yield opened


@pytest.fixture
def filled(pipeline):
    """Return a pipeline with a session a day, of two drivers."""
    found = [
        {
            "id": new_id(), "tenant_id": "team", "driver_id": "anna", "name": name,
            "track": f"Track {day % 2}",
            "status": (SessionState.READY, SessionState.FAILED, SessionState.DELETED)[day % 3],
            "start_time_utc": BEGUN + dt.timedelta(days=day), "end_time_utc": BEGUN + dt.timedelta(days=day),
            "created_at": BEGUN + dt.timedelta(days=day), "updated_at": BEGUN,
        }
        for day, name in enumerate(NAMES)
    ]  # fmt: skip
    theirs = {**found[0], "id": new_id(), "driver_id": "berta"}
    with pipeline.database.transaction() as connection:
        connection.execute(pipeline.database.tables.sessions.insert(), [*found, theirs])
    return pipeline


def names(pipeline, **filters):
    page = pipeline.sessions(owner="team", driver="anna", **filters)
    return [each.name for each in page.sessions]


def test_the_newest_come_first_and_those_that_were_deleted_only_when_asked_for(filled):
    assert names(filled) == ["Straße", "MÜNCHEN", "100 % wet", "Morning"]
    assert names(filled, status=["DELETED"]) == ["back\\slash", "under_score"]
    assert names(filled, status=["READY", "DELETED"], track="Track 0") == ["under_score", "Morning"]


def test_dates_are_those_of_the_data_with_their_begin_and_without_their_end(filled):
    first, second = BEGUN + dt.timedelta(days=1), BEGUN + dt.timedelta(days=3)
    assert names(filled, begins_after=first, begins_before=second) == ["100 % wet"]
    elsewhere = dt.timezone(dt.timedelta(hours=5))
    assert names(filled, begins_after=second.astimezone(elsewhere)) == ["Straße", "MÜNCHEN"]
    with pytest.raises(CallError, match="time zone"):
        names(filled, begins_after=dt.datetime(2026, 3, 1))  # noqa: DTZ001  (that is the point)


@pytest.mark.parametrize(
    ("search", "found"),
    [("orn", "Morning"), ("MORNING", "Morning"), ("0 % W", "100 % wet"), ("münch", "MÜNCHEN"),
     ("STRASSE", "Straße"), ("%", "100 % wet")],
)  # fmt: skip
def test_a_search_finds_part_of_a_name_whatever_the_case(filled, search, found):
    assert names(filled, search=search) == [found]


@pytest.mark.parametrize("search", ["_", "m%g", "\\", "'", "\x00zz", "' OR 1=1 --", "z" * 5000])
def test_a_search_knows_no_wildcards(filled, search):
    assert names(filled, search=search) == []


def test_wildcards_and_escapes_in_names_are_found_as_they_are(filled):
    assert names(filled, status=["DELETED"], search="r_s") == ["under_score"]
    assert names(filled, status=["DELETED"], search="K\\S") == ["back\\slash"]


def test_pages_have_each_session_once_also_those_of_one_instant(filled):
    table = filled.database.tables.sessions
    with filled.database.transaction() as connection:
        connection.execute(table.update().values(created_at=BEGUN, status=SessionState.READY))
    found, cursor = [], None
    for _page in range(4):
        page = filled.sessions(owner="team", driver="anna", limit=2, cursor=cursor, search="")
        found += [each.name for each in page.sessions]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(NAMES)


def test_a_listed_session_is_all_that_is_known_of_it(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / "sample_gnss_10hz.csv")
    pipeline.work()
    (listed,) = pipeline.sessions().sessions
    assert listed == pipeline.session(session_id)
    assert listed.stages["materialise"].reason
    assert json.loads(json.dumps(listed.to_dict()))["stages"]["publish_session"]["status"] == "DONE"
    assert listed.materialisation_status == "SKIPPED"
    assert listed.quality is not None
    assert listed.quality_label
