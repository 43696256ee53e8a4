"""Sweeps of uploads: those that nobody finished, and bytes that no row names."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState
from telemparse.runner.upload_rows import is_open
from telemparse.storage.layout import UPLOADS, artifact_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.runner.database import Database
    from telemparse.storage.objects import Storage

__all__ = ["sweep_uploads"]

_AT_ONCE = 500


def sweep_uploads(database: Database, storage: Storage, older_than_s: float) -> int:
    """Remove abandoned uploads, and bytes that their artifact's row does not name; returns the uploads.

    An upload is first marked, so that it takes no bytes and becomes no session any more; then its bytes
    go. Its row goes by a sweep that finds it marked for so long: whatever was on the way meanwhile is
    known as its own until then. Bytes of artifacts that this database does not know are somebody else's.
    """
    before = utc_now() - dt.timedelta(seconds=older_than_s)
    artifacts = database.tables.artifacts
    due = (*is_open(database), artifacts.c.uploaded_at < before)
    with database.reading() as connection:
        # Mostly there are none, and nobody who writes need be held up.
        marked = int(connection.scalar(sa.select(artifacts.c.id).where(*due).limit(1)) is not None)
    if marked:
        with database.transaction() as connection:
            change = artifacts.update().where(*due)
            values = {"status": ArtifactState.DELETED, "discarded_at": utc_now()}
            marked = connection.execute(change.values(**values)).rowcount
    gone = sa.and_(
        artifacts.c.session_id.is_(None),
        artifacts.c.duplicate_of.is_(None),
        artifacts.c.status == ArtifactState.DELETED,
    )
    over = sa.select(artifacts.c.id).where(gone, artifacts.c.discarded_at < before).limit(_AT_ONCE)
    # Asked before the store is looked through: the bytes of all these have been seen then.
    with database.reading() as connection:
        ids = list(connection.scalars(over))
    keys = storage.keys(UPLOADS)
    while some := list(islice(keys, _AT_ONCE)):
        storage.delete(_left_over(database, some))
    if ids:
        database.delete_some(artifacts, artifacts.c.id.in_(ids), gone)
    return marked


def _left_over(database: Database, keys: Sequence[str]) -> list[str]:
    """Return those keys whose artifact is known, and neither waits for bytes nor names them."""
    artifacts = database.tables.artifacts.c
    of = {key: found for key in keys if (found := artifact_in(key)) is not None}
    query = sa.select(
        artifacts.id, artifacts.storage_path, artifacts.session_id, artifacts.duplicate_of, artifacts.status
    ).where(artifacts.id.in_(set(of.values())))
    with database.reading() as connection:
        rows = {row.id: row for row in connection.execute(query)}
    left = []
    for key, artifact_id in of.items():
        row = rows.get(artifact_id)
        if row is None:
            continue
        belongs = row.session_id is not None or row.duplicate_of is not None
        abandoned = not belongs and row.status == ArtifactState.DELETED
        if abandoned or (belongs and row.storage_path != key):
            left.append(key)
    return left
