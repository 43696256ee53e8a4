"""`telemparse live`: messages taken, kept and turned into tables by the commands that people give."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
import urllib.request

import pytest

from live_servers import message
from telemparse.live import LiveSettings, Message, open_queue, read_messages
from telemparse.live.raw_layout import raw_hours

PATIENCE_S = 120.0


@pytest.fixture
def started(start, tmp_path):
    """Return a function that serves the folder `live`, and gives the process, its key and its address."""
    processes = []

    def begin(*words):
        process = start("live", "serve", "--out", str(tmp_path / "live"), "--port", "0", *words)
        # A server that says nothing must end, and so must one that a test has forgotten.
        alarm = threading.Timer(PATIENCE_S, process.kill)
        alarm.start()
        logs = []
        ears = threading.Thread(target=lambda: logs.extend(process.stderr), daemon=True)
        ears.start()
        processes.append((process, alarm, ears))
        key = None
        for line in process.stdout:
            if found := re.fullmatch(r"API key of this run: (tl_\S+)\n", line):
                key = found[1]
            elif line.startswith("http://"):
                return process, key, line.strip(), logs
        raise AssertionError("the server ended without an address")

    yield begin
    for process, alarm, ears in processes:
        alarm.cancel()
        alarm.join()
        process.kill()
        ears.join()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def ask(url, key, content):
    request = urllib.request.Request(  # noqa: S310  (the address is the test's own)
        f"{url}/ingest", json.dumps(content).encode(), method="POST",
        headers={"X-API-Key": key, "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  (likewise)
        return json.load(answer)


def ids_of(folder):
    return sorted(
        Message.from_line(line).message_id
        for hour in raw_hours(folder)
        for part in hour.parts()
        for line in part.read_bytes().splitlines()
    )


def message_line():
    (found,) = read_messages(json.dumps(message()).encode(), received_ns=time.time_ns())
    return found.line()


@pytest.fixture
def filled(tmp_path):
    """Return a folder with five messages in its queue, one of them twice."""
    folder = tmp_path / "live"
    body = json.dumps([message(number) for number in (0, 1, 2, 3, 4, 4)]).encode()
    with open_queue(LiveSettings(path=folder).queue) as queue:
        queue.put([each.line() for each in read_messages(body, received_ns=time.time_ns())])
    return folder


@pytest.mark.slow
def test_one_command_takes_messages_and_keeps_them(started, tmp_path):
    process, key, url, logs = started()
    assert ask(url, key, [message(number) for number in range(3)])["accepted"] == 3
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    # What it had in hand when it was told to stop is kept; a drain finds the rest.
    with open_queue(LiveSettings(path=tmp_path / "live").queue) as queue:
        waiting = queue.depth().ready
    assert len(ids_of(tmp_path / "live")) + waiting == 3
    assert key not in "".join(logs)


@pytest.mark.slow
def test_a_key_of_the_environment_is_not_shown(started, monkeypatch):
    monkeypatch.setenv("TELEMETRY_LIVE_API_KEY", "a-key-of-the-environment")
    _process, key, url, _logs = started("--consumers", "0")
    assert key is None
    assert ask(url, "a-key-of-the-environment", message())["message_ids"] == ["m0"]


@pytest.mark.slow
def test_an_address_that_is_taken_is_one_line_and_not_a_traceback(started, run, tmp_path):
    _process, _key, url, _logs = started("--consumers", "0")
    done = run("live", "serve", "--out", tmp_path / "other", "--port", url.rpartition(":")[2])
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_queue_becomes_files_and_tables_and_goes_again(call, filled):
    done = call("live", "consume", "--out", filled, "--drain", "--log", "json")
    assert done.exit_code == 0
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"batch_persisted", "ended"} <= {each["event"] for each in events}
    assert events[-1]["persisted"] == 6
    assert ids_of(filled) == ["m0", "m1", "m2", "m3", "m4", "m4"]

    counted = call("live", "aggregate", "--out", filled, "--json")
    document = json.loads(counted.stdout)
    assert (document["messages"], document["duplicates"]) == (5, 1)
    assert document["vehicles"] == {"veh-00123": 5}
    shown = call("live", "aggregate", "--out", filled)
    assert re.search(r"vehicles: veh-00123 +5\n", shown.stdout)
    assert "MESSAGES_DUPLICATED" in shown.stderr

    compacted = json.loads(call("live", "compact", "--out", filled, "--json").stdout)
    assert (compacted["messages"], compacted["rows"]) == (5, {"channels.main": 5})
    future = call("live", "compact", "--out", filled, "--since", "2200-01-01T00:00:00Z", "--json")
    assert json.loads(future.stdout)["hours"] == 0

    young = json.loads(call("live", "expire", "--out", filled, "--json").stdout)
    assert young["parts"] == 0


def test_hours_that_ended_long_ago_expire_by_the_command(call, tmp_path):
    body = json.dumps(message()).encode()
    with open_queue(LiveSettings(path=tmp_path).queue) as queue:
        queue.put([each.line() for each in read_messages(body, received_ns=1_600_000_000 * 10**9)])
    assert call("live", "consume", "--out", tmp_path, "--drain").exit_code == 0
    tried = json.loads(call("live", "expire", "--out", tmp_path, "--dry-run", "--json").stdout)
    kept = json.loads(call("live", "expire", "--out", tmp_path, "--compacted-only", "--json").stdout)
    assert (tried["parts"], kept["parts"], kept["kept_raw"], len(ids_of(tmp_path))) == (1, 0, 1, 1)
    gone = call("live", "expire", "--out", tmp_path, "--days", "3000")
    assert gone.exit_code == 0
    assert call("live", "expire", "--out", tmp_path, "--days", "1").exit_code == 0
    assert ids_of(tmp_path) == []


@pytest.mark.slow
def test_a_consumer_that_is_told_to_stop_writes_what_it_has(start, filled):
    with start("live", "consume", "--out", str(filled), "--metrics-port", "0") as process:
        alarm = threading.Timer(PATIENCE_S, process.kill)
        alarm.start()
        try:
            events = []
            for line in process.stderr:
                events.append(json.loads(line))
                if events[-1]["event"] == "batch_persisted":
                    process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            alarm.cancel()
            alarm.join()
    assert "metrics_served" in {each["event"] for each in events}
    assert (events[-1]["event"], events[-1]["persisted"]) == ("ended", 6)
    assert len(ids_of(filled)) == 6


@pytest.mark.slow
def test_simulated_messages_are_each_kept_and_counted_once(run, tmp_path):
    done = run("live", "simulate", "-n", "2000", "--vehicles", "7", "--out", tmp_path / "live", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    found = {name: report[name] for name in ("sent", "accepted", "persisted", "aggregated", "duplicates")}
    assert found == {
        "sent": 2000, "accepted": 2000, "persisted": 2000, "aggregated": 2000, "duplicates": 0
    }  # fmt: skip
    assert report["ok"] is True
    assert len(report["vehicles"]) == 7
    assert report["p95_s"] >= 0
    # Once more in the same folder: the counts are those of the second run alone.
    again = run("live", "simulate", "-n", "300", "--batch", "1", "--out", tmp_path / "live")
    assert again.returncode == 0, again.stderr
    assert re.search(r"each exactly once\s+yes", again.stdout)
    assert len(ids_of(tmp_path / "live")) == 2300


@pytest.mark.slow
def test_simulated_messages_may_go_to_a_server_that_runs(started, run):
    _process, key, url, _logs = started("--consumers", "0")
    done = run("live", "simulate", "-n", "50", "--rate", "1000", "--url", url, "--key", key)
    assert done.returncode == 0, done.stderr
    assert re.search(r"all accepted\s+yes", done.stdout)
    refused = run("live", "simulate", "-n", "50", "--url", url, "--key", "a-key-that-is-wrong")
    assert refused.returncode == 1
    assert "401 KEY_UNKNOWN" in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("aggregate", "--since", "yesterday"), "--since"),
        (("compact", "--until", "2025-10-04T12:00:00"), "--until"),
        (("simulate", "--url", "http://127.0.0.1:1"), "--key"),
        (("simulate", "--url", "ftp://there", "--key", "a-key-of-the-tests"), "http://HOST:PORT"),
        (("consume", "--queue", "redis://here"), "queue"),
        (("expire", "--days", "-1"), "--days"),
        (("dead-letters", "--queue", "https://sqs.eu-central-1.amazonaws.com/1/a"), "redrive"),
    ],
)
def test_a_call_that_cannot_be_right_says_so(call, tmp_path, words, told):
    done = call("live", *words, "--out", tmp_path)
    assert done.exit_code == 2
    assert told in re.sub(r"[\s│]+", " ", done.stderr)


@pytest.mark.parametrize("name", ["serve", "consume"])
def test_a_queue_that_cannot_be_read_is_said_with_its_code(call, tmp_path, name):
    (tmp_path / "queue.sqlite").write_bytes(b"no database" * 1000)
    port = ("--port", "0") if name == "serve" else ("--drain",)
    done = call("live", name, "--out", tmp_path, *port, "--log", "json")
    assert done.exit_code == 1
    (ended,) = [json.loads(line) for line in done.stderr.splitlines() if '"ended"' in line]
    assert ended["code"] == "QUEUE_UNAVAILABLE"


def test_dead_letters_are_counted_by_their_reasons_and_sent_again(call, tmp_path):
    with open_queue(LiveSettings(path=tmp_path).queue) as queue:
        queue.put([b"{}", b"[]", message_line()])
    assert call("live", "consume", "--out", tmp_path, "--drain").exit_code == 0
    dead = json.loads(call("live", "dead-letters", "--out", tmp_path, "--json").stdout)
    assert (dead["dead"], sum(dead["reasons"].values()), dead["sent_again"]) == (2, 2, 0)
    assert all(reason.startswith("MESSAGE_INVALID") for reason in dead["reasons"])
    shown = call("live", "dead-letters", "--out", tmp_path, "--again")
    assert re.search(r"sent again +2\n", shown.stdout)
    after = json.loads(call("live", "dead-letters", "--out", tmp_path, "--json").stdout)
    assert (after["dead"], after["reasons"]) == (0, {})
    with open_queue(LiveSettings(path=tmp_path).queue) as queue:
        assert queue.depth().ready == 2


def test_a_server_that_is_not_there_is_said_and_not_waited_for_ever(call, monkeypatch):
    monkeypatch.setattr("telemparse.live.senders._PATIENCE_S", 0.0)
    done = call("live", "simulate", "--url", "http://127.0.0.1:1", "--key", "a-key-of-the-tests")
    assert done.exit_code == 1
    assert "does not answer" in done.stderr
