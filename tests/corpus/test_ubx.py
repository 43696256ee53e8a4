"""Real UBX logs: recognised, and equal to pyubx2 message by message."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from telemparse.schemas import QualityFlag

# Fixes, first and last instant of UBX-NAV-PVT; the M8P begins amid a second.
LOGS = {
    "gpsd-ublox-neo-m8l-adr.log": (19, "2024-01-30T15:31:51.999577846", "2024-01-30T15:32:09.999576633"),
    "gpsd-ublox-neo-m8p.log": (59, "2021-06-10T18:18:55.500399319", "2021-06-10T18:19:10.000392373"),
    "pyubx2-mixed-nav-nmea.ubx": (39, "2020-10-23T11:33:15.000052792", "2020-10-23T11:33:53.000040120"),
}
RAW = "rtklib-lea-raw-2008.ubx"
SCALES = {
    "alt_m": ("hMSL", 1e-3), "speed_mps": ("gSpeed", 1e-3), "sacc_mps": ("sAcc", 1e-3),
    "vel_n_mps": ("velN", 1e-3), "vel_e_mps": ("velE", 1e-3), "vel_d_mps": ("velD", 1e-3),
    "hacc_m": ("hAcc", 1e-3), "vacc_m": ("vAcc", 1e-3), "lat_deg": ("lat", 1), "lon_deg": ("lon", 1),
    "course_deg": ("headMot", 1), "pdop": ("pDOP", 1), "sat_count": ("numSV", 1),
}  # fmt: skip


@pytest.fixture(params=LOGS)
def log(request, corpus):
    path = corpus / "ubx" / request.param
    return request.param, telemparse.parse(path), messages(path)


def messages(path):
    from pyubx2 import ERR_IGNORE, UBX_PROTOCOL, UBXReader

    with path.open("rb") as file:
        found = [parsed for _raw, parsed in UBXReader(file, protfilter=UBX_PROTOCOL, quitonerror=ERR_IGNORE)]
    return [parsed for parsed in found if parsed is not None]


def of_kind(found, identity):
    return [message for message in found if message.identity == identity]


def column(result, name, stream="gnss_pvt"):
    return np.array(result.streams[stream][name].to_pylist(), float)


def instants(table):
    return table["t"].cast(pa.int64()).to_pylist()


def instant(message):
    day = dt.datetime(message.year, message.month, message.day, tzinfo=dt.UTC)
    of_day_s = (message.hour * 60 + message.min) * 60 + message.second
    return (int(day.timestamp()) + of_day_s) * 1_000_000_000 + message.nano


def test_every_log_of_the_corpus_is_expected_here(corpus):
    assert {path.name for path in (corpus / "ubx").iterdir()} == {*LOGS, RAW}


@pytest.mark.parametrize("name", LOGS)
def test_ubx_is_recognised_with_certainty_whatever_stands_before_it(corpus, name):
    path = corpus / "ubx" / name
    for source in (path, {"log.nmea": path.read_bytes()}):
        winner = telemparse.detect(source).winner
        assert (winner.parser_id, winner.score) == ("ubx", 1.0)


def test_counts_and_instants_are_those_of_the_log(log):
    name, result, _found = log
    table = result.streams["gnss_pvt"]
    ends = [str(np.datetime64(instants(table)[row], "ns")) for row in (0, -1)]
    assert (table.num_rows, *ends) == LOGS[name]
    assert result.metadata["epochs_without_fix"] == 0
    assert result.capabilities.has_absolute_time
    assert not result.errors


def test_every_message_is_counted(log):
    _name, result, found = log
    assert result.metadata["messages"] == dict(sorted(Counter(message.identity for message in found).items()))


def test_fixes_are_those_of_pyubx2(log):
    _name, result, found = log
    expected = of_kind(found, "NAV-PVT")
    assert instants(result.streams["gnss_pvt"]) == [instant(message) for message in expected]
    for mine, (theirs, scale) in SCALES.items():
        values = np.array([getattr(message, theirs) for message in expected]) * scale
        np.testing.assert_allclose(column(result, mine), values, rtol=1e-6, atol=1e-9, err_msg=mine)
    assert result.streams["gnss_pvt"]["fix_type"].to_pylist() == [message.fixType for message in expected]
    fused = [
        bool(flags & QualityFlag.DEVICE_FUSED)
        for flags in result.streams["gnss_pvt"]["quality_flags"].to_pylist()
    ]
    assert fused == [message.fixType == 4 for message in expected]


def test_dilutions_belong_to_the_epoch_of_their_time_of_week(log):
    _name, result, found = log
    of_epoch = {message.iTOW: message.hDOP for message in of_kind(found, "NAV-DOP")}
    expected = [of_epoch.get(message.iTOW, np.nan) for message in of_kind(found, "NAV-PVT")]
    np.testing.assert_allclose(column(result, "hdop"), expected, rtol=1e-6)


def test_what_stands_between_the_frames_is_counted(corpus):
    found = {name: telemparse.parse(corpus / "ubx" / name) for name in LOGS}
    between = {name: result.metadata["between_frames"]["nmea"] for name, result in found.items()}
    assert between == {
        "gpsd-ublox-neo-m8l-adr.log": {"GNTXT": 14},
        "gpsd-ublox-neo-m8p.log": {},
        "pyubx2-mixed-nav-nmea.ubx": {"GNTXT": 8},
    }
    codes = {name: [issue.code for issue in result.warnings] for name, result in found.items()}
    # The log of the M8P ends within a frame.
    assert codes == {name: ["ARTIFACT_TRUNCATED"] if "m8p" in name else [] for name in LOGS}


def test_sensors_are_those_of_pyubx2(corpus):
    path = corpus / "ubx" / "gpsd-ublox-neo-m8l-adr.log"
    result, found = telemparse.parse(path), of_kind(messages(path), "ESF-MEAS")
    samples = [words(message) for message in found]
    for stream, axes, kinds, scale in (
        ("imu_accel", ("ax_mps2", "ay_mps2", "az_mps2"), (16, 17, 18), 1 / 1024),
        ("imu_gyro", ("gx_rps", "gy_rps", "gz_rps"), (14, 13, 5), np.pi / 180 / 4096),
    ):
        tags = [message.timeTag for message, kind in zip(found, samples, strict=True) if kinds[0] in kind]
        for axis, kind in zip(axes, kinds, strict=True):
            expected = [sample[kind] * scale for sample in samples if kinds[0] in sample]
            np.testing.assert_allclose(column(result, axis, stream), expected, rtol=1e-5)
        # All keep one distance from the tags.
        behind = {
            t_ns - tag * 1_000_000 for t_ns, tag in zip(instants(result.streams[stream]), tags, strict=True)
        }
        assert len(behind) == 1
    assert column(result, "temp_c", "imu_gyro")[0] == pytest.approx(31.21)


def words(message):
    """Return the measurements of a message by type, as numbers of 24 bits with a sign."""
    pairs = [
        (getattr(message, f"dataType_{n:02}"), getattr(message, f"dataField_{n:02}"))
        for n in range(1, message.numMeas + 1)
    ]
    return {kind: value - (1 << 24) if value >> 23 else value for kind, value in pairs}


def test_sensors_and_fixes_are_on_one_clock(corpus):
    result = telemparse.parse(corpus / "ubx" / "gpsd-ublox-neo-m8l-adr.log")
    fast = result.streams["gnss_pvt.hnr"]
    assert fast.num_rows == 189
    steps = {round((later - earlier) / 1e8) for earlier, later in pairwise(instants(fast))}
    assert steps == {1}
    # The log holds 19 seconds of both, and the receiver tells of an instant within a tenth of a second.
    ends = [[instants(result.streams[name])[row] for row in (0, -1)] for name in ("imu_gyro", "gnss_pvt.hnr")]
    assert abs(ends[0][0] - ends[1][0]) < 0.2e9
    assert abs(ends[0][1] - ends[1][1]) < 0.2e9


def test_a_log_whose_fixes_are_sentences_goes_to_nmea(corpus):
    path = corpus / "ubx" / RAW
    assert telemparse.detect(path).winner.parser_id == "nmea"
    forced = telemparse.parse(path, parser="ubx", on_error="return")
    assert forced.metadata["messages"] == {"RXM-RAW": 242, "RXM-SFRB": 842}
    assert [issue.code for issue in forced.errors] == ["NO_STREAMS"]
