"""Who may come over HTTP: keys and pages that open nothing once they are over, and answers given again."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from telemparse.errors import CallError
from telemparse.runner import Owner, Pipeline
from telemparse.runner.idempotency import Answer, IdempotencyConflict
from telemparse.runner.stamps import utc_now

ANNA, BERTA = Owner("team", "anna"), Owner("team", "berta")


@pytest.fixture
def pipeline(settings):
    with Pipeline(settings) as opened:
        yield opened


def rows(pipeline, name):
    with pipeline.database.reading() as connection:
        return connection.execute(sa.select(getattr(pipeline.database.tables, name))).all()


def let_pass(pipeline, name, column, age):
    """Let the rows of a table be as old as this."""
    table = getattr(pipeline.database.tables, name)
    with pipeline.database.transaction() as connection:
        connection.execute(table.update().values({column: utc_now() - age}))


def conflict(pipeline, *claim):
    with pytest.raises(IdempotencyConflict) as caught:
        pipeline.idempotency.claim(*claim)
    return caught.value.code


def test_a_key_opens_what_is_its_owners_and_its_secret_is_kept_nowhere(pipeline):
    assert not pipeline.api_keys.any()
    made = pipeline.api_keys.create(ANNA, "laptop\n")
    assert re.fullmatch(r"tp_[A-Za-z0-9_-]{43}", made.secret)
    assert made.secret not in repr(made)
    assert pipeline.api_keys.any()
    assert pipeline.api_keys.owner_of(made.secret) == made.key
    assert (made.owner, made.label) == (ANNA, "laptop_")
    (row,) = rows(pipeline, "api_keys")
    assert row.key_hash == hashlib.sha256(made.secret.encode()).hexdigest()
    assert made.secret not in str(row)


def test_what_is_no_secret_opens_nothing(pipeline):
    secret = pipeline.api_keys.create(ANNA).secret
    for text in (
        "",
        "tp_",
        secret[:-1],
        secret + "x",
        f" {secret}",
        "tp_" + "x" * 43,
        "tp_" + "ü" * 43,
        "\x00",
    ):
        assert pipeline.api_keys.owner_of(text) is None


def test_a_key_that_is_revoked_opens_nothing_any_more_nor_do_its_pages(pipeline):
    made, other = pipeline.api_keys.create(ANNA), pipeline.api_keys.create(BERTA)
    token, theirs = pipeline.page_sessions.open(made.key), pipeline.page_sessions.open(other.key)
    assert pipeline.api_keys.revoke(made.id.upper())
    assert not pipeline.api_keys.revoke(made.id)
    assert pipeline.api_keys.owner_of(made.secret) is None
    assert pipeline.page_sessions.key_of(token) is None
    assert pipeline.page_sessions.key_of(theirs) == other.key
    with pytest.raises(CallError, match="opens nothing"):
        pipeline.page_sessions.open(made.key)
    listed = {each.id: each.revoked_at for each in pipeline.api_keys.list()}
    assert listed[made.id] is not None
    assert listed[other.id] is None
    for unknown in ("", "x", "01a20510-fc1a-7e09-848d-e9725e99e8a4"):
        assert not pipeline.api_keys.revoke(unknown)


def test_an_owner_who_cannot_have_sessions_gets_no_key(pipeline):
    for owner in (Owner("uploads", "anna"), Owner("team", ""), Owner("../team", "anna")):
        with pytest.raises(CallError):
            pipeline.api_keys.create(owner)
    assert not pipeline.api_keys.list()


def test_a_page_session_ends_when_it_is_closed_or_after_twelve_hours(pipeline):
    made = pipeline.api_keys.create(ANNA)
    token, late = pipeline.page_sessions.open(made.key), pipeline.page_sessions.open(made.key)
    assert pipeline.page_sessions.key_of(token) == made.key
    assert token not in str(rows(pipeline, "page_sessions"))
    pipeline.page_sessions.close(token)
    pipeline.page_sessions.close(token)
    assert pipeline.page_sessions.key_of(token) is None
    assert pipeline.page_sessions.key_of(late) == made.key
    assert pipeline.page_sessions.sweep() == 0
    (row,) = rows(pipeline, "page_sessions")
    assert row.expires_at - row.created_at == dt.timedelta(hours=12)
    let_pass(pipeline, "page_sessions", "expires_at", dt.timedelta(0))
    assert pipeline.page_sessions.key_of(late) is None
    assert pipeline.page_sessions.sweep() == 1


def test_a_request_that_comes_again_is_answered_as_the_first_time(pipeline):
    claim = (ANNA, "key", "print")
    assert pipeline.idempotency.claim(*claim) is None
    assert conflict(pipeline, *claim) == "IDEMPOTENCY_IN_PROGRESS"
    pipeline.idempotency.keep(ANNA, "key", 201, '{"ä": 1}')
    pipeline.idempotency.keep(ANNA, "key", 500, "late")
    assert pipeline.idempotency.claim(*claim) == Answer(201, '{"ä": 1}')
    assert conflict(pipeline, ANNA, "key", "other") == "IDEMPOTENCY_KEY_REUSED"
    assert pipeline.idempotency.claim(BERTA, "key", "other") is None


def test_a_claim_that_failed_is_given_up_and_an_answer_is_not(pipeline):
    assert pipeline.idempotency.claim(ANNA, "key", "print") is None
    pipeline.idempotency.release(ANNA, "key")
    assert pipeline.idempotency.claim(ANNA, "key", "other") is None
    pipeline.idempotency.keep(ANNA, "key", 200, "")
    pipeline.idempotency.release(ANNA, "key")
    assert pipeline.idempotency.claim(ANNA, "key", "other") == Answer(200, "")


def test_a_claim_of_somebody_who_was_killed_is_taken_over_after_a_minute(pipeline):
    assert pipeline.idempotency.claim(ANNA, "key", "print") is None
    let_pass(pipeline, "idempotency", "created_at", dt.timedelta(seconds=61))
    assert conflict(pipeline, ANNA, "key", "other") == "IDEMPOTENCY_KEY_REUSED"
    assert pipeline.idempotency.claim(ANNA, "key", "print") is None
    assert conflict(pipeline, ANNA, "key", "print") == "IDEMPOTENCY_IN_PROGRESS"


def test_answers_are_forgotten_after_a_day(pipeline):
    assert pipeline.idempotency.claim(ANNA, "key", "print") is None
    pipeline.idempotency.keep(ANNA, "key", 200, "old")
    let_pass(pipeline, "idempotency", "created_at", dt.timedelta(hours=25))
    assert pipeline.idempotency.claim(ANNA, "key", "another request") is None
    assert pipeline.idempotency.sweep() == 0
    let_pass(pipeline, "idempotency", "created_at", dt.timedelta(hours=25))
    assert pipeline.idempotency.sweep() == 1


def test_of_many_who_claim_a_key_at_once_one_does_the_work(pipeline):
    def claim(_number):
        try:
            return pipeline.idempotency.claim(ANNA, "key", "print")
        except IdempotencyConflict as met:
            return met.code

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(claim, range(8)))
    assert sorted(found, key=str) == ["IDEMPOTENCY_IN_PROGRESS"] * 7 + [None]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_empty_or_very_long_is_refused(pipeline, key):
    with pytest.raises(CallError, match="1 to 255"):
        pipeline.idempotency.claim(ANNA, key, "print")


def test_a_worker_forgets_what_is_over(pipeline):
    key = pipeline.api_keys.create(ANNA).key
    pipeline.page_sessions.open(key)
    pipeline.idempotency.claim(ANNA, "key", "print")
    let_pass(pipeline, "page_sessions", "expires_at", dt.timedelta(0))
    let_pass(pipeline, "idempotency", "created_at", dt.timedelta(hours=25))
    pipeline.uploads.begin(ANNA, "abandoned.csv")
    let_pass(pipeline, "artifacts", "uploaded_at", dt.timedelta(hours=25))
    pipeline.work()
    assert not rows(pipeline, "page_sessions")
    assert not rows(pipeline, "idempotency")
    assert [each.status for each in rows(pipeline, "artifacts")] == ["DELETED"]
