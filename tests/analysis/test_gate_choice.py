"""Gates come from the caller, the file, a catalogue or the trace, in this order; none is swapped quietly."""

from __future__ import annotations

import json
from types import SimpleNamespace

import attrs
import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis.gate_choice import choose_gates
from telemparse.analysis.gate_lines import gate_across
from telemparse.analysis.given_gates import given_gate
from telemparse.analysis.paths import Path
from telemparse.errors import CallError
from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.kernels.local_frame import LocalFrame
from telemparse.model.gates import Gate, GateKind, Track
from telemparse.schemas import build

FRAME = LocalFrame(-21.0, -12.0, 100.0)
LAPS = 5
RADIUS_M = 100.0


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch):
    """Let no installed plugin bring tracks."""
    monkeypatch.setattr(catalogs, "_shared", Catalog())


def circle(laps=LAPS, **metadata):
    """Return a result whose positions go round a circle, counter-clockwise from the east."""
    t_s = np.arange(0.0, laps * 40.0 + 4.0, 0.2)
    turn = 2 * np.pi * t_s / 40.0 - 0.1
    lat, lon = FRAME.geodetic_deg(RADIUS_M * np.stack([np.cos(turn), np.sin(turn)], axis=1))
    batch = build("gnss_pvt", {"t": np.rint(t_s * 1e9).astype(np.int64), "lat_deg": lat, "lon_deg": lon})

    return SimpleNamespace(streams={"gnss_pvt": pa.Table.from_batches([batch])}, metadata=metadata)


def line_at(degrees, *, kind=GateKind.START_FINISH, name="line", source="file", frame=FRAME, back=False):
    """Return a gate across the circle at an angle from the east, 20 m wide."""
    turn = np.radians(degrees)
    ahead = np.array([-np.sin(turn), np.cos(turn)]) * (-1 if back else 1)
    place = RADIUS_M * np.array([np.cos(turn), np.sin(turn)])
    return gate_across(frame, place, ahead, half_m=10, kind=kind, name=name, source=source)


EAST = line_at(0)
ELSEWHERE = line_at(0, name="Elsewhere", frame=LocalFrame(50.0, 8.0))
INSIDE = gate_across(FRAME, np.zeros(2), np.ones(2), half_m=10, name="inside")


def track(*degrees, name="circle", lines=(EAST,)):
    sectors = tuple(line_at(each, kind=GateKind.SECTOR) for each in degrees)
    return Track(name, lines, sectors)


def test_the_callers_gate_comes_before_all_others():
    choice = choose_gates(circle(gates=[EAST]), gate=line_at(90), track=track(), tracks=[track()])
    assert choice.gate == attrs.evolve(line_at(90), source="user_defined")
    assert (choice.source, choice.passes, choice.misses) == ("user_defined", LAPS, False)
    assert choice.issues == ()


def test_a_gate_of_the_caller_that_misses_the_track_is_not_replaced():
    choice = choose_gates(circle(gates=[EAST]), gate=INSIDE)
    assert choice.gate.name == "inside"
    assert choice.misses
    assert choose_gates(circle(), gate=ELSEWHERE).misses


def test_the_files_sector_and_pit_gates_go_with_the_callers_line():
    sector, pit = line_at(120, kind=GateKind.SECTOR), line_at(200, kind=GateKind.PIT_IN)
    choice = choose_gates(circle(gates=[sector, pit]), gate=EAST)
    assert (choice.sectors, choice.pits) == ((sector,), (pit,))


def test_the_files_gate_comes_before_the_catalogues():
    choice = choose_gates(circle(gates=[line_at(90)]), tracks=[track()])
    assert choice.gate == line_at(90)
    assert choice.source == "file"
    assert choice.automatic is None


def test_of_several_lines_of_a_file_the_one_that_is_passed_counts():
    choice = choose_gates(circle(gates=[INSIDE, EAST]))
    assert choice.gate == EAST
    assert choice.passes == LAPS + 1


def test_a_stale_gate_of_the_file_is_named_and_the_next_source_is_asked():
    choice = choose_gates(circle(gates=[ELSEWHERE]), tracks=[track()])
    assert choice.source == "file"
    assert choice.track == "circle"
    assert [issue.code for issue in choice.issues] == ["GATE_STALE"]
    assert choice.issues[0].evidence["gate"] == "Elsewhere"
    assert choice.issues[0].evidence["distance_km"] > 1000


def test_a_gate_on_the_other_side_of_the_earth_lies_not_near():
    antipode = attrs.evolve(
        EAST, lat1_deg=-EAST.lat1_deg, lat2_deg=-EAST.lat2_deg,
        lon1_deg=EAST.lon1_deg + 180, lon2_deg=EAST.lon2_deg + 180,
    )  # fmt: skip
    choice = choose_gates(circle(gates=[antipode]))
    assert choice.issues[0].code == "GATE_STALE"
    assert choice.issues[0].evidence["distance_km"] == pytest.approx(12_750, rel=0.01)


def test_a_gate_of_the_file_without_length_is_none():
    point = Gate(GateKind.START_FINISH, "point", -21.0, -12.0, -21.0, -12.0)
    assert choose_gates(circle(gates=[point])).source == "auto_detected"


def test_a_line_without_a_direction_counts_the_way_it_is_driven():
    for back in (False, True):
        gate = attrs.evolve(line_at(0, back=back), course_deg=None)
        assert choose_gates(circle(), gate=gate).passes == LAPS + 1


def test_of_the_tracks_at_a_place_the_one_whose_sectors_fit_is_taken():
    other = track(name="short layout", lines=(EAST, INSIDE))
    wrong = Track("long layout", (EAST,), (attrs.evolve(INSIDE, kind="sector"),))
    away = Track("far away", (ELSEWHERE,))
    right = track(120, 240, name="circle")
    choice = choose_gates(circle(), tracks=[Track("empty"), away, wrong, other, right])
    assert choice.track == "circle"
    assert len(choice.sectors) == 2
    assert choice.issues == ()


@pytest.mark.parametrize(
    ("misfit", "reason"),
    [
        (track(lines=(line_at(0, back=True),)), "it was driven the other way"),
        (track(lines=(INSIDE,)), "its start/finish line is not passed twice"),
        (
            Track("circle", (EAST,), (attrs.evolve(INSIDE, kind="sector"),)),
            "its sector gates are not passed on every lap",
        ),
    ],
)
def test_a_track_that_does_not_fit_gives_way_to_the_trace_and_is_named(misfit, reason):
    choice = choose_gates(circle(), tracks=[misfit])
    assert choice.source == "auto_detected"
    assert choice.issues[0].code == "TRACK_CATALOGUE_MISMATCH"
    assert choice.issues[0].evidence["reason"] == reason
    assert choice.automatic.laps in (LAPS - 1, LAPS)


def test_a_track_that_the_caller_names_is_kept_and_told_not_to_fit():
    choice = choose_gates(circle(gates=[EAST]), track=Track("far away", (ELSEWHERE,)))
    assert choice.gate == ELSEWHERE
    assert choice.misses
    assert choice.issues[0].evidence["reason"] == "it lies elsewhere"


def test_a_track_without_a_line_is_refused():
    with pytest.raises(CallError, match="'empty' has no start/finish line"):
        choose_gates(circle(), track=Track("empty"))


def test_tracks_of_plugins_are_looked_in(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", Catalog(tracks=(track(name="of a plugin"),)))
    assert choose_gates(circle()).track == "of a plugin"


def test_without_any_other_source_the_trace_is_asked():
    choice = choose_gates(circle())
    assert choice.source == "auto_detected"
    assert choice.gate == choice.automatic.gate
    assert choice.passes in (LAPS, LAPS + 1)


def test_no_gate_comes_with_the_reason():
    choice = choose_gates(circle(laps=0.5))
    assert (choice.gate, choice.source, choice.misses) == (None, None, False)
    assert choice.issues[-1].code == "LAPS_NOT_FOUND"


def test_a_table_has_no_gates_of_a_file():
    result = circle(gates=[EAST])
    assert choose_gates(result.streams["gnss_pvt"]).source == "auto_detected"


def test_a_path_that_is_known_is_not_made_again():
    path = Path.of(circle(laps=3))
    assert choose_gates(circle(), gate=EAST, path=path).passes == 4


LINE = {"type": "LineString", "coordinates": [[-12.0, -21.0], [-12.001, -21.0]]}
FEATURE = {"type": "Feature", "geometry": LINE, "properties": {"name": "home", "course_deg": 90}}


@pytest.mark.parametrize(
    "form",
    [
        ((-21.0, -12.0), (-21.0, -12.001)),
        [["-21", "-12"], ["-21", "-12.001"]],
        "-21,-12,-21,-12.001",
        " -21.0, -12.0, -21.0, -12.001 ",
        LINE,
        FEATURE,
        {"type": "FeatureCollection", "features": [FEATURE]},
        json.dumps(LINE),
        Gate(GateKind.SECTOR, "any", -21.0, -12.0, -21.0, -12.001),
    ],
    ids=["points", "words", "word", "spaced", "line", "feature", "collection", "text", "gate"],
)
def test_a_gate_may_be_given_in_many_forms(form):
    gate = given_gate(form)
    assert (gate.lat1_deg, gate.lon1_deg, gate.lat2_deg, gate.lon2_deg) == (-21.0, -12.0, -21.0, -12.001)
    assert (gate.kind, gate.source) == (GateKind.START_FINISH, "user_defined")


def test_a_gate_may_be_given_as_a_file(tmp_path):
    place = tmp_path / "gate.geojson"
    place.write_text(json.dumps(FEATURE))
    assert given_gate(place) == given_gate(str(place)) == given_gate(FEATURE)
    assert given_gate(place).course_deg == 90.0
    assert given_gate(place).name == "home"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (17, "a gate is a Gate"),
        ("home", "not 'home'"),
        ("1,2,3", "not '1,2,3'"),
        ("1,2,3,x", "a gate is a Gate"),
        (((1, 2), (1, 2)), "the same place"),
        (((91, 2), (1, 2)), "lat1_deg must be in"),
        (((1, float("nan")), (1, 2)), "lon1_deg must be in"),
        (Gate(GateKind.START_FINISH, "p", 1.0, 2.0, 1.0, 2.0), "the same place"),
        ("{", "JSON is broken"),
        ({"type": "Point"}, "expected a GeoJSON"),
        ({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}, "found 2"),
        ({"type": "FeatureCollection", "features": []}, "found 0"),
        ("missing.geojson", "missing.geojson: No such file"),
    ],
)
def test_what_is_no_gate_is_refused_saying_why(form, words):
    with pytest.raises(CallError, match=words):
        given_gate(form)
