"""A track learnt from a session has the same laps in the same session, and sector gates that they pass."""

from __future__ import annotations

from types import SimpleNamespace

import attrs
import numpy as np
import pytest

from telemparse.analysis.catalogue import read_tracks, write_track
from telemparse.analysis.gate_choice import choose_gates
from telemparse.analysis.gate_fits import gate_fit
from telemparse.analysis.gate_lines import GateLine
from telemparse.analysis.learnt_tracks import learn_track
from telemparse.analysis.paths import Path
from telemparse.errors import CallError
from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.model.gates import GateKind
from telemparse.testing.simulate import FewLaps, HalfLap, simulate


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", Catalog())


@pytest.fixture(scope="module")
def run():
    return simulate("kart", seed=3)


def recording(run, *gates):
    return SimpleNamespace(streams={"gnss_pvt": run.gnss}, metadata={"gates": list(gates)})


@pytest.mark.parametrize("circuit", ["rc_figure8", "kart"])
def test_the_learnt_track_gives_the_same_session_the_same_laps(circuit, tmp_path):
    run = simulate(circuit, seed=4)
    first = choose_gates(run.gnss)
    (track,) = read_tracks(write_track(learn_track(run.gnss, name="learnt"), tmp_path))
    again = choose_gates(run.gnss, tracks=[track])
    assert (again.track, again.source, again.issues) == ("learnt", "catalogue_default", ())
    assert again.passes == first.passes
    assert attrs.evolve(again.gate, source="auto_detected") == first.gate


def test_two_sector_gates_part_the_lap_into_about_thirds(run):
    track = learn_track(run.gnss)
    path = Path.of(run.gnss)
    assert [gate.name for gate in track.sectors] == ["sector 1", "sector 2"]
    gates = [GateLine.of(gate, run.frame).middle_m for gate in (*track.gates, *track.sectors)]
    states = run.truth.states
    at = [np.argmin(np.hypot(*(states.position_m[:100_000] - place).T)) for place in gates]
    parts = states.progress_m[at] / run.lap_length_m
    assert (parts[1:] - parts[0]) % 1 == pytest.approx([1 / 3, 2 / 3], abs=0.12)
    for gate in track.sectors:
        assert gate.kind is GateKind.SECTOR
        assert gate_fit(path, gate).forward >= run.laps.num_rows


def test_the_gates_of_the_file_are_kept(run):
    track = learn_track(recording(run, run.gate, *run.sectors, *run.track.gates[1:]), name="kart")
    assert track.gates[0] == attrs.evolve(run.gate, source="catalogue_default")
    assert [gate.kind.value for gate in track.gates] == ["start_finish", "pit_in", "pit_out"]
    assert [gate.name for gate in track.sectors] == [gate.name for gate in run.sectors]
    assert track.reference == f"learnt from {run.laps.num_rows} laps of one session; line: user_defined"


def test_the_gate_of_the_caller_is_the_line(run):
    track = learn_track(run.gnss, gate=run.gate)
    assert track.gates == (attrs.evolve(run.gate, source="catalogue_default"),)


def test_without_laps_there_is_nothing_to_learn():
    half = simulate("kart", seed=1, disturbances=[HalfLap()])
    with pytest.raises(CallError, match="no laps to learn a track from: no place is passed twice"):
        learn_track(half.gnss)
    with pytest.raises(CallError, match="the gate is not passed twice"):
        learn_track(half.gnss, gate=half.gate)
    none = simulate("kart", seed=1, disturbances=[FewLaps(0)])
    with pytest.raises(CallError, match="the gate is not passed twice"):
        learn_track(none.gnss, gate=none.gate)
