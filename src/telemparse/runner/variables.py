"""Environment variables: one row each, with its setting and how its text is read; those of the runner."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["VARIABLES", "Variable", "environment_values", "switch"]

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def switch(text: str) -> bool:
    """Return what a switch says; raises ValueError for anything else."""
    word = text.lower()
    if word not in _YES | _NO:
        raise ValueError("it is a switch: 1 or 0")
    return word in _YES


def _waits(text: str) -> tuple[float, ...]:
    return tuple(float(word) for word in text.split(","))


@attrs.frozen
class Variable:
    """An environment variable, the setting that it fills, and what it means."""

    name: str
    field: str
    read: Callable[[str], Any]
    words: str

    def value(self, text: str) -> Any:
        """Return the value that a text means; raises CallError that names the variable."""
        try:
            return self.read(text)
        except ValueError as error:
            raise CallError(f"{self.name}={text!r}: {error}") from None


def environment_values(
    variables: Iterable[Variable], environ: Mapping[str, str] | None, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return settings by name: those of the environment, and before them the changes that are not None.

    Args:
        variables: to look for; an empty one is as good as none.
        environ: texts by variable, that of the process when None.
        changes: by setting.

    Raises CallError for a text that cannot be read, naming its variable.
    """
    environ = os.environ if environ is None else environ
    texts = ((variable, environ.get(variable.name, "").strip()) for variable in variables)
    values = {variable.field: variable.value(text) for variable, text in texts if text}
    return values | {name: value for name, value in changes.items() if value is not None}


VARIABLES = (
    Variable("TELEMETRY_DATABASE_URL", "database_url", str,
             "Database: sqlite:///FILE or postgresql://USER:WORD@HOST/NAME."),
    Variable("TELEMETRY_PARQUET_PATH", "parquet_path", str,
             "Folder for raw files and Parquet."),
    Variable("TELEMETRY_OBJECT_STORAGE_BUCKET", "object_storage_bucket", str,
             "Bucket of an S3 store, instead of a folder."),
    Variable("TELEMETRY_OBJECT_STORAGE_ENDPOINT", "object_storage_endpoint", str,
             "URL of the S3 store; AWS when absent."),
    Variable("TELEMETRY_OBJECT_STORAGE_ACCESS_KEY", "object_storage_access_key", str,
             "Key of the S3 store; the machine's own when absent."),
    Variable("TELEMETRY_OBJECT_STORAGE_SECRET_KEY", "object_storage_secret_key", str,
             "Secret of that key."),
    Variable("TELEMETRY_OBJECT_STORAGE_REGION", "object_storage_region", str,
             "Region of the bucket."),
    Variable("TELEMETRY_OBJECT_STORAGE_PREFIX", "object_storage_prefix", str,
             "What stands before every key."),
    Variable("TELEMETRY_JOB_QUEUE_TABLE", "job_queue_table", str,
             "Name of the table of jobs."),
    Variable("TELEMETRY_MAX_FILE_SIZE_BYTES", "max_file_size_bytes", int,
             "A larger file is rejected."),
    Variable("TELEMETRY_PARSER_TIMEOUT_SEC", "parser_timeout_s", float,
             "Deadline of detection and of a parse, in seconds."),
    Variable("TELEMETRY_STAGE_TIMEOUT_SEC", "stage_timeout_s", float,
             "Deadline of each later stage, in seconds."),
    Variable("TELEMETRY_PARSER_MEMORY_BYTES", "max_memory_bytes", int,
             "Address space of the sandbox, 1 GiB or more."),
    Variable("TELEMETRY_JOB_LEASE_SEC", "lease_s", float,
             "A worker that is silent for so long has lost its jobs."),
    Variable("TELEMETRY_JOB_MAX_ATTEMPTS", "max_attempts", int,
             "After so many attempts a job has failed."),
    Variable("TELEMETRY_JOB_BACKOFF_SEC", "backoff_s", _waits,
             "Waits before further attempts, in seconds, with commas."),
    Variable("TELEMETRY_JOB_POLL_SEC", "poll_s", float,
             "Longest pause between looks at an empty queue."),
    Variable("TELEMETRY_KEEP_RAW", "keep_raw", switch,
             "1 keeps uploaded files after canonicalisation."),
    Variable("TELEMETRY_LEVEL_L1", "level_l1", str,
             "What L1/ holds: ds_50hz, ds_10hz, ds_5hz or ds_1hz."),
    Variable("TELEMETRY_LEVEL_L2", "level_l2", str,
             "What L2/ holds."),
    Variable("TELEMETRY_QUALITY_TABLE", "quality_table", str,
             "JSON file with a table of penalties."),
    Variable("TELEMETRY_TRACKS", "tracks", str,
             "GeoJSON file or folder with the catalogue of tracks."),
    Variable("TELEMETRY_TENANT", "tenant_id", str,
             "Tenant of what comes without one."),
    Variable("TELEMETRY_DRIVER", "driver_id", str,
             "Driver of what comes without one."),
)  # fmt: skip
