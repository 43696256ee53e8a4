"""Options that the runner's commands share, and the pipeline that they ask for."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli.runner_logs import brief_log
from telemparse.errors import CallError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.runner import Pipeline, Settings

__all__ = ["check_analysis", "check_database_file", "opened", "settings_of"]

Out = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="DIR", show_default=False,
        help="Folder that holds all of it: telemparse.sqlite and what is stored.",
    ),
]  # fmt: skip
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url", metavar="URL", show_default=False,
        help="Instead of --out: sqlite:///FILE or postgresql://USER:WORD@HOST/NAME."
        " Else TELEMETRY_DATABASE_URL, which no list of processes shows.",
    ),
]  # fmt: skip
StoragePlace = Annotated[
    str | None,
    typer.Option(
        "--storage", metavar="PLACE", show_default=False,
        help="Instead of --out: a folder, or s3://BUCKET/PREFIX. Else TELEMETRY_PARQUET_PATH or"
        " TELEMETRY_OBJECT_STORAGE_BUCKET.",
    ),
]  # fmt: skip

_DATABASE = "TELEMETRY_DATABASE_URL"
_FOLDER = "TELEMETRY_PARQUET_PATH"
_BUCKET = "TELEMETRY_OBJECT_STORAGE_BUCKET"
_STORES = (_FOLDER, _BUCKET, "TELEMETRY_OBJECT_STORAGE_PREFIX")
_S3 = "s3://"


def settings_of(
    out: str | None,
    database_url: str | None,
    storage: str | None,
    *,
    needs_storage: bool = True,
    **changes: Any,
) -> Settings:
    """Return the settings of a call: its options, and for all others the environment.

    Args:
        out: of `--out`; a folder for all of it.
        database_url: of `--database-url`.
        storage: of `--storage`.
        needs_storage: False for a command that asks nothing but the database.
        **changes: settings by name; None keeps that of the environment.

    Raises CallError where it is not said what lies where, and for values that cannot be right; MissingExtra
    without the extra `runner`.
    """
    from telemparse.runner import Pipeline, Settings  # noqa: F401  (a missing extra is named before all else)

    places: dict[str, Any] = {}
    if out is not None:
        if database_url is not None or storage is not None:
            raise CallError("--out says where all of it lies: not together with --database-url or --storage")
        home = Settings.embedded(out)
        places = {"database_url": home.database_url, "parquet_path": home.parquet_path}
    elif storage is not None:
        places = _storage(storage)
    if database_url is not None:
        places["database_url"] = database_url
    stored = "parquet_path" in places or "object_storage_bucket" in places
    unwanted = _STORES if stored else ()
    environ = {name: text for name, text in os.environ.items() if name not in unwanted}
    stored = stored or any(environ.get(name, "").strip() for name in (_FOLDER, _BUCKET))
    based = "database_url" in places or environ.get(_DATABASE, "").strip()
    if not based or (needs_storage and not stored):
        raise CallError(
            f"say where it lies: --out DIR, or --database-url and --storage, or {_DATABASE} and"
            f" {_FOLDER} (or {_BUCKET})"
        )
    return Settings.from_env(environ, **places, **changes)


def _storage(place: str) -> dict[str, Any]:
    if not place.startswith(_S3):
        return {"parquet_path": place}
    bucket, _slash, prefix = place.removeprefix(_S3).partition("/")
    if not bucket:
        raise CallError(f"--storage takes a folder or {_S3}BUCKET/PREFIX, not {place!r}")
    return {"object_storage_bucket": bucket, "object_storage_prefix": prefix.strip("/")}


@contextmanager
def opened(settings: Settings, *, new: bool = False) -> Iterator[Pipeline]:
    """Give the pipeline of settings; what it logs comes as short lines, and warnings only.

    Args:
        settings: of the call.
        new: True for a command that may begin with a database that is not there yet.

    Raises what `Pipeline` does, and FileNotFoundError for an SQLite file that is not there.
    """
    from telemparse.runner import Pipeline

    if not new:
        check_database_file(settings)
    with brief_log(), Pipeline(settings) as pipeline:
        yield pipeline


def check_analysis() -> None:
    """Raise MissingExtra where the stages of a session lack what they need: each of them would fail."""
    if find_spec("scipy") is None:
        raise MissingExtra("analysis", "scipy")


def check_database_file(settings: Settings) -> None:
    """Raise FileNotFoundError for an SQLite file that is not there: it must not be made by a question."""
    from telemparse.runner.database import Database

    with Database.open(settings) as database:
        file = database.file
    if file is not None and not file.exists():
        words = "there is no such database; `telemparse run` and `telemparse db upgrade` make one"
        raise FileNotFoundError(errno.ENOENT, words, str(file))
