"""How a unit is built in is told by drives with breaks, too, and by each direction for itself."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis.fusion.inertial import Inertial
from telemparse.analysis.fusion.mounting import mounting
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.smoother import smooth
from telemparse.testing.simulate import simulate


@pytest.fixture(scope="module")
def drive():
    run = simulate("kart", seed=4, laps=3, imu=6)
    motion = smooth(Path.of(run.gnss, frame=run.frame))
    unit = Inertial.of(run.tables["imu_accel"], run.tables["imu_gyro"], int(motion.path.t_ns[0]))
    return unit, motion


def test_forces_and_rates_of_a_drive_explain_it(drive):
    found = mounting(*drive, drive[0].zero_ns)
    assert found.pushed
    assert found.force_share > 0.9
    assert found.rate_share > 0.9
    assert found.force_unit == pytest.approx(1, abs=0.05)
    assert found.rate_unit == pytest.approx(1, abs=0.05)
    assert found.turned_deg < 5


@pytest.mark.parametrize("axis", [0, 1])
def test_one_direction_that_forces_do_not_tell_is_enough_to_doubt_them(drive, axis):
    unit, motion = drive
    force = unit.force.copy()
    force[:, axis] = np.random.default_rng(axis).normal(0, 0.5, len(force))
    found = mounting(attrs.evolve(unit, force=force), motion, unit.zero_ns)
    assert found.force_share < 0.2


@pytest.mark.parametrize("every", [4, 10, 20])
def test_a_unit_of_a_few_samples_a_second_tells_the_same(drive, every):
    """25, 10 and 5 a second: between two of them is no break."""
    unit, motion = drive
    count = len(unit) // every * every
    means = [values[:count].reshape(-1, every, 3).mean(axis=1) for values in (unit.force, unit.rate)]
    t_s = unit.t_s[:count][every - 1 :: every] + 1e-4 * np.sin(np.arange(count // every))
    slow = attrs.evolve(unit, t_s=t_s, force=means[0], rate=means[1], clipped=unit.clipped[: len(t_s)])
    whole, found = mounting(unit, motion, unit.zero_ns), mounting(slow, motion, unit.zero_ns)
    assert found.seconds == pytest.approx(whole.seconds, rel=0.02)
    assert found.force_share > 0.9
    np.testing.assert_allclose(found.rotation, whole.rotation, atol=0.03)


def test_years_between_two_halves_change_nothing(drive):
    unit, motion = drive
    middle_ns = int(np.median(motion.path.t_ns))
    years_ns = 10 * 365 * 86_400 * 1_000_000_000
    later = motion.path.t_ns > middle_ns
    path = attrs.evolve(motion.path, t_ns=motion.path.t_ns + later * years_ns)
    behind = unit.t_s > (middle_ns - unit.zero_ns) / 1e9
    found = mounting(
        attrs.evolve(unit, t_s=unit.t_s + behind * years_ns / 1e9),
        attrs.evolve(motion, path=path),
        unit.zero_ns,
    )
    whole = mounting(unit, motion, unit.zero_ns)
    assert found.seconds == pytest.approx(whole.seconds, abs=3)
    assert found.force_share == pytest.approx(whole.force_share, abs=0.02)
    np.testing.assert_allclose(found.rotation, whole.rotation, atol=0.02)
