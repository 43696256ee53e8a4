"""Sectors are timed where both their gates were passed, once and in order."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis import find_laps
from telemparse.model.gates import Track
from telemparse.testing.simulate import Gap, PitStop, simulate

RUN = simulate("kart", seed=1, laps=4, gnss="perfect")


def sectors(run=RUN, gates=None, **asked):
    track = Track("Kart", run.track.gates, run.sectors if gates is None else gates)
    return find_laps(run.gnss, track=track, **asked)


def table_of(laps):
    return laps.sectors.to_pandas()


def test_sector_times_are_the_true_ones_and_add_up_to_laps():
    laps = sectors()
    found = table_of(laps)
    assert found.name.tolist() == ["S1", "S2", "S3", "S4"] * 4
    assert found.sector_index.tolist() == [0, 1, 2, 3] * 4
    assert found.lap_number.tolist() == np.repeat([2, 3, 4, 5], 4).tolist()
    np.testing.assert_allclose(found.duration_ns / 1e9, RUN.sector_times_s.ravel(), atol=1e-4)
    whole = laps.table.to_pandas().set_index("lap_number").duration_ns
    assert (found.groupby("lap_number").duration_ns.sum() == whole.loc[2:5]).all()
    assert ((found.duration_std_s > 0) & (found.duration_std_s < 0.01)).all()


def test_the_order_of_the_gates_is_that_of_travel():
    backwards = sectors(gates=RUN.sectors[::-1])
    assert table_of(backwards).equals(table_of(sectors()))
    assert backwards.sector_gates == RUN.sectors


def test_gates_that_laps_do_not_pass_are_left_out():
    first = RUN.sectors[0]
    away = attrs.evolve(first, lat1_deg=first.lat1_deg + 0.01, lat2_deg=first.lat2_deg + 0.01, name="away")
    turned = attrs.evolve(first, course_deg=(first.course_deg + 180) % 360, name="turned")
    laps = sectors(gates=(away, turned, *RUN.sectors))
    assert laps.sector_gates == RUN.sectors
    assert table_of(laps).equals(table_of(sectors()))


def test_without_gates_there_are_no_sectors():
    laps = sectors(gates=())
    assert (laps.sectors.num_rows, laps.sector_gates) == (0, ())


def test_a_sector_gate_that_nobody_saw_being_passed_takes_two_sectors_along():
    t_s = RUN.crossings_s[1] + RUN.sector_times_s[1, 0]
    run = simulate("kart", seed=1, laps=4, gnss="perfect", disturbances=[Gap(t_s - 1, 2)])
    found = table_of(sectors(run))
    assert found[found.lap_number == 3].name.tolist() == ["S3", "S4"]
    assert len(found) == 14


def test_a_lap_that_passes_a_gate_twice_has_no_sectors_there():
    run = simulate("kart", seed=1, laps=4, gnss="perfect", disturbances=[PitStop(2)])
    laps = sectors(run)
    numbers = table_of(laps).lap_number.tolist()
    assert laps.table["validity"].to_pylist() == ["OUTLAP", "VALID", "INVALID", "VALID", "INLAP"]
    assert numbers == [2, 2, 2, 2, 4, 4, 4, 4]


@pytest.mark.parametrize("method", ["smoothed", "linear"])
def test_sigmas_of_sectors_are_those_of_noise(method):
    run = simulate("kart", seed=3, gnss="m8")
    found = table_of(sectors(run, method=method))
    off = (found.duration_ns / 1e9).to_numpy() - run.sector_times_s.ravel()
    assert 0.4 < np.sqrt(np.mean((off / found.duration_std_s.to_numpy()) ** 2)) < 1.8
