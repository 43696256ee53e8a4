"""Uploads whose bytes go past us into S3: asked for, compared and finalised."""

from __future__ import annotations

import hashlib
import urllib.request
import uuid

import attrs
import pytest

from servers import make_bucket, moto_server
from telemparse.runner import Owner, Pipeline
from telemparse.runner.states import SessionState
from telemparse.runner.upload_values import UploadRefused, UploadState

ANNA = Owner("team", "anna")
FIXES = "sample_gnss_10hz.csv"


@pytest.fixture(scope="module")
def endpoint():
    with moto_server() as address:
        yield address


@pytest.fixture
def pipeline(settings, sandboxes, endpoint):
    bucket = f"bucket-{uuid.uuid4().hex}"
    make_bucket(endpoint, bucket)
    stored = attrs.evolve(
        settings, parquet_path=None, object_storage_bucket=bucket, object_storage_endpoint=endpoint,
        object_storage_access_key="known", object_storage_secret_key="hidden-words",  # noqa: S106  (the server asks for none)
    )  # fmt: skip
    with Pipeline(stored, sandboxes=sandboxes) as opened:
        yield opened


def put(pipeline, upload, content):
    url = pipeline.uploads.presigned(ANNA, upload.id, 60)
    sent_as = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(url, content, sent_as, method="PUT")  # noqa: S310  (a server of ours)
    with urllib.request.urlopen(request) as answer:  # noqa: S310  (as above)
        assert answer.status == 200


def refusal(pipeline, upload):
    with pytest.raises(UploadRefused) as caught:
        pipeline.uploads.finalise(ANNA, [upload.id])
    return caught.value.code


@pytest.mark.slow
def test_bytes_that_were_put_past_us_become_a_session(pipeline, fixtures_dir):
    content = (fixtures_dir / FIXES).read_bytes()
    upload = pipeline.uploads.begin(ANNA, FIXES)
    assert refusal(pipeline, upload) == "UPLOAD_WITHOUT_BYTES"
    put(pipeline, upload, content)
    found = pipeline.uploads.finalise(ANNA, [upload.id])
    told = pipeline.uploads.get(ANNA, upload.id)
    assert (told.status, told.byte_size) == (UploadState.FINALISED, len(content))
    assert told.sha256 == hashlib.sha256(content).hexdigest()
    pipeline.work()
    assert pipeline.session(found.session_id).status is SessionState.READY
    again = pipeline.uploads.begin(ANNA, FIXES, byte_size=len(content), sha256=told.sha256)
    put(pipeline, again, content)
    assert pipeline.uploads.finalise(ANNA, [again.id]) == attrs.evolve(found, created=False)
    assert list(pipeline.storage.keys("uploads")) == []


def test_bytes_of_another_size_than_announced_are_refused_and_may_come_again(pipeline):
    upload = pipeline.uploads.begin(ANNA, FIXES, byte_size=5)
    put(pipeline, upload, b"cut")
    assert refusal(pipeline, upload) == "UPLOAD_TRUNCATED"
    put(pipeline, upload, b"whole")
    assert pipeline.uploads.finalise(ANNA, [upload.id]).created


def test_no_bytes_and_too_many_are_refused(pipeline):
    empty, large = (pipeline.uploads.begin(ANNA, FIXES) for _ in range(2))
    put(pipeline, empty, b"")
    assert refusal(pipeline, empty) == "ARTIFACT_EMPTY"
    put(pipeline, large, b"x" * 101)
    limit = attrs.evolve(pipeline.settings, max_file_size_bytes=100)
    small = attrs.evolve(pipeline.uploads.submissions, settings=limit)
    with pytest.raises(UploadRefused) as caught:
        attrs.evolve(pipeline.uploads, submissions=small).finalise(ANNA, [large.id])
    assert (caught.value.code, caught.value.evidence["limit"]) == ("ARTIFACT_TOO_LARGE", 100)


@pytest.mark.slow
def test_content_that_is_not_what_was_announced_fails_its_session(pipeline):
    upload = pipeline.uploads.begin(ANNA, FIXES, sha256=hashlib.sha256(b"good").hexdigest())
    put(pipeline, upload, b"evil")
    session_id = pipeline.uploads.finalise(ANNA, [upload.id]).session_id
    pipeline.work()
    session = pipeline.session(session_id)
    assert (session.status, session.failure.code) == (SessionState.FAILED, "INTEGRITY_HASH_MISMATCH")


def test_bytes_that_come_late_by_a_url_are_swept(pipeline):
    upload = pipeline.uploads.begin(ANNA, FIXES)
    url_first = pipeline.uploads.presigned(ANNA, upload.id, 60)
    with pipeline.storage.workroom() as room:
        (room / "body").write_bytes(b"through us")
        digest = hashlib.sha256(b"through us").hexdigest()
        pipeline.uploads.receive(ANNA, upload.id, room / "body", digest, 10)
    pipeline.uploads.finalise(ANNA, [upload.id])
    sent_as = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(url_first, b"late", sent_as, method="PUT")  # noqa: S310  (a server of ours)
    with urllib.request.urlopen(request):  # noqa: S310  (as above)
        pass
    assert len(list(pipeline.storage.keys("uploads"))) == 2
    pipeline.uploads.sweep()
    (key,) = pipeline.storage.keys("uploads")
    assert pipeline.storage.digest(key) == digest
