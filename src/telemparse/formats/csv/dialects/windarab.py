"""Bosch WinDarab's text export: channels between tabs on one time line, units in brackets."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect, Grid, LapRule, Match

__all__ = ["WINDARAB"]

# No real file was at hand: built from public readers of the export (Bosch2Pi, windarab_player, parse_darab)
# and the names of the program's own channels (Bosch Motorsport, WinDarab wiki, "Special Channels"), and
# tested with files of our own making. Lines of comments above begin with `#`; channels are those of the
# vehicle's configuration, so that only names that the program itself has, or that are usual, are declared.
WINDARAB = CsvDialect(
    name="windarab",
    title="Bosch WinDarab text",
    match=Match.ANY,
    preamble=("WinDarab",),
    first_columns=("xtime [s]",),
    columns={
        "xtime": "t:s",
        "xdist": "distance_m:m?",
        "lapdist": ":m",
        "laptime": ":s",
        "speed": "vehiclespeed:km/h?",
        "nmot": "rpm",
    },
    grid=Grid.RESAMPLED,
    laps=LapRule(number="lapctr"),
    device_family="Bosch",
)
