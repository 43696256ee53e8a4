"""Dialects as declarations: each built-in one on rows of its own shape, and third parties' beside them."""

from __future__ import annotations

import math

import attrs
import pytest

from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_dialect import CsvDialect, FixRule, NumberRange, Shape, Stamps
from telemparse.formats.csv.dialects import BUILT_IN, GENERIC
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.layout import read_layout
from telemparse.formats.csv.recognition import speaks, which_dialect
from telemparse.formats.csv.specs import read_spec

COLUMBUS = (
    "INDEX,TAG,DATE,TIME,LATITUDE N/S,LONGITUDE E/W,HEIGHT,SPEED,HEADING,FIX MODE,VALID,PDOP,HDOP,VDOP,"
    "VOX\r\n"
    "1\0\0,T,250204,055722,31.768380N,035.209656E,149\0\0,36\0\0,360,3D,SPS ,2.6\0,2.4\0,1.0\0,\0\0\0\r\n"
    "42\0,C,250204,055723,31.768380N,035.209656W,149\0\0,36\0\0,90,2D,SPS ,2.6\0,2.4\0,1.0\0,\0\0\0\r\n"
)
G1000 = (
    '#airframe_info, log_version="1.00", airframe_name="Test Plane 172", mode=NORMAL,\n'
    "#yyy-mm-dd, hh:mm:ss, hh:mm, degrees, degrees, ft msl, kt, deg, deg, fpm, deg F, enum\n"
    "  Lcl Date, Lcl Time, UTCOfst, Latitude, Longitude, AltMSL, GndSpd, TRK, MagVar, VSpdG, E1 OilT,GPSfix\n"
    "2025-02-04, 07:57:22, +02:00,            ,            ,     ,       ,   , -10,     , 212.0, NoSoln\n"
    "2025-02-04, 07:57:23, +02:00,  40.2171326, -111.7177124, 1000.0, 100.0, 5.0, -10, 600.0, 212.0,3DDiff\n"
)
AIRDATA = (
    "time(millisecond),datetime(utc),latitude,longitude,altitude_above_seaLevel(meters),speed(m/s),satellites,"
    "gpslevel, xSpeed(m/s), compass_heading(degrees),message\n"
    + "".join(
        f"{i * 250},2025-02-04 05:57:{20 + i // 4},40.1,-88.2,200,10,12,5, 1.5, 180.9,\n" for i in range(12)
    )
)
GAUGE_S = (
    "Timestamp (ms),Date,Hour (h),Minute (min),Second (s),Speed (mph),GPS Speed (km/h),GPS North (Angle),"
    "GPS Latitude (°),GPS Longitude (°),\n"
    + "".join(f"{i * 250},250204,05,57,{20 + i // 4},10,36.00,128.30,30.13,-97.63,\n" for i in range(12))
)
RACEBOX = (
    "Record,Time,Latitude,Longitude,Altitude,Speed,GForceX,GForceY,GForceZ,Lap,GyroX,GyroY,GyroZ\n"
    + "".join(f"{i},2025-02-04T05:57:22.{i}40Z,49.18,-123.14,6.8,36,0,0,1,0,180,0,0\n" for i in range(9))
)
IBLUE = (
    "INDEX,RCR,DATE,TIME,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED,DISTANCE,\n"
    "1,T,2025/02/04,05:57:22,Unknown,51.311770,N,12.413179,W,146,36.0,0.000000\n"
    "2,B,2025/02/04,05:57:23,Unknown,51.311770,S,12.413179,E,146,36.0,0.000000\n"
)
_MTK = "57.719581,N,12.016372,E,98.470 m,36.000 km/h"
MTK = (
    "INDEX,RCR,DATE,TIME,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED,HEADING,NSAT (USED/VIEW),DISTANCE,\n"
    f"1,T,2025/02/04,05:57:22.500,No fix,{_MTK},0.000000,0(7),      0.00 m,\n"
    f"2,T,2025/02/04,05:57:23.500,DGPS,{_MTK},10.000000,6(9),      0.00 m,\n"
    f"3,T,2025/02/04,05:57:24.500,Estimated mode,{_MTK},10.0,6(9),      0.00 m,\n"
)
KF_GINS = "".join(
    f"456250.{i}00    30.4447858054   114.4718661162     21.095    0.010    0.009    0.019 \n"
    for i in range(9)
)
IMU_BARE = "".join(f"0.119,0.027,1.013,-0.671,3.082,180.000,{261906 + i * 10}\n" for i in range(9))

SAMPLES = {
    "columbus": COLUMBUS, "g1000": G1000, "airdata": AIRDATA, "gauge_s": GAUGE_S, "racebox": RACEBOX,
    "iblue": IBLUE, "mtk": MTK, "kf_gins": KF_GINS, "imu_bare": IMU_BARE,
}  # fmt: skip


def _layout(text):
    layout = read_layout(text.encode(), whole=True)
    assert layout is not None
    return layout


def test_every_built_in_dialect_has_an_example_and_a_name_of_its_own():
    assert {"mychronogps_session", *(dialect.name for dialect in BUILT_IN)} == {
        name.partition(".")[0].replace("-", "_") for name in EXAMPLES
    }
    assert set(SAMPLES) <= {dialect.name for dialect in BUILT_IN}
    assert not GENERIC.has_fingerprint


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_speaks_its_own_dialect_and_no_other(name):
    layout = _layout(SAMPLES[name])
    assert [dialect.name for dialect in BUILT_IN if speaks(layout, dialect)] in ([name], ["iblue", "mtk"])
    assert which_dialect(layout).name == name


@pytest.mark.parametrize("dialect", BUILT_IN, ids=lambda dialect: dialect.name)
def test_every_declared_column_is_understood(dialect):
    for spec in dialect.columns.values():
        read = read_spec(spec)
        _name, colon, tail = spec.partition(":")
        formats = ("ymd", "dmy", "ms", "gps", "utc", "words")
        assert not colon or read.unit is not None or read.qualifier in formats, spec
        assert read.quantity is not None or dialect.shape is not None or not read.name, tail


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"kf_gins", "imu_bare", "gauge_s"}))
def test_ten_metres_a_second_are_ten_metres_a_second_and_utc_is_utc(read, name):
    result = read(SAMPLES[name])
    table = result.streams["gnss_pvt"]
    expected = 100 * 1852 / 3600 if name == "g1000" else 10.0
    assert table["speed_mps"].to_pylist() == pytest.approx([expected] * table.num_rows, rel=1e-6)
    assert str(table["t"][0].as_py())[:17] == "2025-02-04 05:57:"
    assert result.metadata["dialect"] == name
    assert {issue.code for issue in result.warnings} <= {"UNIT_ASSUMED"}
    assert result.ok


def test_columbus_markers_hemispheres_and_fix_modes(read):
    result = read(COLUMBUS)
    table = result.streams["gnss_pvt"]
    assert table["lon_deg"].to_pylist() == [35.209656, -35.209656]
    assert table["fix_type"].to_pylist() == [3, 2]
    assert table["course_deg"].to_pylist() == [0.0, 90.0]
    assert result.streams["events"]["event_type"].to_pylist() == ["marker"]
    assert result.streams["channels.main"]["valid"].to_pylist() == ["SPS", "SPS"]


def test_g1000_offset_declination_and_no_solution(read):
    result = read(G1000)
    table = result.streams["gnss_pvt"]
    assert table["course_deg"].to_pylist() == [355.0]
    assert table["alt_m"].to_pylist() == pytest.approx([304.8])
    assert table["vel_d_mps"].to_pylist() == pytest.approx([-3.048])
    assert result.metadata["epochs_without_fix"] == 1
    assert result.streams["channels.main"]["oil_temp_c"].to_pylist() == pytest.approx([100.0, 100.0])
    assert result.device_model == "Test Plane 172"


def test_airdata_and_gauge_s_counters_divide_their_seconds(read):
    for text in (AIRDATA, GAUGE_S):
        result = read(text)
        instants = result.streams["gnss_pvt"]["t"].cast("int64").to_pylist()
        assert [value // 10**6 % 60_000 for value in instants] == [20_000 + i * 250 for i in range(12)]


def test_gauge_s_is_local_and_has_two_speeds(read):
    result = read(GAUGE_S, timezone="America/Chicago")
    assert str(result.streams["gnss_pvt"]["t"][0].as_py())[:16] == "2025-02-04 11:57"
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([10.0] * 12)
    assert result.streams["channels.main"]["speed_mps"].to_pylist() == pytest.approx([4.4704] * 12)


def test_a_trackaddict_log_without_utc_keeps_its_laps_and_names_of_the_bus(read, codes):
    names = '"Time","Lap","GPS_Update","GPS_Delay","Latitude","Longitude","Speed (MPH)",'
    names += '"Engine Speed (RPM) *OBD","Vehicle Speed (km/h) *OBD"\n'
    rows = [
        f"{n / 4:.3f},{n // 8},{int(n % 4 == 0)},0.000,-30.{n:04d},-40.5,44.7,{3000 + n},72.0"
        for n in range(20)
    ]
    rows.insert(8, "# Lap 0: 00:00:02.000")
    result = read("# RaceRender Data: TrackAddict 3.4.2 on iOS 10\n" + names + "\n".join(rows) + "\n")
    assert (result.metadata["dialect"], result.device_model) == ("trackaddict", "3.4.2")
    assert codes(result) == ["TIME_RELATIVE"]
    assert result.streams["gnss_pvt"].num_rows == 5
    assert result.streams["laps"]["duration_ns"].to_pylist() == [2_000_000_000]
    channels = result.streams["channels.main"]
    assert channels["rpm"].to_pylist()[:2] == [3000, 3001]
    assert channels["speed_mps"].to_pylist() == pytest.approx([20.0] * 20)


STUDIO_2 = (
    '"Format","AIM CSV File"\n"Venue","Ocean"\n"Data Source","AIM Data Logger"\n"Date","05/04/25"\n'
    '"Time","10:00:00"\n"Duration","0.18"\n"Beacon Markers","0.05  0.15"\n\n'
    + 2 * '"Time","OilTemp","GPS_Speed","GPS_PosAccuracy","GPS_SpdAccuracy","GPS_Latitude","GPS_Longitude",\n'
    + '"sec","°F","mph","#","#","°","°",\n"","","1","2","3","4","5",\n\n'
    + "".join(f"{n / 50:.3f},212.0,22.369363,1.32,0.15,-30.{n:04d},-40.5\n" for n in range(10))
)


def test_race_studio_2_names_its_columns_twice_and_numbers_them(read):
    result = read(STUDIO_2, encoding="latin-1")
    assert [issue.code for issue in result.warnings] == ["UNIT_ASSUMED"] * 2 + ["TIME_ZONE_ASSUMED_UTC"]
    fixes = result.streams["gnss_pvt"]
    assert fixes.num_rows == 10
    assert fixes["t"][1].as_py().isoformat() == "2025-05-04T10:00:00.020000+00:00"
    assert fixes["speed_mps"][0].as_py() == pytest.approx(10, rel=1e-6)
    accuracies = (fixes["hacc_m"][0].as_py(), fixes["sacc_mps"][0].as_py())
    assert accuracies == pytest.approx((1.32, 0.15))
    assert result.streams["channels.main"]["oil_temp_c"][0].as_py() == pytest.approx(100)
    assert result.streams["laps"]["duration_ns"].to_pylist() == [100_000_000]


def test_figures_below_a_header_are_a_row_where_they_number_no_columns(read):
    rows = "".join(f"{n},1,2,3\n" for n in range(5))
    assert read("level,a,b,c\n" + rows, columns={"level": "t:s"}).streams["channels.main"].num_rows == 5
    gap = read("t,a,b,c,d\n,1,2,4,5\n" + "".join(f"{n}.5,1,2,4,5\n" for n in range(5)))
    (skipped,) = (issue for issue in gap.warnings if issue.code == "ROWS_SKIPPED")
    assert skipped.evidence["loci"] == ["line 2"]


def test_racecapture_is_told_without_a_receiver_and_without_laps(read):
    head = '"Interval"|"ms"|0|0|1,"Utc"|"ms"|0|0|1,"AccelX"|"G"|-3.0|3.0|25,"RPM"|"rpm"|0|9000|50\n'
    result = read(head + "".join(f"{402 + 40 * n},0,-0.02,{3000 + n}\n" for n in range(9)))
    assert result.metadata["dialect"] == "racecapture"
    assert result.metadata["clock"]["is"] == "counter in ms"
    assert result.streams["channels.main"].num_rows == 9


def test_an_older_log_of_doves_has_fewer_columns(read):
    rows = "".join(
        f"{1_746_352_800_000 + 100 * n},12,0.9,-30.{n:04d},-40.5,22.37,90,5000\n" for n in range(9)
    )
    result = read("timestamp,sats,hdop,lat,lng,speed_mph,heading_deg,rpm\n" + rows)
    assert (result.metadata["dialect"], result.streams["gnss_pvt"].num_rows) == ("dovex", 9)


def test_racecapture_units_are_those_of_its_header(read):
    data = EXAMPLES["racecapture.log"].decode()
    metric = data.replace('"Speed"|"MPH"', '"Speed"|"km/h"').replace('"Altitude"|"M"', '"Altitude"|"ft"')
    was, now = (read(text).streams["gnss_pvt"] for text in (data, metric))
    assert now["alt_m"][9].as_py() == pytest.approx(was["alt_m"][9].as_py() * 0.3048)
    assert now["speed_mps"][9].as_py() == pytest.approx(was["speed_mps"][9].as_py() / 1.609344)


def test_racebox_numbers_its_laps_and_0_is_none(read):
    # As the vendor's page writes it for a motorcycle, without the number of the row and a zone.
    names = "Time,Latitude,Longitude,Altitude,Speed,GForceX,GForceZ,Lap,LeanAngle\n"
    laps = [0, 0, 1, 1, 1, 1, 2, 2, 0, 3]
    rows = "".join(
        f"2025-05-04T10:00:0{n}.000,-30.{n:04d},-40.5,20,39.6,0,1,{lap},5\n" for n, lap in enumerate(laps)
    )
    head = "Format,RaceBox\nTrack,Ocean\nLap 1, 3.987, sectors, 1.5,2.487,0,0,0\n\n"
    result = read(head + names + rows)
    assert result.metadata["dialect"] == "racebox"
    assert [issue.code for issue in result.warnings] == ["UNIT_ASSUMED", "TIME_ZONE_ASSUMED_UTC"]
    found = [(lap["device_lap"], lap["duration_ns"] // 10**6) for lap in result.streams["laps"].to_pylist()]
    assert found == [(1, 3987), (2, 2000)]
    assert result.streams["sectors"]["duration_ns"].to_pylist() == [1_500_000_000, 2_487_000_000]
    assert result.streams["channels.main"]["lean_angle"].to_pylist() == [5] * 10


def test_racebox_units_follow_the_header_when_it_names_them(read):
    named = RACEBOX.replace("Speed", "Speed (m/s)").replace("GForceX", "GForceX (g)")
    result = read(named)
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == [36.0] * 9
    assert not result.warnings
    assert read(RACEBOX).streams["imu_gyro"]["gx_rps"].to_pylist() == pytest.approx([math.pi] * 9)


def test_iblue_validity_is_doubtful_and_letters_turn_signs(read):
    table = read(IBLUE).streams["gnss_pvt"]
    assert table["lat_deg"].to_pylist() == [51.31177, -51.31177]
    assert table["lon_deg"].to_pylist() == [-12.413179, 12.413179]
    assert table["quality_flags"].to_pylist() == [16, 16]


def test_mtk_words_of_validity(read):
    result = read(MTK)
    table = result.streams["gnss_pvt"]
    assert table["fix_type"].to_pylist() == [None, 1]
    assert table["sat_count"].to_pylist() == [6, 6]
    assert result.metadata["epochs_without_fix"] == 1


def test_kf_gins_heights_are_ellipsoidal(read):
    result = read(KF_GINS)
    assert result.streams["gnss_pvt"]["quality_flags"].to_pylist() == [256] * 9
    assert result.streams["channels.main"].column_names == ["t", "position_std_n_m", "position_std_e_m"]


BROKEN = {
    "another width": KF_GINS.replace("    0.019", ""),
    "no decimals": KF_GINS.replace("30.4447858054", "30.44"),
    "a position out of range": KF_GINS.replace("114.4718661162", "214.4718661162"),
    "time that falls": KF_GINS.replace("456250.800", "456249.100"),
    "no gravity": IMU_BARE.replace("1.013", "0.013"),
    "words": IMU_BARE.replace("180.000", "right"),
    "few rows": KF_GINS[: KF_GINS.index("\n") * 3],
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_shape_that_does_not_hold_is_nobodys(text):
    assert which_dialect(_layout(text)).name == "generic"


VENDOR = CsvDialect(
    name="vendor",
    title="A vendor",
    header=frozenset({"Zeitpunkt", "Ort N", "Ort O"}),
    columns={"Zeitpunkt": "t:ms", "Ort N": "lat", "Ort O": "lon", "V": "speed:km/h", "Drehzahl": ""},
    device_family="Vendor",
)


def test_a_third_partys_dialect_is_asked_beside_the_built_in_ones(read, monkeypatch):
    shared = Catalog.shared()
    monkeypatch.setattr(Catalog, "shared", classmethod(lambda _cls: attrs.evolve(shared, dialects=(VENDOR,))))
    result = read("Zeitpunkt,Ort N,Ort O,V,Drehzahl\n0,48.1,11.5,36,3000\n250,48.1,11.5,36,3000\n")
    assert result.metadata["dialect"] == "vendor"
    assert result.device_family == "Vendor"
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([10.0, 10.0])
    assert result.streams["channels.main"].column_names == ["t", "drehzahl"]


def test_the_dialect_that_asks_for_more_wins():
    narrow = CsvDialect(name="narrow", header={"foo", "bar"}, fix=FixRule(lost=["x"]), stamps=Stamps.UTC)
    wide = CsvDialect(name="wide", header={"foo", "bar", "baz"}, preamble=("v2",))
    shaped = CsvDialect(name="shaped", shape=Shape(columns=(NumberRange(), NumberRange(), NumberRange())))
    layout = _layout("v2\nfoo,bar,baz\n1,2,3\n4,5,6\n")
    assert which_dialect(layout, (narrow, wide, shaped)).name == "wide"
    assert which_dialect(layout, (narrow, shaped)).name == "narrow"


POS = (
    "% program   : RTKLIB ver.2.4.3\n"
    "%  {scale}   latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)  vn(m/s)\n"
    "2025/07/08 19:34:18.500  40.1  -105.1  1601.4  1  21  0.01  0.01  0.02  3.5\n"
    "2025/07/08 19:34:18.750  40.1  -105.1  1601.4  2.0000  21  0.01  0.01  0.02  3.5\n"
    "2025/07/08 19:34:19.000  40.1  -105.1  1601.4  5  21  0.01  0.01  0.02  3.5\n"
    "2025/07/08 19:34:19.250  40.1  -105.1  1601.4  0  21  0.01  0.01  0.02  3.5\n"
)


@pytest.mark.parametrize(("scale", "second"), [("GPST", "00.5"), ("UTC", "18.5")])
def test_rtklib_counts_leap_seconds_or_not_and_tells_fixed_from_float(read, scale, second):
    result = read(POS.format(scale=scale))
    table = result.streams["gnss_pvt"]
    assert str(table["t"][0].as_py())[:21] == f"2025-07-08 19:34:{second}"
    assert table["fix_type"].to_pylist() == [7, 6, 3]
    assert table["vacc_m"].to_pylist() == pytest.approx([0.02] * 3)
    assert set(table["quality_flags"].to_pylist()) == {256}
    assert result.metadata["epochs_without_fix"] == 1
    assert not result.errors


def test_gps_time_before_its_epoch_and_in_gaps_is_taken_as_it_is(read):
    rows = ["1979/12/31 00:00:00", "x 10:00:00", "2025/07/08 00:00:10"]
    text = "day,clk,lat,lon\n" + "".join(f"{row.replace(' ', ',')},48.1,11.5\n" for row in rows)
    result = read(text, columns={"day": "date:ymd", "clk": "time:gps"})
    stamps = [str(t)[:19] for t in result.streams["gnss_pvt"]["t"].to_pylist()]
    assert stamps == ["1979-12-31 00:00:00", "2025-07-07 23:59:52"]


def test_a_name_that_heads_nothing_of_a_clock_heads_one_column(read):
    result = read("%  depth lat lon\n1.5 48.1 11.5\n2.5 48.2 11.5\n")
    assert "depth date" not in str(result.errors)
