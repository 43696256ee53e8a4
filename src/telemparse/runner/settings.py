"""Settings of the runner: one frozen value, from keywords or from the environment."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.runner.variables import VARIABLES, environment_values

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["Settings"]

_GIB = 1024**3
_TABLE = re.compile(r"[a-z_][a-z0-9_]{0,47}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")


def _folder(place: str | os.PathLike[str]) -> Path:
    return Path(place).expanduser()


def _positive(_settings: Any, field: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not (math.isfinite(value) and value > 0):
        raise CallError(f"{field.name} must be a positive number, not {value!r}")


def _table_name(_settings: Any, field: attrs.Attribute[Any], value: str) -> None:
    if not _TABLE.fullmatch(value):
        raise CallError(f"{field.name} must be lower-case letters, digits and _, not {value!r}")


def _owner_name(_settings: Any, field: attrs.Attribute[Any], value: str) -> None:
    if not _OWNER.fullmatch(value):
        raise CallError(f"{field.name} must be letters, digits and ._@+-, at most 128, not {value!r}")


def _roomy(_settings: Any, field: attrs.Attribute[Any], value: int | None) -> None:
    # numpy and pyarrow map several hundred MB before they do anything.
    if value is not None and value < _GIB:
        raise CallError(f"{field.name} must be at least {_GIB}, not {value!r}")


@attrs.frozen(kw_only=True)
class Settings:
    """Where the runner keeps things, and what it allows.

    Args:
        database_url: of SQLAlchemy's form: `sqlite:///FILE` or `postgresql://USER:WORD@HOST/NAME`.
        parquet_path: folder for raw files and Parquet; not beside `object_storage_bucket`.
        object_storage_bucket: bucket of an S3 store, None for a folder.
        object_storage_endpoint: URL of the store, None for that of AWS.
        object_storage_access_key, object_storage_secret_key: None for the machine's own.
        object_storage_region: of the bucket.
        object_storage_prefix: before every key, may be empty.
        job_queue_table: name of the table of jobs.
        max_file_size_bytes: a larger artifact is rejected.
        parser_timeout_s: deadline of detection and of the parse of one recording.
        stage_timeout_s: deadline of each later stage.
        max_memory_bytes: address space of the sandbox, 1 GiB at least; None for no limit.
        lease_s: a worker that has not renewed its lease for so long has lost its jobs.
        max_attempts: after so many a job has failed.
        backoff_s: waits before the second, third, ... attempt; the last one for all after it.
        poll_s: longest pause between looks at an empty queue.
        keep_raw: keep the uploaded files after canonicalisation.
        level_l1, level_l2: what `L1/` and `L2/` hold: `ds_50hz`, `ds_10hz`, `ds_5hz` or `ds_1hz`.
        quality_table: JSON file with a table of penalties, None for the default one.
        tracks: GeoJSON file or folder with the catalogue of tracks, None for none.
        tenant_id, driver_id: owner of what comes without one.
    """

    database_url: str = "sqlite:///telemparse.sqlite"
    parquet_path: Path | None = attrs.field(default=None, converter=attrs.converters.optional(_folder))
    object_storage_bucket: str | None = None
    object_storage_endpoint: str | None = None
    object_storage_access_key: str | None = attrs.field(default=None, repr=False)
    object_storage_secret_key: str | None = attrs.field(default=None, repr=False)
    object_storage_region: str = "us-east-1"
    object_storage_prefix: str = ""
    job_queue_table: str = attrs.field(default="telemetry_jobs", validator=_table_name)
    max_file_size_bytes: int = attrs.field(default=4 * _GIB, validator=_positive)
    parser_timeout_s: float = attrs.field(default=300.0, validator=_positive)
    stage_timeout_s: float = attrs.field(default=600.0, validator=_positive)
    max_memory_bytes: int | None = attrs.field(default=4 * _GIB, validator=_roomy)
    lease_s: float = attrs.field(default=60.0, validator=_positive)
    max_attempts: int = attrs.field(default=3, validator=_positive)
    backoff_s: tuple[float, ...] = attrs.field(default=(30.0, 120.0, 600.0), converter=tuple)
    poll_s: float = attrs.field(default=1.0, validator=_positive)
    keep_raw: bool = False
    level_l1: str = "ds_10hz"
    level_l2: str = "ds_1hz"
    quality_table: Path | None = attrs.field(default=None, converter=attrs.converters.optional(Path))
    tracks: Path | None = attrs.field(default=None, converter=attrs.converters.optional(Path))
    tenant_id: str = attrs.field(default="default", validator=_owner_name)
    driver_id: str = attrs.field(default="default", validator=_owner_name)

    def __attrs_post_init__(self) -> None:
        if self.parquet_path is not None and self.object_storage_bucket is not None:
            raise CallError(
                "parquet_path and object_storage_bucket exclude each other: objects lie in one place"
            )
        if not self.backoff_s or any(not (math.isfinite(wait) and wait >= 0) for wait in self.backoff_s):
            raise CallError(f"backoff_s must be one or more waits of seconds, not {self.backoff_s!r}")
        from telemparse.analysis.levels import Level, level_named

        for name in (self.level_l1, self.level_l2):
            if level_named(name) is Level.CANONICAL:
                raise CallError("level_l1 and level_l2 are coarser than the recording: not 'canonical'")

    @classmethod
    def embedded(cls, folder: str | os.PathLike[str], **changes: Any) -> Settings:
        """Return settings that keep everything in one folder: `telemparse.sqlite` and the objects."""
        root = Path(folder).expanduser().resolve()
        return cls(database_url=f"sqlite:///{root / 'telemparse.sqlite'}", parquet_path=root, **changes)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **changes: Any) -> Settings:
        """Return the settings of the environment; `changes` that are not None go before it.

        Raises CallError for a value that cannot be right, naming its variable.
        """
        return cls(**environment_values(VARIABLES, environ, changes))

    @property
    def is_postgres(self) -> bool:
        """True for a Postgres server, False for an SQLite file."""
        return self.database_url.startswith(("postgresql", "postgres:"))
