"""The same windows of laps by pandas: read, sort, groupby().rolling(), write."""

import tempfile
from pathlib import Path

import pandas as pd

BY = ["driver_id", "race_id", "track_id"]


def run(path: str) -> dict[str, object]:
    """Write the features and tell the rows."""
    laps = pd.read_parquet(path).sort_values([*BY, "lap"], ignore_index=True)
    # One number a group: three words a row in an index of the results would take several times as long.
    groups = laps.groupby(laps.groupby(BY, sort=False).ngroup(), sort=False)
    for size in (10, 20, 50):
        position, led = groups["position"].rolling(size), groups["laps_led"].rolling(size)
        # The rows are sorted by group, and so are those of the windows.
        laps[f"avg_position_last_{size}l"] = position.mean().to_numpy()
        laps[f"best_position_last_{size}l"] = position.min().to_numpy()
        laps[f"laps_led_last_{size}l"] = led.sum().to_numpy()
    with tempfile.TemporaryDirectory() as folder:
        artifact = Path(folder) / "features.parquet"
        laps.to_parquet(artifact, compression="snappy")
    return {"rows": len(laps)}
