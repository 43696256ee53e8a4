"""Rows of uploads: artifacts that are in no session yet, or that stand for one of the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from telemparse.runner.keys import keys_in
from telemparse.runner.states import ArtifactState
from telemparse.runner.upload_values import Upload, UploadState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from telemparse.runner.database import Database
    from telemparse.runner.submissions import Owner

__all__ = ["is_open", "read_uploads", "upload_of_row"]


def is_open(database: Database) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for an upload that may still take bytes, or become part of a session."""
    artifacts = database.tables.artifacts.c
    return (
        artifacts.session_id.is_(None),
        artifacts.duplicate_of.is_(None),
        artifacts.status == ArtifactState.UPLOADED,
    )


def read_uploads(
    connection: Connection, database: Database, owner: Owner, ids: Sequence[str], *, locked: bool = False
) -> dict[str, Row[Any]]:
    """Return an owner's uploads by id, each with `of_session`; others, and abandoned ones, are left out.

    Args:
        connection: to read by.
        database: of the connection.
        owner: whose they are.
        ids: texts of strangers.
        locked: keep others from changing them until the transaction ends.
    """
    artifacts = database.tables.artifacts
    kept = artifacts.alias("kept")
    of_session = sa.func.coalesce(
        artifacts.c.session_id, kept.c.session_id, type_=artifacts.c.session_id.type
    )
    query = (
        sa.select(artifacts, of_session.label("of_session"))
        .select_from(artifacts.outerjoin(kept, kept.c.id == artifacts.c.duplicate_of))
        .where(
            artifacts.c.id.in_(keys_in(ids)),
            artifacts.c.tenant_id == owner.tenant_id,
            artifacts.c.driver_id == owner.driver_id,
            # One that was swept is without a session, and DELETED.
            sa.or_(of_session.is_not(None), artifacts.c.status == ArtifactState.UPLOADED),
        )
        # Always in one order, so that nobody waits for somebody who waits for him.
        .order_by(artifacts.c.id)
    )
    if locked:
        query = query.with_for_update(of=artifacts)
    return {row.id: row for row in connection.execute(query)}


def upload_of_row(row: Row[Any]) -> Upload:
    """Return the upload that a row of `read_uploads` tells of."""
    status = UploadState.AWAITING_BYTES if row.storage_path is None else UploadState.RECEIVED
    return Upload(
        id=row.id, tenant_id=row.tenant_id, driver_id=row.driver_id, file_name=row.original_file_name,
        content_type=row.content_type, byte_size=row.byte_size, sha256=row.sha256,
        status=status if row.of_session is None else UploadState.FINALISED, session_id=row.of_session,
        uploaded_at=row.uploaded_at,
    )  # fmt: skip
