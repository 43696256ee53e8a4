"""EdgeTX and OpenTX radios: a model's telemetry as the transmitter logs it, both coordinates in one cell."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, EpochRule, Stamps

__all__ = ["EDGETX"]

# No real file was at hand: built from the firmware's own writer (EdgeTX and OpenTX, `radio/src/logs.cpp`)
# and tested with files of our own making. The clock is the radio's, in its owner's time. Sensors are named
# by the user and carry the unit of the model's settings, of which three letters are written; `@` is a degree
# in older fonts. A row repeats the last value of each sensor, for ever once the link is lost; newer firmware
# writes 0 and an empty position instead. The columns of the receiver's own message tell its epochs.
EDGETX = CsvDialect(
    name="edgetx",
    title="EdgeTX/OpenTX log",
    first_columns=("Date", "Time"),
    header=frozenset({"TxBat(V)"}),
    columns={
        "Date": "date:ymd",
        "Time": "time",
        "GPS": "lat_lon",
        "GSpd": "speed:km/h?",
        "Hdg": "course:deg",
        "GAlt": "alt:m?",
        "Sats": "sat_count",
        "Dist": "",  # from home
        "TxBat": ":V",
    },
    stamps=Stamps.LOCAL,
    epochs=EpochRule(changes_of=("GPS", "GSpd", "Hdg", "Sats")),
    device_family="EdgeTX/OpenTX",
)
