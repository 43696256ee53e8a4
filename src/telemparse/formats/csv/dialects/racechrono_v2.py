"""RaceChrono's CSV before version 3: one row of names with their units, laps numbered in a column."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, LapRule, Stamps

__all__ = ["RACECHRONO_V2"]

# No real file was at hand: built from public writers of both versions (`Format,2` of RaceChrono Pro, and what
# RaceChrono 4 and converters to it wrote without such a line), and tested with files of our own making. Rows
# are those of the receiver; speeds and ways repeat in several units. Rows outside laps have a blank or 0.
RACECHRONO_V2 = CsvDialect(
    name="racechrono_v2",
    title="RaceChrono CSV v2",
    preamble=("RaceChrono",),
    header=frozenset({"Lap #", "Timestamp", "Latitude", "Longitude"}),
    columns={
        "Timestamp": "t:s",
        "Distance (m)": "distance_m:m",
        "Distance (km)": ":km",
        "Locked satellites": "sat_count",
        "Elapsed time": ":s",
    },
    stamps=Stamps.UTC,
    laps=LapRule(number="Lap #", outside=0),
    device_family="RaceChrono",
    device_model=r"created using RaceChrono ((?:Pro )?v[0-9.]{1,20})",
)
