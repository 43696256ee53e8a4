"""Windows of laps by telemparse.features: scan, aggregates over 10, 20 and 50 laps, artifact."""

import logging
import tempfile
from pathlib import Path

from telemparse.features import (
    TelemetryIngestor,
    compute_aggregate_features,
    persist_telemetry_artifact,
    telemetry_artifact_facts,
)

logging.getLogger("telemparse.features").setLevel(logging.ERROR)


def run(path: str) -> dict[str, object]:
    """Write the features and tell the rows."""
    with tempfile.TemporaryDirectory() as folder:
        artifact = Path(folder) / "features.parquet"
        persist_telemetry_artifact(
            compute_aggregate_features(TelemetryIngestor().scan_parquet(path)), artifact
        )
        return {"rows": telemetry_artifact_facts(artifact)["rows"]}
