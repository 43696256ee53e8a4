"""The canonical schemas, column by column, as the model page promises them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from telemparse import schemas
from telemparse.errors import CallError
from telemparse.model.codes import CODES
from telemparse.schemas.registry import is_stream, schema_of

T = pa.timestamp("ns", tz="UTC")
F4, F8, U1, U4, I4, I8, S = (
    pa.float32(), pa.float64(), pa.uint8(), pa.uint32(), pa.int32(), pa.int64(), pa.string(),
)  # fmt: skip
WORD = pa.dictionary(pa.int8(), pa.string())
WORDS = pa.list_(pa.string())
NULL, REQUIRED = True, False

EXPECTED = {
    "gnss_pvt": [
        ("t", T, REQUIRED), ("lat_deg", F8, REQUIRED), ("lon_deg", F8, REQUIRED), ("alt_m", F8, NULL),
        ("speed_mps", F4, NULL), ("course_deg", F4, NULL), ("vel_n_mps", F4, NULL), ("vel_e_mps", F4, NULL),
        ("vel_d_mps", F4, NULL), ("hacc_m", F4, NULL), ("vacc_m", F4, NULL), ("sacc_mps", F4, NULL),
        ("hdop", F4, NULL), ("vdop", F4, NULL), ("pdop", F4, NULL), ("sat_count", U1, NULL),
        ("fix_type", U1, NULL), ("quality_flags", U4, REQUIRED),
    ],
    "imu_accel": [
        ("t", T, REQUIRED), ("ax_mps2", F4, REQUIRED), ("ay_mps2", F4, REQUIRED), ("az_mps2", F4, REQUIRED),
        ("temp_c", F4, NULL), ("quality_flags", U4, REQUIRED),
    ],
    "imu_gyro": [
        ("t", T, REQUIRED), ("gx_rps", F4, REQUIRED), ("gy_rps", F4, REQUIRED), ("gz_rps", F4, REQUIRED),
        ("temp_c", F4, NULL), ("quality_flags", U4, REQUIRED),
    ],
    "imu_mag": [
        ("t", T, REQUIRED), ("mx_ut", F4, REQUIRED), ("my_ut", F4, REQUIRED), ("mz_ut", F4, REQUIRED),
        ("cal_state", U1, NULL), ("quality_flags", U4, REQUIRED),
    ],
    "pose": [
        ("t", T, REQUIRED), ("x_e_m", F8, REQUIRED), ("y_n_m", F8, REQUIRED), ("z_u_m", F8, NULL),
        ("vx_mps", F4, NULL), ("vy_mps", F4, NULL), ("vz_mps", F4, NULL), ("yaw_rad", F4, NULL),
        ("pitch_rad", F4, NULL), ("roll_rad", F4, NULL), ("yaw_rate_rps", F4, NULL),
        ("pos_std_e_m", F4, NULL), ("pos_std_n_m", F4, NULL), ("pos_cov_en_m2", F4, NULL),
        ("vel_std_mps", F4, NULL), ("yaw_std_rad", F4, NULL), ("quality_flags", U4, REQUIRED),
    ],
    "events": [
        ("t", T, REQUIRED), ("event_type", WORD, REQUIRED), ("value", F8, NULL), ("metadata_json", S, NULL),
    ],
    "laps": [
        ("lap_number", I4, REQUIRED), ("stint_index", I4, REQUIRED), ("device_lap", I4, NULL),
        ("t_start", T, NULL), ("t_end", T, NULL), ("duration_ns", I8, REQUIRED), ("distance_m", F8, NULL),
        ("validity", WORD, REQUIRED), ("confidence", WORD, REQUIRED), ("reasons", WORDS, NULL),
        ("source", WORD, REQUIRED), ("duration_std_s", F4, NULL),
    ],
    "sectors": [
        ("lap_number", I4, REQUIRED), ("stint_index", I4, REQUIRED), ("sector_index", I4, REQUIRED),
        ("name", S, NULL), ("t_start", T, NULL), ("t_end", T, NULL), ("duration_ns", I8, REQUIRED),
        ("duration_std_s", F4, NULL), ("source", WORD, REQUIRED),
    ],
    "segments": [
        ("segment_id", S, REQUIRED), ("name", S, REQUIRED), ("segment_type", WORD, REQUIRED),
        ("order_index", I4, REQUIRED), ("s_start_m", F8, REQUIRED), ("s_end_m", F8, REQUIRED),
        ("direction", WORD, NULL), ("apex_s_m", F8, NULL), ("confidence", WORD, NULL),
        ("reasons", WORDS, NULL), ("source", WORD, NULL),
    ],
    "channels": [("t", T, REQUIRED)],
}  # fmt: skip

RANGES = {
    ("gnss_pvt", "lat_deg"): {"low": -90, "high": 90},
    ("gnss_pvt", "lon_deg"): {"low": -180, "below": 180},
    ("gnss_pvt", "speed_mps"): {"low": 0},
    ("gnss_pvt", "course_deg"): {"low": 0, "below": 360},
    ("gnss_pvt", "fix_type"): {"high": 7},
    ("laps", "lap_number"): {"low": 1},
}

CHOICES = {
    ("events", "event_type"): "segment_break lap_beacon sector_beacon marker pit_in pit_out fix_lost"
    " fix_regained mode_change start stop other",
    ("laps", "validity"): "VALID INVALID OUTLAP INLAP",
    ("laps", "confidence"): "HIGH MEDIUM LOW",
    ("laps", "source"): "device user_defined file catalogue_default auto_detected",
    ("sectors", "source"): "device user_defined file catalogue_default auto_detected",
    ("segments", "segment_type"): "straight corner sweeper chicane pit_lane unknown",
    ("segments", "confidence"): "HIGH MEDIUM LOW",
    ("segments", "direction"): "left right",
}

BITS = {
    "INTERPOLATED": 0, "TELEPORT": 1, "TIME_REPAIRED": 2, "DUPLICATE_TIME": 3, "FIX_DOUBTFUL": 4,
    "CHECKSUM_SKIPPED": 5, "SATURATED": 6, "DEVICE_FUSED": 7, "ALTITUDE_ELLIPSOIDAL": 8, "OUTLIER": 9,
}  # fmt: skip

CHANNEL_UNITS = {
    "distance_m": "m", "speed_mps": "m/s", "rpm": "1/min", "throttle_pct": "%", "brake_pct": "%",
    "brake_pressure_bar": "bar", "gear": "1", "steering_deg": "deg", "accel_lat_mps2": "m/s2",
    "accel_long_mps2": "m/s2", "accel_vert_mps2": "m/s2", "yaw_rate_rps": "rad/s",
    "wheel_speed_fl_mps": "m/s", "wheel_speed_fr_mps": "m/s", "wheel_speed_rl_mps": "m/s",
    "wheel_speed_rr_mps": "m/s", "clutch_pct": "%", "fuel_level_pct": "%", "oil_temp_c": "degC",
    "coolant_temp_c": "degC", "oil_pressure_bar": "bar", "battery_v": "V", "lambda": "1",
    "heart_rate_bpm": "1/min", "cadence_rpm": "1/min", "power_w": "W",
}  # fmt: skip

FIELDS = [(stream, field) for stream, schema in schemas.SCHEMAS.items() for field in schema]


def test_there_are_schemas_for_exactly_these_streams():
    assert list(schemas.SCHEMAS) == list(EXPECTED)


@pytest.mark.parametrize("stream", EXPECTED)
def test_a_schema_has_these_columns_types_and_nulls_in_this_order(stream):
    found = [(field.name, field.type, field.nullable) for field in schemas.SCHEMAS[stream]]

    assert found == EXPECTED[stream]


@pytest.mark.parametrize("stream", EXPECTED)
def test_a_schema_carries_its_stream_version_and_description(stream):
    facts = schemas.SCHEMAS[stream].metadata

    assert facts[b"stream"] == stream.encode()
    assert facts[b"schema_version"] == b"1"
    assert facts[b"description"].endswith(b".")


@pytest.mark.parametrize(("stream", "field"), FIELDS, ids=lambda part: getattr(part, "name", part))
def test_every_field_has_a_unit_a_description_and_an_honesty_label(stream, field):
    assert field.metadata[b"unit"]
    assert field.metadata[b"description"].endswith(b"."), stream
    assert field.metadata[b"origin"].decode() in list(schemas.Origin)


@pytest.mark.parametrize(("stream", "field"), FIELDS, ids=lambda part: getattr(part, "name", part))
def test_the_unit_of_a_field_is_the_one_in_its_name(stream, field):
    endings = {"_deg": "deg", "_mps": "m/s", "_mps2": "m/s2", "_rps": "rad/s", "_rad": "rad", "_ut": "uT",
               "_m": "m", "_m2": "m2", "_c": "degC", "_s": "s", "_ns": "ns", "t": "ns"}  # fmt: skip
    ending = max((end for end in endings if field.name.endswith(end)), key=len, default="")
    timed = ending not in ("", "t") or field.name == "t"

    assert field.metadata[b"unit"].decode() == (
        endings[ending] if timed else "ns" if field.type == T else "1"
    ), stream


def test_honesty_labels_are_those_of_the_model():
    assert [str(origin) for origin in schemas.Origin] == [
        "measured", "corrected", "derived", "inferred", "estimated",
    ]  # fmt: skip


@pytest.mark.parametrize(("place", "bounds"), RANGES.items(), ids=str)
def test_ranges_stand_in_the_field_metadata(place, bounds):
    stream, name = place
    facts = schemas.SCHEMAS[stream].field(name).metadata
    found = {key: float(facts[key.encode()]) for key in ("low", "high", "below") if key.encode() in facts}

    assert found == bounds


@pytest.mark.parametrize(("place", "words"), CHOICES.items(), ids=str)
def test_listed_words_stand_in_the_field_metadata(place, words):
    stream, name = place

    facts = schemas.SCHEMAS[stream].field(name).metadata

    assert facts[b"choices"].decode().split(",") == words.split()
    assert facts[b"description"].decode().endswith(f"One of: {', '.join(words.split())}.")


def test_reasons_are_listed_by_the_registry_and_not_in_words():
    facts = schemas.SCHEMAS["laps"].field("reasons").metadata

    assert facts[b"choices"].decode().split(",") == list(CODES)
    assert b"One of" not in facts[b"description"]


def test_quality_flags_have_their_published_bits():
    assert {flag.name: flag.value for flag in schemas.QualityFlag} == {
        name: 1 << bit for name, bit in BITS.items()
    }


def test_known_channels_have_si_units_or_the_unit_in_the_name():
    assert {name: channel.unit for name, channel in schemas.KNOWN_CHANNELS.items()} == CHANNEL_UNITS


def test_a_known_channel_brings_unit_and_description():
    facts = schemas.channel_field("rpm", F4, source_name="Engine RPM", source_unit="rpm", rate_hz=50).metadata

    assert facts == {
        b"unit": b"1/min", b"description": b"Engine speed.", b"source_name": b"Engine RPM",
        b"source_unit": b"rpm", b"rate_hz": b"50.0", b"origin": b"measured",
    }  # fmt: skip


def test_an_unknown_channel_says_nothing_that_nobody_knows():
    facts = schemas.channel_field("aux_7", S).metadata

    assert (facts[b"unit"], facts[b"source_unit"], facts[b"rate_hz"]) == (b"", b"", b"")
    assert facts[b"source_name"] == b"aux_7"


def test_the_unit_of_a_channel_can_be_stated():
    assert schemas.channel_field("aux_7", F8, unit="bar").metadata[b"unit"] == b"bar"


@pytest.mark.parametrize(
    "name", ["gnss_pvt", "gnss_pvt.raw", "laps.gate_v2", "channels.main", "channels.10hz", "imu_accel.a.b-c"]
)
def test_a_stream_may_have_a_source_or_group_behind_a_dot(name):
    assert is_stream(name)
    assert schema_of(name) is schemas.SCHEMAS[name.partition(".")[0]]


@pytest.mark.parametrize(
    "name", ["", "channels", "gnss", "gnss_pvt.", ".raw", "gnss_pvt.a/b", "gnss_pvt...", "gnss_pvt.a b",
             "GNSS_PVT", "channels.../../x", "gnss_pvt\n"],
)  # fmt: skip
def test_other_names_are_no_streams(name):
    assert not is_stream(name)


@pytest.mark.parametrize("name", ["gnss", "gnss_pvt.", ""])
def test_the_schema_of_no_stream_is_a_call_error_that_lists_the_streams(name):
    with pytest.raises(CallError, match="gnss_pvt, imu_accel"):
        schema_of(name)


def test_the_schema_of_all_channels_can_be_asked_for():
    assert schema_of("channels") is schemas.CHANNELS
