"""The built-in dialects keep the promises that third parties' ones make, on files as vendors write them."""

from __future__ import annotations

import pytest

from telemparse.extension.drive import drive
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.testing.dialects import run_dialect

NAMES = {dialect.name: dialect for dialect in BUILT_IN}


def table(header, row, rate_hz=1, end="\n"):
    return end.join([header, *(row(sample) for sample in drive(rate_hz=rate_hz)), ""]).encode()


def airdata(length, per_metre, speed, per_mps):
    """Return a flight in the units that the user of the program has chosen."""
    names = (
        f"time(millisecond),datetime(utc),latitude,longitude,altitude_above_seaLevel({length}),altitude({length}),"
        f"speed({speed}),distance({length}),mileage({length}),satellites,gpslevel, compass_heading(degrees),"
        f" xSpeed({speed}), ySpeed({speed}), zSpeed({speed})"
    )

    def row(s):
        lengths = [f"{metres * per_metre:.2f}" for metres in (s.alt_m, 30, 12, s.distance_m)]
        speeds = [f"{mps * per_mps:.4f}" for mps in (s.speed_mps, s.north_mps, s.east_mps, -s.climb_mps)]
        place = f"{s.millis},{s.t:%Y-%m-%d %H:%M:%S},{s.lat_deg:.9f},{s.lon_deg:.9f}"
        cells = [place, *lengths[:2], speeds[0], *lengths[2:], "17", "5", "121.5", *speeds[1:]]
        return ",".join(cells)

    return table(names, row, rate_hz=5)


def airdata_km_h(data):
    """Return a flight without velocities, whose program writes no axes in km/h."""
    lines = (line.split(",") for line in data.decode().splitlines())
    return "".join(",".join(cells[:12]) + "\n" for cells in lines).encode()


def columbus():
    """Return a log of the professional mode, with fix modes and dilutions."""
    names = (
        "INDEX,TAG,DATE,TIME,LATITUDE N/S,LONGITUDE E/W,HEIGHT,SPEED,HEADING,FIX MODE,VALID,PDOP,HDOP,VDOP,"
        "VOX"
    )
    return table(
        names,
        lambda s: (
            f"{s.number},{'C' if s.number == 5 else 'T'},{s.t:%y%m%d,%H%M%S},"
            f"{-s.lat_deg:.7f}S,{-s.lon_deg:.7f}W,{s.alt_m:.0f},{s.speed_mps * 3.6:.1f},{s.course_deg:.0f},"
            "3D,SPS ,1.8,1.2,1.3,"
        ),
        end="\r\n",
    )


def g1000():
    """Return a flight with engine and accelerations, its local time an hour ahead of UTC."""
    head = (
        '#airframe_info, log_version="1.00", airframe_name="Nothing 1"\n'
        "#yyy-mm-dd, hh:mm:ss, hh:mm, degrees, degrees, ft msl, kt, fpm, deg, deg, deg, rpm, deg F, psi,"
        " G, G, enum\n"
        "Lcl Date, Lcl Time, UTCOfst, Latitude, Longitude, AltMSL, GndSpd, VSpdG, HDG, TRK, MagVar, E1 RPM,"
        " E1 OilT, E1 OilP, LatAc, NormAc, GPSfix"
    )
    return table(
        head,
        lambda s: (
            f"{s.t:%Y-%m-%d, %H:%M:%S}, +00:00, {s.lat_deg:.7f}, {s.lon_deg:.7f}, {s.alt_m / 0.3048:.1f},"
            f" {s.speed_mps * 3600 / 1852:.2f}, 98.4, 120.0, {(s.course_deg - 4.5) % 360:.1f}, 4.5,"
            f" {s.rpm:.1f}, 185.2, 61.5, 0.02, 0.01, 3D"
        ),
    )


def gauge_s():
    """Return a drive in km/h, with the voltage of an oxygen sensor."""
    names = (
        "Timestamp (ms),Date,Hour (h),Minute (min),Second (s),TPS (%),Lambda 1 (V),Speed (km/h),"
        "GPS Speed (km/h),GPS North (Angle),GPS Latitude (°),GPS Longitude (°),"
    )
    return table(
        names,
        lambda s: (
            f"{s.millis},{s.t:%y%m%d,%H,%M,%S},35.5,0.45,{s.speed_mps * 3.6:.0f},{s.speed_mps * 3.6:.2f},"
            f"{s.course_deg:.2f},{s.lat_deg:.7f},{s.lon_deg:.7f},"
        ),
        rate_hz=10,
    )


def rtklib_weeks(data):
    """Return a solution whose times are a GPS week and its seconds, in place of a date and a time of day."""
    lines = [line for line in data.decode().splitlines() if line]
    rows = (
        line if line.startswith("%") else f"2365 {36_018 + number:.3f}{line[23:]}"
        for number, line in enumerate(lines)
    )
    return "".join(f"{row}\n" for row in rows).encode()


# What the examples in the wheel leave out: other units, modes and equipment.
FURTHER = {
    "airdata": {
        "feet.csv": airdata("feet", 1 / 0.3048, "mph", 1 / 0.44704),
        "metres.csv": airdata("meters", 1.0, "m/s", 1.0),
        "kilometres.csv": airdata_km_h(airdata("meters", 1.0, "km/h", 3.6)),
    },
    "columbus": {"professional.csv": columbus()},
    "g1000": {"engine.csv": g1000()},
    "gauge_s": {"metric.csv": gauge_s()},
    "rtklib_pos": {
        "japan.pos": EXAMPLES["rtklib-pos.utc.pos"].replace(b"UTC", b"JST"),
        "weeks.pos": rtklib_weeks(EXAMPLES["rtklib-pos.pos"]),
    },
    "racechrono_v3": {"canbus.csv": EXAMPLES["racechrono-v3.csv"].replace(b"200: obd", b"300: canbus")},
}


def example_of(name):
    return {file: data for file, data in EXAMPLES.items() if file.partition(".")[0].replace("-", "_") == name}


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_dialect_keeps_every_promise(name):
    samples = {**example_of(name), **FURTHER.get(name, {})}
    report = run_dialect(NAMES[name], samples=samples)
    assert example_of(name)
    assert str(report).startswith(f"{len(report.passed)} passed, 0 failed, 0 failed as expected")
    assert not report.failed
