"""A catalogue of tracks is plain GeoJSON: what is written is read again, and what is wrong is named."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toys
from telemparse.analysis.catalogue import load_tracks, read_tracks, to_geojson, write_track
from telemparse.errors import CallError
from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.model.gates import Gate, GateKind, Track

SOURCE = "catalogue_default"


def feature(kind="start_finish", ends=((-12.0, -21.0), (-12.001, -21.0)), **facts):
    geometry = {"type": "LineString", "coordinates": [list(end) for end in ends]}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **facts}}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def written(folder, document, name="home.geojson"):
    place = folder / name
    place.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return place


def test_a_file_is_a_track_with_its_gates_in_order_of_travel(tmp_path):
    document = collection(
        feature("sector", ((1, 2), (1, 3)), name="second", order=2),
        feature(name="line", course_deg=90),
        feature("sector", ((2, 2), (2, 3)), name="first", order=1),
        feature("pit_in", ((3, 2), (3, 3))),
        name="Home track",
        reference="a survey",
    )
    (track,) = read_tracks(written(tmp_path, document))
    assert (track.name, track.reference) == ("Home track", "a survey")
    assert [gate.kind for gate in track.gates] == [GateKind.START_FINISH, GateKind.PIT_IN]
    assert track.gates[0] == Gate(
        GateKind.START_FINISH, "line", -21.0, -12.0, -21.0, -12.001, course_deg=90.0, source=SOURCE
    )
    assert [gate.name for gate in track.sectors] == ["first", "second"]


def test_sectors_without_an_order_keep_that_of_the_file(tmp_path):
    sectors = [feature("sector", ((number, 2), (number, 3)), name=str(number)) for number in range(5)]
    (track,) = read_tracks(written(tmp_path, collection(feature(), *sectors)))
    assert [gate.name for gate in track.sectors] == ["0", "1", "2", "3", "4"]


def test_a_file_without_a_name_is_named_by_the_file(tmp_path):
    for number, document in enumerate([feature(), feature()["geometry"], collection(feature(), name="")]):
        assert read_tracks(written(tmp_path, document, f"home {number}.geojson"))[0].name == f"home {number}"


def test_a_folder_is_read_by_name_and_other_files_are_left_alone(tmp_path):
    for name in ("b", "a"):
        written(tmp_path, collection(feature(), name=name), f"{name}.GeoJSON")
    written(tmp_path, "no track", "readme.txt")
    (tmp_path / "old.geojson").mkdir()
    assert [track.name for track in read_tracks(tmp_path)] == ["a", "b"]
    assert read_tracks(tmp_path / "old.geojson") == ()


def test_a_height_and_the_far_meridian_are_no_obstacle(tmp_path):
    place = written(tmp_path, collection(feature(ends=((180, 0, 12), (179.9, 0, 13)))))
    assert read_tracks(place)[0].gates[0].lon1_deg == -180.0


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "home.geojson: JSON is broken"),
        ("[" * 100_000, "JSON is nested too deeply"),
        ('{"type": NaN}', "NaN is no number of JSON"),
        ("[]", "expected a GeoJSON FeatureCollection"),
        ('{"type": "Point", "coordinates": [1, 2]}', "expected a GeoJSON FeatureCollection"),
        (collection(), "needs a start/finish line"),
        (collection(feature("sector")), "needs a start/finish line"),
        ({"type": "FeatureCollection", "features": {}}, "expected a GeoJSON FeatureCollection"),
        (collection(*[{}] * 10_001), "10001 features are more than 10000"),
        (collection(feature(), name=7), "name must be a text, not 7"),
        (collection(feature(), reference=["x" * 99]), "reference must be a text, not .'x.*\\.\\.\\."),
        (collection(feature(), 7), "feature 2: it is no GeoJSON Feature"),
        (collection({"type": "Feature", "geometry": None}), "feature 1: its geometry is no LineString"),
        (collection({**feature(), "properties": [1]}), "feature 1: its properties are no object"),
        (collection(feature(ends=((1, 2),))), "feature 1: a gate is a line of two places"),
        (collection(feature(ends=((1, 2), (1,)))), "feature 1: a place is longitude and latitude"),
        (collection(feature(ends=((1, 2), ("x", 2)))), "feature 1: longitude must be a number, not 'x'"),
        (collection(feature(ends=((1, 2), (3, True)))), "feature 1: latitude must be a number, not True"),
        (collection(feature(ends=((1, 2), (1, 2)))), "feature 1: both ends of the gate are the same place"),
        (collection(feature(ends=((1, 2), (3, 91)))), "feature 1: lat2_deg must be in"),
        (collection(feature(ends=((1, 2), (10**400, 9)))), "feature 1: longitude is too large"),
        (collection(feature("finish")), "kind must be one of start_finish, sector, pit_in, pit_out"),
        (collection(feature(["sector"])), "kind must be one of"),
        (collection(feature(name=1)), "feature 1: name must be a text"),
        (collection(feature(name="\ud800")), "feature 1: name must be a text"),
        (collection(feature(course_deg=360)), "feature 1: course_deg must be in"),
        (collection(feature(course_deg="north")), "feature 1: course_deg must be a number"),
        (collection(feature(), feature("sector", order=1.5)), "feature 2: order must be a whole number"),
        (collection(feature(), feature("sector", order=True)), "feature 2: order must be a whole number"),
    ],
)
def test_what_is_wrong_is_named_with_the_feature(tmp_path, document, words):
    with pytest.raises(CallError, match=words):
        read_tracks(written(tmp_path, document))


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused(tmp_path):
    place = tmp_path / "odd.geojson"
    place.write_bytes(b'{"name": "\xff"}')
    with pytest.raises(CallError, match=r"odd\.geojson: .*utf-8"):
        read_tracks(place)
    with place.open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    with pytest.raises(CallError, match="larger than 16 MiB"):
        read_tracks(place)
    with pytest.raises(CallError, match=r"none\.geojson: No such file"):
        read_tracks(tmp_path / "none.geojson")


def test_a_track_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(CallError, match=r"home\.geojson"):
        write_track(Track("home"), tmp_path / "none" / "home.geojson")
    with pytest.raises(CallError, match=r"home\.geojson"):
        write_track(Track("\ud800"), tmp_path / "home.geojson")


@pytest.mark.parametrize(
    ("name", "file"),
    [("Home track, short", "home-track-short.geojson"), ("../..", "track.geojson"), ("", "track.geojson")],
)
def test_in_a_folder_a_track_is_named_by_its_name(tmp_path, name, file):
    assert write_track(Track(name), tmp_path) == tmp_path / file
    assert (tmp_path / file).is_file()


def degrees(limit):
    return st.floats(-limit, limit, exclude_max=True)


def gates(*kinds):
    course = st.none() | st.floats(0, 360, exclude_max=True)
    name = st.text(st.characters(codec="utf-8"), max_size=20)
    return st.builds(
        Gate, st.sampled_from(kinds), name, degrees(90), degrees(180), degrees(90), degrees(180),
        course_deg=course, source=st.just(SOURCE),
    ).filter(lambda gate: (gate.lat1_deg, gate.lon1_deg) != (gate.lat2_deg, gate.lon2_deg))  # fmt: skip


@settings(max_examples=40)
@given(
    st.builds(
        Track,
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        st.tuples(gates("start_finish"), gates("start_finish", "pit_in", "pit_out")),
        st.lists(gates("sector"), max_size=4),
        st.text(st.characters(codec="utf-8"), max_size=20),
    )
)
def test_what_is_written_is_read_again_to_the_last_bit(tmp_path_factory, track):
    place = write_track(track, tmp_path_factory.mktemp("tracks") / "track.geojson")
    assert read_tracks(place) == (track,)


def test_the_document_is_geojson_with_longitude_first():
    gate = Gate(GateKind.START_FINISH, "line", 10.0, 20.0, 10.5, 20.5)
    document = to_geojson(Track("home", [gate], [gate]))
    first, second = document["features"]
    assert first["geometry"] == {"type": "LineString", "coordinates": [[20.0, 10.0], [20.5, 10.5]]}
    assert "course_deg" not in first["properties"]
    assert second["properties"]["order"] == 1
    assert math.isclose(
        json.loads(json.dumps(document))["features"][0]["geometry"]["coordinates"][1][0], 20.5
    )


def test_tracks_of_plugins_come_behind_those_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", Catalog(tracks=(Track("of a plugin"),)))
    place = written(tmp_path, collection(feature(), name="of a file"))
    assert [track.name for track in load_tracks(place)] == ["of a file", "of a plugin"]
    assert [track.name for track in load_tracks()] == ["of a plugin"]


def test_the_tracks_of_an_installed_plugin_are_found(tmp_path, monkeypatch):
    source = """
        from telemparse import hookimpl
        from telemparse.model.gates import Gate, GateKind, Track

        @hookimpl
        def telemparse_tracks():
            line = Gate(GateKind.START_FINISH, "line", -21.0, -12.0, -21.0, -12.001)
            return [Track("Club circuit", [line])]
    """
    toys.distribution(monkeypatch, tmp_path, "club_tracks", source)
    (track,) = load_tracks()
    assert track.name == "Club circuit"
    assert Catalog.shared().faults == ()
