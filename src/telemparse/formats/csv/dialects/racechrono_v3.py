"""RaceChrono's CSV v3: receiver, calculated values and car on one grid of instants, mostly interpolated."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, EpochRule, FixRule, LapRule, Stamps

__all__ = ["RACECHRONO_V3"]

# Three rows head the columns: names (which repeat), units, and sources such as `100: gps`. Rows are the
# union of all sources' instants; the receiver's own lie at multiples of its update rate. A row stands at
# each crossing of the line, in which `lap_number` changes; it is blank outside laps.
RACECHRONO_V3 = CsvDialect(
    name="racechrono_v3",
    title="RaceChrono CSV v3",
    preamble=("RaceChrono", "Format,3"),
    header=frozenset({"timestamp", "fragment_id", "lap_number", "elapsed_time", "distance_traveled"}),
    sources=("gps", "calc", "obd", "canbus", "acc", "gyro", "magn", "tpms", "battery"),
    columns={
        "timestamp": "t:s",
        "elapsed_time": "",
        "distance_traveled": "distance_m:m",
        "latitude": "lat_deg",
        "longitude": "lon_deg",
        "altitude@gps": "alt:m",
        "bearing@gps": "course:deg",
        "speed@gps": "speed:m/s",
        "speed@calc": "",
        "speed@obd": "vehiclespeed:m/s",
        "speed@canbus": "vehiclespeed:m/s",
        "accuracy@gps": "hacc:m",
        "satellites@gps": "sat_count",
        "coordinate_precision": "hdop",
        "altitude_precision": "vdop",
        "fix_type@gps": "fix",
        "lateral_acc": "accel_lat_mps2:g",
        "longitudinal_acc": "accel_long_mps2:g",
        "throttle_pos": "throttle_pct",
        "accelerator_pos": ":%",
    },
    stamps=Stamps.UTC,
    # 1 is a fix of unknown kind, as telephones give it; 2 and 3 are dimensions, the others NMEA's RTK.
    fix=FixRule(lost={"0", "0.0"}, types={"2": 2, "2.0": 2, "3": 3, "3.0": 3}),
    epochs=EpochRule(rate="device_update_rate@gps"),
    laps=LapRule(number="lap_number"),
    device_family="RaceChrono",
    device_model=r"created using RaceChrono ((?:Pro )?v[0-9.]{1,20})",
)
