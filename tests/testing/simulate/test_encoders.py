"""Simulated runs written as files come back from the parsers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import telemparse
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.testing.simulate import (
    Gap,
    HalfLap,
    Jitter,
    NoVelocity,
    Withheld,
    simulate,
    write_csv,
    write_gpx,
    write_nmea,
    write_ubx,
    write_vbo,
)

PLACES = [
    (-21.4567, -12.3456, 118.0),
    (60.25, 179.9999, 5.0),
    (2.0, 0.0001, 0.0),
    (-80.5, -179.9999, 2800.0),
]

# The winner, and half of the last digit that each writes (floats of 32 bits add their own).
TEXT = {"speed_mps": 6e-5, "course_deg": 6e-4, "alt_m": 6e-4, "hdop": 0.006, "sat_count": 0}
DIGITS = {
    write_csv: ("csv", {**TEXT, "lat_deg": 5e-10, "lon_deg": 5e-10, "hacc_m": 6e-4}),
    write_gpx: ("gpx", {**TEXT, "lat_deg": 5e-10, "lon_deg": 5e-10, "fix_type": 0}),
    write_nmea: ("nmea", {**TEXT, "lat_deg": 1e-9, "lon_deg": 1e-9}),
    write_ubx: (
        "ubx",
        {
            **dict.fromkeys(("lat_deg", "lon_deg"), 5.01e-8),
            **dict.fromkeys(("speed_mps", "vel_n_mps", "vel_e_mps", "vel_d_mps", "sacc_mps"), 6e-4),
            **dict.fromkeys(("alt_m", "hacc_m", "vacc_m"), 6e-4),
            "course_deg": 2e-5,
            "hdop": 0.006,
            "sat_count": 0,
            "fix_type": 0,
        },
    ),
    write_vbo: (
        "vbo",
        {
            **dict.fromkeys(("lat_deg", "lon_deg"), 1e-10),
            "speed_mps": 2e-4,
            "course_deg": 6e-4,
            "alt_m": 6e-3,
            "vel_d_mps": 6e-3,
            "sat_count": 0,
        },
    ),
}


def differences(read, written, name):
    off = numpy_view(read[name]).astype(float) - numpy_view(written[name]).astype(float)
    if name in {"lon_deg", "course_deg"}:
        off = (off + 180) % 360 - 180
    return np.abs(off)


@pytest.mark.parametrize("write", DIGITS)
@pytest.mark.parametrize("origin", PLACES)
def test_what_is_written_is_read_again_to_the_last_digit(write, origin):
    run = simulate(laps=1, origin=origin, seed=6)
    result = telemparse.parse(write(run))
    read = result.streams["gnss_pvt"]
    winner, digits = DIGITS[write]
    assert result.provenance.parser_id.startswith(winner)
    assert {issue.code for issue in result.warnings} <= ({"DATE_UNRELIABLE"} if winner == "vbo" else set())
    assert np.array_equal(numpy_view(read["t"]), numpy_view(run.gnss["t"]))
    for name, tolerance in digits.items():
        assert read[name].null_count == 0
        assert differences(read, run.gnss, name).max() <= tolerance, name


@pytest.mark.parametrize("write", [write_nmea, write_ubx])
def test_receivers_with_rtk_say_so(write):
    run = simulate(laps=1, gnss="f9_rtk")
    read = telemparse.parse(write(run)).streams["gnss_pvt"]
    assert set(read["fix_type"].to_pylist()) == {7}


def test_ubx_has_the_digits_of_rtk():
    run = simulate(laps=1, gnss="f9_rtk", rate_hz=25)
    read = telemparse.parse(write_ubx(run)).streams["gnss_pvt"]
    for name, tolerance in {"lat_deg": 5.1e-10, "lon_deg": 5.1e-10, "alt_m": 6e-5, "hacc_m": 6e-5}.items():
        assert differences(read, run.gnss, name).max() <= tolerance


def test_ubx_keeps_instants_to_the_nanosecond():
    run = simulate(laps=1, disturbances=[Jitter(0.002)])
    read = telemparse.parse(write_ubx(run)).streams["gnss_pvt"]
    assert np.array_equal(numpy_view(read["t"]), numpy_view(run.gnss["t"]))


@pytest.mark.parametrize("write", [write_csv, write_gpx, write_nmea, write_vbo])
@pytest.mark.parametrize("withheld", Withheld)
def test_what_the_receiver_does_not_say_is_not_written(write, withheld):
    run = simulate(laps=1, disturbances=[NoVelocity(withheld)])
    read = telemparse.parse(write(run)).streams["gnss_pvt"]
    assert read["course_deg"].null_count == read.num_rows == run.gnss.num_rows
    assert (read["speed_mps"].null_count == 0) is (withheld is Withheld.COURSE)


@pytest.mark.parametrize("withheld", Withheld)
def test_ubx_cannot_leave_out_velocity(withheld):
    with pytest.raises(CallError, match="vel_n_mps"):
        write_ubx(simulate(laps=1, disturbances=[NoVelocity(withheld)]))


def test_csv_carries_the_true_laps():
    run = simulate(laps=3, seed=9)
    laps = telemparse.parse(write_csv(run)).streams["laps"]
    np.testing.assert_allclose(laps["duration_ns"].to_numpy() / 1e9, run.lap_times_s, atol=0.0006)


def test_csv_of_a_run_without_laps_has_none():
    run = simulate(disturbances=[HalfLap()])
    result = telemparse.parse(write_csv(run))
    assert result.streams["gnss_pvt"].num_rows == run.gnss.num_rows
    assert "laps" not in result.streams


def test_vbo_carries_the_gates():
    run = simulate(laps=2, gnss="f9_rtk")
    gates = telemparse.parse(write_vbo(run)).metadata["gates"]
    assert [gate.kind.value for gate in gates] == ["start_finish", "sector", "sector"]
    for gate, line in zip(gates, (run.layout.line, *run.layout.sector_lines), strict=True):
        ends = run.frame.plane_m(
            np.array([gate.lat1_deg, gate.lat2_deg]), np.array([gate.lon1_deg, gate.lon2_deg])
        )
        np.testing.assert_allclose(ends.mean(axis=0), line.middle_m, atol=0.001)
        left = np.array([-line.along[1], line.along[0]])
        np.testing.assert_allclose((ends[0] - ends[1]) / 30.0, left, atol=0.01)


@pytest.mark.parametrize("write", DIGITS)
def test_a_gap_is_written_as_one(write):
    run = simulate(laps=1, disturbances=[Gap(8.0, 4.0)])
    read = telemparse.parse(write(run)).streams["gnss_pvt"]
    assert np.diff(numpy_view(read["t"])).max() == 4_000_000_000


@pytest.mark.parametrize("write", DIGITS)
def test_a_recording_of_silence_is_a_file_without_fixes(write):
    run = simulate(laps=1, disturbances=[Gap(-1.0, 1e6)])
    assert run.gnss.num_rows == 0
    written = write(run)
    assert isinstance(written, bytes)
    assert b"2025-05-04T" not in written


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations([write_csv, write_gpx, write_nmea, write_ubx], 2))
)
def test_formats_hold_the_same_run(one, other):
    run = simulate(laps=1, seed=12)
    first, second = (telemparse.parse(write(run)).streams["gnss_pvt"] for write in (one, other))
    assert first["t"].equals(second["t"])
    assert differences(first, second, "lat_deg").max() < 1e-7
