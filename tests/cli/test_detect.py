"""`telemparse detect`."""

from __future__ import annotations

import json


def _documents(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_detect_says_format_score_and_evidence(call, toy, gnss):
    result = call("detect", toy("a.toy", gnss()))
    assert result.exit_code == 0
    assert "toy (score 1.0)" in result.stdout
    assert "starts with TOY" in result.stdout


def test_explain_lists_every_candidate_and_says_when_there_is_none(call, toy, tmp_path):
    shown = call("detect", toy("a.toy"), "--explain").stdout
    assert ["toy", "1.0", "SIGNATURE", "a.toy", "starts", "with", "TOY"] in [
        x.split() for x in shown.splitlines()
    ]
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 4)
    result = call("detect", tmp_path / "noise.bin", "--explain")
    assert result.exit_code == 3
    assert "not recognised" in result.stdout
    assert "No parser sees anything of its own in it." in result.stdout
    assert "FORMAT_NOT_RECOGNISED" in result.stdout


def test_json_is_one_object_a_recording_and_nothing_else(call, toy, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    path = toy("a.toy")
    result = call("detect", path, tmp_path / "empty.csv", "--json")
    assert result.exit_code == 3
    good, empty = _documents(result)
    candidate = {
        "parser": "toy", "score": 1.0, "rung": "SIGNATURE",
        "evidence": ["starts with TOY"], "artifacts": ["a.toy"],
    }  # fmt: skip
    assert good == {
        "v": 1, "paths": [str(path)], "artifacts": [{"name": "a.toy", "byte_size": path.stat().st_size}],
        "parser": "toy", "score": 1.0, "evidence": ["starts with TOY"], "ok": True,
        "parts": [candidate], "candidates": [candidate], "faults": [], "warnings": [], "errors": [],
    }  # fmt: skip
    assert (empty["parser"], empty["score"], empty["evidence"], empty["ok"]) == (None, None, [], False)
    (error,) = empty["errors"]
    assert error["code"] == "ARTIFACT_EMPTY"
    assert error["locus"] == {"artifact": "empty.csv", "offset": None, "line": None, "record": None}
    assert {"severity", "message", "evidence", "hint"} <= set(error)


def test_companions_are_one_recording_and_together_makes_one_of_all(call, toy, tmp_path):
    toy("run.toy")
    (tmp_path / "run.toyx").write_text("notes of the toy")
    toy("else.toy")
    (apart, joined) = _documents(call("detect", tmp_path, "--json"))
    assert [artifact["name"] for artifact in apart["artifacts"]] == ["else.toy"]
    assert [artifact["name"] for artifact in joined["artifacts"]] == ["run.toy", "run.toyx"]
    (one,) = _documents(call("detect", tmp_path, "--json", "--together"))
    assert [artifact["name"] for artifact in one["artifacts"]] == ["else.toy", "run.toy", "run.toyx"]


def test_a_set_of_several_formats_names_them_all(call, toy, fixtures_dir):
    shown = call("detect", toy("a.toy"), fixtures_dir / "sample_gnss_10hz.csv", "--together").stdout
    words = " ".join(shown.split())
    assert "toy (score 1.0)" in words
    assert "csv (sample_gnss_10hz.csv)" in words


def test_unreadable_files_cost_a_line_and_the_highest_code_counts(call, toy, tmp_path):
    result = call("detect", tmp_path / "gone", toy("a.toy"))
    assert result.exit_code == 1
    assert "toy (score 1.0)" in result.stdout
    assert f"telemparse: {tmp_path / 'gone'}: No such file or directory" in result.stderr
