"""Grouping: only what a card names together is one recording, and the order is that of the files."""

from __future__ import annotations

import io
import zipfile

import pytest

import telemparse
from telemparse.errors import CallError
from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.extension.grouping import group, joined
from telemparse.model.artifacts import Artifact, ArtifactSet


def card(parser_id, *companions, **fields):
    target = "module:function"
    return ParserCard(
        id=parser_id,
        name=parser_id,
        version="1",
        detector=target,
        target=target,
        companions=companions,
        **fields,
    )


MOTEC = card("motec", ("{stem}.ld", "{stem}.ldx"))
CHRONO = card("chrono", ("{stem}-trace*.json", "{stem}-session*.txt"))
CATALOG = Catalog(cards=(MOTEC, CHRONO, card("rcz", extensions=(".rcz",))))
NONE = Catalog()


def names(sets):
    return [each.names for each in sets]


def folder_of(place, *files):
    for name in files:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(name.encode())
    return place


def zip_of(*files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in files:
            archive.writestr(name, name)
    return target.getvalue()


# --- what joins ---


def test_files_that_no_card_names_are_recordings_of_their_own(tmp_path):
    folder_of(tmp_path, "b.csv", "a.csv", "sub/c.gpx", ".hidden.csv", "x.ld", "x.ldx")
    assert names(group(tmp_path, NONE)) == [("a.csv",), ("b.csv",), ("c.gpx",), ("x.ld",), ("x.ldx",)]


def test_companions_join_in_the_order_of_their_patterns_at_the_place_of_the_first(tmp_path):
    folder_of(tmp_path, "a.ldx", "a.ld", "b.csv", "c.ld", "d.ldx", "e.ldx", "e.ld")
    assert names(group(tmp_path, CATALOG)) == [
        ("a.ld", "a.ldx"), ("b.csv",), ("c.ld",), ("d.ldx",), ("e.ld", "e.ldx"),
    ]  # fmt: skip


def test_companions_are_found_whatever_the_case_of_their_names(tmp_path):
    folder_of(tmp_path, "Run 1.LD", "run 1.ldx")
    assert names(group(tmp_path, CATALOG)) == [("Run 1.LD", "run 1.ldx")]


def test_companions_in_two_folders_stay_apart(tmp_path):
    folder_of(tmp_path, "x/a.ld", "y/a.ldx", "z/a.ld", "z/a.ldx")
    assert names(group(tmp_path, CATALOG)) == [("a.ld",), ("a.ldx",), ("a.ld", "a.ldx")]


def test_a_star_takes_in_several_files_but_never_without_a_partner(tmp_path):
    folder_of(tmp_path, "a-session.txt", "a-trace2.json", "a-trace1.json", "b-trace1.json", "b-trace2.json")
    assert names(group(tmp_path, CATALOG)) == [
        ("a-trace1.json", "a-trace2.json", "a-session.txt"), ("b-trace1.json",), ("b-trace2.json",),
    ]  # fmt: skip


def test_a_file_goes_to_the_first_card_that_finds_it_a_partner(tmp_path):
    folder_of(tmp_path, "a.ld", "a.ldx", "a.csv")
    other = card("other", ("{stem}.csv", "{stem}.ld"))
    assert names(group(tmp_path, Catalog(cards=(MOTEC, other)))) == [("a.csv",), ("a.ld", "a.ldx")]
    assert names(group(tmp_path, Catalog(cards=(other, MOTEC)))) == [("a.csv", "a.ld"), ("a.ldx",)]


def test_a_pattern_without_a_stem_pairs_files_of_fixed_names(tmp_path):
    folder_of(tmp_path, "x/data.bin", "x/header.txt", "x/more.bin")
    fixed = Catalog(cards=(card("fixed", ("header.txt", "data.bin")),))
    assert names(group(tmp_path, fixed)) == [("header.txt", "data.bin"), ("more.bin",)]


def test_a_name_that_could_be_a_regular_expression_is_only_a_name(tmp_path):
    folder_of(tmp_path, "a+(1).ld", "a+(1).ldx", "aa1.ldx")
    assert names(group(tmp_path, CATALOG)) == [("a+(1).ld", "a+(1).ldx"), ("aa1.ldx",)]


def test_a_stem_that_stands_twice_must_be_the_same():
    twice = card("twice", ("{stem}/{stem}.a", "x"), ("{stem}_{stem}.a", "{stem}.b"))
    assert joined(twice, "run_run.a", "run.b")
    assert not joined(twice, "run_ran.a", "run.b")


def test_hostile_names_beyond_what_a_file_system_takes_join_nothing():
    long = "x" * 300
    assert not joined(MOTEC, f"{long}.ld", f"{long}.ldx")
    assert joined(MOTEC, f"{'x' * 200}.ld", f"{'x' * 200}.ldx")


@pytest.mark.parametrize(("length", "together"), [(254, True), (255, True), (256, False)])
def test_a_name_of_255_characters_is_the_longest_that_joins(length, together):
    stem = "x" * (length - len(".ldx"))
    assert joined(MOTEC, f"{stem}.ld", f"{stem}.ldx") is together


def test_a_pattern_that_stands_twice_makes_no_file_its_own_companion():
    # Equal, and not the same object.
    assert not joined(card("twice", ("{stem}.a", b"{stem}.a".decode())), "run.a", "run.a")


def test_the_limit_of_what_is_unpacked_has_to_be_named(tmp_path):
    with pytest.raises(TypeError):
        group(tmp_path, CATALOG, 10)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("a.ld", "a.ldx", True),
        ("a.ldx", "a.ld", True),
        ("in.zip/day/a.ld", "in.zip/day/A.LDX", True),
        ("a.ld", "a.ld", False),
        ("a.ld", "b.ldx", False),
        ("a.csv", "a.ldx", False),
    ],
)
def test_two_names_are_joined_when_one_card_names_both(one, other, together):
    assert joined(MOTEC, one, other) is together


# --- what sources mean ---


def test_sources_of_several_kinds_are_told_apart(tmp_path):
    folder_of(tmp_path, "a.ld", "a.ldx", "b.csv")
    given = [str(tmp_path / "b.csv"), b"blob", io.BytesIO(b"file"), {"x.ld": b"1", "x.ldx": b"2"}, tmp_path]
    assert names(group(iter(given), CATALOG)) == [
        ("b.csv",), ("<bytes>",), ("<file>",), ("x.ld", "x.ldx"), ("a.ld", "a.ldx"),
    ]  # fmt: skip


def test_a_file_that_is_named_twice_counts_once(tmp_path):
    folder_of(tmp_path, "a.csv", "b.csv")
    (tmp_path / "link").symlink_to(tmp_path / "a.csv")
    given = [tmp_path / "b.csv", tmp_path, tmp_path / "a.csv", tmp_path / "link"]
    assert names(group(given, NONE)) == [("b.csv",), ("a.csv",)]


def test_a_set_stays_as_it_is_and_takes_in_nobody():
    together = ArtifactSet.of({"a.csv": b"1", "a.ld": b"2"})
    loose = Artifact.from_bytes(b"3", "a.ldx")
    assert group([together, loose], CATALOG) == [together, ArtifactSet((loose,))]


@pytest.mark.parametrize("source", [[], {}])
def test_of_nothing_there_are_no_recordings(source, tmp_path):
    assert group(source, CATALOG) == group(tmp_path, CATALOG) == []


def test_a_missing_path_and_a_source_of_another_type_raise(tmp_path):
    with pytest.raises(FileNotFoundError):
        group([tmp_path / "missing"], CATALOG)
    with pytest.raises(CallError):
        group([7], CATALOG)


def test_a_file_that_cannot_be_opened_is_left_for_the_parse_to_report(tmp_path):
    folder_of(tmp_path, "a.csv")

    def broken():
        raise PermissionError

    assert names(group([Artifact("a.csv", broken), tmp_path], CATALOG)) == [("a.csv",), ("a.csv",)]


def test_the_installed_cards_are_asked_when_no_catalog_is_given(tmp_path):
    folder_of(tmp_path, "a.csv", "a.gpx")
    assert names(telemparse.group(tmp_path)) == [("a.csv",), ("a.gpx",)]


# --- zips ---


def test_each_member_of_a_zip_is_a_recording_but_companions_join_within_a_folder_of_it(tmp_path):
    members = ("a.ld", "a.ldx", "x/b.csv", "x/c.ld", "y/c.ldx", "__MACOSX/a.ld", ".d.csv")
    (tmp_path / "day.zip").write_bytes(zip_of(*members))
    folder_of(tmp_path, "c.ldx")
    sets = group(tmp_path, CATALOG)
    assert names(sets) == [
        ("c.ldx",),
        ("day.zip/a.ld", "day.zip/a.ldx"),
        ("day.zip/x/b.csv",),
        ("day.zip/x/c.ld",),
        ("day.zip/y/c.ldx",),
    ]
    first = sets[1].artifacts[0]
    assert (first.wrapper, first.outer.name, first.read_at(0, 10)) == ("zip", "day.zip", b"a.ld")


def test_members_of_two_zips_stay_apart():
    one, other = zip_of("a.ld", "b.csv"), zip_of("a.ldx", "b.csv")
    assert [len(each) for each in group([one, other], CATALOG)] == [1, 1, 1, 1]


def test_a_zip_whose_extension_a_card_claims_is_one_recording():
    assert names(group({"lap.RCZ": zip_of("session.json", "channel_1")}, CATALOG)) == [("lap.RCZ",)]


@pytest.mark.parametrize("members", [(), ("a.csv",), ("a.csv", ".b", "__MACOSX/c")])
def test_a_zip_of_one_file_or_none_stays_whole(members):
    assert names(group({"one.zip": zip_of(*members)}, CATALOG)) == [("one.zip",)]


def test_a_zip_that_cannot_be_looked_into_stays_whole_and_raises_nothing():
    whole = zip_of("a.csv", "b.csv", "c.csv")
    given = {"cut.zip": whole[:-30], "rubbish.zip": b"PK\x03\x04rubbish"}
    assert names(group(given, CATALOG)) == [("cut.zip",), ("rubbish.zip",)]
    assert names(group({"large.zip": whole}, CATALOG, max_decompressed_bytes=10)) == [("large.zip",)]


def test_an_archive_inside_a_zip_is_not_opened():
    sets = group({"outer.zip": zip_of("a.csv", "b.csv")}, CATALOG)
    again = group([artifact for each in sets for artifact in each], CATALOG)
    inner = Artifact(
        "inner.zip", lambda: io.BytesIO(zip_of("x", "y")), wrapper="zip", outer=Artifact.from_bytes(b"")
    )
    assert names(again) == names(sets)
    assert names(group([inner], CATALOG)) == [("inner.zip",)]
