"""AiM Race Studio, 2 and 3: a session resampled to one rate, beacons and lap times in the lines above."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, Grid, LapRule, Match, Stamps, Start

__all__ = ["AIM_RS3"]

# Three shapes: quoted with CRLF, saved again by a spreadsheet (unquoted, padded with commas), and cut down
# to the names and the rows, without any unit. Speeds and accuracies are then in the units that the program
# starts with. Race Studio 2 names the columns twice, numbers them below their units, and writes accuracies in
# metres and m/s as `#`.
AIM_RS3 = CsvDialect(
    name="aim_rs3",
    title="AiM Race Studio 3",
    match=Match.ANY,
    preamble=("M CSV File",),  # `AiM`, and `AIM` of Race Studio 2
    variants={"AIM CSV File": {"GPS PosAccuracy": "hacc:m?", "GPS SpdAccuracy": "sacc:m/s?"}},
    header=frozenset({"Time", "GPS Nsat", "GPS LatAcc", "GPS LonAcc", "GPS PosAccuracy", "GPS SpdAccuracy"}),
    columns={
        "Time": "t:s",
        "GPS Latitude": "lat_deg",
        "GPS Longitude": "lon_deg",
        "GPS Speed": "speed:km/h?",
        "GPS Nsat": "sat_count",
        "GPS LatAcc": "accel_lat_mps2:g?",
        "GPS LonAcc": "accel_long_mps2:g?",
        "GPS Slope": ":deg",
        "GPS Heading": "course:deg",
        "GPS Gyro": ":deg/s",
        "GPS Altitude": "alt:m?",
        "GPS PosAccuracy": "hacc:mm?",
        "GPS SpdAccuracy": "sacc:km/h?",
        "GPS Radius": ":m",
    },
    grid=Grid.RESAMPLED,
    stamps=Stamps.LOCAL,
    start=Start(date="Date", time="Time", order="mdy"),
    laps=LapRule(beacons="Beacon Markers", segments="Segment Times", duration="Duration"),
    device_family="AiM",
)
