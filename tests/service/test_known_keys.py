"""Keys that came a moment ago: asked for once a second, and open for no more than that once revoked."""

from __future__ import annotations

import anyio
import pytest
import sqlalchemy as sa

from telemparse.runner import Pipeline, Settings
from telemparse.service.known_keys import KnownKeys


@pytest.fixture
def pipeline(tmp_path):
    with Pipeline(Settings.embedded(tmp_path)) as opened:
        yield opened


@pytest.fixture
def questions(pipeline):
    """Return the questions that are put to the database from now on."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if "telemetry_api_keys" in statement:
            asked.append(statement)

    sa.event.listen(pipeline.database.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(pipeline.database.engine, "before_cursor_execute", note)


def test_a_key_is_asked_for_once_a_second_and_opens_nothing_a_second_after_it_was_revoked(
    pipeline, questions
):
    made = pipeline.api_keys.create(pipeline.owner())
    questions.clear()
    now = 100.0
    keys = KnownKeys(pipeline, clock=lambda: now)
    assert anyio.run(keys.key_of, made.secret) == anyio.run(keys.key_of, made.secret) == made.key
    assert len(questions) == 1
    pipeline.api_keys.revoke(made.id)
    now = 100.99
    assert anyio.run(keys.key_of, made.secret) == made.key
    now = 101.0
    assert anyio.run(keys.key_of, made.secret) is None
    assert anyio.run(keys.key_of, made.secret) is None


def test_what_nobody_knows_is_asked_for_each_time(pipeline, questions):
    keys = KnownKeys(pipeline)
    guess = "tp_" + "a" * 43
    assert [anyio.run(keys.key_of, guess) for _try in range(3)] == [None] * 3
    assert len(questions) == 3
