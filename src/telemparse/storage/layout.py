"""Layout: the keys of a run's datasets, of its manifests and of raw artifacts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from typing import Any

__all__ = ["UPLOADS", "RunPlace", "artifact_in", "raw_key"]

UPLOADS = "uploads"
"""Raw artifacts of all tenants lie below it."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")
_RAW = re.compile(r"uploads/[^/]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.[0-9a-f]+)?\.bin")
_LEVEL = re.compile(r"[Ll]?([0-9])")


def _checked_part(_owner: Any, field: attrs.Attribute[str], part: str) -> None:
    if not isinstance(part, str) or not _PART.fullmatch(part):
        raise CallError(
            f"{field.name} must be letters, digits and ._@+- with a letter or digit first, 128 at most,"
            f" not {part!r}"
        )


def _checked_tenant(owner: Any, field: attrs.Attribute[str], part: str) -> None:
    _checked_part(owner, field, part)
    if part == UPLOADS:
        raise CallError(f"{field.name} must not be {UPLOADS!r}: raw artifacts lie there")


@attrs.frozen
class RunPlace:
    """Where the datasets of one processing run lie. Raises CallError for a part that cannot be in a key."""

    tenant_id: str = attrs.field(validator=_checked_tenant)
    driver_id: str = attrs.field(validator=_checked_part)
    session_id: str = attrs.field(validator=_checked_part)
    run_id: str = attrs.field(validator=_checked_part)

    @property
    def session_prefix(self) -> str:
        """All runs of the session lie below it; ends with `/`."""
        return f"{self.tenant_id}/{self.driver_id}/{self.session_id}/"

    @property
    def prefix(self) -> str:
        """All that the run made lies below it; ends with `/`."""
        return f"{self.session_prefix}{self.run_id}/"

    def stream(self, name: str, level: str | int | None = None) -> str:
        """Return the key of a stream's Parquet file; `L1` or 1 is a level, None the canonical data.

        Raises CallError for a name that is no canonical stream's, or a level that is none.
        """
        # It knows the streams by their Arrow schemas, so it loads pyarrow.
        from telemparse.writers.layout import stream_file

        return f"{self._folder(level)}{stream_file(name, '.parquet')}"

    def manifest(self, level: str | int | None = None) -> str:
        """Return the key of the manifest of the canonical data (None) or of a level."""
        return f"{self._folder(level)}manifest.json"

    def _folder(self, level: str | int | None) -> str:
        if level is None:
            return self.prefix
        found = _LEVEL.fullmatch(str(level))
        if not found:
            raise CallError(f"a level is L0 to L9, not {level!r}")
        return f"{self.prefix}L{found[1]}/"


@attrs.frozen
class _Upload:
    tenant_id: str = attrs.field(validator=_checked_tenant)
    artifact_id: str = attrs.field(validator=_checked_part)


def raw_key(tenant_id: str, artifact_id: str, token: str | None = None) -> str:
    """Return the key of an artifact's raw bytes; raises CallError for a part that cannot be in a key.

    Args:
        tenant_id: whose it is.
        artifact_id: of the artifact.
        token: hex digits, for one of several who may bring its bytes at the same time.
    """
    upload = _Upload(tenant_id, artifact_id if token is None else f"{artifact_id}.{token}")
    return f"{UPLOADS}/{upload.tenant_id}/{upload.artifact_id}.bin"


def artifact_in(key: str) -> str | None:
    """Return the id of the artifact whose raw bytes a key is for; None for another key."""
    found = _RAW.fullmatch(key)
    return None if found is None else found[1]
