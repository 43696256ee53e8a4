"""Each disturbance does what it says, and nothing else."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.analysis.paths import Path
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.schemas import check
from telemparse.testing.simulate import (
    CIRCUITS,
    Dropouts,
    FewLaps,
    Gap,
    HalfLap,
    Jitter,
    Marshalled,
    NoVelocity,
    Parking,
    PitStop,
    Stationary,
    Stints,
    Teleports,
    VelocityLag,
    Withheld,
    simulate,
)


def pair(*disturbances, laps=3, **others):
    """A run as it is and with disturbances."""
    return simulate(laps=laps, **others), simulate(laps=laps, disturbances=disturbances, **others)


def standing_s(run):
    return float((run.truth.states.speed_mps < 0.05).sum()) / 1000


def test_a_gap_leaves_out_its_epochs_and_no_others():
    plain, gapped = pair(Gap(20.0, 3.5))
    t_s = (plain.gnss_true_ns - plain.truth.start_ns) / 1e9
    silent = (t_s > 20.0) & (t_s < 23.5)
    assert silent.sum() == 34
    assert gapped.gnss.equals(plain.gnss.filter(~silent))


def test_dropouts_lose_about_their_share_of_epochs():
    plain, thinned = pair(Dropouts(0.2), laps=12)
    assert thinned.gnss.num_rows / plain.gnss.num_rows == pytest.approx(0.8, abs=0.03)
    kept = np.isin(numpy_view(plain.gnss["t"]), numpy_view(thinned.gnss["t"]))
    assert thinned.gnss.equals(plain.gnss.filter(kept))


def test_teleports_move_so_many_epochs_so_far():
    plain, leapt = pair(Teleports(5, 80.0))
    apart = (
        Path.of(leapt.gnss, frame=leapt.frame).position_m - Path.of(plain.gnss, frame=plain.frame).position_m
    )
    far = np.hypot(*apart.T)
    assert np.sort(far)[-5:] == pytest.approx(np.full(5, 80.0), abs=1e-3)
    assert np.sort(far)[:-5].max() < 1e-6


def test_jitter_moves_the_tags_and_not_the_measurements():
    plain, shaken = pair(Jitter(0.002), laps=12)
    off = numpy_view(shaken.gnss["t"]) - shaken.gnss_true_ns
    assert off.std() / 1e9 == pytest.approx(0.002, rel=0.1)
    assert np.diff(numpy_view(shaken.gnss["t"])).min() > 0
    assert np.array_equal(numpy_view(shaken.gnss["lat_deg"]), numpy_view(plain.gnss["lat_deg"]))


def test_rows_whose_tags_overtake_one_another_are_in_order_of_the_tags():
    _plain, shaken = pair(Jitter(0.2), laps=2)
    assert np.diff(numpy_view(shaken.gnss["t"])).min() >= 0
    assert np.diff(shaken.gnss_true_ns).min() < 0


def test_lagging_velocities_are_those_of_an_earlier_instant_and_scaled():
    run = simulate(laps=2, gnss="perfect", disturbances=[VelocityLag(0.13, 0.97)])
    path = Path.of(run.gnss, frame=run.frame)
    late = run.gnss_true_ns >= run.truth.start_ns + 200_000_000
    earlier = run.truth.at(run.gnss_true_ns[late] - 130_000_000).velocity_mps
    assert np.abs(path.velocity_mps[late] - 0.97 * earlier).max() < 1e-5
    now = run.truth.at(run.gnss_true_ns).position_m
    assert np.abs(path.position_m - now).max() < 1e-6


def test_velocity_beyond_the_ends_of_the_run_is_that_at_its_ends():
    run = simulate(laps=1, gnss="perfect", disturbances=[VelocityLag(-0.5)])
    path = Path.of(run.gnss, frame=run.frame)
    end = run.truth.at_s(np.array([run.truth.seconds])).velocity_mps
    assert np.abs(path.velocity_mps[-3:] - end).max() < 1e-5


def test_a_receiver_without_velocity_leaves_its_columns_null():
    _plain, mute = pair(NoVelocity())
    names = ("speed_mps", "course_deg", "vel_n_mps", "vel_e_mps", "vel_d_mps", "sacc_mps")
    assert {mute.gnss[name].null_count for name in names} == {mute.gnss.num_rows}
    assert not Path.of(mute.gnss).has_velocity


def test_a_receiver_may_know_speed_alone():
    plain, mute = pair(NoVelocity(Withheld.COURSE))
    assert mute.gnss["speed_mps"].equals(plain.gnss["speed_mps"])
    assert mute.gnss["course_deg"].null_count == mute.gnss.num_rows


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_pit_stop_passes_beside_the_line_and_makes_one_long_lap_of_two(name):
    run = simulate(name, laps=4, disturbances=[PitStop(2, 7.0)])
    assert len(run.crossings_s) == 4
    assert run.laps["validity"].to_pylist() == ["VALID", "INVALID", "VALID"]
    assert run.laps["reasons"].to_pylist() == [[], ["PIT_AFFECTED"], []]
    assert list(run.valid_laps) == [True, False, True]
    assert standing_s(run) == pytest.approx(7.0, abs=1.0)
    line = run.layout.line
    states = run.truth.states
    beside = np.abs(states.progress_m - run.circuit.line_m - 2 * run.lap_length_m) < 0.5
    aside = (states.position_m[beside] - np.array(line.middle_m)) @ np.array([-line.along[1], line.along[0]])
    assert np.abs(aside).min() > line.half_m
    assert np.sign(aside[0]) == run.circuit.pit_side
    assert np.isnan(run.sector_times_s[1]).all()


def test_the_pit_lane_may_be_driven_through_without_a_stop():
    run = simulate(laps=3, disturbances=[PitStop(1, 0.0)])
    assert standing_s(run) == 0
    assert run.laps["reasons"].to_pylist() == [["PIT_AFFECTED"], []]


def test_the_pit_lane_may_lie_anywhere_beside_the_line():
    near = attrs.evolve(CIRCUITS["kart"], pit_offset_m=4.0)
    run = simulate(near, laps=3, disturbances=[PitStop(1)])
    # So near that it crosses the line itself, which is longer.
    assert len(run.crossings_s) == 4
    # Its box lies behind the line.
    assert run.laps["validity"].to_pylist() == ["VALID", "INVALID", "VALID"]


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_car_that_is_carried_drives_a_short_lap(name):
    run = simulate(name, laps=4, disturbances=[Marshalled(2)])
    assert len(run.crossings_s) == 5
    assert run.laps["validity"].to_pylist() == ["VALID", "INVALID", "VALID", "VALID"]
    assert run.laps["distance_m"][1].as_py() < 0.8 * run.lap_length_m
    # It is not thrown: the way has no leap, and the car rests where its direction changes.
    assert np.hypot(*np.diff(run.truth.states.position_m, axis=0).T).max() < 0.1
    assert np.hypot(*run.truth.states.acceleration_mps2.T).max() < 2.5 * run.circuit.grip.lateral_mps2


def test_a_car_is_put_down_further_on():
    with pytest.raises(CallError):
        Marshalled(1, 0.6, 0.4)


@pytest.mark.parametrize("count", [2, 3])
def test_stints_share_out_the_laps_and_stop_between(count):
    run = simulate(laps=6, disturbances=[Stints(count, 40.0)])
    stints = run.laps["stint_index"].to_pylist()
    assert [stints.count(stint) for stint in range(count)] == [6 // count] * count
    assert set(run.laps["validity"].to_pylist()) == {"VALID"}
    assert standing_s(run) == pytest.approx(40.0 * (count - 1), abs=1.5)
    assert np.diff(numpy_view(run.gnss["t"])).max() == 100_000_000


def test_a_silent_logger_leaves_a_gap_between_stints():
    run = simulate(laps=4, disturbances=[Stints(2, 300.0, Parking.SILENT)], imu=6)
    for table in run.tables.values():
        steps = np.diff(numpy_view(table["t"])) / 1e9
        assert (steps > 1).sum() == 1
        assert steps.max() == pytest.approx(300.0, abs=0.2)


def test_half_a_lap_has_one_crossing_and_no_lap():
    run = simulate(disturbances=[HalfLap()])
    assert len(run.crossings_s) == 1
    assert run.laps.num_rows == 0
    assert run.sector_times_s.shape == (0, 3)
    assert run.truth.states.progress_m[-1] < run.circuit.line_m + 0.6 * run.lap_length_m


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_laps_are_as_many_as_asked_for(count):
    run = simulate(disturbances=[FewLaps(count)])
    assert run.laps.num_rows == count
    assert len(run.crossings_s) == count + 1


def test_a_stationary_car_does_not_move():
    run = simulate(disturbances=[Stationary(30.0)], imu=6)
    assert np.ptp(run.truth.states.position_m, axis=0).max() == 0
    assert run.gnss.num_rows == 301
    assert len(run.crossings_s) == 0
    assert np.hypot(run.gnss["vel_n_mps"].to_numpy(), run.gnss["vel_e_mps"].to_numpy()).max() < 0.5


def test_what_spoils_the_recording_does_not_change_the_drive():
    spoilt = (Gap(5.0, 1.0), Dropouts(0.1), Teleports(3), Jitter(0.01), VelocityLag(0.1), NoVelocity())
    plain, other = pair(*spoilt)
    assert np.array_equal(plain.crossings_s, other.crossings_s)


def test_disturbances_may_come_together():
    happening = [Stints(2, 20.0), PitStop(1, 3.0), Marshalled(4), Gap(10.0, 2.0), Dropouts(0.05)]
    run = simulate(laps=6, disturbances=happening)
    assert run.laps["stint_index"].to_pylist() == sorted(run.laps["stint_index"].to_pylist())
    assert list(run.laps["validity"].to_pylist()).count("INVALID") == 2
    assert standing_s(run) == pytest.approx(25.0, abs=2.0)


@pytest.mark.parametrize(
    "happening",
    [[PitStop(4)], [Marshalled(4)], [Stints(4)], [HalfLap(), PitStop(1)], [FewLaps(2), Marshalled(3)]],
)
def test_what_happens_in_laps_that_are_not_driven_is_refused(happening):
    with pytest.raises(CallError):
        simulate(laps=3, disturbances=happening)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Gap(0.0, 0.0),
        lambda: Dropouts(1.0),
        lambda: Teleports(-1),
        lambda: Jitter(-0.1),
        lambda: PitStop(0),
        lambda: Stints(0),
        lambda: FewLaps(-1),
        lambda: Stationary(0.0),
    ],
)
def test_impossible_disturbances_cannot_be_made(made):
    with pytest.raises(ValueError, match="must be"):
        made()


numbers = st.integers(1, 3)
happenings = st.lists(
    st.one_of(
        st.builds(Gap, st.floats(-5, 60), st.floats(0.1, 60)),
        st.builds(Dropouts, st.floats(0, 0.99)),
        st.builds(Teleports, st.integers(0, 9), st.floats(1, 1e5)),
        st.builds(Jitter, st.floats(0, 0.5)),
        st.builds(VelocityLag, st.floats(-1, 1), st.floats(0.5, 1.5)),
        st.builds(NoVelocity, st.sampled_from(Withheld)),
        st.builds(PitStop, numbers, st.floats(0, 9)),
        st.builds(Marshalled, numbers, st.floats(0.01, 0.4), st.floats(0.5, 0.99)),
        st.builds(Stints, numbers, st.floats(1, 30), st.sampled_from(Parking)),
        st.builds(FewLaps, numbers),
        st.builds(HalfLap),
        st.builds(Stationary, st.floats(0.1, 30)),
    ),
    max_size=4,
)


@settings(max_examples=30, deadline=None)
@given(
    track=st.sampled_from(["rc_offroad", "rc_figure8"]),
    seed=st.integers(0, 2**32),
    happening=happenings,
    lat_deg=st.floats(-90, 90),
    lon_deg=st.floats(-180, 179.999),
)
def test_any_mixture_gives_tables_that_keep_to_their_schemas_or_is_refused(
    track, seed, happening, lat_deg, lon_deg
):
    place = (lat_deg, lon_deg, 50.0)
    try:
        run = simulate(track, seed=seed, laps=3, disturbances=happening, origin=place)
    except CallError:
        # Laps that are not driven: each alone is refused, whatever comes with it.
        assert any(isinstance(each, PitStop | Marshalled | Stints) for each in happening)
        return
    for stream, table in {**run.tables, "laps": run.laps, "sectors": run.timing.sectors}.items():
        assert check(stream, table)[1] == []
    assert np.isfinite(run.truth.states.acceleration_mps2).all()
    assert np.diff(run.crossings_s).min(initial=1.0) > 0
    assert run.laps.num_rows == len(run.lap_times_s) == len(run.sector_times_s) == len(run.valid_laps)
