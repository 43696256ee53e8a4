"""The examples of the built-in formats are small, light, whole, and tell of one plausible drive."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import telemparse
from telemparse.extension.catalog import Catalog
from telemparse.formats import telemparse_parsers
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.csv.examples import EXAMPLES as CSV
from telemparse.model.detection import Rung

NAMED = {card.id: Catalog().examples(card) for card in telemparse_parsers()}
OWNERS = {name: parser for parser, named in NAMED.items() for name in named}
EXAMPLES = {name: files[name] for named in NAMED.values() for name, files in named.items()}
# What these layouts do not say, whoever writes them: the zone of a clock, the unit of a speed, the date.
UNSAID = {
    "aim-rs3.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "aim-rs3.padded.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "aim-rs3.bare.csv": {"TIME_RELATIVE", "UNIT_ASSUMED"},
    "app.vbo": {"TIME_RELATIVE"},
    "edgetx.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "edgetx.opentx.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "gauge-s.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "imu-bare.csv": {"TIME_RELATIVE"},
    "kf-gins.txt": {"TIME_RELATIVE"},
    "logger.vbo": {"DATE_UNRELIABLE"},
    "motec-i2.csv": {"TIME_ZONE_ASSUMED_UTC"},
    "racebox.csv": {"UNIT_ASSUMED"},
    "racecapture.first.log": {"TIME_RELATIVE"},
    "speedangle.sa": {"TIME_ZONE_ASSUMED_UTC"},
    "speedangle.miles.sa": {"TIME_ZONE_ASSUMED_UTC"},
    "windarab.txt": {"TIME_RELATIVE"},
}
# Grids on which only some rows are the receiver's own.
EPOCHS = {"racechrono-v3.csv": 20}
LARGEST_BYTES = 16 * 1024
EARTH_M = 6_371_000


def parsed(name):
    return telemparse.parse({name: EXAMPLES[name]})


def motion(table):
    """Return speed and course between neighbouring fixes, and the rows that they end in."""
    seconds = np.diff(table["t"].cast("int64").to_numpy()) / 1e9
    lat, lon = (np.radians(table[name].to_numpy()) for name in ("lat_deg", "lon_deg"))
    north, east = np.diff(lat) * EARTH_M, np.diff(lon) * np.cos(lat[1:]) * EARTH_M
    return np.hypot(north, east) / seconds, np.degrees(np.arctan2(east, north)) % 360


def known(table, name):
    return table[name].null_count == 0


def test_every_built_in_card_names_its_examples():
    assert all(NAMED.values())
    assert len(EXAMPLES) == sum(map(len, NAMED.values()))


def test_examples_are_made_without_numpy_and_pyarrow():
    modules = ", ".join(f"telemparse.formats.{parser}.examples" for parser in NAMED)
    code = (
        f"import sys, {modules}\n"
        "sys.exit(','.join({'numpy', 'pyarrow', 'lxml'} & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_small_and_surely_told(name):
    assert len(EXAMPLES[name]) <= LARGEST_BYTES
    winner = telemparse.detect({name: EXAMPLES[name]}).winner
    assert winner.parser_id == OWNERS[name]
    assert winner.rung >= Rung.MARKER


def test_every_dialect_with_a_fingerprint_has_an_example_of_its_name():
    spoken = {name: parsed(name).metadata["dialect"] for name in CSV}
    assert spoken == {name: name.partition(".")[0].replace("-", "_") for name in CSV}
    assert set(spoken.values()) == {"mychronogps_session", *(dialect.name for dialect in BUILT_IN)}


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_of_an_example_is_repaired_or_lost(name):
    result = parsed(name)
    assert not result.errors
    assert {issue.code for issue in result.warnings} == UNSAID.get(name, set())
    samples = {
        stream: table.num_rows
        for stream, table in result.streams.items()
        if stream not in ("events", "laps", "sectors")
    }
    fixes = samples.pop("gnss_pvt", 40)
    assert fixes == EPOCHS.get(name, 40)
    assert set(samples.values()) <= {40}


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"imu-bare.csv", "mychronogps-session.txt"}))
def test_speed_and_course_are_those_of_positions_and_times(name):
    table = parsed(name).streams["gnss_pvt"]
    speed, course = motion(table)
    assert 15 < speed.min() <= speed.max() < 25
    if known(table, "speed_mps"):
        np.testing.assert_allclose(table["speed_mps"].to_numpy()[1:], speed, rtol=0.05)
    if known(table, "course_deg"):
        off = (table["course_deg"].to_numpy()[1:] - course + 180) % 360 - 180
        assert np.abs(off).max() < 5
    if known(table, "vel_n_mps"):
        north, east = (table[axis].to_numpy()[1:] for axis in ("vel_n_mps", "vel_e_mps"))
        np.testing.assert_allclose(np.hypot(north, east), speed, rtol=0.05)
        assert np.abs(np.degrees(np.arctan2(east, north)) % 360 - course).max() < 5
    if known(table, "alt_m"):
        altitude = table["alt_m"].to_numpy()
        assert altitude[0] == pytest.approx(118, abs=0.5)
        assert (np.diff(altitude) >= 0).all()


def test_examples_show_speeds_courses_velocities_and_forces():
    tables = [parsed(name).streams.get("gnss_pvt") for name in EXAMPLES]
    for name, count in {"speed_mps": 9, "course_deg": 6, "vel_n_mps": 1, "alt_m": 15}.items():
        assert sum(table is not None and known(table, name) for table in tables) >= count, name


@pytest.mark.parametrize("name", ["gauge-s.csv", "imu-bare.csv", "racebox.csv"])
def test_accelerometers_carry_gravity_and_the_bend(name):
    streams = parsed(name).streams
    forces = np.array([streams["imu_accel"][f"a{axis}_mps2"].to_numpy() for axis in "xyz"])
    assert np.median(forces[2]) == pytest.approx(9.80665, rel=1e-3)
    assert np.median(forces[1]) == pytest.approx(-2, abs=0.3)
    assert 9.8 < np.median(np.linalg.norm(forces, axis=0)) < 10.2
    if "imu_gyro" in streams:
        assert np.median(streams["imu_gyro"]["gz_rps"].to_numpy()) == pytest.approx(-0.09, abs=0.01)


def test_the_two_segments_are_told_apart():
    (event,) = parsed("two-segments.gpx").streams["events"]["event_type"].to_pylist()
    assert event == "segment_break"


def test_extensions_of_a_gpx_reach_a_channel():
    rates = parsed("extensions.gpx").streams["channels.main"]["heart_rate_bpm"].to_pylist()
    assert rates == [120 + number % 30 for number in range(1, 41)]
