"""`telemparse laps`: what times are worth, the device's beside them, and words where there are none."""

from __future__ import annotations

import json
import re
import sys

import pytest
from typer.testing import CliRunner

from telemparse.analysis.catalogue import read_tracks, write_track
from telemparse.cli.app import app
from telemparse.testing.simulate import Gap, HalfLap, NoVelocity, PitStop, simulate, write_csv, write_vbo


def tell(*words, width=100):
    return CliRunner().invoke(app, ["laps", *map(str, words)], env={"COLUMNS": str(width)})


def document(*words):
    result = tell(*words, "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def rows(text):
    """Return the cells of the lap table by lap number."""
    cells = [line.split() for line in text.splitlines()]
    return {int(line[0]): line[1:] for line in cells if line and line[0].isdigit()}


def plain(text):
    return " ".join(text.split())


def seconds(words):
    minutes, _colon, rest = words.rpartition(":")
    return 60 * int(minutes or 0) + float(rest)


@pytest.fixture(scope="module")
def kart():
    return simulate("kart", seed=3, laps=4, gnss="m9", rate_hz=10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, kart):
    place = tmp_path_factory.mktemp("laps")
    (place / "kart.vbo").write_bytes(write_vbo(kart))
    (place / "kart.dovex").write_bytes(write_csv(kart))
    return place


def line_of(gate):
    return f"--gate={gate.lat1_deg},{gate.lon1_deg},{gate.lat2_deg},{gate.lon2_deg}"


def test_each_lap_stands_with_the_decimals_that_its_error_leaves(kart, folder):
    result = tell(folder / "kart.vbo")
    assert result.exit_code == 0
    shown = rows(result.stdout)
    assert "start/finish line of the file 'Start / Finish'" in result.stdout
    assert "smoothed: positions and velocities together" in result.stdout
    valid = {number: cells for number, cells in shown.items() if "valid" in cells}
    assert len(valid) == 4
    for cells, truth_s in zip(valid.values(), kart.lap_times_s, strict=True):
        time, std = [cell for cell in cells if re.fullmatch(r"[\d:]+\.\d+", cell)][:2]
        assert abs(seconds(time) - truth_s) < 4 * float(std) < 0.1
        assert len(time.partition(".")[2]) == len(std.partition(".")[2]) == 3


def test_the_best_lap_is_marked_and_laps_that_nobody_can_tell_from_it(folder):
    facts = document(folder / "kart.vbo")
    best = facts["best"]
    times = {lap["lap_number"]: lap["duration_ns"] for lap in facts["laps"] if lap["validity"] == "VALID"}
    assert best["lap_number"] == min(times, key=times.get)
    shown = rows(tell(folder / "kart.vbo").stdout)
    marks = {number: cells[0] for number, cells in shown.items() if cells[0] in "*~"}
    assert marks == {best["lap_number"]: "*", **dict.fromkeys(best["not_distinguishable"], "~")}


def test_laps_of_the_device_stand_beside_ours(kart, folder):
    facts = document(folder / "kart.dovex", line_of(kart.gate))
    whole = [lap for lap in facts["laps"] if lap["validity"] == "VALID"]
    assert [lap["device"]["lap_number"] for lap in whole] == [1, 2, 3, 4]
    assert all(abs(lap["device"]["difference_s"]) < 0.2 for lap in whole)
    assert [lap["device"] for lap in facts["laps"] if lap["validity"] == "OUTLAP"] == [None]
    shown = tell(folder / "kart.dovex", line_of(kart.gate)).stdout
    assert "4 laps timed by the device, 4 of them matched; usual difference 0.0" in shown
    difference = round(whole[0]["device"]["difference_s"], 3)
    assert f"{difference:+.3f}" in rows(shown)[whole[0]["lap_number"]]


def test_a_narrow_terminal_gets_the_sectors_as_a_table_of_their_own(folder):
    wide, narrow = (tell(folder / "kart.vbo", width=width).stdout for width in (120, 60))
    assert wide.count("S1") == narrow.count("S1") == 1
    assert max(map(len, narrow.splitlines()[1:])) <= 60
    (head,) = [line for line in narrow.splitlines() if "S1" in line]
    assert head.split() == ["lap", "S1", "S2", "S3", "S4"]
    assert re.search(r"lap +time +± +S1 +S2 +S3 +S4 +validity +sure", wide)


def test_json_holds_laps_sectors_gate_method_and_findings_and_no_place_on_earth(kart, folder):
    facts = document(folder / "kart.vbo")
    assert set(facts) == {
        "v", "paths", "artifacts", "parser", "ok", "time_base", "gate", "method", "fallback", "laps",
        "sectors", "best", "device_laps", "diagnostics", "issues", "warnings", "errors",
    }  # fmt: skip
    assert facts["gate"] == {"name": "Start / Finish", "source": "file"}
    assert (facts["method"], facts["fallback"], facts["time_base"]) == ("smoothed", None, "utc")
    lap = facts["laps"][1]
    assert set(lap) == {
        "lap_number", "stint_index", "t_start", "t_end", "duration_ns", "duration_std_s", "distance_m",
        "validity", "confidence", "reasons", "source", "device",
    }  # fmt: skip
    sectors = [sector for sector in facts["sectors"] if sector["lap_number"] == lap["lap_number"]]
    assert [sector["name"] for sector in sectors] == ["S1", "S2", "S3", "S4"]
    assert sum(sector["duration_ns"] for sector in sectors) == lap["duration_ns"]
    assert str(kart.gate.lat1_deg)[:6] not in json.dumps(facts)
    assert str(kart.gate.lon1_deg)[:6] not in json.dumps(facts)


def test_json_has_one_object_a_recording(folder):
    result = tell(folder / "kart.vbo", folder / "kart.dovex", "--json")
    assert [len(json.loads(line)["paths"]) for line in result.stdout.splitlines()] == [1, 1]


def test_the_method_asked_for_is_the_one_that_is_named(folder):
    facts = document(folder / "kart.vbo", "--method", "linear")
    assert (facts["method"], facts["fallback"]) == ("linear", "straight lines were asked for")
    assert "linear: straight lines were asked for" in tell(folder / "kart.vbo", "--method", "linear").stdout


def test_a_recording_without_velocities_says_why_it_is_not_smoothed(tmp_path):
    run = simulate("kart", seed=3, laps=2, gnss="m9", rate_hz=10, disturbances=[NoVelocity()])
    (tmp_path / "bare.vbo").write_bytes(write_vbo(run))
    assert "the receiver's velocity is not known" in tell(tmp_path / "bare.vbo").stdout


def test_a_gate_of_the_user_takes_the_place_of_the_files(kart, folder):
    facts = document(folder / "kart.vbo", line_of(kart.sectors[0]))
    assert facts["gate"]["source"] == "user_defined"
    assert "start/finish line yours" in tell(folder / "kart.vbo", line_of(kart.sectors[0])).stdout


def test_a_gate_of_a_file_is_taken_and_one_that_is_none_is_a_wrong_call(kart, folder, tmp_path):
    ends = [[kart.gate.lon1_deg, kart.gate.lat1_deg], [kart.gate.lon2_deg, kart.gate.lat2_deg]]
    place = tmp_path / "gate.geojson"
    place.write_text(json.dumps({"type": "LineString", "coordinates": ends}))
    assert document(folder / "kart.vbo", "--gate", place)["gate"]["source"] == "user_defined"
    for wrong in ("--gate=1,2,3", "--gate=nowhere.geojson", "--track=nowhere.geojson", "--method=best"):
        result = tell(folder / "kart.vbo", wrong)
        assert result.exit_code == 2, wrong
        assert not result.stdout


def test_a_gate_that_misses_the_track_gives_no_laps_and_says_so(folder):
    result = tell(folder / "kart.vbo", "--gate=10,10,10.001,10.001")
    assert result.exit_code == 0
    assert "no laps found: the gate was never crossed" in plain(result.stdout)
    facts = document(folder / "kart.vbo", "--gate=10,10,10.001,10.001")
    assert facts["laps"] == facts["sectors"] == []
    assert facts["best"] is None
    assert [issue["code"] for issue in facts["issues"]] == ["LAPS_NOT_FOUND"]


def test_a_learnt_track_times_another_recording_by_file_and_by_folder(folder, tmp_path):
    place = tmp_path / "kart.geojson"
    result = tell(folder / "kart.dovex", "--learn-track", place)
    assert result.exit_code == 0
    assert f"the track was written to {place}" in result.stderr
    (track,) = read_tracks(place)
    assert (track.name, len(track.sectors)) == ("kart", 2)
    for where in (place, tmp_path):
        facts = document(folder / "kart.dovex", "--track", where)
        assert facts["gate"]["source"] == "catalogue_default"
        assert sum(lap["validity"] == "VALID" for lap in facts["laps"]) == 4
        assert {sector["name"] for sector in facts["sectors"]} == {"S1", "S2", "S3"}


def test_a_track_of_the_simulator_is_the_catalogues(kart, folder, tmp_path):
    write_track(kart.track, tmp_path / "track.geojson")
    shown = tell(folder / "kart.dovex", "--track", tmp_path / "track.geojson").stdout
    assert "start/finish line of the track catalogue" in shown


def test_a_track_is_learnt_from_one_recording_with_laps(folder, tmp_path):
    several = tell(folder / "kart.vbo", folder / "kart.dovex", "--learn-track", tmp_path / "t.geojson")
    assert several.exit_code == 2
    run = simulate("kart", seed=3, disturbances=[HalfLap()], gnss="m9", rate_hz=10)
    (tmp_path / "half.vbo").write_bytes(write_vbo(run))
    none = tell(tmp_path / "half.vbo", "--learn-track", tmp_path / "t.geojson")
    assert none.exit_code == 4
    assert "no laps to learn a track from" in none.stderr
    assert not (tmp_path / "t.geojson").exists()


def test_reasons_stand_as_words_at_the_lap_and_once_with_meaning_and_hint(tmp_path):
    run = simulate("kart", seed=3, laps=5, gnss="m9", rate_hz=10, disturbances=[PitStop(lap=3, seconds=20)])
    (tmp_path / "pit.vbo").write_bytes(write_vbo(run))
    result = tell(tmp_path / "pit.vbo", width=120)
    spoilt = [cells for cells in rows(result.stdout).values() if "invalid" in cells]
    assert any("stopped" in cells for cells in spoilt)
    assert "PIT_AFFECTED" in result.stdout
    assert plain(result.stdout).count("Leave it out of comparisons.") == 1


def test_a_gap_is_told_in_seconds(tmp_path):
    run = simulate("kart", seed=3, laps=4, gnss="m9", rate_hz=10, disturbances=[Gap(90.0, 4.0)])
    (tmp_path / "gap.vbo").write_bytes(write_vbo(run))
    result = tell(tmp_path / "gap.vbo", width=120)
    assert re.search(r"gap of 4\.\d s", result.stdout)
    assert "GAP_WITHIN_LAP" in result.stdout


def test_a_recording_without_positions_shows_the_laps_of_the_device(call, toy):
    result = call("laps", toy("a.toy", ["laps", 3]))
    assert result.exit_code == 0
    assert "3 laps timed by the device" in result.stdout
    assert "the recording has no positions" in plain(result.stdout)
    assert [cells[-1] for cells in rows(result.stdout).values()] == ["valid"] * 3


def test_a_ride_that_never_comes_back_has_no_laps_and_says_why(call, toy, gnss):
    result = call("laps", toy("a.toy", gnss(rows=100)))
    assert result.exit_code == 0
    assert "no laps found" in plain(result.stdout)


def test_what_is_not_recognised_is_told_once_with_its_exit_code(call, tmp_path):
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    result = call("laps", tmp_path / "noise.bin")
    assert result.exit_code == 3
    assert "FORMAT_NOT_RECOGNISED" in result.stdout
    assert "LAPS_NOT_FOUND" not in result.stdout


def test_a_parse_with_errors_keeps_its_laps_and_its_exit_code(call, toy, gnss):
    result = call("laps", toy("a.toy", gnss(), ["issue", ["TOY_BROKEN", {"part": 1}]], ["raise", "oh no"]))
    assert result.exit_code == 4
    assert "PARSER_CRASHED" in result.stdout
    assert "1 warning about the file: `telemparse parse` shows them." in result.stdout


@pytest.mark.parametrize("command", ["laps", "compare"])
def test_without_scipy_the_extra_is_named_before_any_file_is_read(folder, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "scipy", None)
    result = CliRunner().invoke(app, [command, str(folder / "kart.vbo")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "scipy is not installed: pip install 'telemparse[analysis]'" in result.stderr
