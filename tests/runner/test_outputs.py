"""Outputs of a session: those of the run that it shows, which is one that succeeded."""

from __future__ import annotations

import attrs
import pytest

from telemparse.model.documents import metadata_from
from telemparse.model.gates import Gate
from telemparse.runner import Pipeline
from telemparse.runner.states import RunState

UNKNOWN = ("", "x", "01a20510-fc1a-7e09-848d-e9725e99e8a4")
LAPS = "sample_gnss_10hz.csv"


@pytest.fixture
def pipeline(settings, sandboxes):
    with Pipeline(attrs.evolve(settings, keep_raw=True), sandboxes=sandboxes) as opened:
        yield opened


@pytest.fixture
def gate(fixtures_dir):
    import telemparse

    table = telemparse.parse(fixtures_dir / LAPS).streams["gnss_pvt"]
    lat, lon = table["lat_deg"][50].as_py(), table["lon_deg"][50].as_py()
    return (lat - 0.001, lon), (lat + 0.001, lon)


def test_datasets_name_objects_of_the_store_and_quality_is_the_whole_document(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / LAPS)
    assert (pipeline.datasets(session_id), pipeline.laps(session_id)) == ((), ())
    assert (pipeline.quality(session_id), pipeline.shown_run(session_id)) == ({}, None)
    pipeline.work()
    session = pipeline.session(session_id)
    found = {(each.level, each.stream): each for each in pipeline.datasets(session_id)}
    assert {("L0", "gnss_pvt"), ("L1", "gnss_pvt"), ("L2", "gnss_pvt")} <= set(found)
    for each in found.values():
        assert each.run_id == session.run_id
        assert pipeline.storage.byte_size(each.storage_path) == each.byte_size
        assert pipeline.storage.digest(each.storage_path) == each.sha256
    assert pipeline.quality(session_id)["overall"] == session.quality
    shown = pipeline.shown_run(session_id)
    assert (shown.id, shown.place.session_id) == (session.run_id, session_id)


def test_the_gate_that_laps_were_found_at_is_told_with_its_ends(pipeline, fixtures_dir, gate):
    session_id = pipeline.submit(fixtures_dir / LAPS, gate=gate)
    pipeline.work()
    told = metadata_from(pipeline.shown_run(session_id).gate)
    assert isinstance(told, Gate)
    assert told.source == "user_defined"
    assert sorted((told.lat1_deg, told.lat2_deg)) == pytest.approx(sorted((gate[0][0], gate[1][0])))
    assert pipeline.session(session_id).stages["detect_laps"].facts["gate"]["source"] == "user_defined"
    assert len(pipeline.laps(session_id)) == pipeline.session(session_id).stages["detect_laps"].facts["laps"]


def test_while_a_new_run_is_on_its_way_and_when_it_fails_the_older_one_is_shown(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / LAPS)
    pipeline.work()
    before = pipeline.datasets(session_id)
    run_id = pipeline.reprocess(session_id)
    assert pipeline.datasets(session_id) == before
    pipeline.cancel(session_id)
    assert pipeline.session(session_id).run_status is RunState.CANCELLED
    assert pipeline.datasets(session_id) == before
    assert pipeline.quality(session_id)
    second = pipeline.reprocess(session_id)
    pipeline.work()
    assert run_id not in {each.run_id for each in before}
    assert {each.run_id for each in pipeline.datasets(session_id)} == {second}


@pytest.mark.parametrize("session_id", UNKNOWN)
def test_an_id_that_nobody_has_has_no_outputs(pipeline, session_id):
    assert (pipeline.datasets(session_id), pipeline.laps(session_id)) == ((), ())
    assert (pipeline.quality(session_id), pipeline.shown_run(session_id)) == ({}, None)


def test_a_session_that_was_deleted_has_no_outputs(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / LAPS)
    pipeline.work()
    pipeline.delete(session_id)
    assert (pipeline.datasets(session_id), pipeline.quality(session_id)) == ((), {})
