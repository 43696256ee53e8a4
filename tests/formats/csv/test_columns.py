"""Columns of CSV files: names, units, streams, and what happens where they are unclear."""

from __future__ import annotations

import math

import pytest

import telemparse
from telemparse.formats.csv.headers import read_heading, snake_case
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import Role


def _rows(count, row):
    return "".join(row(i) + "\n" for i in range(count))


def _stamp(i):
    return f"2025-05-04T10:00:{i:02d}Z"


NAMES = {
    "speed (km/h)": ("speed_mps", "km/h"),
    "Speed[mph]": ("speed_mps", "mph"),
    "gps_speed_kmh": ("speed_mps", "km/h"),
    "speedKmh": ("speed_mps", "km/h"),
    "Geschwindigkeit km/h": ("speed_mps", "km/h"),
    "Vitesse (noeuds)": ("speed_mps", "kn"),
    "accel_x_g": ("ax_mps2", "g"),
    "acc_y [m/s²]": ("ay_mps2", "m/s2"),
    "accel_z_m_s2": ("az_mps2", "m/s2"),
    "altitude_m": ("alt_m", "m"),
    "Höhe (ft)": ("alt_m", "ft"),
    "Längengrad": ("lon_deg", None),
    "GPS Latitude (°)": ("lat_deg", "deg"),
    "Coolant Temp (°F)": ("coolant_temp_c", "degF"),
    "heading_deg": ("course_deg", "deg"),
    "gyro_x_dps": ("gx_rps", "deg/s"),
    "vel_d_mps": ("vel_d_mps", "m/s"),
    "THROTTLE (%)": ("throttle_pct", "%"),
    "Engine Speed (RPM)": ("rpm", "1/min"),
    "Herzfrequenz": ("heart_rate_bpm", None),
    "fecha": ("date", None),
    "ora": ("time", None),
    "datetime(utc)": ("t", None),
    "time_ms": ("t", "ms"),
    "Speed (OBD)(km/h)": ("speed_mps", "km/h"),
    "Speed (m/s) *obd": ("speed_mps", "m/s"),
    "Engine Speed (RPM) *OBD": ("rpm", "1/min"),
    "x_rate_of_rotation": ("gx_rps", None),
    "KPH": ("speed_mps", "km/h"),
    "ms_today": ("tick", None),
    "MATH_ELAPSED_TIME": ("tick", None),
    "gnss_gVel": ("speed_mps", None),
}


@pytest.mark.parametrize(("text", "expected"), NAMES.items())
def test_a_header_cell_names_its_quantity_and_its_unit(text, expected):
    heading = read_heading(text)
    assert heading.quantity is not None
    assert (heading.quantity.name, heading.unit.symbol if heading.unit else None) == expected


UNKNOWN = {
    "Boost (kPa)": ("kPa", "boost"),
    "voltage(v)": ("V", "voltage"),
    "fuel_flow_l/h": ("l/h", "fuel_flow_l_h"),
    "Knock": (None, "knock"),
    "AP Info:[AP3][WRX]": (None, "ap_info"),
    "xSpeed(mph)": ("mph", "x_speed"),
    "Fuel used (trip)(gal)": ("gal", "fuel_used_trip"),
    "Speed (m/s) *calc": ("m/s", "speed"),
}


@pytest.mark.parametrize(("text", "expected"), UNKNOWN.items())
def test_an_unknown_name_keeps_itself_and_its_unit(text, expected):
    heading = read_heading(text)
    assert heading.quantity is None
    assert (heading.unit.symbol if heading.unit else None, snake_case(heading.base)) == expected


def test_the_speed_of_a_bus_is_the_vehicles():
    for text in ("Speed (OBD)(km/h)", "Speed (m/s) *OBD"):
        assert read_heading(text).quantity.role is Role.CHANNEL


def test_names_that_look_like_a_hemisphere_and_a_number_are_a_header(read):
    rows = "".join(f"2025-05-04T10:00:0{i}Z,{i},{i},47.{i},8.5\n" for i in range(5))
    channels = read("t,s0,e1,n2,w3\n" + rows).streams["channels.main"]
    assert channels.column_names == ["t", "s0", "e1", "n2", "w3"]
    assert channels.num_rows == 5


def test_names_become_snake_case():
    assert snake_case("Öl-Temp. (°C)") == "ol_temp_deg_c"
    assert snake_case("isPhoto") == "is_photo"
    assert snake_case("%") == "pct"
    assert snake_case("()") == "column"
    assert len(snake_case("x" * 500)) == 80


SPECS = {
    "speed:mph": ("speed_mps", Role.GNSS, "mph", ""),
    "vehicle speed:km/h": ("speed_mps", Role.CHANNEL, "km/h", ""),
    "ax_mps2:g": ("ax_mps2", Role.ACCEL, "g", ""),
    "t:ms": ("t", Role.TIME, "ms", "ms"),
    "date:dmy": ("date", Role.TIME, None, "dmy"),
    "lat_deg": ("lat_deg", Role.GNSS, None, ""),
    "lat:ddmm": ("lat_deg", Role.GNSS, None, "ddmm"),
}


@pytest.mark.parametrize(("text", "expected"), SPECS.items())
def test_a_mapping_names_a_quantity_with_its_unit_or_format(text, expected):
    spec = read_spec(text)
    assert spec.quantity is not None
    unit = spec.unit.symbol if spec.unit else None
    assert (spec.quantity.name, spec.quantity.role, unit, spec.qualifier) == expected


def test_a_mapping_of_an_unknown_name_is_a_channel_of_that_name():
    spec = read_spec("tyre_temp_fl:degF")
    assert (spec.quantity, spec.name, spec.unit.symbol) == (None, "tyre_temp_fl", "degF")


@pytest.mark.parametrize(
    "name",
    ["lat,lon", "Breitengrad,Längengrad", "latitude,longitude", "GPS Lat,GPS Long", "latitud,longitud"],
)
def test_positions_are_known_in_several_languages(read, name):
    result = read(f"timestamp,{name}\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5"))
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == [48.1] * 3


UNITS = {
    "speed (km/h)": ("speed_mps", "36", 10.0),
    "speed_mph": ("speed_mps", "10", 4.4704),
    "speed [kn]": ("speed_mps", "10", 5.14444444),
    "alt (ft)": ("alt_m", "1000", 304.8),
    "hacc (mm)": ("hacc_m", "1630", 1.63),
    "vel up (ft/min)": ("vel_d_mps", "600", -3.048),
    "course (rad)": ("course_deg", "1.5707963267948966", 90.0),
    "num_sats": ("sat_count", "9", 9),
}


@pytest.mark.parametrize(("header", "expected"), UNITS.items())
def test_units_of_the_receiver_are_converted(read, header, expected):
    name, cell, value = expected
    result = read(f"time,lat,lon,{header}\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,{cell}"))
    assert result.streams["gnss_pvt"][name].to_pylist() == pytest.approx([value] * 3, rel=1e-6)
    assert not result.warnings


def test_units_in_cells_are_converted_even_where_they_change(read):
    cells = ["3.6 km/h", "36 km/h", "10 m/s", "360km/h", "fast", "7 parsecs"]
    cells += ["3.6 km/h"] * 34
    result = read("time,lat,lon,speed\n" + _rows(40, lambda i: f"{_stamp(i)},48.1,11.5,{cells[i]}"))
    speeds = result.streams["gnss_pvt"]["speed_mps"].to_pylist()
    assert speeds[:6] == [
        pytest.approx(1),
        pytest.approx(10),
        pytest.approx(10),
        pytest.approx(100),
        None,
        None,
    ]
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["count"], issue.evidence["column"]) == (
        "VALUE_OUT_OF_RANGE",
        2,
        "speed",
    )
    assert issue.evidence["loci"] == ["line 6", "line 7"]


@pytest.mark.parametrize("above", [False, True])
def test_a_unit_row_counts_above_and_below_the_header(read, above):
    header = ["time,lat,lon,speed,rpm,boost", "s,deg,deg,km/h,rpm,kPa"]
    lines = reversed(header) if above else header
    result = read("\n".join(lines) + "\n" + _rows(3, lambda i: f"{i}.5,48.1,11.5,36,3000,99"))
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == [10.0] * 3
    assert result.streams["channels.main"].schema.field("boost").metadata[b"unit"] == b"kPa"


def test_gnss_imu_and_vehicle_in_one_file_each_get_their_stream(read):
    header = (
        "time,lat,lon,speed_mps,acc_x (g),acc_y (g),acc_z (g),gyro_x (deg/s),gyro_y (deg/s),gyro_z (deg/s),"
        "mag_x (uT),mag_y (uT),mag_z (uT),rpm,lateral g (g),vehicle speed (km/h),Mystery Value,note"
    )
    row = "48.1,11.5,3,0.1,0.2,1,1,2,3,20,10,40,3000,0.5,36,7.5,hello"
    result = read(f"{header}\n" + _rows(3, lambda i: f"{_stamp(i)},{row}"))
    assert set(result.streams) == {"gnss_pvt", "imu_accel", "imu_gyro", "imu_mag", "channels.main"}
    assert result.streams["imu_accel"]["az_mps2"].to_pylist() == pytest.approx([9.80665] * 3)
    assert result.streams["imu_gyro"]["gz_rps"].to_pylist() == pytest.approx([math.radians(3)] * 3)
    assert result.streams["imu_mag"]["mx_ut"].to_pylist() == [20.0] * 3
    channels = result.streams["channels.main"]
    assert channels.column_names == ["t", "rpm", "accel_lat_mps2", "speed_mps", "mystery_value", "note"]
    assert channels["accel_lat_mps2"].to_pylist() == pytest.approx([0.5 * 9.80665] * 3)
    assert channels["speed_mps"].to_pylist() == pytest.approx([10.0] * 3)
    assert channels["note"].to_pylist() == ["hello"] * 3
    assert result.metadata["columns"]["Mystery Value"] == "mystery_value"


def test_two_axes_are_channels_and_not_half_an_imu(read):
    header = "time,lat,lon,accel_x_g,accel_y_g"
    result = read(f"{header}\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,0.25,0.5"))
    assert "imu_accel" not in result.streams
    assert result.streams["channels.main"]["accel_x_g"].to_pylist() == [0.25] * 3
    assert result.streams["channels.main"].schema.field("accel_x_g").metadata[b"unit"] == b"g"


def test_rows_without_all_three_axes_are_counted(read):
    rows = [f"{_stamp(i)},0.1,0.2,1" for i in range(30)]
    rows[3], rows[4] = f"{_stamp(3)},0.1,,1", f"{_stamp(4)},,,"
    result = read("time,ax (g),ay (g),az (g)\n" + "\n".join(rows) + "\n")
    assert result.streams["imu_accel"].num_rows == 28
    counted = [issue.evidence["count"] for issue in result.warnings if issue.code == "VALUE_OUT_OF_RANGE"]
    assert counted == [1]


@pytest.mark.parametrize(("az", "unit"), [("1.0", "g"), ("9.8", "m/s2"), ("1000", "mg")])
def test_gravity_tells_the_unit_of_an_accelerometer(read, az, unit):
    result = read("time,ax,ay,az\n" + _rows(9, lambda i: f"{_stamp(i)},0.0,0.01,{az}"))
    assert result.streams["imu_accel"]["az_mps2"].to_pylist() == pytest.approx([9.8] * 9, rel=1e-3)
    (issue,) = (issue for issue in result.warnings if issue.code == "UNIT_ASSUMED")
    assert issue.evidence["unit"] == unit


def test_an_accelerometer_without_unit_and_gravity_stays_as_it_is(read):
    result = read("time,lat,lon,ax,ay,az\n" + _rows(9, lambda i: f"{_stamp(i)},48.1,11.5,0.0,0.01,0.0"))
    assert "imu_accel" not in result.streams
    assert result.streams["channels.main"].column_names == ["t", "ax", "ay", "az"]


def test_axes_of_which_only_some_state_a_unit_stay_as_they_are(read):
    result = read("time,lat,lon,ax (g),ay,az\n" + _rows(9, lambda i: f"{_stamp(i)},48.1,11.5,0,0,1"))
    assert "imu_accel" not in result.streams


def test_gx_in_g_is_an_accelerometer(read):
    result = read("time,gx (g),gy (g),gz (g)\n" + _rows(3, lambda i: f"{_stamp(i)},0,0,1"))
    assert list(result.streams) == ["imu_accel"]


@pytest.mark.parametrize(("factor", "unit"), [(1.0, "m/s"), (3.6, "km/h"), (2.23694, "mph"), (1.94384, "kn")])
def test_positions_tell_the_unit_of_the_speed(read, factor, unit):
    def row(i):
        return (
            f"2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,{48 + i * 20 / 111194.9:.7f},11.5,{20 * factor:.4f}"
        )

    result = read("time,lat,lon,speed\n" + _rows(100, row))
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([20.0] * 100, rel=1e-4)
    (issue,) = result.warnings
    assert (issue.code, issue.evidence["unit"]) == ("UNIT_ASSUMED", unit)
    assert "positions" in issue.evidence["basis"]


def test_a_speed_without_evidence_is_metres_a_second_and_said(read):
    result = read("time,lat,lon,speed,alt\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,20,500"))
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == [20.0] * 3
    assumed = {issue.evidence["column"]: issue.evidence["unit"] for issue in result.warnings}
    assert assumed == {"speed": "m/s", "alt": "m"}


def test_vehicle_columns_whose_unit_nobody_states_make_no_claim(read):
    header = "time,lat,lon,vehicle speed,coolant temp,throttle,battery"
    result = read(f"{header}\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,60,90,0.5,13.8"))
    names = result.streams["channels.main"].column_names
    assert names == ["t", "vehicle_speed", "coolant_temp", "throttle", "battery_v"]


def test_a_unit_of_another_kind_makes_no_canonical_channel(read):
    result = read("time,lat,lon,brake pressure (%)\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,60"))
    assert result.streams["channels.main"].column_names == ["t", "brake_pressure"]


def test_coordinates_in_a_unit_that_is_no_angle_are_none(read, codes):
    result = read("time,lat (m),lon (m),rpm\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,60"))
    assert "gnss_pvt" not in result.streams
    assert "CSV_MISSING_LAT_LON" in codes(result)


def test_text_stays_text_and_mixed_columns_keep_their_numbers(read):
    rows = [f"{_stamp(i)},48.1,11.5,word {i},{i}" for i in range(30)]
    rows[10] = rows[10].rsplit(",", 1)[0] + ",broken"
    result = read("time,lat,lon,comment,level\n" + "\n".join(rows) + "\n")
    channels = result.streams["channels.main"]
    assert channels["comment"].to_pylist() == [f"word {i}" for i in range(30)]
    assert channels["level"].to_pylist() == [None if i == 10 else float(i) for i in range(30)]
    (issue,) = result.warnings
    assert (issue.evidence["column"], issue.evidence["loci"]) == ("level", ["line 12"])


def test_numbers_too_long_for_64_bits_stay_text(read):
    result = read("time,lat,lon,id\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,12345678901234567890{i}"))
    assert result.streams["channels.main"]["id"].to_pylist()[1] == "123456789012345678901"


def test_columns_without_a_cell_are_kept_as_nulls(read):
    header = "time,lat,lon,Empty (V),Blank"
    result = read(f"{header}\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,,"))
    channels = result.streams["channels.main"]
    assert str(channels["empty"].type) == "double"
    assert str(channels["blank"].type) == "string"
    assert channels["blank"].null_count == 3


def test_equal_names_are_made_unique_and_none_is_dropped(read):
    result = read(
        "time,lat,lon,Temp,temp,TEMP,rpm,rpm\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,1,2,3,4,5")
    )
    assert result.streams["channels.main"].column_names == ["t", "temp", "temp_2", "temp_3", "rpm", "rpm_raw"]


def test_two_positions_with_different_values_are_refused(read, codes):
    for names in ("lat,lat", "lat,latitude"):
        result = read(f"time,{names},lon\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,49.1,11.5"))
        assert codes(result) == ["CSV_AMBIGUOUS_COLUMNS"]
        assert "column 2" in result.errors[0].evidence["interpretations"]
        assert not result.streams


def test_two_positions_with_the_same_values_are_one(read):
    result = read("time,lat,latitude,lon\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,48.1,11.5"))
    assert result.ok
    assert result.streams["channels.main"].num_rows == 3


def test_one_coordinate_of_two_is_an_error_and_the_rest_is_kept(read, codes):
    result = read("time,lat,rpm\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,3000"))
    assert codes(result) == ["CSV_MISSING_LAT_LON"]
    assert (result.errors[0].evidence["present"], result.errors[0].evidence["missing"]) == (
        "lat_deg",
        "lon_deg",
    )
    assert result.streams["channels.main"].column_names == ["t", "lat", "rpm"]


def test_nothing_usable_is_an_error(read, codes):
    assert codes(read("foo,bar\n1,2\n3,4\n")) == ["CSV_MISSING_LAT_LON", "CSV_NO_TIME_COLUMN"]


def test_channels_alone_are_a_good_result_with_a_warning(read, codes):
    result = read("time,rpm,speed (km/h)\n" + _rows(3, lambda i: f"{_stamp(i)},3000,36"))
    assert result.ok
    assert codes(result) == ["CSV_MISSING_LAT_LON"]
    (issue,) = result.warnings
    assert issue.evidence["looked_for"] == "latitude, lat, latitudedeg, latdeg, longitude, lon, lng, long"
    assert "time, rpm, speed (km/h)" in issue.hint
    assert "columns={'Y': 'lat_deg', 'X': 'lon_deg'}" in issue.hint
    assert result.streams["channels.main"]["speed_mps"].to_pylist() == pytest.approx([10.0] * 3)
    assert not result.capabilities.has_gnss_position


def test_heart_rate_cadence_and_power_are_canonical(read):
    result = read(
        "time,lat,lon,heart rate,cadence,power (W)\n" + _rows(3, lambda i: f"{_stamp(i)},48,11,140,80,200")
    )
    names = result.streams["channels.main"].column_names
    assert names == ["t", "heart_rate_bpm", "cadence_rpm", "power_w"]


def test_a_headerless_file_lists_what_was_seen_and_parses_with_a_mapping(read, codes):
    text = _rows(9, lambda i: f"{_stamp(i)},48.1,11.5,{i}.5,x,")
    result = read(text)
    assert codes(result) == ["CSV_AMBIGUOUS_COLUMNS"]
    evidence = result.errors[0].evidence
    assert evidence["mapping"] == "t,?,?,?,?,?"
    assert "3: numbers with 1 decimals, within 90, rising" in evidence["interpretations"]
    told = read(text, columns="t,lat_deg,lon_deg,speed:km/h,grip")
    assert told.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx(
        [(i + 0.5) / 3.6 for i in range(9)]
    )
    assert told.streams["channels.main"]["grip"].to_pylist() == ["x"] * 9


def test_a_mapping_outweighs_the_header(read):
    text = "when,lat,lon,v,oddly\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,10,5")
    result = read(text, columns={"when": "t", "v": "speed:mph", 4: "ax"})
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([4.4704] * 3)


def test_a_mapping_of_a_column_that_is_not_there_names_those_that_are(read, codes):
    result = read("time,lat,lon\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5"), columns={"Zeit": "t"})
    assert codes(result) == ["CSV_AMBIGUOUS_COLUMNS"]
    assert "Zeit" in result.errors[0].evidence["interpretations"]
    assert "time, lat, lon" in result.errors[0].evidence["interpretations"]


def test_a_row_of_sources_below_the_header_is_refused(read, codes):
    text = "time,lat,lon,rpm\n,100: gps,100: gps,200: obd\n" + _rows(5, lambda i: f"{_stamp(i)},48.1,11.5,3")
    text = text.replace("\n,100", "\n100: gps,100")
    result = read(text)
    assert codes(result) == ["CSV_AMBIGUOUS_COLUMNS"]
    assert "100: gps" in result.errors[0].evidence["interpretations"]


def test_streams_and_channels_that_are_not_asked_for_are_not_read(read):
    text = "time,lat,lon,rpm,foo,ax (g),ay (g),az (g)\n" + _rows(
        3, lambda i: f"{_stamp(i)},48.1,11.5,3000,1,0,0,1"
    )
    assert list(read(text, streams="channels").streams) == ["channels.main"]
    assert list(read(text, streams="imu_accel").streams) == ["imu_accel"]
    assert read(text, channels="foo").streams["channels.main"].column_names == ["t", "foo"]
    assert set(read(text, channels=()).streams) == {"gnss_pvt", "imu_accel"}


@pytest.mark.parametrize("stream", ["channels", "events", "gnss_pvt"])
def test_a_speed_of_unknown_unit_is_looked_at_only_where_positions_are_asked_for(read, stream):
    text = "time,lat,lon,speed,rpm\n" + _rows(9, lambda i: f"{_stamp(i)},{48 + i / 1e4},11.5,11.1,{i}")
    result = read(text, streams=stream)
    assert (result.errors, "speed_mps" in str(result.streams)) == ((), stream == "gnss_pvt")


def test_losses_of_the_fix_come_even_where_only_events_are_asked_for(read):
    text = "time,lat,lon\n" + _rows(6, lambda i: f"{_stamp(i)},{'0,0' if i > 3 else '48.1,11.5'}")
    result = read(text, streams="events")
    assert result.streams["events"]["event_type"].to_pylist() == ["fix_lost"]


def test_a_second_file_of_a_set_gives_its_streams_its_name():
    one = b"time,lat,lon\n2025-05-04T10:00:00Z,48,11\n2025-05-04T10:00:01Z,48,11\n"
    two = b"time,lat,lon,rpm\n2025-05-04T10:00:00Z,47,11,5\n2025-05-04T10:00:01Z,47,11,5\n"
    files = {"a/my log.csv": one, "b/rover 2.csv": two, "c/rover 2.csv": two, "d.csv": b""}
    result = telemparse.parse(files, parser="csv", on_error="return")
    assert set(result.streams) == {
        "gnss_pvt", "gnss_pvt.rover_2", "gnss_pvt.rover_2_2", "channels.main", "channels.rover_2_2",
    }  # fmt: skip
    assert result.metadata["dialect.rover_2"] == "generic"
    assert [issue.code for issue in result.errors] == ["ARTIFACT_EMPTY"]


def test_a_logger_that_tells_about_itself_in_a_header_cell_is_heard(read):
    header = "Time (sec),RPM (RPM),AP Info:[AP3-SUB-004][2020 STI][Stage1]"
    result = read(f"{header}\n" + _rows(3, lambda i: f"{i}.5,3000,0"))
    assert (result.device_family, result.device_model) == ("Cobb Accessport", "AP3-SUB-004")
    assert result.metadata["device_info"] == ["AP3-SUB-004", "2020 STI", "Stage1"]
    assert "ap_info" in result.streams["channels.main"].column_names


def test_velocities_up_and_down_do_not_hide_each_other(read):
    result = read("time,lat,lon,vel_d_mps,vel_u (m/s)\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,1,-1"))
    assert result.streams["gnss_pvt"]["vel_d_mps"].to_pylist() == [1.0] * 3
    assert result.streams["channels.main"].column_names == ["t", "vel_u"]


def test_a_name_with_its_unit_before_an_empty_bracket(read):
    result = read("time,lat,lon,speed_kmh ()\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,36"))
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist() == pytest.approx([10.0] * 3)


def test_a_position_named_by_its_receiver_outweighs_another(read):
    result = read("time,lat,lon,GPS Lat,GPS Lon\n" + _rows(3, lambda i: f"{_stamp(i)},1.5,2.5,48.1,11.5"))
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == [48.1] * 3


def test_receiver_columns_without_a_position_are_channels(read):
    result = read("time,alt (m),sats,speed\n" + _rows(3, lambda i: f"{_stamp(i)},500,9,5"))
    assert result.streams["channels.main"].column_names == ["t", "alt", "sats", "speed"]


def test_letters_of_hemispheres_that_are_words_are_channels(read):
    result = read("time,lat,lon,ns\n" + _rows(3, lambda i: f"{_stamp(i)},48.1,11.5,none yet"))
    assert result.streams["channels.main"]["ns"].to_pylist() == ["none yet"] * 3


def test_noise_of_positions_at_rest_does_not_hide_the_unit_of_the_speed(read):
    def row(i):
        moved = max(i - 300, 0) * 10 / 111194.9
        noise = (i % 2) * 2e-5 if i <= 300 else 0.0
        return (
            f"2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,{48 + moved + noise:.7f},11.5,{36 if i > 300 else 0}"
        )

    result = read("time,lat,lon,speed\n" + _rows(400, row))
    assert result.warnings[0].evidence["unit"] == "km/h"


def test_a_file_at_rest_tells_no_unit(read):
    result = read("time,lat,lon,speed\n" + _rows(30, lambda i: f"{_stamp(i)},48.1,11.5,0"))
    assert result.warnings[0].evidence["basis"] == "default"
