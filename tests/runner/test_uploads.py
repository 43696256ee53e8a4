"""Uploads: what is taken, what is refused, and what becomes of files that nobody finishes."""

from __future__ import annotations

import hashlib

import attrs
import pytest
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner import Owner, Pipeline
from telemparse.runner.states import SessionState
from telemparse.runner.upload_values import UploadRefused, UploadState
from telemparse.storage.layout import raw_key

ANNA, BERTA = Owner("team", "anna"), Owner("team", "berta")
FIXES = "sample_gnss_10hz.csv"
TRACK = "sample_track.gpx"


@pytest.fixture
def pipeline(settings, sandboxes):
    with Pipeline(settings, sandboxes=sandboxes) as opened:
        yield opened


def digest(content):
    return hashlib.sha256(content).hexdigest()


def send(pipeline, upload, content, owner=ANNA):
    with pipeline.storage.workroom() as room:
        (room / "body").write_bytes(content)
        return pipeline.uploads.receive(owner, upload.id, room / "body", digest(content), len(content))


def sent(pipeline, content, name="a.csv", owner=ANNA):
    upload = pipeline.uploads.begin(owner, name)
    return send(pipeline, upload, content, owner)


def refusal(call, *args, **named):
    with pytest.raises(UploadRefused) as caught:
        call(*args, **named)
    return caught.value.code


def raw_files(pipeline):
    return list(pipeline.storage.keys("uploads"))


def test_bytes_that_came_in_pieces_become_the_session_that_submitting_the_file_makes(pipeline, fixtures_dir):
    content = (fixtures_dir / FIXES).read_bytes()
    upload = pipeline.uploads.begin(ANNA, FIXES, byte_size=len(content), sha256=digest(content).upper())
    assert (upload.status, upload.session_id) == (UploadState.AWAITING_BYTES, None)
    received = send(pipeline, upload, content)
    assert (received.status, received.sha256) == (UploadState.RECEIVED, digest(content))
    found = pipeline.uploads.finalise(ANNA, [upload.id], track="Home", gate=None)
    assert found.created
    assert pipeline.uploads.get(ANNA, upload.id).session_id == found.session_id
    pipeline.work()
    session = pipeline.session(found.session_id, ANNA)
    assert (session.status, session.name, session.track) == (SessionState.READY, FIXES, "Home")
    assert raw_files(pipeline) == []
    known = pipeline.hand_in(fixtures_dir / FIXES, owner="team", driver="anna")
    assert (known.session_id, known.created) == (found.session_id, False)


def test_finalising_again_gives_the_same_session_also_when_it_is_ready(pipeline, fixtures_dir):
    upload = sent(pipeline, (fixtures_dir / FIXES).read_bytes())
    first = pipeline.uploads.finalise(ANNA, [upload.id])
    assert pipeline.uploads.finalise(ANNA, [upload.id]) == attrs.evolve(first, created=False)
    pipeline.work()
    assert pipeline.uploads.finalise(ANNA, [upload.id.upper()]) == attrs.evolve(first, created=False)
    assert pipeline.work() == 0


def test_content_that_the_owner_has_in_a_session_gives_that_one_and_drops_the_bytes(pipeline, fixtures_dir):
    content = (fixtures_dir / FIXES).read_bytes()
    first = pipeline.uploads.finalise(ANNA, [sent(pipeline, content).id])
    again = sent(pipeline, content, "renamed.csv")
    assert pipeline.uploads.finalise(ANNA, [again.id]) == attrs.evolve(first, created=False)
    assert len(raw_files(pipeline)) == 1
    told = pipeline.uploads.get(ANNA, again.id)
    assert (told.status, told.session_id) == (UploadState.FINALISED, first.session_id)
    assert len(pipeline.session(first.session_id).artifacts) == 1
    third = sent(pipeline, content)
    assert pipeline.uploads.finalise(ANNA, [third.id], force=True).created
    theirs = sent(pipeline, content, owner=BERTA)
    assert pipeline.uploads.finalise(BERTA, [theirs.id]).created


def test_the_same_file_twice_in_a_recording_is_one_artifact_in_the_order_that_was_asked_for(pipeline):
    ids = [sent(pipeline, content, name).id for name, content in
           (("b", b"second"), ("a", b"first"), ("c", b"second"))]  # fmt: skip
    found = pipeline.uploads.finalise(ANNA, ids)
    assert [each.name for each in pipeline.session(found.session_id).artifacts] == ["b", "a"]
    assert {pipeline.uploads.get(ANNA, each).session_id for each in ids} == {found.session_id}
    assert len(raw_files(pipeline)) == 2


def test_uploads_of_two_sessions_and_finished_ones_with_open_ones_do_not_mix(pipeline):
    one, two, three = (sent(pipeline, content) for content in (b"1", b"2", b"3"))
    pipeline.uploads.finalise(ANNA, [one.id])
    pipeline.uploads.finalise(ANNA, [two.id])
    for ids in ([one.id, two.id], [three.id, one.id]):
        assert refusal(pipeline.uploads.finalise, ANNA, ids) == "UPLOAD_ALREADY_FINALISED"
    assert pipeline.uploads.get(ANNA, three.id).status is UploadState.RECEIVED


def test_nothing_of_another_owner_is_known(pipeline):
    upload = sent(pipeline, b"mine")
    assert pipeline.uploads.get(BERTA, upload.id) is None
    for owner in (BERTA, Owner("others", "anna")):
        assert refusal(pipeline.uploads.finalise, owner, [upload.id]) == "UPLOAD_UNKNOWN"
        assert refusal(send, pipeline, upload, b"mine", owner) == "UPLOAD_UNKNOWN"
        assert refusal(pipeline.uploads.presigned, owner, upload.id) == "UPLOAD_UNKNOWN"
    session_id = pipeline.uploads.finalise(ANNA, [upload.id]).session_id
    with pytest.raises(CallError, match="there is no session"):
        pipeline.session(session_id, BERTA)
    assert pipeline.session(session_id, ANNA).id == session_id


@pytest.mark.parametrize("upload_id", ["", "x", "../../etc", "01a20510-fc1a-7e09-848d-e9725e99e8a4"])
def test_ids_that_nobody_has_are_unknown(pipeline, upload_id):
    assert pipeline.uploads.get(ANNA, upload_id) is None
    assert refusal(pipeline.uploads.finalise, ANNA, [upload_id]) == "UPLOAD_UNKNOWN"


def test_what_differs_from_what_was_announced_is_refused_and_leaves_nothing(pipeline):
    limit = attrs.evolve(pipeline.settings, max_file_size_bytes=100)
    small = attrs.evolve(pipeline.uploads.submissions, settings=limit)
    uploads = attrs.evolve(pipeline.uploads, submissions=small)
    assert refusal(uploads.begin, ANNA, "a", byte_size=101) == "ARTIFACT_TOO_LARGE"
    assert refusal(uploads.begin, ANNA, "a", byte_size=0) == "ARTIFACT_EMPTY"
    with pytest.raises(CallError, match="sha256"):
        uploads.begin(ANNA, "a", sha256="no digest")
    told = uploads.begin(ANNA, "a", byte_size=4, sha256=digest(b"told"))
    free = uploads.begin(ANNA, "a")
    with pipeline.storage.workroom() as room:
        for upload, content, code in (
            (told, b"tol", "UPLOAD_TRUNCATED"), (told, b"tell", "INTEGRITY_HASH_MISMATCH"),
            (free, b"", "ARTIFACT_EMPTY"), (free, b"x" * 101, "ARTIFACT_TOO_LARGE"),
        ):  # fmt: skip
            (room / "body").write_bytes(content)
            arguments = (ANNA, upload.id, room / "body", digest(content), len(content))
            assert refusal(uploads.receive, *arguments) == code
        (room / "body").write_bytes(b"cut")
        assert refusal(uploads.receive, ANNA, free.id, room / "body", digest(b"cut"), 4) == "UPLOAD_TRUNCATED"
    assert refusal(uploads.finalise, ANNA, [told.id]) == "UPLOAD_WITHOUT_BYTES"
    assert raw_files(pipeline) == []
    assert send(pipeline, told, b"told").status is UploadState.RECEIVED


def test_the_same_bytes_may_come_again_and_other_ones_may_not(pipeline):
    upload = sent(pipeline, b"these")
    assert send(pipeline, upload, b"these") == upload
    assert refusal(send, pipeline, upload, b"other") == "UPLOAD_ALREADY_RECEIVED"
    pipeline.uploads.finalise(ANNA, [upload.id])
    assert send(pipeline, upload, b"these").status is UploadState.FINALISED
    assert refusal(send, pipeline, upload, b"other") == "UPLOAD_ALREADY_FINALISED"
    assert refusal(pipeline.uploads.presigned, ANNA, upload.id) == "UPLOAD_ALREADY_FINALISED"
    assert len(raw_files(pipeline)) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\laps\\a.vbo", "a.vbo"), ("a/", "upload"), ("", "upload"),
     ("<b>\x00\n.csv", "<b>__.csv"), ("x" * 300, "x" * 255)],
)  # fmt: skip
def test_a_name_keeps_no_folder_and_nothing_that_cannot_be_shown(pipeline, given, kept):
    assert pipeline.uploads.begin(ANNA, given).file_name == kept


def test_a_tenant_that_cannot_be_in_a_key_begins_nothing(pipeline):
    for tenant in ("uploads", "../x", ""):
        with pytest.raises(CallError):
            pipeline.uploads.begin(Owner(tenant, "anna"), "a")


def test_a_session_of_no_uploads_or_very_many_is_none(pipeline):
    for ids in ([], [f"{number}" for number in range(501)]):
        with pytest.raises(CallError, match="1 to 500"):
            pipeline.uploads.finalise(ANNA, ids)


def test_abandoned_uploads_go_with_their_bytes_and_finished_ones_stay(pipeline):
    kept = sent(pipeline, b"kept")
    pipeline.uploads.finalise(ANNA, [kept.id])
    waiting, received = pipeline.uploads.begin(ANNA, "a"), sent(pipeline, b"received")
    assert pipeline.uploads.sweep(3600) == 0
    assert pipeline.uploads.get(ANNA, received.id) == received
    assert pipeline.uploads.sweep(0) == 2
    for upload in (waiting, received):
        assert pipeline.uploads.get(ANNA, upload.id) is None
        assert refusal(send, pipeline, upload, b"late") == "UPLOAD_UNKNOWN"
    assert len(raw_files(pipeline)) == 1
    pipeline.uploads.sweep(0)
    artifacts = pipeline.database.tables.artifacts.c
    with pipeline.database.reading() as connection:
        assert list(connection.scalars(sa.select(artifacts.id))) == [kept.id]


def test_bytes_that_a_killed_process_left_are_swept_and_those_of_strangers_stay(pipeline):
    upload, open_one = sent(pipeline, b"whole"), pipeline.uploads.begin(ANNA, "a")
    pipeline.uploads.finalise(ANNA, [upload.id])
    left = raw_key("team", upload.id, "0123456789abcdef")
    theirs = raw_key("team", "01a20510-fc1a-7e09-848d-e9725e99e8a4")
    coming = raw_key("team", open_one.id, "00")
    pipeline.storage.put(b"left", left)
    pipeline.storage.put(b"of another database", theirs)
    pipeline.storage.put(b"on its way", coming)
    assert pipeline.uploads.sweep() == 0
    assert {left, theirs, coming} & set(raw_files(pipeline)) == {theirs, coming}
    assert len(raw_files(pipeline)) == 3


def test_deleting_a_session_leaves_no_name_of_uploads_that_stood_for_its_files(pipeline):
    first = sent(pipeline, b"same", "first.csv")
    session_id = pipeline.uploads.finalise(ANNA, [first.id]).session_id
    second = sent(pipeline, b"same", "second.csv")
    pipeline.uploads.finalise(ANNA, [second.id])
    assert pipeline.delete(session_id)
    assert [pipeline.uploads.get(ANNA, each.id).file_name for each in (first, second)] == ["", ""]
    assert raw_files(pipeline) == []
    assert pipeline.uploads.finalise(ANNA, [sent(pipeline, b"same").id]).created


def test_a_folder_has_no_url_that_bytes_can_be_put_to(pipeline):
    upload = pipeline.uploads.begin(ANNA, "a")
    assert pipeline.uploads.presigned(ANNA, upload.id) is None
