"""TrackAddict: sensor rows that repeat the last fix, laps and pit lane in comment lines between them."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, LapRule, Stamps

__all__ = ["TRACKADDICT"]

# `GPS_Update` is 1 in the rows that bring a new fix. Lap 0 is the way from the start of the recording to
# the line. Version 3 had no `UTC Time`: then `Time`, since the start of the recording, is all there is.
# Names of the vehicle's channels end in `*OBD`.
TRACKADDICT = CsvDialect(
    name="trackaddict",
    title="TrackAddict",
    header=frozenset({"Time", "GPS_Update", "GPS_Delay", "Latitude", "Longitude"}),
    columns={
        "UTC Time": "t:s",
        "GPS_Update": "gnss_update",
        "Latitude": "lat_deg",
        "Longitude": "lon_deg",
        "Altitude (m)": "alt:m",
        "Altitude (ft)": ":ft",
        "Speed (Km/h)": "speed:km/h",
        "Speed (MPH)": "speed:mph",
        "Heading": "course:deg",
        "Accuracy (m)": "hacc:m",
        # Gravity is taken off: no specific force.
        "Accel X": ":g",
        "Accel Y": ":g",
        "Accel Z": ":g",
        "Brake (calculated)": "",
    },
    stamps=Stamps.UTC,
    laps=LapRule(comment="# Lap {lap}: {time}", out_lap=0),
    comment_events={"Pit Lane Entry": "pit_in", "Pit Lane Exit": "pit_out", "Session End": "stop"},
    device_family="TrackAddict",
    device_model=r"RaceRender Data: TrackAddict ([0-9.]{1,20})",
)
