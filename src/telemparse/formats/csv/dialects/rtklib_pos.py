"""RTKLIB's solutions in degrees (`.pos`): blanks between columns, names behind a per cent sign."""

from __future__ import annotations

from telemparse.extension.csv_dialect import Altitude, CsvDialect, FixRule

__all__ = ["RTKLIB_POS"]

# One name, GPST, UTC or JST, heads date and time of day; GPST counts no leap seconds. Heights are above the
# ellipsoid (RTKLIB manual, appendix B.1 "Positioning Solution File").
RTKLIB_POS = CsvDialect(
    name="rtklib_pos",
    title="RTKLIB solution",
    header=frozenset(
        {"latitude(deg)", "longitude(deg)", "height(m)", "Q", "ns", "sdn(m)", "sde(m)", "sdu(m)"}
    ),
    columns={
        "GPST date": "date:ymd",
        "GPST": "time:gps",
        "GPST week": "gps_week",
        "GPST tow": "gps_tow:s",
        "JST date": "date:ymd",
        "JST": "time",
        "UTC date": "date:ymd",
        "UTC": "time:utc",
        "latitude(deg)": "lat_deg",
        "longitude(deg)": "lon_deg",
        "height(m)": "alt:m",
        "Q": "fix",
        "ns": "sat_count",
        "sdn(m)": ":m",
        "sde(m)": ":m",
        "sdu(m)": "vacc:m",
        "sdne(m)": ":m",
        "sdeu(m)": ":m",
        "sdun(m)": ":m",
        "age(s)": ":s",
        "ratio": "",
        "vn(m/s)": "vel_n_mps:m/s",
        "ve(m/s)": "vel_e_mps:m/s",
        "vu(m/s)": "vel_u_mps:m/s",
        "sdvn": ":m/s",
        "sdve": ":m/s",
        "sdvu": ":m/s",
        "sdvne": ":m/s",
        "sdveu": ":m/s",
        "sdvun": ":m/s",
    },
    # Fixed, float, SBAS, DGPS, single, PPP; all but the first two are positions in three dimensions.
    fix=FixRule(lost={"0"}, types={"1": 7, "2": 6, "3": 3, "4": 3, "5": 3, "6": 3}),
    altitude=Altitude.ELLIPSOID,
    device_family="RTKLIB",
)
