"""Fusion beside python-ins: two filters, written apart, agree on one drive, and so do the sums of samples.

python-ins (N. Mayorov, MIT licence, imported as `pyins`) has a strapdown integration over the ellipsoid and
an extended Kalman filter with feedback; ours is a smoother in a plane. Both get the same samples, the same
fixes, the same noise of unit and receiver, and a start as uncertain.

Frames. Its vectors are north, east, down, those of a body forwards, right, down; heading counts clockwise
from north, pitch with the nose up, roll with the right side down, all in degrees. Ours are east, north, up
and forwards, left, up; yaw counts counter-clockwise from east, pitch and roll as there. So heading is 90°
less yaw, and of a body's vectors two signs change. A sample of the unit is the mean since the one before;
times the step that is its sensor type `increment`.

Worlds. Its Earth turns, is round, and pulls by the latitude; that of the simulation does nothing of it. What
the unit would have felt there is added to what it gets: gravity's difference for the filter, for which the
rest is far below the noise, and all of it for the sums, which are compared to millimetres after five seconds.
"""

from __future__ import annotations

from types import SimpleNamespace

import attrs
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from telemparse.analysis.fusion.fusing import fuse
from telemparse.analysis.fusion.inertial import Inertial
from telemparse.analysis.fusion.parameters import UnitNoise
from telemparse.analysis.fusion.rotations import about_up, angles_of, wrapped
from telemparse.analysis.fusion.states import GRAVITY
from telemparse.analysis.fusion.strapdown import Stretches, within
from telemparse.analysis.smoothing.noises import Noise
from telemparse.testing.simulate import inertia, simulate

pytestmark = [
    pytest.mark.slow,
    # What python-ins 1.0.1 is warned of: backslashes in docstrings, and a word that pandas 4 will not know.
    pytest.mark.filterwarnings("ignore:invalid escape sequence"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

SECONDS, SETTLED_S = 20, 8
STEP_S = 0.01
# Of a body's vectors and of those of the ground, from one house to the other and back.
BODY, GROUND = np.array([1.0, -1.0, -1.0]), np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1.0]])
FORCES, RATES = ("ax_mps2", "ay_mps2", "az_mps2"), ("gx_rps", "gy_rps", "gz_rps")
# As uncertain as ours begins: metres, m/s, and radians of tilt and yaw.
START = (10.0, 3.0, 0.06, 0.15)


@pytest.fixture(scope="module")
def ins():
    """Return the rooms of python-ins."""
    from pyins import earth, filters, inertial_sensor, measurements, strapdown, transform, util

    return SimpleNamespace(
        earth=earth,
        filters=filters,
        sensor=inertial_sensor,
        measurements=measurements,
        strapdown=strapdown,
        transform=transform,
        names=util,
    )


@pytest.fixture(scope="module")
def run():
    return simulate("kart", seed=3, laps=2, imu=6, gnss="f9_rtk", phase_s=None)


@pytest.fixture(scope="module")
def tables(run):
    end_ns = run.truth.start_ns + SECONDS * 1_000_000_000
    return {
        name: run.tables[name].filter(pa.array(stamps(run.tables[name]) < end_ns))
        for name in ("gnss_pvt", "imu_accel", "imu_gyro")
    }


def stamps(table):
    return table["t"].cast(pa.int64()).to_numpy()


def columns(table, *names):
    return np.stack([table[name].to_numpy().astype(float) for name in names], axis=1)


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def pull(ins, frame):
    """Return by how much gravity here is less than that of the simulation, m/s2."""
    return -GRAVITY[2] - float(ins.earth.gravity(frame.lat_deg, frame.alt_m))


def increments(ins, t_s, force, rate):
    """Return samples, in its axes, as its integrals between stamps: rates first."""
    names = ins.names.GYRO_COLS + ins.names.ACCEL_COLS
    samples = pd.DataFrame(np.hstack([rate, force]) * STEP_S, index=t_s, columns=names)
    return ins.strapdown.compute_increments_from_imu(samples, "increment")


@attrs.frozen(eq=False, kw_only=True)
class Motion:
    """Position and velocity (east, north, up) and attitude (yaw, pitch, roll), each of shape (n, 3)."""

    position: np.ndarray
    velocity: np.ndarray
    attitude: np.ndarray

    def off(self, other):
        """Return by how much another one is off from it."""
        return Motion(
            position=self.position - other.position,
            velocity=self.velocity - other.velocity,
            attitude=wrapped(self.attitude - other.attitude),
        )

    def at(self, rows):
        return Motion(
            position=self.position[rows], velocity=self.velocity[rows], attitude=self.attitude[rows]
        )


def translated(path, frame):
    """Return a trajectory of python-ins as a motion."""
    plane = frame.plane_m(path.lat.to_numpy(), path.lon.to_numpy())
    return Motion(
        position=np.column_stack([plane, path.alt - frame.alt_m]),
        velocity=path[["VN", "VE", "VD"]].to_numpy() @ GROUND.T,
        attitude=np.radians(np.column_stack([90.0 - path.heading, path.pitch, path.roll])),
    )


@attrs.frozen(eq=False, kw_only=True)
class Beside:
    """Both filters at the same instants, after settling; deviations are those of python-ins."""

    ours: Motion
    theirs: Motion
    std: Motion
    truth: Motion
    fused: object
    found: object


@pytest.fixture(scope="module")
def fused(run, tables):
    return fuse(tables, frame=run.frame)


@pytest.fixture(scope="module")
def beside(ins, run, tables, fused):
    found = filtered(ins, run.frame, tables, fused)
    zero_ns = int(stamps(tables["gnss_pvt"])[0])
    told_ns = zero_ns + np.rint(found.trajectory_sd.index.to_numpy() * 1e9).astype(np.int64)
    rows = stamps(fused.table)
    its = np.flatnonzero((told_ns > zero_ns + SETTLED_S * 1_000_000_000) & (told_ns < rows[-1]))
    t_ns = told_ns[its]
    std = found.trajectory_sd.iloc[its]

    def ours(*names, turning):
        # Rows of the pose stand a hundredth of a second apart, by the clock that was found.
        found = columns(fused.table, *names).T
        return np.stack([np.interp(t_ns, rows, np.unwrap(each) if turning else each) for each in found], 1)

    return Beside(
        ours=Motion(
            position=ours("x_e_m", "y_n_m", "z_u_m", turning=False),
            velocity=ours("vx_mps", "vy_mps", "vz_mps", turning=False),
            attitude=ours("yaw_rad", "pitch_rad", "roll_rad", turning=True),
        ),
        theirs=translated(found.trajectory.loc[std.index], run.frame),
        std=Motion(
            position=std[["east", "north", "down"]].to_numpy(),
            velocity=std[["VE", "VN", "VD"]].to_numpy(),
            attitude=np.radians(std[["heading", "pitch", "roll"]].to_numpy()),
        ),
        truth=driven(run, t_ns),
        fused=fused,
        found=found,
    )


def filtered(ins, frame, tables, fused):
    """Run the filter of python-ins with the noise that ours found and used."""
    fixes, noise = tables["gnss_pvt"], UnitNoise(**fused.parameters["unit_noise"])
    receiver = Noise(**fused.parameters["receiver_noise"])
    zero_ns = stamps(fixes)[0]
    t_s, its_s = ((stamps(tables[name]) - zero_ns) / 1e9 for name in ("gnss_pvt", "imu_accel"))
    first = int(np.searchsorted(its_s, 0.0))
    force, rate = columns(tables["imu_accel"], *FORCES) * BODY, columns(tables["imu_gyro"], *RATES) * BODY
    # Down is where gravity pulls, as near as a level vehicle has it.
    force[:, 2] += pull(ins, frame)
    place = columns(fixes, "lat_deg", "lon_deg", "alt_m")
    pace = columns(fixes, "vel_n_mps", "vel_e_mps", "vel_d_mps")
    names = ins.names
    position = ins.measurements.Position(pd.DataFrame(place, index=t_s, columns=names.LLA_COLS), 1.0)
    velocity = ins.measurements.NedVelocity(pd.DataFrame(pace, index=t_s, columns=names.VEL_COLS), 1.0)
    # It knows no errors that wander: they are part of what is white. Heights count as they do with us.
    level_2 = receiver.white_m**2 + receiver.fast_m**2 + receiver.slow_m**2
    height_2 = float(np.median(fixes["vacc_m"].to_numpy())) ** 2 * 10.0 / 0.1
    position.R = np.diag([level_2, level_2, height_2])
    velocity.R = receiver.velocity_std_mps(0.1) ** 2 * np.diag([1.0, 1.0, 1.6**2])
    course_deg = np.degrees(np.arctan2(pace[0, 1], pace[0, 0]))
    begin = pd.Series(
        [*ins.transform.perturb_lla(place[0], pace[0] * its_s[first]), *pace[0], 0.0, 0.0, course_deg],
        index=names.TRAJECTORY_COLS,
        name=its_s[first],
    )
    scale = noise.scale
    return ins.filters.run_feedback_filter(
        begin,
        START[0],
        START[1],
        *np.degrees(START[2:]),
        increments(ins, its_s[first:], force[first:], rate[first:]),
        ins.sensor.EstimationModel(noise.rate_bias, noise.rate, noise.rate_walk, np.diag([0, 0, scale])),
        ins.sensor.EstimationModel(
            noise.force_bias, noise.force, noise.force_walk, np.diag([scale, scale, 0])
        ),
        [position, velocity],
    )


def driven(run, t_ns):
    """Return the true motion; the body leans on its springs as the simulation makes it."""
    true, every = run.truth.at(t_ns), run.truth.states
    roll, nose_down = inertia._leaning(every, 1e-3)
    row = np.rint((t_ns - run.truth.start_ns) / 1e6).astype(int)
    level = np.zeros(len(t_ns))
    return Motion(
        position=np.column_stack([true.position_m, level]),
        velocity=np.column_stack([true.velocity_mps, level]),
        attitude=np.column_stack([true.yaw_rad, -nose_down[row], roll[row]]),
    )


def share_within(off, std, times=3.0):
    """Return the share of rows within so many standard deviations, of the worst axis."""
    return float((np.abs(off) < times * std).mean(axis=0).min())


WHAT = ["position", "velocity", "attitude"]


def test_unit_and_vehicle_are_one_frame_and_one_clock_here(fused):
    """python-ins takes both for granted."""
    assert fused.ok
    assert fused.issues == ()
    assert fused.health.mounting_deg == 0
    assert fused.health.noise_factor == 1
    assert abs(fused.health.offset_s) < 0.003


@pytest.mark.parametrize("what", ["velocity", "attitude"])
def test_python_ins_itself_is_true_here(beside, what):
    """Without this its standard deviations would be no measure: frames and noise are put right by it."""
    off = getattr(beside.theirs.off(beside.truth), what)
    assert len(off) > 100
    assert share_within(off, getattr(beside.std, what)) >= 0.97
    assert rms(off / getattr(beside.std, what)) > 0.5


@pytest.mark.parametrize("what", WHAT)
def test_the_fusion_is_where_python_ins_is_by_its_own_deviations(beside, what):
    """A smoother knows what comes, a filter does not: apart they are by what the filter is unsure of."""
    off = getattr(beside.ours.off(beside.theirs), what)
    std = getattr(beside.std, what)
    assert share_within(off, std) >= 0.97
    # Two that share all measurements up to here are less apart than either is from the truth.
    assert rms(off / std) < 1.0


@pytest.mark.parametrize("what", WHAT)
def test_the_fusion_is_no_farther_from_the_truth_than_python_ins(beside, what):
    ours, theirs = (getattr(each.off(beside.truth), what) for each in (beside.ours, beside.theirs))
    assert rms(ours) <= rms(theirs)


def test_at_the_end_where_both_know_the_same_they_find_the_same_unit(beside):
    """Biases of rates, those of forces, and by which share forces and the rate of yaw are too large."""
    health, found = beside.fused.health, beside.found
    biases, scales = ["bias_x", "bias_y", "bias_z"], [["sm_xx", "sm_yy"], ["sm_zz"]]

    def last(table, names):
        return table[names].to_numpy()[-1]

    for ours, theirs, std, signs in (
        (health.rate_bias, last(found.gyro, biases), last(found.gyro_sd, biases), BODY),
        (health.force_bias, last(found.accel, biases), last(found.accel_sd, biases), BODY),
        (health.scale[:2], last(found.accel, scales[0]), last(found.accel_sd, scales[0]), 1.0),
        (health.scale[2:], last(found.gyro, scales[1]), last(found.gyro_sd, scales[1]), 1.0),
    ):
        np.testing.assert_array_less(np.abs(np.array(ours) - theirs * signs), std)


TRACE_S = 5


@pytest.fixture(scope="module")
def summed(ins, run):
    """Return both motions from one start through five seconds of samples, a row each."""
    accel, gyro = run.tables["imu_accel"], run.tables["imu_gyro"]
    begin, count = 1000, round(TRACE_S / STEP_S)
    t_s = (stamps(accel) - stamps(accel)[begin]) / 1e9
    unit = Inertial(
        zero_ns=0,
        t_s=t_s,
        force=columns(accel, *FORCES),
        rate=columns(gyro, *RATES),
        clipped=np.zeros(len(t_s), np.bool_),
        time_base="utc",
    )
    true = run.truth.at(stamps(accel)[begin : begin + 1])
    start = np.append(true.velocity_mps[0], 0.0), about_up(true.yaw_rad)[0]
    # Up to a hair behind the last sample, so that this one is inside, too.
    stretches = Stretches.of(unit, np.array([0.0, t_s[begin + count] + 1e-6]))
    none = np.zeros((1, 3))
    _sums, inside = within(stretches, none, none)
    since = stretches.since_s[:, None]
    turned = start[1] @ inside.turn
    ours = Motion(
        position=np.append(true.position_m[0], 0.0)
        + start[0] * since
        + 0.5 * GRAVITY * since**2
        + inside.way_m @ start[1].T,
        velocity=start[0] + GRAVITY * since + inside.gain_mps @ start[1].T,
        attitude=np.column_stack(angles_of(turned)),
    )
    rows = slice(begin, begin + count + 1)
    force, rate = felt_there(
        ins, run.frame, (unit.force[rows], unit.rate[rows]), start, (turned, ours.velocity)
    )
    lat, lon = run.frame.geodetic_deg(true.position_m)
    yaw = float(true.yaw_rad[0])
    integrator = ins.strapdown.Integrator(
        pd.Series(
            [lat[0], lon[0], run.frame.alt_m, *(GROUND @ start[0]), 0.0, 0.0, 90.0 - np.degrees(yaw)],
            index=ins.names.TRAJECTORY_COLS,
            name=0.0,
        )
    )
    integrator.integrate(increments(ins, t_s[rows], force, rate))
    return ours, translated(integrator.trajectory.iloc[1:], run.frame)


def felt_there(ins, frame, samples, start, on):
    """Return samples as they would be on a round Earth that turns, in the axes of python-ins.

    It is a thousandth of what is felt: that ours tells attitude and velocity for it hides nothing.
    """
    velocity = np.concatenate([start[0][None], on[1]]) @ GROUND.T
    attitude = GROUND @ np.concatenate([start[1][None], on[0]]) @ np.diag(BODY)
    turn = ins.earth.rate_n(frame.lat_deg)
    moving = velocity @ ins.earth.curvature_matrix(frame.lat_deg, frame.alt_m).T
    push = np.cross(2 * turn + moving, velocity) + np.array([0.0, 0.0, pull(ins, frame)])
    force = samples[0] * BODY + np.einsum("kji,kj->ki", attitude, push)
    rate = samples[1] * BODY + np.einsum("kji,kj->ki", attitude, turn + moving)
    return force, rate


def test_sums_of_samples_lead_where_the_integration_of_python_ins_leads(summed):
    ours, theirs = summed
    assert len(ours.position) == len(theirs.position) == round(TRACE_S / STEP_S)
    off = ours.off(theirs)
    assert np.ptp(theirs.position, axis=0)[:2].max() > 20
    # Within a sample ours takes force and rate for steady, theirs for straight lines through neighbours: of a
    # vibration of 0.6 m/s2 and 1 deg/s that leaves half of this after five seconds.
    np.testing.assert_allclose(off.attitude, 0.0, atol=5e-6)
    np.testing.assert_allclose(off.velocity, 0.0, atol=1e-3)
    np.testing.assert_allclose(off.position, 0.0, atol=3e-3)
