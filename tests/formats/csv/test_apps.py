"""Tables of phone apps, drones, robots and receivers' own integers: invented drives in their headers."""

from __future__ import annotations

import datetime as dt
import math

import pytest

_START = dt.datetime(2025, 5, 4, 10, 0, 0, tzinfo=dt.UTC)
_MPS = 20.0


def drive(line, rows=40):
    """Return a table's rows: north at 20 m/s, ten a second."""
    return "".join(line(Sample(number)) + "\n" for number in range(rows))


class Sample:
    """One row: instants and places."""

    def __init__(self, number):
        self.number = number
        self.at = _START + dt.timedelta(milliseconds=100 * number)
        self.ms = int(self.at.timestamp() * 1000)
        self.us = 5_000_000 + 100_000 * number
        self.lat, self.lon = 48.0 + math.degrees(_MPS * number / 10 / 6_371_000), 11.5


def first_and_last(result, stream="gnss_pvt"):
    table = result.streams[stream]
    return table["t"][0].as_py(), table["t"][-1].as_py()


def column(result, name, stream="gnss_pvt"):
    return result.streams[stream][name].to_pylist()


APPS = {
    "SensorLog": (
        (
            "loggingTime(txt),locationTimestamp_since1970(s),locationLatitude(WGS84),locationLongitude(WGS84),"
            "locationAltitude(m),locationSpeed(m/s),locationCourse(°),locationHorizontalAccuracy(m),"
            "accelerometerAccelerationX(G),accelerometerAccelerationY(G),accelerometerAccelerationZ(G)\n"
        ),
        lambda s: (
            f"{s.at:%Y-%m-%dT%H:%M:%S}.{s.number % 10}00+00:00,{s.ms / 1000},{s.lat:.8f},{s.lon},"
            "500,20,12,4,0.01,0.02,-1.0"
        ),
    ),
    "AndroSensor": (
        (
            "ACCELEROMETER X (m/s²);LOCATION Latitude : ;LOCATION Longitude : ;LOCATION Altitude ( m);"
            "LOCATION Speed ( Kmh);LOCATION Accuracy ( m);LOCATION ORIENTATION (°);Time since start in ms ;"
            "YYYY-MO-DD HH-MI-SS_SSS\n"
        ),
        lambda s: (
            f"0.1;{s.lat:.8f};{s.lon};500;72;4;12;{100 * s.number};{s.at:%Y-%m-%d %H:%M:%S}:{s.number % 10}00"
        ),
    ),
    "DJI flight record": (
        (
            "sep=,\nCUSTOM.date [local],CUSTOM.updateTime [local],OSD.flyTime,OSD.flyTime [s],OSD.latitude,"
            "OSD.longitude,OSD.altitude [ft],OSD.hSpeed [MPH],OSD.directionOfTravel,OSD.gpsNum\n"
        ),
        lambda s: (
            f"5/4/2025,10:00:0{s.number // 10}.{s.number % 10} AM,0m 1s,{s.number / 10},{s.lat:.8f},{s.lon},"
            "1640.42,44.7387,12,14"
        ),
    ),
    "rostopic": (
        (
            "%time,field.header.seq,field.header.frame_id,field.status.status,field.latitude,field.longitude,"
            "field.altitude\n"
        ),
        lambda s: f"{s.ms}000000,{s.number},gps,0,{s.lat:.8f},{s.lon},500",
    ),
}


@pytest.mark.parametrize("app", APPS)
def test_an_app_names_its_columns_in_its_own_way(read, app):
    header, line = APPS[app]
    result = read(header + drive(line), timezone="UTC")
    assert first_and_last(result) == (_START, Sample(39).at)
    assert column(result, "lat_deg")[-1] == pytest.approx(Sample(39).lat, abs=1e-8)
    assert column(result, "alt_m")[0] == pytest.approx(500, abs=0.01)
    if "peed" in header:
        assert column(result, "speed_mps")[0] == pytest.approx(_MPS, abs=0.01)
        assert column(result, "course_deg")[0] == 12


def test_items_of_arrays_are_told_apart_by_their_number(read):
    header = "time (us), GPS_numSat, GPS_coord[0], GPS_coord[1], GPS_speed (m/s), gyroADC[0], gyroADC[1]\n"
    result = read(header + drive(lambda s: f"{s.us}, 14, {s.lat:.7f}, {s.lon}, 20, {s.number}, -1"))
    assert column(result, "lon_deg")[0] == 11.5
    assert column(result, "sat_count")[0] == 14
    assert column(result, "gyro_adc", "channels.main")[3] == 3.0


def test_axes_of_an_array_are_a_sensor(read):
    names = ",".join(
        f"{sensor}[{axis}]" for sensor in ("gyro_rad", "accelerometer_m_s2") for axis in range(3)
    )
    result = read(f"time_utc_usec,{names}\n" + drive(lambda s: f"{s.ms}000,0.1,0.2,0.3,0.1,0.2,-9.81"))
    assert column(result, "gz_rps", "imu_gyro")[0] == pytest.approx(0.3)
    assert column(result, "az_mps2", "imu_accel")[0] == pytest.approx(-9.81)


WORDS_OF_SEVERAL_KINDS = {"88": "battery", "12.6": "battery_v", "158": "precision"}


@pytest.mark.parametrize(("cell", "name"), WORDS_OF_SEVERAL_KINDS.items())
def test_a_word_of_several_kinds_is_taken_for_none_where_the_values_are_of_another(read, cell, name):
    word = name.removesuffix("_v")
    result = read(f"time,lat,lon,{word}\n" + drive(lambda s: f"{s.ms},{s.lat:.7f},{s.lon},{cell}"))
    assert column(result, name, "channels.main")[0] == pytest.approx(float(cell))
    assert "hacc_m" not in result.streams["gnss_pvt"].column_names or column(result, "hacc_m")[0] is None


def test_integers_of_a_receiver_are_read_by_what_alone_is_possible(read):
    header = "time,lat,lon,height,hMSL,hAcc,gSpeed,headMot,velN,pDOP\n"
    rows = drive(lambda s: f"{s.ms},{s.lat * 1e7:.0f},115000000,547000,500000,1100,20000,1200000,20000,131")
    result = read(header + rows)
    first = {name: value[0] for name, value in result.streams["gnss_pvt"].to_pydict().items()}
    assert (first["lat_deg"], first["lon_deg"]) == (48.0, 11.5)
    assert (first["alt_m"], first["speed_mps"], first["vel_n_mps"]) == (500.0, 20.0, 20.0)
    assert (first["hacc_m"], first["pdop"]) == (pytest.approx(1.1), pytest.approx(1.31))
    assert first["course_deg"] == 12.0
    said = {i.evidence["unit"]: i.evidence["basis"] for i in result.warnings if i.code == "UNIT_ASSUMED"}
    assert said["1e-7 deg"] == "no other decimal fraction of a degree is possible"
    assert {"mm", "mm/s", "0.01", "1e-5 deg"} <= set(said)


def test_the_way_shows_centimetres_a_second(read):
    rows = drive(lambda s: f"{s.ms},{s.lat * 1e7:.0f},115000000,500000,2000,1200")
    result = read("time,lat,lon,alt,vel,cog\n" + rows.replace(",1200\n", ",35900\n"))
    assert column(result, "speed_mps")[0] == pytest.approx(20.0)
    assert column(result, "course_deg")[0] == pytest.approx(359.0)


# 2025-05-04 is the first day of GPS week 2365.
SCALES = {
    "%  GPST": ("2365 {tow:.3f}", dt.timedelta(seconds=18)),
    "%  JST": ("2025/05/04 19:00:0{second}.000", dt.timedelta()),
}


@pytest.mark.parametrize("head", SCALES)
def test_rtklib_counts_weeks_and_knows_the_time_of_japan(read, head):
    form, ahead = SCALES[head]
    names = "latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)"
    lines = (
        f"{form.format(tow=36000 + n + ahead.seconds, second=n)}   48.000000000   11.500000000   500.0   1"
        "  12   0.01   0.01   0.02"
        for n in range(6)
    )
    result = read(f"{head}          {names}\n" + "\n".join(lines) + "\n")
    assert result.metadata["dialect"] == "rtklib_pos"
    assert first_and_last(result) == (_START, _START + dt.timedelta(seconds=5))
    assert not result.warnings


def test_fields_of_fit_are_semicircles_and_whole_degrees_without_a_height_are_asked_about(read, codes):
    rows = drive(lambda s: f"{s.ms},{s.lat * 2**31 / 180:.0f},{11.5 * 2**31 / 180:.0f}")
    found = read("timestamp,position_lat,position_long\n" + rows)
    assert column(found, "lat_deg")[-1] == pytest.approx(Sample(39).lat, abs=1e-7)
    assert codes(read("timestamp,lat,lon\n" + rows)) == ["CSV_AMBIGUOUS_COLUMNS"]
    low = rows.replace("\n", ",1500\n")
    assert codes(read("timestamp,lat,lon,alt\n" + low)) == ["CSV_AMBIGUOUS_COLUMNS"]


def test_a_first_column_of_stamps_without_a_name_is_the_clock(read):
    found = read(",lat,lon\n" + drive(lambda s: f"{s.at.isoformat()},{s.lat:.7f},{s.lon}"))
    assert first_and_last(found) == (_START, Sample(39).at)


def test_the_course_over_ground_goes_before_where_the_nose_points(read):
    header = "Timestamp,heading,altitudeRelative,altitudeAMSL,gps.lat,gps.lon,gps.courseOverGround,gps.count"
    found = read(header + "\n" + drive(lambda s: f"{s.ms},270,2,500,{s.lat:.7f},{s.lon},12,14"))
    assert (column(found, "course_deg")[0], column(found, "alt_m")[0]) == (12.0, 500.0)
    assert column(found, "sat_count")[0] == 14


PARTS = {
    "second.fraction": ("second", lambda s: f"{s.at.second}.{s.number % 10}"),
    "nano": ("sec,nano", lambda s: f"{s.at.second},{s.at.microsecond}000"),
    "nano of the next second": ("sec,nano", lambda s: f"{s.at.second + 1},{s.at.microsecond * 1000 - 10**9}"),
    "iTOW": ("sec,iTOW", lambda s: f"{s.at.second},{36018000 + 100 * s.number}"),
}


@pytest.mark.parametrize("name", PARTS)
def test_years_months_and_days_in_columns_are_the_date(read, name):
    heading, seconds = PARTS[name]
    rows = drive(lambda s: f"2025,5,4,{s.at.hour},{s.at.minute},{seconds(s)},{s.lat:.7f},{s.lon}")
    found = read(f"year,month,day,hour,min,{heading},lat,lon\n" + rows, timezone="UTC")
    assert first_and_last(found) == (_START, Sample(39).at)


def test_dates_that_there_are_not_are_rows_without_a_time(read):
    rows = "".join(f"25,{month},{day},10,0,0,48.{month:02},11.5\n" for month, day in MONTH_DAYS)
    found = read("year,month,day,hour,minute,second,lat,lon\n" + rows, timezone="UTC")
    assert [stamp.as_py().strftime("%Y-%m-%d") for stamp in found.streams["gnss_pvt"]["t"]] == [
        "2025-02-28", "2025-05-04", "2025-12-31",
    ]  # fmt: skip


MONTH_DAYS = ((2, 28), (2, 29), (5, 4), (0, 4), (13, 1), (12, 31), (12, 32), (12, 0))


def test_names_of_weekdays_are_no_part_of_a_date(read):
    found = read(
        "year,month,day,hour,minute,second,lat,lon\n2025,5,Sun,10,0,0,48,11\n2025,5,Sun,10,0,1,48,11\n"
    )
    assert found.metadata["clock"]["source"] == ["hour", "minute", "second"]


def test_baselines_of_rtklib_are_channels_with_the_time_of_gps(read, codes):
    names = "e-baseline(m)  n-baseline(m)  u-baseline(m)   Q  ns   sde(m)   sdn(m)   sdu(m)"
    rows = "".join(
        f"2025/05/04 10:00:{18 + n}.000      10.0000      {n}.5000     1.0000   1  12   0.01   0.01   0.02\n"
        for n in range(6)
    )
    found = read(f"%  GPST                   {names}\n" + rows)
    assert first_and_last(found, "channels.main") == (_START, _START + dt.timedelta(seconds=5))
    assert codes(found) == ["CSV_MISSING_LAT_LON"]


def test_the_clock_of_px4_counts_microseconds(read):
    found = read(
        "timestamp,timestamp_sample,lat,lon,alt\n" + drive(lambda s: f"{s.us},0,{s.lat:.7f},{s.lon},500")
    )
    first, last = first_and_last(found)
    assert last - first == dt.timedelta(seconds=3.9)
    assert found.metadata["clock"]["is"] == "counter in us"


def test_the_heading_of_an_aircraft_is_no_course(read):
    header = "latitude,longitude,datetime(utc),speed(m/s),heading,compassHeading\n"
    rows = drive(lambda s: f"{s.lat:.8f},{s.lon},{s.at:%Y-%m-%d %H:%M:%S.%f},20,90,91")
    flown, driven = read(header + rows), read(header.replace("compassHeading", "other") + rows)
    assert flown.streams["gnss_pvt"]["course_deg"].null_count == 40
    assert set(column(flown, "heading", "channels.main")) == {90}
    assert set(column(driven, "course_deg")) == {90}
