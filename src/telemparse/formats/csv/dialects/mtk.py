"""Loggers on MediaTek chips (Holux, i-Blue, Qstarz) through the programs that read MTK's own log."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, FixRule, Stamps

__all__ = ["MTK"]

# Words of the VALID field as MTK loggers define its bits (MTK logger library, "valid" field): no fix, SPS,
# DGPS, PPS, RTK, FRTK, estimated, manual, simulator. A log without a fix repeats the last position.
MTK = CsvDialect(
    name="mtk",
    title="MTK logger",
    first_columns=("INDEX", "RCR", "DATE", "TIME", "VALID", "LATITUDE", "N/S", "LONGITUDE", "E/W"),
    columns={
        "RCR": "event",
        "DATE": "date:ymd",
        "VALID": "fix",
        "HEIGHT": "alt:m",
        "SPEED": "speed:km/h",
        "HEADING": "course:deg",
        "NSAT (USED/VIEW)": "sat_count",
        # Counted anew by each point: the step from the one before, not the way since the start.
        "DISTANCE": ":m",
    },
    stamps=Stamps.UTC,
    fix=FixRule(
        doubtful={"unknown mode", "manual input mode", "simulator mode", "manual", "simulator"},
        types={"rtk": 7, "frtk": 6, "estimated": 1, "estimated mode": 1},
    ),
    events={"b": "marker"},
    device_family="MTK",
)
