"""Lap features that know nothing of what comes later: contracts, windows of laps, gaps, artifacts (Polars).

Every name below is loaded on first use and needs the extra that brings Polars; the contract does without.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.features.aggregates import compute_aggregate_features, rolling_statistics
    from telemparse.features.artifacts import (
        load_telemetry_artifact,
        persist_telemetry_artifact,
        telemetry_artifact_facts,
    )
    from telemparse.features.contract import FeatureAvailabilityContract, validate_features
    from telemparse.features.falloff import compute_falloff_metrics
    from telemparse.features.gaps import handle_missing_data
    from telemparse.features.ingest import TelemetryIngestor, ingest_lap_by_lap_telemetry
    from telemparse.features.refusals import FeatureFileMissing, FeatureRefused

__all__ = [
    "FeatureAvailabilityContract",
    "FeatureFileMissing",
    "FeatureRefused",
    "TelemetryIngestor",
    "compute_aggregate_features",
    "compute_falloff_metrics",
    "handle_missing_data",
    "ingest_lap_by_lap_telemetry",
    "load_telemetry_artifact",
    "persist_telemetry_artifact",
    "rolling_statistics",
    "telemetry_artifact_facts",
    "validate_features",
]

_HOMES = {
    "FeatureAvailabilityContract": "contract",
    "FeatureFileMissing": "refusals",
    "FeatureRefused": "refusals",
    "TelemetryIngestor": "ingest",
    "compute_aggregate_features": "aggregates",
    "compute_falloff_metrics": "falloff",
    "handle_missing_data": "gaps",
    "ingest_lap_by_lap_telemetry": "ingest",
    "load_telemetry_artifact": "artifacts",
    "persist_telemetry_artifact": "artifacts",
    "rolling_statistics": "aggregates",
    "telemetry_artifact_facts": "artifacts",
    "validate_features": "contract",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.features' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"telemparse.features.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "polars":
            raise
        raise MissingExtra("features", "polars") from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
