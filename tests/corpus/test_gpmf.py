"""Real GPMF: recognised, and equal to a plain little reader that knows neither clocks nor damage."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import telemparse
from telemparse.schemas import QualityFlag

# Payloads, fixes, and the first and last instant: read off GPSU and GPS9; relative where there is no fix.
FILES = {
    "hero5.raw": (1, 18, "2017-04-17T17:31:03+00:00", "2017-04-17T17:31:03.944444444+00:00"),
    "hero6.raw": (1, 0, None, None),
    "hero11-gps9.raw": (11, 110, "2022-09-20T13:29:36.899000+00:00", "2022-09-20T13:29:47.799000+00:00"),
    "karma.raw": (1, 0, None, None),
    "karma.mp4": (13, 0, None, None),
}
WIDTHS = {"b": "b", "B": "B", "s": "h", "S": "H", "l": "i", "L": "I", "J": "Q", "f": "f", "F": "4s"}
# Keys of inertial streams: canonical stream, and its columns in the order in which these cameras store them.
INERTIAL = {
    "ACCL": ("imu_accel", ("az_mps2", "ax_mps2", "ay_mps2")),
    "GYRO": ("imu_gyro", ("gz_rps", "gx_rps", "gy_rps")),
}
NOT_CHANNELS = {"ACCL", "GYRO", "GPS5", "GPS9", "FWVS"}


def records(data, begin, end):
    while begin + 8 <= end:
        key, kind, size, repeat = struct.unpack(">4scBH", data[begin : begin + 8])
        length = size * repeat
        yield key.decode(), kind.decode("latin-1"), size, repeat, begin + 8, begin + 8 + length
        begin += 8 + (length + 3) // 4 * 4


def boxes(data, begin, end, wanted):
    """Return the place of the first box of a path, such as moov/trak."""
    while begin < end:
        size, kind = struct.unpack(">I4s", data[begin : begin + 8])
        if kind.decode("latin-1") == wanted:
            yield begin + 8, begin + size
        begin += size


def payloads(path):
    """Return the payloads of a file: bare ones device by device."""
    data = path.read_bytes()
    if path.suffix != ".mp4":
        return [data]
    ((begin, end),) = boxes(data, 0, len(data), "moov")
    for begin_track, end_track in boxes(data, begin, end, "trak"):
        place = (begin_track, end_track)
        for step in ("mdia", "minf", "stbl"):
            place = next(boxes(data, *place, step))
        if data[slice(*next(boxes(data, *place, "stsd")))][12:16] == b"gpmd":
            sizes, offsets = (data[slice(*next(boxes(data, *place, kind)))] for kind in ("stsz", "stco"))
            count = struct.unpack(">I", sizes[8:12])[0]
            lengths = struct.unpack(f">{count}I", sizes[12:])
            return [
                data[at : at + n]
                for at, n in zip(struct.unpack(f">{count}I", offsets[8:]), lengths, strict=True)
            ]
    return []


def streams(path):
    """Return scaled samples of each stream by key, in file order, and what is said of the last of them."""
    found, facts = {}, {}
    for data in payloads(path):
        for _key, _kind, _size, _repeat, begin, end in records(data, 0, len(data)):
            for key, _kind, _size, _repeat, first, last in records(data, begin, end):
                if key == "STRM":
                    _stream(data, first, last, found, facts)
    return found, facts


def _stream(data, begin, end, found, facts):
    inner = list(records(data, begin, end))
    said = {key: data[first:last] for key, _kind, _size, _repeat, first, last in inner}
    kinds = {key: kind for key, kind, *_rest in inner}
    key = inner[-1][0]
    if key in {"STNM", "TICK"} or inner[-1][1] == "c":
        return
    facts[key] = said
    scale = [1]
    if "SCAL" in said:
        width = WIDTHS[kinds["SCAL"]]
        scale = struct.unpack(f">{len(said['SCAL']) // struct.calcsize(width)}{width}", said["SCAL"])
    for name, kind, size, repeat, first, _last in inner:
        if name != key:
            continue
        letters = said["TYPE"].decode().rstrip("\0") if kind == "?" else kind
        layout = ">" + "".join(WIDTHS[letter] for letter in letters)
        layout = layout if kind == "?" else ">" + WIDTHS[kind] * (size // struct.calcsize(WIDTHS[kind]))
        for row in range(repeat):
            values = struct.unpack(layout, data[first + row * size : first + (row + 1) * size])
            scales = scale if len(scale) == len(values) else scale * len(values)
            found.setdefault(key, []).append(
                [
                    value.decode() if isinstance(value, bytes) else value / divisor
                    for value, divisor in zip(values, scales, strict=True)
                ]
            )


@pytest.fixture(params=FILES)
def recording(request, corpus):
    path = corpus / "gpmf" / request.param
    return request.param, path, telemparse.parse(path)


def column(result, stream, name):
    return result.streams[stream][name].to_pylist()


def test_every_gpmf_file_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "gpmf").iterdir()} == set(FILES)


def test_gpmf_is_recognised_with_certainty(recording):
    _name, path, _result = recording
    for source in (path, {"log.csv": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("gpmf", 1.0)


def test_counts_and_instants_are_those_of_the_file(recording):
    name, _path, result = recording
    count, fixes, first, last = FILES[name]
    assert result.metadata["payloads"] == count
    assert result.capabilities.has_gnss_position is bool(fixes)
    assert not result.errors
    if fixes:
        t = result.streams["gnss_pvt"]["t"]
        assert len(t) == fixes
        assert [t[row].as_py().isoformat() for row in (0, -1)] == [first, last]


def test_inertial_samples_are_those_of_the_little_reader(recording):
    _name, path, result = recording
    found, facts = streams(path)
    for key, (stream, names) in INERTIAL.items():
        got = np.column_stack([column(result, stream, name) for name in names])
        np.testing.assert_allclose(got, found[key], rtol=1e-6)
        temperature = struct.unpack(">f", facts[key]["TMPC"])[0]
        assert column(result, stream, "temp_c")[-1] == temperature


def test_every_other_stream_is_a_channel_group_with_its_values(recording):
    _name, path, result = recording
    found, _facts = streams(path)
    groups = {key: f"channels.{key.lower()}" for key in found if key not in NOT_CHANNELS}
    assert len(groups) > 1
    for key, group in groups.items():
        table = result.streams[group].drop_columns("t")
        got = list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
        assert len(got) == len(found[key]), key
        for mine, theirs in zip(zip(*got, strict=True), zip(*found[key], strict=True), strict=True):
            if isinstance(theirs[0], str):
                assert mine == theirs, key
            else:
                np.testing.assert_allclose(mine, theirs, rtol=1e-6, err_msg=key)
    known = {*groups.values(), "channels.gps5", "channels.gps9"}
    assert {name for name in result.streams if name.startswith("channels.")} <= known


@pytest.mark.parametrize(("name", "key"), [("hero5.raw", "GPS5"), ("hero11-gps9.raw", "GPS9")])
def test_fixes_are_those_of_the_little_reader(corpus, name, key):
    path = corpus / "gpmf" / name
    result, (found, facts) = telemparse.parse(path), streams(path)
    expected = np.array(found[key])
    for number, mine in enumerate(("lat_deg", "lon_deg", "alt_m", "speed_mps")):
        np.testing.assert_allclose(column(result, "gnss_pvt", mine), expected[:, number], rtol=1e-6)
    np.testing.assert_allclose(
        column(result, f"channels.{key.lower()}", "speed_3d_mps"), expected[:, 4], rtol=1e-6
    )
    assert set(column(result, "gnss_pvt", "fix_type")) == {3}
    if key == "GPS9":
        np.testing.assert_allclose(column(result, "gnss_pvt", "pdop"), expected[:, 7], rtol=1e-6)
        of_2000 = np.array(result.streams["gnss_pvt"]["t"].cast("int64").to_pylist()) / 1e9 - 946_684_800
        np.testing.assert_allclose(of_2000, expected[:, 5] * 86_400 + expected[:, 6], atol=1e-6)
    else:
        dop = struct.unpack(">H", facts[key]["GPSP"])[0] / 100
        assert column(result, "gnss_pvt", "pdop") == pytest.approx([dop] * 18)


def test_altitudes_are_above_what_gpsa_says(corpus):
    ellipsoidal = int(QualityFlag.ALTITUDE_ELLIPSOIDAL)
    for name, flags in (("hero5.raw", ellipsoidal), ("hero11-gps9.raw", 0)):
        result = telemparse.parse(corpus / "gpmf" / name)
        assert set(column(result, "gnss_pvt", "quality_flags")) == {flags}


def test_gps5_is_not_given_a_second_time_beside_gps9(corpus):
    result = telemparse.parse(corpus / "gpmf" / "hero11-gps9.raw")
    assert result.metadata["streams_left_out"] == {"GPS5": 11}
    assert "channels.gps5" not in result.streams


def test_a_camera_without_lock_gives_no_position_and_no_date(corpus):
    result = telemparse.parse(corpus / "gpmf" / "hero6.raw")
    assert "gnss_pvt" not in result.streams
    assert result.metadata["epochs_without_fix"] == 17
    assert not result.capabilities.has_absolute_time
    assert {"NO_VALID_FIX", "TIME_RELATIVE"} <= {issue.code for issue in result.warnings}


def test_sensors_of_a_hero11_are_on_the_clock_of_its_receiver(corpus):
    result = telemparse.parse(corpus / "gpmf" / "hero11-gps9.raw")
    clock = result.metadata["clock"]
    assert clock["anchors"] == 11
    assert clock["residual_ms"] < 10
    assert clock["stamps_repaired"] == clock["instants_of_fixes_repaired"] == 0
    t_ns = np.array(result.streams["imu_accel"]["t"].cast("int64").to_pylist())
    # 199 Hz: payloads of 207 to 208 samples, 1.04 s apart.
    np.testing.assert_allclose(np.diff(t_ns) / 1e6, 5.02, atol=0.15)


def test_payloads_of_the_karma_video_begin_when_its_track_says(corpus):
    result = telemparse.parse(corpus / "gpmf" / "karma.mp4")
    t_ns = np.array(result.streams["imu_accel"]["t"].cast("int64").to_pylist())
    assert t_ns[0] == 0
    assert t_ns[196] == 1_001_000_000  # the second payload's first sample
    assert np.diff(t_ns).min() > 4_000_000
    assert result.device_model == "GoPro Karma v1.0"
    assert result.capabilities.imu_dof == 6
