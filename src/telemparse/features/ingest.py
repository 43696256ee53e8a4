"""Laps from Parquet files: only drivers that are asked for, never a feature that is known after the race."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from telemparse.errors import CallError
from telemparse.features.columns import key, needed
from telemparse.features.contract import METADATA, contract_or_default
from telemparse.features.gaps import handle_missing_data
from telemparse.features.parquet_footers import common_schema, files_of, reading
from telemparse.features.refusals import LOG, FeatureRefused, listed, warn
from telemparse.features.walking import collected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemparse.features.columns import Schema
    from telemparse.features.contract import AnyContract
    from telemparse.features.parquet_footers import Paths

__all__ = ["TelemetryIngestor", "ingest_lap_by_lap_telemetry"]

_REQUIRED = ("lap", "driver_id", "timestamp", "track_id")


class TelemetryIngestor:
    """Reads laps from Parquet files under a contract.

    Args:
        feature_contract: whose lists count; None is the default contract.
    """

    def __init__(self, feature_contract: AnyContract | None = None) -> None:
        self.feature_contract = contract_or_default(feature_contract)

    def scan_parquet(
        self,
        path: Paths | Sequence[Paths],
        driver_ids: Iterable[Any] | None = None,
        *,
        fill: str | Mapping[str, Any] | None = None,
    ) -> pl.LazyFrame:
        """Return the laps as a lazy frame; only footers are read before it is collected.

        What is filtered and selected afterwards reaches the reader, as the drivers do.

        Args:
            path: a file, a pattern, a folder (all `.parquet` below it) or several of them; with one schema.
            driver_ids: whose laps; None is all.
            fill: `forward` fills missing values from earlier laps of a driver and race, a mapping puts a
                constant into each of its columns (see `handle_missing_data`); None fills nothing.

        Returns the columns lap, driver_id, timestamp and track_id, allowed features, and unknown columns with
        a warning in the log (`FEATURES_UNKNOWN`), as they are named and typed in the file.

        Raises FeatureFileMissing (a `FileNotFoundError`) and FeatureRefused: `FEATURES_FORBIDDEN`,
        `FEATURE_COLUMNS_MISSING`, `FEATURE_COLUMN_REFUSED`, `FEATURE_ARTIFACT_DAMAGED`.
        """
        scanned = self._scan(path, driver_ids)
        return scanned if fill is None else self._filled(scanned, fill)

    def ingest_parquet(
        self,
        path: Paths | Sequence[Paths],
        driver_ids: Iterable[Any] | None = None,
        *,
        fill: str | Mapping[str, Any] | None = None,
    ) -> pl.DataFrame:
        """Return the laps of drivers; those without a lap are named in the log (`FEATURE_DRIVERS_ABSENT`).

        Args and errors as of `scan_parquet`.
        """
        wanted = None if driver_ids is None or isinstance(driver_ids, str) else list(driver_ids)
        scanned = self._scan(path, driver_ids if wanted is None else wanted)
        with reading(", ".join(file.name for file in files_of(path)[:3])):
            laps = collected(scanned)
        LOG.info("%d laps ingested", laps.height)
        if wanted:
            column = laps.get_column("driver_id")
            there = set(column.unique().to_list())
            absent = [driver for driver in dict.fromkeys(wanted) if driver not in there]
            if absent:
                warn("FEATURE_DRIVERS_ABSENT", drivers=listed([str(driver) for driver in absent]))
        return laps if fill is None else self._filled(laps, fill)

    def _scan(self, path: Paths | Sequence[Paths], driver_ids: Iterable[Any] | None) -> pl.LazyFrame:
        files = files_of(path)
        schema = common_schema(files)
        self.feature_contract.validate_dataframe(schema)
        needed(schema, _REQUIRED)
        # A folder named like a column is no column here: what a file says is checked, a path is not.
        scanned = pl.scan_parquet(files, glob=False, hive_partitioning=False)
        if driver_ids is not None:
            column = key("driver_id", schema["driver_id"])
            scanned = scanned.filter(column.is_in(_ids(driver_ids, schema)))
        about = [name for name in schema if name in METADATA]
        allowed = self.feature_contract.get_allowed_features(name for name in schema if name not in about)
        rest = [name for name in schema if name not in about and name not in allowed]
        return scanned.select([*about, *allowed, *rest])

    def _filled(self, laps: Any, fill: str | Mapping[str, Any]) -> Any:
        if isinstance(fill, str):
            return handle_missing_data(laps, fill, feature_contract=self.feature_contract)
        return handle_missing_data(laps, "constant", value=fill, feature_contract=self.feature_contract)


def ingest_lap_by_lap_telemetry(
    parquet_path: Paths | Sequence[Paths],
    driver_ids: Iterable[Any] | None = None,
    feature_contract: AnyContract | None = None,
    *,
    fill: str | Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """Return the laps of drivers from Parquet files.

    Args:
        parquet_path: as `path` of `TelemetryIngestor.scan_parquet`.
        driver_ids: whose laps; None is all.
        feature_contract: whose lists count; None is the default contract.
        fill: as of `TelemetryIngestor.scan_parquet`.

    Raises what `TelemetryIngestor.scan_parquet` raises.
    """
    return TelemetryIngestor(feature_contract).ingest_parquet(parquet_path, driver_ids, fill=fill)


def _ids(driver_ids: Iterable[Any], schema: Schema) -> list[Any]:
    if isinstance(driver_ids, str):
        raise CallError("driver_ids is a list of ids, not one string")
    dtype = schema["driver_id"]
    plain = pl.String() if dtype in (pl.Categorical, pl.Enum) else dtype
    given = list(driver_ids)
    try:
        ids = pl.Series(given, dtype=plain, strict=True)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        ids = None
    if ids is None or ids.null_count():
        raise FeatureRefused(
            "FEATURE_COLUMN_REFUSED", column="driver_id", problem=f"the ids given are not {dtype}"
        )
    return ids.to_list()
