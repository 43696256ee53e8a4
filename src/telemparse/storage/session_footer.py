"""The footer of a session's file: its facts as a JSON document with a version and a checksum."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.storage.session_failures import SessionFailed
from telemparse.storage.session_values import SessionMetadata, StoredLap, StoredStream, StoredWarning

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FOOTER_KEY", "footer_document", "footer_metadata"]

FOOTER_KEY = "telemparse_session"
_VERSION = 1
_MOST_BYTES = 32 * 1024 * 1024


def footer_document(metadata: SessionMetadata, schema: pa.Schema, checksums: list[str]) -> str:
    """Return the document of a session with this schema and these checksums of its laps."""
    facts = attrs.asdict(metadata)
    if metadata.imported_at is not None:
        facts["imported_at"] = metadata.imported_at.isoformat()
    document = {"v": _VERSION, **facts, "checksums": checksums}
    return json.dumps({**document, "crc32": _checksum(document, schema)}, separators=(",", ":"))


def footer_metadata(
    document: bytes | None, schema: pa.Schema, session: str
) -> tuple[SessionMetadata, list[str]]:
    """Return the facts of a document, and the checksums of the laps.

    Raises STORE_FILE_FOREIGN where there is none or one of another version, STORE_FILE_DAMAGED where it, or
    the schema beside it, is not as it was written.
    """
    if document is None:
        raise SessionFailed("STORE_FILE_FOREIGN", session=session, problem="it has no document of a session")
    try:
        facts: dict[str, Any] = json.loads(document) if len(document) <= _MOST_BYTES else {}
        version = facts.pop("v")
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        raise _damaged(session) from None
    if version != _VERSION:
        version = version if isinstance(version, int) else "?"
        problem = f"it has version {version}, and this is {_VERSION}"
        raise SessionFailed("STORE_FILE_FOREIGN", session=session, problem=problem)
    try:
        if facts.pop("crc32") != _checksum({"v": version, **facts}, schema):
            raise _damaged(session)
        checksums = facts.pop("checksums")
        return _metadata(facts), checksums
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        raise _damaged(session) from None


def _damaged(session: str) -> SessionFailed:
    return SessionFailed("STORE_FILE_DAMAGED", session=session, error="its document is not as it was written")


def _metadata(facts: dict[str, Any]) -> SessionMetadata:
    imported_at = facts["imported_at"]
    return SessionMetadata(
        **{
            **facts,
            "imported_at": None if imported_at is None else dt.datetime.fromisoformat(imported_at),
            "laps": tuple(StoredLap(**lap) for lap in facts["laps"]),
            "streams": tuple(StoredStream(**stream) for stream in facts["streams"]),
            "warnings": tuple(StoredWarning(**warning) for warning in facts["warnings"]),
            "left_out": tuple(facts["left_out"]),
            "columns_without_values": tuple(facts["columns_without_values"]),
        }
    )


def _checksum(document: dict[str, Any], schema: pa.Schema) -> int:
    """Return the CRC-32 of the document and of names, types and metadata of the columns."""
    columns = [
        [
            field.name,
            str(field.type),
            field.nullable,
            sorted((key.hex(), value.hex()) for key, value in (field.metadata or {}).items()),
        ]
        for field in schema
    ]
    return zlib.crc32(json.dumps([document, columns], sort_keys=True).encode())
