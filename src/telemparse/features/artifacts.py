"""Tables of features as files: Snappy Parquet that appears whole or not at all and says how it was made."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from telemparse import __version__
from telemparse.errors import CallError
from telemparse.features.contract import contract_or_default
from telemparse.features.parquet_footers import reading
from telemparse.features.refusals import FeatureFileMissing, FeatureRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.features.contract import AnyContract
    from telemparse.features.parquet_footers import Paths

__all__ = [
    "FOOTER_KEY",
    "STREAMS",
    "load_telemetry_artifact",
    "persist_telemetry_artifact",
    "telemetry_artifact_facts",
]

FOOTER_KEY = "telemparse_features"
_MOST_BYTES = 1 << 20
# Versions of Polars before it write no footer of ours, and no lazy frame that comes from a Python source.
STREAMS = "metadata" in inspect.signature(pl.LazyFrame.sink_parquet).parameters


def persist_telemetry_artifact(
    telemetry_df: pl.DataFrame | pl.LazyFrame,
    path: Paths,
    *,
    metadata: Mapping[str, Any] | None = None,
    feature_contract: AnyContract | None = None,
) -> Path:
    """Write a table as Snappy Parquet; a file of that name is replaced once the new one is on the disk.

    A lazy frame is written as it is computed, by the streaming engine. The footer holds what
    `telemetry_artifact_facts` returns.

    Args:
        telemetry_df: the table.
        path: of the file, in a folder that is there.
        metadata: what else the footer shall say; plain JSON values, 1 MiB at most.
        feature_contract: whose forbidden columns are refused, and whose lists stand in the footer; None is
            the default contract.

    Returns the path.

    Raises FeatureRefused (`FEATURES_FORBIDDEN`), CallError for other metadata, OSError of the disk.
    """
    contract = contract_or_default(feature_contract)
    schema = telemetry_df.collect_schema()
    contract.refuse_forbidden_columns(schema)
    document = _document(contract, metadata)
    place = Path(path)
    partial = place.with_name(f".{place.name[:80]}.{uuid.uuid4().hex}.partial")
    try:
        _write(telemetry_df, partial, document)
        _flush(partial)
        partial.replace(place)
        _flush(place.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return place


@overload
def load_telemetry_artifact(path: Paths, *, lazy: Literal[False] = False) -> pl.DataFrame: ...
@overload
def load_telemetry_artifact(path: Paths, *, lazy: Literal[True]) -> pl.LazyFrame: ...
def load_telemetry_artifact(path: Paths, *, lazy: bool = False) -> pl.DataFrame | pl.LazyFrame:
    """Return the table of a file that `persist_telemetry_artifact` wrote.

    Args:
        path: of the file.
        lazy: return a lazy frame and read the footer only.

    Raises FeatureFileMissing (a `FileNotFoundError`) and FeatureRefused (`FEATURE_ARTIFACT_DAMAGED`) for a
    file that is damaged or was not written so.
    """
    place = Path(path)
    telemetry_artifact_facts(place)
    with reading(place.name):
        scanned = pl.scan_parquet([place], glob=False, hive_partitioning=False)
        return scanned if lazy else scanned.collect()


def telemetry_artifact_facts(path: Paths) -> dict[str, Any]:
    """Return what the footer of an artifact says.

    Args:
        path: of the file.

    Returns `telemparse_version`, `created` (UTC, ISO 8601), `contract` (the lists), `metadata` as it was
    given, and `rows`.

    Raises as `load_telemetry_artifact` does.
    """
    place = Path(path)
    if not place.is_file():
        raise FeatureFileMissing(place.name)
    try:
        with reading(place.name):
            footer = pq.read_metadata(place)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        said = str(error).partition("\n")[0][:160]
        raise FeatureRefused("FEATURE_ARTIFACT_DAMAGED", artifact=place.name, error=said) from error
    try:
        facts = dict(json.loads((footer.metadata or {})[FOOTER_KEY.encode()]))
    except (KeyError, TypeError, ValueError) as error:
        problem = "its footer does not say that it is a table of features"
        raise FeatureRefused("FEATURE_ARTIFACT_DAMAGED", artifact=place.name, error=problem) from error
    return {**facts, "rows": footer.num_rows}


def _document(contract: AnyContract, metadata: Mapping[str, Any] | None) -> str:
    facts = {
        "telemparse_version": __version__,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "contract": contract.get_lists(),
        "metadata": dict(metadata or {}),
    }
    try:
        document = json.dumps(facts, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise CallError(f"metadata is made of plain JSON values: {error}") from None
    if len(document) > _MOST_BYTES:
        raise CallError(f"metadata of {len(document)} bytes is more than a footer takes: {_MOST_BYTES}")
    return document


def _write(table: pl.DataFrame | pl.LazyFrame, place: Path, document: str) -> None:
    if STREAMS:
        facts = {FOOTER_KEY: document}
        if isinstance(table, pl.LazyFrame):
            table.sink_parquet(place, compression="snappy", metadata=facts, engine="streaming")
        else:
            table.write_parquet(place, compression="snappy", metadata=facts)
        return
    whole = table.collect() if isinstance(table, pl.LazyFrame) else table
    arrow = whole.to_arrow()
    facts_too = {**(arrow.schema.metadata or {}), FOOTER_KEY.encode(): document.encode()}
    pq.write_table(arrow.replace_schema_metadata(facts_too), place, compression="snappy")


def _flush(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
