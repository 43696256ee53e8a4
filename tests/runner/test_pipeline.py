"""The pipeline from files to sessions: what is stored, what is told, and what is done only once."""

from __future__ import annotations

import datetime as dt
import threading
import tomllib

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

import telemparse
from telemparse import writers
from telemparse.errors import CallError
from telemparse.runner import DatabaseUnavailable, Pipeline
from telemparse.runner.states import ArtifactState, JobState, RunState, SessionState
from telemparse.storage.layout import RunPlace
from telemparse.storage.verification import verify

FIXES = "sample_gnss_10hz.csv"
FUSIBLE = "csv_gnss_imu_vehicle.csv"


@pytest.fixture
def pipeline(settings, sandboxes):
    with Pipeline(settings, sandboxes=sandboxes) as opened:
        yield opened


def place_of(session):
    return RunPlace(session.tenant_id, session.driver_id, session.id, session.run_id)


def folder_of(pipeline, session):
    return pipeline.storage.local_path(place_of(session).manifest()).parent


def rows(pipeline, table, **where):
    found = getattr(pipeline.database.tables, table)
    query = sa.select(found).where(*(found.c[name] == value for name, value in where.items()))
    with pipeline.database.reading() as connection:
        return connection.execute(query).all()


def raw_files(pipeline):
    return list(pipeline.storage.keys("uploads/"))


def test_a_recording_becomes_a_session_whose_files_hold_what_parse_reads(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FUSIBLE, name="Practice")
    before = pipeline.session(session_id)
    assert (before.status, before.start_time_utc) == (SessionState.PROCESSING, before.created_at)
    pipeline.work()
    session = pipeline.session(session_id)
    assert (session.status, session.failure, session.name) == (SessionState.READY, None, "Practice")
    parsed = telemparse.parse(fixtures_dir / FUSIBLE)
    stored = writers.read(folder_of(pipeline, session))
    for stream, table in parsed.streams.items():
        assert stored.streams[stream].equals(table), stream
    assert stored.provenance.artifacts[0].sha256 == parsed.provenance.artifacts[0].sha256
    assert verify(pipeline.storage, place_of(session)) == ()
    times = parsed.streams["gnss_pvt"]["t"].to_pylist()
    assert session.start_time_utc.timestamp() == pytest.approx(times[0].timestamp(), abs=1)
    assert session.start_time_utc.tzinfo is not None
    assert session.parser_id == "csv"
    assert session.quality is not None
    assert session.features_available


def test_every_dataset_is_a_parquet_file_with_the_rows_and_the_hash_that_the_table_names(
    pipeline, fixtures_dir
):
    session_id = pipeline.submit(fixtures_dir / FUSIBLE)
    pipeline.work()
    session = pipeline.session(session_id)
    datasets = rows(pipeline, "datasets", run_id=session.run_id)
    assert {(each.level, each.stream) for each in datasets} >= {
        (level, stream) for level in ("L0", "L1", "L2") for stream in ("gnss_pvt", "imu_accel", "imu_gyro")
    }
    for each in datasets:
        assert pq.read_metadata(pipeline.storage.local_path(each.storage_path)).num_rows == each.row_count
        assert pipeline.storage.digest(each.storage_path) == each.sha256
    (run,) = rows(pipeline, "runs", id=session.run_id)
    assert sorted(run.output_dataset_ids) == sorted(each.id for each in datasets)
    assert (run.status, run.telemparse_version) == (RunState.SUCCEEDED, telemparse.__version__)


def test_stages_that_have_nothing_to_do_are_skipped_with_a_reason(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    pipeline.work()
    stages = pipeline.session(session_id).stages
    assert stages["fuse_gnss_imu"].reason == "the recording has no imu_accel"
    assert stages["materialise"].reason == "no materialiser is configured"
    assert pipeline.session(session_id).materialisation_status == "SKIPPED"
    assert set(stages) >= {"artifact_validate", "artifact_classify", "parse_raw", "publish_session"}


def test_the_same_files_of_the_same_owner_are_the_same_session(pipeline, fixtures_dir, tmp_path):
    first = pipeline.submit(fixtures_dir / FIXES, owner="team", driver="anna")
    pipeline.work()
    renamed = tmp_path / "renamed.csv"
    renamed.write_bytes((fixtures_dir / FIXES).read_bytes())
    again = pipeline.hand_in(renamed, owner="team", driver="anna")
    assert (again.session_id, again.created) == (first, False)
    assert pipeline.work() == 0
    assert pipeline.submit(fixtures_dir / FIXES, owner="team", driver="berta") != first
    assert pipeline.submit(fixtures_dir / FIXES, owner="others", driver="anna") != first
    forced = pipeline.submit(fixtures_dir / FIXES, owner="team", driver="anna", force=True)
    assert forced != first


def test_the_same_file_twice_in_a_recording_is_one_artifact(pipeline, fixtures_dir):
    content = (fixtures_dir / FIXES).read_bytes()
    session_id = pipeline.submit({"a.csv": content, "b.csv": content})
    assert [each.name for each in pipeline.session(session_id).artifacts] == ["a.csv"]


def test_many_who_hand_in_the_same_file_at_once_get_one_session(pipeline, fixtures_dir):
    found = []
    gate = threading.Barrier(6)

    def hand_in():
        gate.wait()
        found.append(pipeline.hand_in(fixtures_dir / FIXES))

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.session_id for each in found}) == 1
    assert sum(each.created for each in found) == 1
    assert len(raw_files(pipeline)) == 1


def outcomes(fixtures_dir):
    for fixture in tomllib.loads((fixtures_dir / "index.toml").read_text())["fixture"]:
        if not fixture["options"]:
            yield fixture["file"], bool(fixture.get("ok")), bool(fixture.get("streams"))


@pytest.mark.slow
def test_every_fixture_ends_in_the_state_that_its_parse_foretells(pipeline, fixtures_dir):
    expected = {}
    for file, ok, has_streams in outcomes(fixtures_dir):
        state = SessionState.READY if ok else SessionState.PARTIAL if has_streams else SessionState.FAILED
        expected[pipeline.submit(fixtures_dir / file)] = file, state
    pipeline.work(2)
    sessions = pipeline.sessions_by_id(list(expected))
    told = {sessions[key].name: sessions[key].status for key in expected}
    assert told == dict(expected.values())
    for key, (file, state) in expected.items():
        parsed = telemparse.parse(fixtures_dir / file, on_error="return")
        failure = sessions[key].failure
        if state is SessionState.READY:
            assert failure is None
        else:
            assert failure.code == parsed.errors[0].code
            assert failure.message
        if state is not SessionState.FAILED:
            stored = writers.read(folder_of(pipeline, sessions[key]))
            assert {stream: stored.streams[stream] for stream in parsed.streams} == dict(parsed.streams)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("csv_no_time.csv", "CSV_NO_TIME_COLUMN"),
        ("noise.bin", "FORMAT_NOT_RECOGNISED"),
        ("empty.csv", "ARTIFACT_EMPTY"),
        ("gpx_entity_bomb.gpx", "XML_UNSAFE"),
    ],
)
def test_input_that_cannot_be_read_fails_at_once_with_its_code_and_is_not_tried_again(
    pipeline, fixtures_dir, file, code
):
    session_id = pipeline.submit(fixtures_dir / file)
    pipeline.work()
    session = pipeline.session(session_id)
    assert (session.status, session.failure.code) == (SessionState.FAILED, code)
    assert session.failure.message
    assert session.failure.hint
    jobs = rows(pipeline, "jobs", run_id=session.run_id)
    assert {job.attempt_count for job in jobs} == {1}
    assert [job.last_error_code for job in jobs if job.status == JobState.FAILED] == [code]
    assert [each.status for each in session.artifacts] == [ArtifactState.REJECTED]
    assert raw_files(pipeline)  # a later parser may read it


def test_raw_files_go_when_their_content_is_canonical(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    assert len(raw_files(pipeline)) == 1
    pipeline.work()
    assert raw_files(pipeline) == []
    (artifact,) = pipeline.session(session_id).artifacts
    assert artifact.status is ArtifactState.CANONICALISED
    assert artifact.discarded_at <= dt.datetime.now(dt.UTC)


def test_a_file_that_was_changed_in_the_store_is_not_believed(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    (key,) = raw_files(pipeline)
    pipeline.storage.replace(b"t,lat,lon\n", key)
    pipeline.work()
    assert pipeline.session(session_id).failure.code == "INTEGRITY_HASH_MISMATCH"


def test_a_file_that_is_gone_from_the_store_is_told(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    pipeline.storage.delete(raw_files(pipeline))
    pipeline.work()
    assert pipeline.session(session_id).failure.code == "ARTIFACT_DISCARDED"


def test_reprocessing_makes_a_new_run_and_leaves_the_old_one_as_it_was(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FUSIBLE)
    pipeline.work()
    first = pipeline.session(session_id)
    old = {key: pipeline.storage.digest(key) for key in pipeline.storage.keys(place_of(first).prefix)}
    gate = "48.0,11.0,48.0001,11.0001"
    run_id = pipeline.reprocess(session_id, gate=gate)
    assert pipeline.session(session_id).status is SessionState.PROCESSING
    pipeline.work()
    second = pipeline.session(session_id)
    assert (second.status, second.run_id) == (SessionState.READY, run_id)
    assert second.stages["detect_laps"].facts["gate_source"] == "user_defined"
    assert {key: pipeline.storage.digest(key) for key in old} == old
    new = {
        key.removeprefix(place_of(second).prefix): pipeline.storage.digest(key)
        for key in pipeline.storage.keys(place_of(second).prefix)
    }
    streams = [name for name in new if "laps" not in name and name != "manifest.json"]
    assert "gnss_pvt.parquet" in streams
    for name in streams:
        assert new[name] == old[place_of(first).prefix + name]
    (run,) = rows(pipeline, "runs", id=first.run_id)
    assert run.status == RunState.SUCCEEDED


def test_a_run_that_has_ended_cannot_be_changed(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    pipeline.work()
    runs = pipeline.database.tables.runs
    change = runs.update().where(runs.c.session_id == session_id).values(status="FAILED")
    with pytest.raises(Exception, match="has ended"), pipeline.database.engine.begin() as connection:
        connection.execute(change)


def test_a_session_that_is_worked_on_is_not_processed_twice(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    with pytest.raises(CallError, match="is being processed"):
        pipeline.reprocess(session_id)
    with pytest.raises(CallError, match="no session"):
        pipeline.reprocess("00000000-0000-7000-8000-000000000000")


def test_deleting_a_session_leaves_no_file_no_row_and_no_name(pipeline, fixtures_dir):
    kept = pipeline.submit(fixtures_dir / "sample_track.gpx")
    session_id = pipeline.submit(fixtures_dir / FUSIBLE)
    pipeline.work()
    session = pipeline.session(session_id)
    others = set(pipeline.storage.keys(place_of(pipeline.session(kept)).session_prefix))
    assert pipeline.delete(session_id)
    assert {key for key in pipeline.storage.keys("") if "sqlite" not in key} == others
    for table in ("datasets", "laps", "runs"):
        assert rows(pipeline, table, session_id=session_id) == []
    gone = pipeline.session(session_id)
    assert (gone.status, gone.name, gone.run_id) == (SessionState.DELETED, "", None)
    assert {(each.name, each.status) for each in gone.artifacts} == {("", ArtifactState.DELETED)}
    assert [each.id for each in pipeline.sessions().sessions] == [kept]
    assert not pipeline.delete(session_id)
    with pytest.raises(CallError, match="no session"):
        pipeline.reprocess(session_id)
    again = pipeline.hand_in(fixtures_dir / FUSIBLE)
    assert again.created
    assert again.session_id != session.id


def test_cancelling_ends_what_waits_and_the_session_says_so(pipeline, fixtures_dir):
    session_id = pipeline.submit(fixtures_dir / FIXES)
    assert pipeline.cancel(session_id) == 1
    session = pipeline.session(session_id)
    assert (session.status, session.failure.code) == (SessionState.FAILED, "RUN_CANCELLED")
    assert session.run_status is RunState.CANCELLED
    assert pipeline.work() == 0
    assert pipeline.cancel(session_id) == 0
    pipeline.reprocess(session_id)
    pipeline.work()
    assert pipeline.session(session_id).status is SessionState.READY


def test_sessions_are_listed_the_newest_first_page_by_page_and_by_owner(pipeline):
    ids = [
        pipeline.submit({f"{number}.csv": f"no table {number}".encode()}, owner="ab"[number % 2])
        for number in range(7)
    ]
    found, cursor = [], None
    while True:
        page = pipeline.sessions(limit=3, cursor=cursor)
        found += [each.id for each in page.sessions]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == ids[::-1]
    assert [each.id for each in pipeline.sessions(owner="b").sessions] == ids[1::2][::-1]
    assert pipeline.sessions(status=["READY"]).sessions == ()
    for call in ({"limit": 0}, {"cursor": "%%%"}, {"status": ["NONE"]}):
        with pytest.raises(CallError):
            pipeline.sessions(**call)


@pytest.mark.parametrize("owner", ["../up", "a/b", "", "uploads", "-", "ä", "x" * 200, "a\n"])
def test_an_owner_that_would_lead_out_of_its_place_is_refused(pipeline, fixtures_dir, owner):
    if not owner:
        assert pipeline.session(pipeline.submit(fixtures_dir / FIXES, owner=owner)).tenant_id == "default"
        return
    with pytest.raises(CallError):
        pipeline.submit(fixtures_dir / FIXES, owner=owner)
    assert raw_files(pipeline) == []


def test_names_of_files_are_kept_without_what_a_terminal_or_a_database_chokes_on(pipeline):
    session_id = pipeline.submit({"a\x1b[31m\x00\udcff\n.csv": b"t,lat,lon\n"})
    assert pipeline.session(session_id).name == "a_[31m_?_.csv"


def test_health_tells_of_every_part(pipeline):
    found = pipeline.health()
    assert found.ok
    assert (found.database, found.storage, found.queue.ready) == ("ok", "ok", 0)
    assert found.to_dict()["ok"] is True


def cut_off(event, pipeline):
    """Let the connection break at an event of the engine."""

    def fail(*_arguments):
        raise sa.exc.OperationalError("COMMIT", {}, OSError("the connection broke"))

    sa.event.listen(pipeline.database.engine, event, fail)
    return fail


@pytest.mark.parametrize(("event", "left"), [("commit", 1), ("begin", 0)])
def test_bytes_stay_where_nobody_knows_whether_their_rows_were_written(pipeline, fixtures_dir, event, left):
    # Looking for a known session reads only, and begins too: with `force` nothing is looked for.
    fail = cut_off(event, pipeline)
    with pytest.raises(DatabaseUnavailable, match="the connection broke"):
        pipeline.submit(fixtures_dir / FIXES, force=True)
    sa.event.remove(pipeline.database.engine, event, fail)
    assert len(raw_files(pipeline)) == left
