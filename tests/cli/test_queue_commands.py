"""`telemparse jobs`, `sessions`, `reprocess`, `delete`, `health` and `db`, on a store of sessions."""

from __future__ import annotations

import json
import sqlite3

import pytest

from telemparse.runner import migration
from telemparse.runner.pipeline import Pipeline
from telemparse.runner.settings import Settings

NOBODY = "0199a4c2-6f1e-7c3a-9d55-2b8e4f0a1c77"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def pipeline(out):
    with Pipeline(Settings.embedded(out)) as opened:
        yield opened


@pytest.fixture
def session_id(pipeline):
    return pipeline.submit({"ride [red].gpx": b"content"})


@pytest.fixture
def failed(pipeline, session_id):
    """Return a session whose first job has failed, as one without content does."""
    pipeline.cancel(session_id)
    return session_id


def documents(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def waiting_job(pipeline):
    (job,) = pipeline.queue.claim("worker")
    with pipeline.database.transaction() as connection:
        pipeline.queue.fail(connection, job, "STORAGE_FULL", "no room", retry_after_s=600)
    return job.id


def test_sessions_are_a_line_each_and_json_holds_them_whole(call, out, pipeline, session_id):
    result = call("sessions", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    head, line = result.stdout.splitlines()
    assert head.split()[:2] == ["session", "status"]
    assert line.startswith(f"{session_id}  PROCESSING  ")
    assert line.endswith("  ride [red].gpx")
    (document,) = documents(call("sessions", "--out", out, "--json"))
    assert document == {"v": 1, **pipeline.session(session_id).to_dict()}


def test_sessions_are_chosen_by_status_owner_and_number(call, out, pipeline, failed):
    mine = pipeline.submit({"b.gpx": b"b"}, owner="team", driver="anna")
    newest = pipeline.submit({"c.gpx": b"c"}, owner="team", driver="ben")

    def ids(*words):
        return [document["id"] for document in documents(call("sessions", "--out", out, "--json", *words))]

    assert ids() == [newest, mine, failed]
    assert ids("--limit", "2") == [newest, mine]
    assert ids("--status", "failed") == [failed]
    assert ids("--owner", "team", "--driver", "anna") == [mine]
    assert ids("--status", "READY") == []
    assert call("sessions", "--out", out, "--status", "NONSENSE").exit_code == 2


def test_a_session_by_its_id_tells_files_failure_and_hint(call, out, failed):
    result = call("sessions", failed.upper(), "--out", out)
    assert result.exit_code == 0
    assert result.stdout.startswith("ride [red].gpx\n")
    for words in (failed, "default/default", "RUN_CANCELLED: the run was cancelled", "hint: "):
        assert words in result.stdout


def test_an_id_that_nobody_has_costs_a_line_and_the_others_are_shown(call, out, session_id):
    result = call("sessions", NOBODY, "nonsense", session_id, "--out", out, "--json")
    assert result.exit_code == 1
    assert [document["id"] for document in documents(result)] == [session_id]
    assert result.stderr.splitlines() == [
        f"telemparse: there is no session '{NOBODY}'", "telemparse: there is no session 'nonsense'",
    ]  # fmt: skip


@pytest.mark.usefixtures("pipeline")
def test_a_store_without_sessions_has_nothing_to_tell(call, out):
    for words, said in (
        (["sessions"], ""), (["sessions", "--json"], ""), (["jobs", "list", "--json"], ""),
        (["jobs", "list"], "No job waits, runs or has failed.\n"),
    ):  # fmt: skip
        result = call(*words, "--out", out)
        assert (result.exit_code, result.output) == (0, said)


def test_a_job_that_waits_is_listed_and_made_ready(call, out, pipeline, session_id):
    job_id = waiting_job(pipeline)
    result = call("jobs", "list", "--out", out)
    _head, line = result.stdout.splitlines()
    assert line.startswith(f"{job_id}  QUEUED  artifact_validate  1/3")
    assert line.endswith("STORAGE_FULL: no room")
    (document,) = documents(call("jobs", "list", "--out", out, "--json", "--status", "queued"))
    assert (document["session_id"], document["code"]) == (session_id, "STORAGE_FULL")
    result = call("jobs", "retry", job_id, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"ready now: job {job_id}\n")
    (job,) = pipeline.queue.claim("worker")
    assert job.id == job_id


def test_a_failed_session_gets_a_new_run_also_by_the_id_of_its_job(call, out, pipeline, failed):
    (job,) = pipeline.jobs()
    result = call("jobs", "retry", NOBODY, job.id, "--out", out)
    run_id = pipeline.session(failed).run_id
    assert (result.exit_code, result.stdout) == (1, f"session {failed}: new run {run_id}\n")
    assert result.stderr == f"telemparse: there is no job and no session '{NOBODY}'\n"
    assert call("jobs", "retry", failed, "--out", out).exit_code == 1


def test_what_is_to_be_done_is_cancelled_once(call, out, pipeline, session_id):
    result = call("jobs", "cancel", session_id, "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{session_id}: 1 job cancelled\n")
    assert pipeline.session(session_id).failure.code == "RUN_CANCELLED"
    result = call("jobs", "cancel", session_id, "--out", out)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"telemparse: {session_id}: nothing of it waits or runs\n"


def test_reprocessing_prints_the_new_run_and_refuses_what_is_under_way(call, out, pipeline, failed):
    result = call("reprocess", failed, "--gate", "50,7,50.0001,7.0001", "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{pipeline.session(failed).run_id}\n")
    result = call("reprocess", failed, "--out", out)
    assert (result.exit_code, result.stderr) == (1, "telemparse: the session is being processed\n")
    assert call("reprocess", NOBODY, "--out", out).exit_code == 1
    assert call("reprocess", failed, "--gate", "50,7", "--out", out).exit_code == 2


def test_nothing_is_deleted_where_nobody_can_be_asked(call, out, pipeline, session_id):
    result = call("delete", session_id, "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--yes" in result.stderr
    assert pipeline.session(session_id).name == "ride [red].gpx"


def test_a_session_is_deleted_with_its_files(call, out, pipeline, session_id):
    assert [path for path in (out / "uploads").rglob("*") if path.is_file()]
    result = call("delete", session_id, NOBODY, "--yes", "--out", out)
    assert (result.exit_code, result.stdout) == (1, f"{session_id} deleted\n")
    assert result.stderr == f"telemparse: there is no session '{NOBODY}'\n"
    assert pipeline.session(session_id).status == "DELETED"
    assert [path for path in (out / "uploads").rglob("*") if path.is_file()] == []
    assert call("delete", session_id, "--yes", "--out", out).exit_code == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "code", "words", "status"),
    [
        ("y\n", 0, "deleted", "DELETED"),
        ("\n", 0, "nothing was deleted", "PROCESSING"),
        ("\x04", 130, "[y/N]", "PROCESSING"),  # Ctrl-D: no answer
    ],
)
def test_people_at_a_terminal_are_asked(
    *, start_on_terminal, pipeline, session_id, answer, code, words, status
):
    shown, ended = start_on_terminal("delete", session_id, "--out", "out", answer=answer)
    assert ended == code
    assert f"{session_id}  PROCESSING  ride [red].gpx" in shown
    assert words in shown
    assert "Traceback" not in shown
    assert pipeline.session(session_id).status == status


@pytest.mark.usefixtures("session_id")
def test_health_names_the_parts_and_counts_the_queue(call, out):
    result = call("health", "--out", out)
    assert result.exit_code == 0
    assert "1 ready, 0 wait for another attempt, 0 running" in result.stdout
    (document,) = documents(call("health", "--out", out, "--json"))
    assert (document["ok"], document["database"], document["storage"]) == (True, "ok", "ok")
    assert document["queue"]["ready"] == 1


def test_a_database_that_does_not_answer_is_not_healthy(call, tmp_path):
    words = ["--database-url", "postgresql://nobody@127.0.0.1:1/nothing", "--storage", tmp_path / "store"]
    result = call("health", *words, "--json")
    (document,) = documents(result)
    assert (result.exit_code, document["ok"], document["storage"]) == (1, False, "ok")
    assert document["database"].startswith("DATABASE_UNAVAILABLE")
    for command in (["sessions"], ["worker"], ["jobs", "list"], ["db", "check"]):
        result = call(*command, *(words[:2] if command[0] == "db" else words))
        assert (result.exit_code, result.stdout) == (1, "")
        assert "DATABASE_UNAVAILABLE" in result.stderr


def test_the_schema_is_made_once_and_checked(call, out):
    result = call("db", "check", "--out", out)
    assert result.exit_code == 1
    assert "there is no such database" in result.stderr
    result = call("db", "upgrade", "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"sqlite:///{out / 'telemparse.sqlite'}: no tables -> {migration.HEAD}\n"
    assert call("db", "upgrade", "--out", out).stdout.endswith(f"schema {migration.HEAD} already\n")
    result = call("db", "check", "--out", out)
    assert (result.exit_code, result.stdout) == (
        0, f"sqlite:///{out / 'telemparse.sqlite'}: schema {migration.HEAD}\n",
    )  # fmt: skip


@pytest.mark.usefixtures("session_id")
def test_a_schema_of_another_version_is_refused_by_every_command(call, out):
    with sqlite3.connect(out / "telemparse.sqlite") as connection:
        connection.execute("UPDATE telemetry_schema_version SET version_num = '9999'")
    connection.close()
    for words in (["sessions"], ["jobs", "list"], ["worker"], ["db", "check"], ["db", "upgrade"]):
        result = call(*words, "--out", out)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "DATABASE_SCHEMA_NEWER" in result.stderr
    (document,) = documents(call("health", "--out", out, "--json"))
    assert (document["ok"], document["schema"]) == (False, "9999")


def test_a_password_is_never_shown(call, tmp_path):
    url = "postgresql://me:hunter2@127.0.0.1:1/nothing?password=hunter2"
    for words in (["sessions", "--storage", tmp_path], ["db", "check"], ["health", "--storage", tmp_path]):
        assert "hunter2" not in call(*words, "--database-url", url).output


@pytest.mark.parametrize("group", ["jobs", "db"])
def test_a_group_without_a_command_shows_its_help(call, group):
    result = call(group)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: telemparse {group} [OPTIONS] COMMAND")
