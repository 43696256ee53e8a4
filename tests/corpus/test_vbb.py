"""A real VBB file: recognised, and equal to a plain reader sample by sample."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import telemparse

NAME = "racelogic-example-brakestop.vbb"
LETTERS = {2: "H", 3: "h", 4: "I", 5: "i", 8: "f", 9: "d"}
G = 9.80665
# Channel, scale to the column, column; the file says kmh, g, m and m/s, and minutes by its maker's reader.
PVT = (
    ("latitude", 1 / 60, "lat_deg"), ("longitude", 1 / 60, "lon_deg"), ("height", 1, "alt_m"),
    ("velocity", 1 / 3.6, "speed_mps"), ("heading", 1, "course_deg"), ("vert. velocity", -1, "vel_d_mps"),
    ("satellites", 1, "sat_count"), ("RMS_HPOS", 1, "hacc_m"), ("RMS_VPOS", 1, "vacc_m"),
    ("RMS_HVEL", 1, "sacc_mps"),
)  # fmt: skip
CHANNELS = (
    ("Long accel", G, "accel_long_mps2"), ("Lat accel", G, "accel_lat_mps2"), ("GPS_Sats", 1, "gps_sats"),
    ("Vel Quality", 1, "vel_quality"), ("VELCov_zz", 1, "vel_cov_zz"), ("ADC_CH3", 1, "adc_ch3"),
    ("Pos_X", 1, "pos_x"), ("time", 0.001, "time"), ("Event Marker", 1, "event_marker"),
)  # fmt: skip


def plain(content):
    """Return stamps and raw values of each channel, read record by record (Racelogic, "VBB to MATLAB")."""
    at, kinds, groups, found = 24, {}, {}, {}

    def text(at):
        length = content[at] & 127
        while content[at] & 128:
            at += 1
            length = length << 7 | content[at] & 127
        return content[at + 1 : at + 1 + length], at + 1 + length

    while at < len(content):
        kind = content[at]
        if kind == 9:
            stamp, group = struct.unpack_from(">IB", content, at + 1)
            at += 6
            for number in groups[group]:
                name, letter = kinds[number]
                found.setdefault(name, []).append((stamp, struct.unpack_from(letter, content, at)[0]))
                at += struct.calcsize(letter)
        elif kind == 8:
            group, count = struct.unpack_from(">BH", content, at + 1)
            groups[group] = struct.unpack_from(f">{count}H", content, at + 4)
            at += 4 + 2 * count
        elif kind == 7:
            (number,) = struct.unpack_from(">H", content, at + 1)
            name, at = text(at + 4)
            at = text(text(at)[1])[1]
            kinds[number] = name.decode(), f">{LETTERS[content[at]]}"
            at = text(at + 17)[1]
        elif kind == 5:
            at = text(at + 2)[1]
        elif kind == 13:
            at = text(text(at + 3)[1] + 1)[1]
        else:
            assert kind == 6
            value = text(at + 2)[1]
            fixed = 8 if content[value] == 11 else struct.calcsize(LETTERS.get(content[value], ""))
            at = value + 1 + fixed if content[value] != 12 else text(value + 1)[1]
    return found


@pytest.fixture(scope="module")
def path(corpus):
    return corpus / "vbb" / NAME


@pytest.fixture(scope="module")
def result(path):
    return telemparse.parse(path)


@pytest.fixture(scope="module")
def samples(path):
    return plain(path.read_bytes())


def test_every_vbb_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "vbb").iterdir()} == {NAME}


def test_vbb_is_recognised_with_certainty(path):
    for source in (path, {"log.csv": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("vbb", 1.0)


def test_the_whole_file_is_read_without_a_word(result):
    rows = {name: table.num_rows for name, table in result.streams.items()}
    assert rows == {"gnss_pvt": 8582, "events": 1, "channels.100hz": 8582, "channels.gnss_event_time": 1}
    assert (result.warnings, result.device_family, result.device_model) == ((), "Racelogic", "VB4")
    assert len(result.metadata["dictionary"]) == 16
    assert [dump["bytes"] for dump in result.metadata["dumps"]] == [8192, 32768, 131072, 131072, 131072]


def test_instants_are_utc_of_the_day_of_the_recording(result, samples):
    # 41 251.39 s of GNSS time are 11:27:13.39 UTC; the dictionary has 2023-10-20T11:15:12Z.
    t = [t.value for t in result.streams["gnss_pvt"]["t"].to_pylist()]
    midnight = 1_697_760_000
    assert t == [midnight * 10**9 + (stamp - 180_000) * 100_000 for stamp, _value in samples["latitude"]]
    assert t == [midnight * 10**9 + ms * 1_000_000 for _stamp, ms in samples["time"]]


@pytest.mark.parametrize(
    ("stream", "columns"), [("gnss_pvt", PVT), ("channels.100hz", CHANNELS)], ids=["gnss_pvt", "channels"]
)
def test_values_are_those_of_the_plain_reader(result, samples, stream, columns):
    for channel, scale, name in columns:
        read = np.array(result.streams[stream][name].to_pylist(), float)
        wanted = np.array([value for _stamp, value in samples[channel]]) * scale
        assert np.allclose(read, wanted, rtol=1e-6, atol=0), channel


def test_longitude_lies_where_the_track_goes_by_speed_and_course(result):
    table = result.streams["gnss_pvt"]
    lat, lon, speed, course = (
        np.array(table[name].to_pylist(), float) for name in ("lat_deg", "lon_deg", "speed_mps", "course_deg")
    )
    east = np.diff(lon) * np.cos(np.radians(lat.mean())) * 111_320
    driven = (speed * np.sin(np.radians(course)))[:-1] / 100
    assert np.abs(driven).sum() > 100
    assert (east * driven).sum() / (driven * driven).sum() == pytest.approx(1, abs=0.02)


def test_the_trigger_is_when_the_receiver_says(result, samples):
    (event,) = result.streams["events"].to_pylist()
    (ms,), (ns,) = ([value for _stamp, value in samples[name]] for name in ("ms", "ns"))
    assert event["event_type"] == "marker"
    assert event["t"].value == (1_697_760_000 - 18) * 10**9 + ms * 1_000_000 + ns
    # The marker rises in the first sample behind it.
    stamp = next(stamp for stamp, level in samples["Event Marker"] if level)
    assert 0 < stamp * 100_000 - (ms * 1_000_000 + ns) < 10_000_000


def test_cut_at_many_places_the_rows_are_those_before_the_cut(path, result):
    content = path.read_bytes()
    whole = result.streams["gnss_pvt"]["t"].to_pylist()
    for end in range(400_001, len(content), 175_003):
        cut = telemparse.parse({"cut.vbb": content[:end]}, on_error="return")
        rows = cut.streams["gnss_pvt"]["t"].to_pylist() if "gnss_pvt" in cut.streams else []
        assert rows == whole[: len(rows)]
        assert len(rows) >= (end - 436_864) // 251 - 1
        assert "ARTIFACT_TRUNCATED" in [issue.code for issue in (*cut.warnings, *cut.errors)]
