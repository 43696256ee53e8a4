"""Headerless positions of the KF-GINS data sets: GPS seconds of week, position, standard deviations."""

from __future__ import annotations

from telemparse.extension.csv_dialect import Altitude, CsvDialect, NumberRange, Shape

__all__ = ["KF_GINS"]

_WEEK_S = 604_800

# Seven columns: seconds of week, latitude and longitude in degrees, ellipsoidal height in metres, and the
# standard deviations north, east and down in metres (KF-GINS README, "GNSS file").
KF_GINS = CsvDialect(
    name="kf_gins",
    title="KF-GINS GNSS text",
    shape=Shape(
        columns=(
            NumberRange(low=0, high=_WEEK_S, rising=True),
            NumberRange(low=-90, high=90, decimals=7),
            NumberRange(low=-180, high=180, decimals=7),
            NumberRange(low=-1000, high=20_000, decimals=1),
            *(NumberRange(low=0, high=1000, decimals=1),) * 3,
        )
    ),
    columns={
        0: "gps_tow:s",
        1: "lat_deg",
        2: "lon_deg",
        3: "alt:m",
        4: "position_std_n_m:m",
        5: "position_std_e_m:m",
        6: "vacc_m:m",
    },
    altitude=Altitude.ELLIPSOID,
)
