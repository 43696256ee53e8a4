"""Text of strangers in both databases: it comes back without what one of them refuses, and never fails."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as drawing
from hypothesis import strategies as st

from telemparse.runner.database import Database
from telemparse.runner.jobs import new_id
from telemparse.runner.stamps import utc_now
from telemparse.runner.words import json_text, storable

NASTY = ["", "a\x00b", "\udcff", "\\u0000", "\\\\u0000", "\\\x00", "'; DROP TABLE x", "Größe ✓", "\U0001f3ce"]


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_document_stays_the_same_but_for_what_cannot_be_stored(document):
    def expected(value):
        if isinstance(value, str):
            return storable(value)
        if isinstance(value, list):
            return [expected(item) for item in value]
        return {storable(key): expected(item) for key, item in value.items()}

    assert json.loads(json_text(document)) == expected(document)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"], ids=repr)
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        json_text({"value": value})


@drawing(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(NASTY) | st.text(), min_size=3, max_size=3))
def test_both_databases_give_back_what_they_were_given(settings, words):
    name, key, value = words
    with Database.open(settings) as database:
        sessions, now = database.tables.sessions, utc_now()
        row = {"id": new_id(), "tenant_id": "t", "driver_id": "d", "name": name, "status": "UPLOADING",
               "start_time_utc": now, "end_time_utc": now, "created_at": now, "updated_at": now,
               "feature_reasons": {key: [value]}}  # fmt: skip
        with database.transaction() as connection:
            connection.execute(sessions.insert().values(row))
            found = connection.execute(sa.select(sessions).where(sessions.c.id == row["id"])).one()
    assert found.name == storable(name)
    assert found.feature_reasons == {storable(key): [storable(value)]}
    assert found.created_at == now
