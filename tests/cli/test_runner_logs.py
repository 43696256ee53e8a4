"""What the runner logs: short lines for people, JSON for machines, and nothing on standard output."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import structlog

from telemparse.cli.runner_logs import LogForm, brief_log, service_log
from telemparse.runner.events import Events


@pytest.fixture(autouse=True)
def unconfigured():
    """Let structlog be as in a new process, and afterwards as it was."""
    before = structlog.get_config() if structlog.is_configured() else None
    structlog.reset_defaults()
    yield
    if before is not None:
        structlog.configure(**before)


def test_people_hear_of_warnings_once_and_not_of_what_the_session_tells(capsys):
    with brief_log():
        events = Events()
        events.emit("job_succeeded", job_id="1")
        events.emit("job_failed", job_id="1", code="FORMAT_NOT_RECOGNISED")
        for _time in range(3):
            events.emit("database_unavailable", worker="w", error="it is\x1b[2J away")
        events.emit(
            "job_retried",
            job_type="parse_raw",
            attempt=1,
            code="STORAGE_FULL",
            retry_after_s=29.7,
            run_id="1",
        )
        events.emit("database_unavailable", worker="w", error="it is away")
        events.emit("lease_lost", worker="w", job_id="1")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "telemparse: database unavailable: error it is\\x1b[2J away",
        "telemparse: parse_raw: attempt 1 ended with STORAGE_FULL, the next one begins in 30 s",
        "telemparse: database unavailable: error it is away",
        "telemparse: lease lost",
    ]


def test_a_service_writes_json_with_utc_instants(capsys):
    before = dt.datetime.now(dt.UTC)
    with service_log(LogForm.JSON):
        Events().emit("job_started", job_id="1")
        Events().emit("job_succeeded", job_id="1", attempt=1)
        Events().emit("job_failed", job_id="1", error="two\nlines")
    said = capsys.readouterr()
    succeeded, failed = map(json.loads, said.err.splitlines())
    assert said.out == ""
    assert (succeeded["event"], succeeded["level"], succeeded["attempt"]) == ("job_succeeded", "info", 1)
    assert before <= dt.datetime.fromisoformat(succeeded["timestamp"]) <= dt.datetime.now(dt.UTC)
    assert (failed["level"], failed["error"]) == ("error", "two\nlines")


def test_a_service_writes_text_in_which_nothing_hides(capsys):
    with service_log(LogForm.TEXT) as logger:
        logger.warning("ended", error="two\nlines")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.partition(" ")[2] == "warning ended error=two\\nlines"


@pytest.mark.parametrize("log", [brief_log, lambda: service_log(LogForm.TEXT)])
def test_afterwards_the_log_is_as_it_was(log):
    with log():
        assert structlog.is_configured()
    assert not structlog.is_configured()
    with brief_log():
        before = structlog.get_config()
        with log():
            assert structlog.get_config() != before
        assert structlog.get_config() == before
