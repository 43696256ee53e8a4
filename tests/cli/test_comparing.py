"""`telemparse compare`: who is faster, where, and whether anybody can tell."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from telemparse.cli.app import app
from telemparse.testing.simulate import Gap, HalfLap, NoVelocity, PitStop, simulate, write_csv, write_vbo


def tell(*words, width=100):
    return CliRunner().invoke(app, ["compare", *map(str, words)], env={"COLUMNS": str(width)})


def document(*words):
    result = tell(*words, "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def line(text, start):
    return next(words for words in text.splitlines() if words.strip().startswith(start))


@pytest.fixture(scope="module")
def kart():
    return simulate("kart", seed=3, laps=5, gnss="m9", rate_hz=10)


@pytest.fixture(scope="module")
def recording(tmp_path_factory, kart):
    place = tmp_path_factory.mktemp("compare") / "kart.vbo"
    place.write_bytes(write_vbo(kart))
    return place


def test_the_difference_of_two_laps_is_that_of_the_truth_and_its_verdict_follows_its_error(kart, recording):
    facts = document(recording, "--laps", "2,4", "--reference", "4")
    assert facts["reference"] == 4
    first, second = facts["laps"]
    assert (first["lap_number"], second["lap_number"]) == (2, 4)
    against = first["against_reference"]
    # The first row of the recording's laps is the out lap.
    truth_s = kart.lap_times_s[0] - kart.lap_times_s[2]
    assert abs(against["difference_s"] - truth_s) < 4 * against["std_s"] < 0.2
    assert against["verdict"] == ("slower" if truth_s > 0 else "faster")
    assert second["against_reference"] == {
        "difference_s": 0.0, "std_s": 0.0, "verdict": "not distinguishable",
    }  # fmt: skip


def test_times_lost_in_the_segments_add_up_to_the_difference_of_the_laps(recording):
    facts = document(recording, "--laps", "2,3")
    (other,) = [lap for lap in facts["laps"] if lap["lap_number"] != facts["reference"]]
    lost = [
        lap
        for segment in facts["segments"]
        for lap in segment["laps"]
        if lap["lap_number"] == other["lap_number"]
    ]
    total = other["against_reference"]["difference_s"]
    assert sum(lap["lost_s"] for lap in lost) == pytest.approx(total, abs=1e-6)
    assert lost[-1]["delta_s"] == pytest.approx(total, abs=1e-6)
    shown = tell(recording, "--laps", "2,3").stdout
    last = line(shown, facts["segments"][-1]["name"])
    assert last.split()[-1] == f"{total:+.2f}"


def test_a_trace_of_each_lap_begins_at_nothing_and_ends_with_the_lap_time(recording):
    facts = document(recording, "--laps", "2,3")
    assert [trace["lap_number"] for trace in facts["traces"]] == [2, 3]
    for trace, lap in zip(facts["traces"], facts["laps"], strict=True):
        assert len({len(trace[name]) for name in ("s_m", "t_s", "speed_mps", "delta_s")}) == 1
        assert trace["t_s"][0] == 0.0
        assert trace["t_s"][-1] == pytest.approx(lap["duration_ns"] / 1e9)
        assert trace["s_m"][-1] == pytest.approx(facts["way_length_m"])


def test_without_laps_named_the_two_fastest_are_compared(recording):
    facts = document(recording)
    laps = CliRunner().invoke(app, ["laps", str(recording), "--json"]).stdout
    valid = [lap for lap in json.loads(laps)["laps"] if lap["validity"] == "VALID"]
    fastest = sorted(valid, key=lambda lap: lap["duration_ns"])[:2]
    assert [lap["lap_number"] for lap in facts["laps"]] == sorted(lap["lap_number"] for lap in fastest)
    assert facts["reference"] == fastest[0]["lap_number"]


def test_the_best_lap_joins_as_the_reference(recording):
    best = document(recording)["best"]["lap_number"]
    slow = next(number for number in (2, 3, 4) if number != best)
    facts = document(recording, "--laps", slow, "--reference", "best")
    assert facts["reference"] == best
    assert [lap["lap_number"] for lap in facts["laps"]] == [slow, best]


def test_the_theoretical_best_names_its_sectors_and_they_have_stars(recording):
    facts = document(recording, "--laps", "2,3,4")
    could = facts["theoretical_best"]
    assert could["seconds"] == pytest.approx(sum(sector["seconds"] for sector in could["sectors"]))
    shown = tell(recording, "--laps", "2,3,4", width=120).stdout
    words = ", ".join(f"{sector['name']} of lap {sector['lap_number']}" for sector in could["sectors"])
    assert words in line(shown, "could be")
    assert len(re.findall(r"\d\*", shown)) == len(could["sectors"])


def test_without_sector_gates_there_is_no_theoretical_best_and_the_words_say_why(kart, tmp_path):
    (tmp_path / "kart.dovex").write_bytes(write_csv(kart))
    shown = tell(tmp_path / "kart.dovex").stdout
    assert "nothing better is known: there are no sector gates" in shown
    assert "sector " not in shown.replace("sector gates", "")


def test_many_laps_are_shown_some_at_a_time_within_the_width(recording):
    shown = tell(recording, "--laps", "2,3,4,5,6", width=80).stdout
    assert shown.count("Turn 1 ") == 2
    assert max(map(len, shown.splitlines()[1:])) <= 80
    assert tell(recording, "--laps", "2,3,4,5,6", width=160).stdout.count("Turn 1 ") == 1


def test_where_nobody_knows_the_corners_tenths_of_the_way_take_their_place(tmp_path):
    run = simulate("kart", seed=3, laps=3, gnss="m9", rate_hz=10, disturbances=[NoVelocity()])
    (tmp_path / "bare.vbo").write_bytes(write_vbo(run))
    result = tell(tmp_path / "bare.vbo", "--laps", "2,3")
    assert result.exit_code == 0
    rows = [words.split() for words in result.stdout.splitlines()]
    places = [row for row in rows if len(row) == 3 and row[1] in ("m", "km")]
    assert len(places) == 10
    facts = document(tmp_path / "bare.vbo", "--laps", "2,3")
    assert facts["segments"] == []
    assert "SEGMENTS_NOT_FOUND" in [issue["code"] for issue in facts["issues"]]
    (other,) = [lap for lap in facts["laps"] if lap["lap_number"] != facts["reference"]]
    assert places[-1][-1] == f"{other['against_reference']['difference_s']:+.2f}"


def test_what_is_lost_in_a_gap_is_left_open(tmp_path):
    run = simulate("kart", seed=3, laps=4, gnss="m9", rate_hz=10, disturbances=[Gap(70.0, 3.0)])
    (tmp_path / "gap.vbo").write_bytes(write_vbo(run))
    facts = document(tmp_path / "gap.vbo", "--laps", "3,4")
    assert "GAP_WITHIN_LAP" in [issue["code"] for issue in facts["issues"]]
    lost = [
        lap["lost_s"] for segment in facts["segments"] for lap in segment["laps"] if lap["lap_number"] == 3
    ]
    assert None in lost
    assert any(value is not None for value in lost)
    assert tell(tmp_path / "gap.vbo", "--laps", "3,4").exit_code == 0


def test_a_lap_that_does_not_count_is_compared_only_with_a_warning(recording):
    result = tell(recording, "--laps", "1,3")
    assert result.exit_code == 0
    assert "out lap" in line(result.stdout, "lap 1")
    assert "nobody knows how certain" in line(result.stdout, "lap 1")
    assert "LAP_NOT_VALID" in result.stdout


@pytest.mark.parametrize(
    "wrong", [["--laps", "3;5"], ["--laps", "2,99"], ["--reference", "99"], ["--reference", "fast"]]
)
def test_laps_that_are_not_there_are_a_wrong_call(recording, wrong):
    result = tell(recording, *wrong)
    assert result.exit_code == 2
    assert not result.stdout


def test_one_recording_at_a_time_is_compared(recording, tmp_path):
    (tmp_path / "other.vbo").write_bytes(recording.read_bytes())
    result = tell(recording, tmp_path / "other.vbo")
    assert result.exit_code == 2
    assert "laps of one recording are compared, these are 2" in " ".join(result.stderr.split())


def test_a_recording_without_laps_says_so_and_nothing_of_a_comparison(tmp_path):
    run = simulate("kart", seed=3, disturbances=[HalfLap()], gnss="m9", rate_hz=10)
    (tmp_path / "half.vbo").write_bytes(write_vbo(run))
    result = tell(tmp_path / "half.vbo", "--laps", "3,5")
    assert result.exit_code == 0
    assert result.stdout.count("LAPS_NOT_FOUND") == 1
    assert "SEGMENTS_NOT_FOUND" not in result.stdout
    facts = document(tmp_path / "half.vbo")
    assert (facts["reference"], facts["laps"], facts["traces"]) == (None, [], [])


def test_without_a_valid_lap_there_is_no_best_one(tmp_path):
    run = simulate("kart", seed=3, laps=2, gnss="m9", rate_hz=10, disturbances=[PitStop(lap=1, seconds=20)])
    (tmp_path / "pit.vbo").write_bytes(write_vbo(run))
    assert tell(tmp_path / "pit.vbo", "--reference", "best").exit_code == 2
    facts = document(tmp_path / "pit.vbo")
    assert facts["laps"] == []
    assert "no lap is valid: name those to compare" in [
        issue["evidence"].get("reason") for issue in facts["issues"]
    ]


def test_what_is_not_recognised_has_its_exit_code(tmp_path):
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    result = tell(tmp_path / "noise.bin")
    assert result.exit_code == 3
    assert "FORMAT_NOT_RECOGNISED" in result.stdout
    assert "LAPS_NOT_FOUND" not in result.stdout


def test_no_place_on_earth_is_printed(kart, recording):
    words = tell(recording, "--json").stdout
    assert str(kart.gate.lat1_deg)[:6] not in words
    assert str(kart.gate.lon1_deg)[:6] not in words
