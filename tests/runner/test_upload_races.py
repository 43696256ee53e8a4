"""Uploads of many at once: threads and processes that receive, finalise and sweep the same, or are killed."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from telemparse.runner import Owner, Pipeline
from telemparse.runner.upload_values import UploadRefused, UploadState

ANNA = Owner("team", "anna")
# Begins together with its siblings, and says which session it got.
_FINALISE = """
import json, sys
from pathlib import Path
from telemparse.runner import Owner, Pipeline, Settings

order = json.loads(sys.argv[1])
settings = Settings(database_url=order["url"], parquet_path=Path(order["folder"]))
with Pipeline(settings) as pipeline:
    print("ready", flush=True)
    sys.stdin.readline()
    found = pipeline.uploads.finalise(Owner("team", "anna"), order["ids"])
    print(json.dumps([found.session_id, found.created]), flush=True)
"""
# Is killed when the bytes lie in the store, and no row names them.
_RECEIVE = """
import json, os, signal, sys
from pathlib import Path
from telemparse.runner import Owner, Pipeline, Settings
from telemparse.storage import Storage

order = json.loads(sys.argv[1])
settings = Settings(database_url=order["url"], parquet_path=Path(order["folder"]))

def settle(self, keys):
    os.kill(os.getpid(), signal.SIGKILL)

Storage.settle = settle
with Pipeline(settings) as pipeline, pipeline.storage.workroom() as room:
    (room / "body").write_bytes(b"content")
    pipeline.uploads.receive(Owner("team", "anna"), order["ids"][0], room / "body", order["sha256"], 7)
"""


@pytest.fixture
def pipeline(settings):
    with Pipeline(settings) as opened:
        yield opened


def start(code, settings, **order):
    order |= {"url": settings.database_url, "folder": str(settings.parquet_path)}
    return subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(order)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def sent(pipeline, content, upload=None):
    upload = upload or pipeline.uploads.begin(ANNA, "a.csv")
    with pipeline.storage.workroom() as room:
        (room / "body").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return pipeline.uploads.receive(ANNA, upload.id, room / "body", digest, len(content))


def raw_files(pipeline):
    return list(pipeline.storage.keys("uploads"))


def at_once(calls):
    """Return what each call came to, an answer or what it raised."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except UploadRefused as refused:
            return refused.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def finalised_by_processes(settings, orders):
    children = [start(_FINALISE, settings, ids=ids) for ids in orders]
    answers = []
    try:
        for child in children:
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.stdin.write("\n")
            child.stdin.flush()
        for child in children:
            text, _ = child.communicate(timeout=60)
            assert child.returncode == 0
            answers.append(json.loads(text))
    finally:
        for child in children:
            child.kill()
            child.communicate()
    return answers


@pytest.mark.slow
def test_processes_that_finalise_the_same_uploads_at_once_get_one_session(settings, pipeline):
    ids = [sent(pipeline, content).id for content in (b"one", b"two")]
    answers = finalised_by_processes(settings, [ids, ids[::-1], ids, ids[::-1]])
    assert len({session_id for session_id, _created in answers}) == 1
    assert sorted(created for _session_id, created in answers) == [False, False, False, True]
    assert pipeline.queue.depth().ready == 1
    assert len(raw_files(pipeline)) == 2


@pytest.mark.slow
def test_processes_that_finalise_uploads_of_the_same_content_at_once_get_one_session(settings, pipeline):
    orders = [[sent(pipeline, b"same").id] for _ in range(4)]
    answers = finalised_by_processes(settings, orders)
    assert len({session_id for session_id, _created in answers}) == 1
    assert sorted(created for _session_id, created in answers) == [False, False, False, True]
    assert len(raw_files(pipeline)) == 1
    assert {pipeline.uploads.get(ANNA, ids[0]).session_id for ids in orders} == {answers[0][0]}


def test_threads_that_finalise_the_same_content_at_once_get_one_session(pipeline):
    ids = [sent(pipeline, b"same").id for _ in range(8)]
    found = at_once([lambda each=each: pipeline.uploads.finalise(ANNA, [each]) for each in ids])
    assert len({each.session_id for each in found}) == 1
    assert sum(each.created for each in found) == 1
    assert len(raw_files(pipeline)) == 1


def test_of_several_who_bring_other_bytes_at_once_one_is_taken(pipeline):
    upload = pipeline.uploads.begin(ANNA, "a.csv")
    contents = [f"content {number}".encode() for number in range(6)]
    found = at_once([lambda each=each: sent(pipeline, each, upload) for each in contents])
    taken = [each for each in found if not isinstance(each, str)]
    assert len(taken) == 1
    assert [each for each in found if isinstance(each, str)] == ["UPLOAD_ALREADY_RECEIVED"] * 5
    (key,) = raw_files(pipeline)
    assert pipeline.storage.digest(key) == taken[0].sha256 == pipeline.uploads.get(ANNA, upload.id).sha256


def test_of_several_who_bring_the_same_bytes_at_once_all_are_told_that_they_are_here(pipeline):
    upload = pipeline.uploads.begin(ANNA, "a.csv")
    found = at_once([lambda: sent(pipeline, b"same", upload) for _ in range(6)])
    assert {each.status for each in found} == {UploadState.RECEIVED}
    assert len(raw_files(pipeline)) == 1


def test_an_upload_that_is_finalised_while_its_bytes_come_has_them_or_is_told_so(pipeline):
    for number in range(5):
        upload, content = pipeline.uploads.begin(ANNA, "a.csv"), f"{number}".encode()
        received, found = at_once(
            [
                lambda upload=upload, content=content: sent(pipeline, content, upload),
                lambda upload=upload: pipeline.uploads.finalise(ANNA, [upload.id]),
            ]
        )
        assert received.sha256 == hashlib.sha256(content).hexdigest()
        if found == "UPLOAD_WITHOUT_BYTES":
            found = pipeline.uploads.finalise(ANNA, [upload.id])
        assert found.created
        (artifact,) = pipeline.session(found.session_id).artifacts
        assert (artifact.id, artifact.sha256) == (upload.id, received.sha256)
    assert len(raw_files(pipeline)) == 5


def test_an_upload_that_is_swept_while_it_is_finalised_is_whole_or_gone(pipeline):
    for number in range(5):
        upload = sent(pipeline, f"{number}".encode())
        before = len(raw_files(pipeline))
        found, _swept = at_once(
            [
                lambda upload=upload: pipeline.uploads.finalise(ANNA, [upload.id]),
                lambda: pipeline.uploads.sweep(0),
            ]
        )
        if found == "UPLOAD_UNKNOWN":
            pipeline.uploads.sweep(0)
            assert len(raw_files(pipeline)) == before - 1
        else:
            assert len(raw_files(pipeline)) == before
            assert pipeline.session(found.session_id).artifacts[0].id == upload.id


@pytest.mark.slow
def test_a_process_that_is_killed_between_store_and_row_leaves_an_upload_that_takes_its_bytes_again(
    settings, pipeline
):
    upload = pipeline.uploads.begin(ANNA, "a.csv")
    child = start(_RECEIVE, settings, ids=[upload.id], sha256=hashlib.sha256(b"content").hexdigest())
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert len(raw_files(pipeline)) == 1
    assert pipeline.uploads.get(ANNA, upload.id).status is UploadState.AWAITING_BYTES
    # The next attempt may even bring something else.
    sent(pipeline, b"other content", upload)
    found = pipeline.uploads.finalise(ANNA, [upload.id])
    assert len(raw_files(pipeline)) == 2
    pipeline.uploads.sweep()
    (key,) = raw_files(pipeline)
    assert pipeline.storage.digest(key) == pipeline.session(found.session_id).artifacts[0].sha256
