"""Samples of a unit: read in order, their stamps steadied, limits and silence seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis.fusion.inertial import Inertial, steadied
from telemparse.schemas import build

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def tables(t_ns, force=None, rate=None, gyro_ns=None):
    t_ns = np.asarray(t_ns, np.int64)
    gyro_ns = t_ns if gyro_ns is None else np.asarray(gyro_ns, np.int64)
    drawn = np.random.default_rng(2)
    force = drawn.normal(0, 1, (len(t_ns), 3)) if force is None else np.asarray(force, float)
    rate = drawn.normal(0, 0.1, (len(gyro_ns), 3)) if rate is None else np.asarray(rate, float)
    accel = dict(zip(("ax_mps2", "ay_mps2", "az_mps2"), force.T, strict=True))
    gyro = dict(zip(("gx_rps", "gy_rps", "gz_rps"), rate.T, strict=True))
    return (
        pa.Table.from_batches([build("imu_accel", {"t": t_ns, **accel})]),
        pa.Table.from_batches([build("imu_gyro", {"t": gyro_ns, **gyro})]),
    )


def every(milliseconds, count):
    return START + np.arange(count) * milliseconds * 1_000_000


def test_rates_between_stamps_of_the_gyroscope_are_on_straight_lines():
    t_ns, gyro_ns = every(10, 100), every(20, 45) + 5_000_000
    slope = np.outer((gyro_ns - START) / SECOND, [1.0, -2.0, 0.5])
    unit = Inertial.of(*tables(t_ns, rate=slope, gyro_ns=gyro_ns), START)
    assert unit.t_s[0] >= 0.005
    assert unit.t_s[-1] <= 0.885
    np.testing.assert_allclose(unit.rate, np.outer(unit.t_s, [1.0, -2.0, 0.5]), atol=1e-6)


def test_stamps_that_jitter_get_their_rhythm_back():
    even = every(10, 6000)
    jittered = even + np.rint(np.random.default_rng(1).normal(0, 20e6, 6000)).astype(np.int64)
    found = steadied(jittered)
    off_ms = (found - even) / 1e6
    assert np.abs(off_ms).max() < 3
    assert np.sqrt(np.mean(off_ms**2)) < 1.2
    assert (np.diff(found) > 0).all()


def test_steady_stamps_stay_what_they_are():
    even = every(10, 500)
    assert steadied(even) is even
    assert steadied(even[:5]).tolist() == even[:5].tolist()
    batched = np.repeat(even[::10], 10)
    assert steadied(batched).tolist() == batched.tolist()


def test_a_pause_is_kept_where_stamps_jitter():
    even = every(10, 2000)
    even[1000:] += 30 * SECOND
    found = steadied(even + np.rint(np.random.default_rng(3).normal(0, 4e6, 2000)).astype(np.int64))
    assert np.abs(found - even).max() < 5_000_000
    assert np.diff(found).argmax() == 999


@pytest.mark.parametrize("limit", [2.0, 30.0])
def test_a_flat_top_is_a_limit_whatever_the_range(limit):
    t_s = np.arange(2000) / 100
    force = np.outer(np.sin(t_s * 3), [1.5 * limit, 0.0, 0.0]) + np.random.default_rng(5).normal(
        0, 0.01, (2000, 3)
    )
    clipped = np.clip(force, -limit, limit)
    unit = Inertial.of(*tables(every(10, 2000), force=clipped), START)
    assert (unit.clipped == (np.abs(clipped[:, 0]) == limit)).all()
    assert unit.clipped.sum() > 500
    whole = Inertial.of(*tables(every(10, 2000), force=force), START)
    assert not whole.clipped.any()


def test_a_unit_at_rest_has_no_limit():
    still = np.tile([0.0, 0.0, 9.8], (500, 1))
    unit = Inertial.of(*tables(every(10, 500), force=still, rate=np.zeros((500, 3))), START)
    assert not unit.clipped.any()


def test_silence_and_limits_are_told_for_the_intervals_they_lie_in():
    t_ns = every(10, 300)
    t_ns[150:] += SECOND
    unit = Inertial.of(*tables(t_ns), START)
    nodes = np.arange(0.0, 4.0, 0.2)
    # From 1.49 s to 2.5 s nothing is known; nor behind the last sample, at 3.99 s.
    assert np.flatnonzero(unit.silent(nodes)).tolist() == [7, 8, 9, 10, 11, 12]
    marked = unit.clipped.copy()
    marked[30] = True
    limited = unit.silent(nodes) | _evolved(unit, marked).silent(nodes)
    assert np.flatnonzero(limited).tolist()[:2] == [1, 7]


def _evolved(unit, clipped):
    import attrs

    return attrs.evolve(unit, clipped=clipped)


def test_fast_units_are_averaged_down():
    t_ns = START + np.arange(8000) * 625_000  # 1 600 Hz
    force = np.outer(np.arange(8000), [1.0, 0.0, 0.0])
    unit = Inertial.of(*tables(t_ns, force=force), START)
    assert len(unit) == 1000
    np.testing.assert_allclose(unit.force[:, 0], np.arange(1000) * 8 + 3.5)
    np.testing.assert_allclose(unit.t_s, (np.arange(1000) * 8 + 7) * 0.000625, atol=1e-9)


def test_rows_that_do_not_rise_or_lack_a_value_are_left_out():
    t_ns = every(10, 50)
    t_ns[20] = t_ns[10]
    force = np.random.default_rng(0).normal(0, 1, (50, 3))
    force[30, 1] = np.nan
    unit = Inertial.of(*tables(t_ns, force=force), START)
    assert len(unit) == 48
    assert (np.diff(unit.t_s) > 0).all()
