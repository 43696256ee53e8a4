"""Fusion of real recordings: outages cut into a drive with an RTK reference, and what cannot be fused."""

from __future__ import annotations

import pytest

import telemparse
from benchmarks.fusion.drives import drive_of
from benchmarks.fusion.ordinary import ordinary
from benchmarks.fusion.outages import STARTS_S, outages, with_outages
from benchmarks.fusion.recordings import RECORDINGS, recorded
from telemparse.analysis.fusion.fusing import fuse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drive(corpus):
    return drive_of(corpus)


def test_a_drive_whose_unit_has_a_clock_of_its_own_is_fused(drive):
    found = fuse(drive)
    assert found.ok
    # The unit lies in the car with its x axis to the back.
    assert found.health.mounting_deg == pytest.approx(180, abs=5)
    assert found.health.offset_std_s < 0.003
    assert found.health.outlier_pct < 2
    assert 0.5 < found.health.innovation["place"] < 2.0


def test_with_exact_fixes_the_pose_is_where_they_are(drive):
    row = ordinary(drive, None, 1)
    assert row.fused == 1
    assert row.pose["position"] < 0.05
    assert row.pose["speed"] < 0.02
    assert row.inside >= 0.97


def test_with_the_errors_of_an_ordinary_receiver_the_pose_is_better_than_that_alone(drive):
    row = ordinary(drive, "m9", 2)
    assert row.faults == ()
    assert row.fused == 2
    assert row.pose["speed"] < 0.8 * row.alone["speed"]
    assert row.inside >= 0.97


@pytest.mark.parametrize(
    ("seconds", "most_m", "share"), [(5, 0.2, 0.2), (10, 0.4, 0.1), (20, 1.5, 0.1), (30, 4.0, 0.1)]
)
def test_outages_are_bridged_far_better_than_by_the_receiver_alone(drive, seconds, most_m, share):
    row = outages(drive, seconds)
    rms, largest = row.fused
    assert row.faults == ()
    assert largest < most_m
    assert rms < share * row.straight[0]
    assert rms < 2 * share * row.curved[0]


def test_every_outage_is_named_as_one(drive):
    found = fuse(with_outages(drive, 10)[0])
    gaps = [span for span in found.health.degraded if span.reason == "no fixes"]
    assert len(gaps) == len(STARTS_S)


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_that_tell_too_little_say_why_and_keep_their_fixes(corpus, name):
    row = recorded(corpus, name)
    positions = row.source is not None
    assert row.faults == ()
    assert (row.rows > 0) == positions
    assert bool(row.reason) == (row.source != "server_fused")


@pytest.mark.parametrize(
    "name", ["vbo/racelogic-vbox3i-imu-100hz.vbo", "ubx/gpsd-ublox-neo-m8l-adr.log", "gpmf/hero11-gps9.raw"]
)
def test_a_pose_that_the_device_fused_is_handed_on(corpus, name):
    result = telemparse.parse([corpus / name])
    assert (fuse(result).onboard is not None) == ("pose" in result.streams)
