"""Fusion of real recordings: outages cut into a drive with an RTK reference, and what cannot be fused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import telemparse
from telemparse.analysis import smooth
from telemparse.analysis.fusion.fusing import fuse
from telemparse.analysis.paths import Path

pytestmark = pytest.mark.slow

STARTS_S = range(60, 500, 60)


@pytest.fixture(scope="module")
def drive(corpus):
    folder = corpus / "gnss-imu"
    return telemparse.parse([folder / "drive-0708-imu.csv", folder / "drive-0708-rtk-solution.pos"])


def instants(table):
    return table["t"].cast(pa.int64()).to_numpy()


def with_outages(drive, seconds):
    """Return the tables of the drive without the fixes of an outage every minute, and which these were."""
    gnss = drive.streams["gnss_pvt"]
    since = (instants(gnss) - instants(gnss)[0]) / 1e9
    lost = np.logical_or.reduce([(since > start) & (since < start + seconds) for start in STARTS_S])
    return {**drive.streams, "gnss_pvt": gnss.filter(pa.array(~lost))}, lost


def test_a_drive_whose_unit_has_a_clock_of_its_own_is_fused(drive):
    found = fuse(drive)
    assert found.ok
    # The unit lies in the car with its x axis to the back.
    assert found.health.mounting_deg == pytest.approx(180, abs=5)
    assert found.health.offset_std_s < 0.003
    assert found.health.outlier_pct < 2
    assert 0.5 < found.health.innovation["place"] < 2.0


@pytest.mark.parametrize(("seconds", "most_m", "share"), [(5, 0.2, 0.5), (10, 0.4, 0.2), (20, 1.5, 0.2)])
def test_outages_are_bridged_far_better_than_by_the_receiver_alone(drive, seconds, most_m, share):
    whole = Path.of(drive.streams["gnss_pvt"])
    tables, lost = with_outages(drive, seconds)
    found = fuse(tables, frame=whole.frame)
    assert found.ok
    t_ns, truth = whole.t_ns[lost], whole.position_m[lost]
    names = ("x_e_m", "y_n_m", "pos_std_e_m", "pos_std_n_m")
    east, north, std_e, std_n = (
        np.interp(t_ns, instants(found.table), found.table[name].to_numpy().astype(float)) for name in names
    )
    off = np.stack([east, north], axis=1) - truth
    alone = smooth(Path.of(tables["gnss_pvt"], frame=whole.frame))
    straight = np.stack([np.interp(t_ns, alone.path.t_ns, column) for column in alone.position_m.T], axis=1)
    assert np.hypot(*off.T).max() < most_m
    assert np.sqrt(np.mean(off**2)) < share * np.sqrt(np.mean((straight - truth) ** 2))
    assert (np.abs(off) < 3 * np.stack([std_e, std_n], axis=1)).mean() >= 0.97
    assert len(found.health.degraded) == len(STARTS_S)


@pytest.mark.parametrize(
    "name", ["vbo/racelogic-vbox3i-imu-100hz.vbo", "gpmf/hero11-gps9.raw", "ubx/gpsd-ublox-neo-m8l-adr.log"]
)
def test_recordings_that_tell_too_little_say_why_and_keep_their_fixes(corpus, name):
    result = telemparse.parse([corpus / name])
    found = fuse(result)
    assert found.ok or [issue.code for issue in found.issues if issue.code.startswith(("FUSION", "TIME"))]
    assert found.table.num_rows > 0
    onboard = result.streams.get("pose")
    assert (found.onboard is not None) == (onboard is not None)
