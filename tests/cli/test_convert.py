"""`telemparse convert`: many recordings, each in a child, none stopping the others."""

from __future__ import annotations

import json
import zipfile

import pytest

from telemparse import writers

pytestmark = pytest.mark.slow


def _documents(process):
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_good_recordings_are_converted_beside_those_that_crash_or_are_nothing(run, toy, gnss, tmp_path):
    toy("logs/good.toy", gnss(5))
    toy("logs/raises.toy", gnss(), ["raise", "oh no"])
    toy("logs/dies.toy", gnss(), ["die", 9])
    (tmp_path / "logs" / "noise.bin").write_bytes(bytes(range(256)) * 4)
    out = tmp_path / "out"
    process = run("convert", tmp_path / "logs", tmp_path / "gone", "--out", out, "--jobs", "2")
    assert process.returncode == 4
    lines = process.stderr.splitlines()
    for name, words in {
        "gone": "No such file or directory",
        "logs/dies.toy": "PARSER_CRASHED: parser toy crashed: the process ended with exit code 9",
        "logs/noise.bin": "FORMAT_NOT_RECOGNISED: ",
        "logs/raises.toy": "PARSER_CRASHED: parser toy crashed: RuntimeError: oh no",
    }.items():
        (line,) = [line for line in lines if line.startswith(f"telemparse: {tmp_path / name}: ")]
        assert words in line
    assert len([line for line in lines if line.startswith("telemparse: ")]) == 4
    assert process.stdout.splitlines() == [
        f"2 recordings converted to {out}: 2 streams, 8 rows.", "2 failed.",
    ]  # fmt: skip
    assert writers.read(out / "good").streams["gnss_pvt"].num_rows == 5
    assert writers.read(out / "raises").streams["gnss_pvt"].num_rows == 3
    assert not (out / "dies").exists()


def test_a_recording_that_hangs_is_ended_and_the_next_one_goes_on(run, toy, gnss, tmp_path):
    files = [toy("hangs.toy", gnss(), ["hang", 0]), toy("good.toy", gnss())]
    process = run("convert", *files, "--out", tmp_path / "out", "--timeout", "10", "--jobs", "1")
    assert process.returncode == 4
    assert f"telemparse: {files[0]}: PARSER_TIMEOUT: parser did not finish within 10.0 s" in process.stderr
    assert [folder.name for folder in (tmp_path / "out").iterdir()] == ["good"]


def test_json_is_the_document_of_parse_also_for_a_child_that_died(run, toy, gnss, tmp_path):
    good = toy("good.toy", gnss(), ["issue", ["TOY_BROKEN", {"part": 1}]])
    bad = toy("bad.toy", ["die", 9])
    process = run("convert", good, bad, "--out", tmp_path / "out", "--json")
    assert process.returncode == 4
    converted, died = _documents(process)
    (parsed,) = _documents(run("parse", good, "--out", tmp_path / "other", "--json"))
    path = converted["streams"]["gnss_pvt"].pop("path")
    assert path == str(tmp_path / "out" / "good" / "gnss_pvt.parquet")
    del parsed["streams"]["gnss_pvt"]["path"]
    assert converted == parsed
    assert (died["v"], died["paths"], died["ok"], died["streams"]) == (1, [str(bad)], False, {})
    (error,) = died["errors"]
    assert (error["code"], error["evidence"]["parser"], error["evidence"]["exit_code"]) == (
        "PARSER_CRASHED",
        "toy",
        9,
    )


def test_one_recording_goes_to_the_folder_itself_and_warnings_are_counted(run, toy, gnss, tmp_path):
    path = toy("a.toy", gnss(1), ["issue", ["TOY_BROKEN", {"part": 1}]])
    process = run("convert", path, "--out", tmp_path / "out")
    assert process.returncode == 0
    assert process.stdout.splitlines() == [
        f"1 recording converted to {tmp_path / 'out'}: 1 stream, 1 row.",
        "1 with warnings: --json or each manifest.json lists them.",
    ]
    assert (tmp_path / "out" / "gnss_pvt.parquet").exists()


def test_members_of_a_zip_are_converted_one_by_one(run, toy, gnss, tmp_path):
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.write(toy("one.toy", gnss(1)), "day/one.toy")
        archive.write(toy("two.toy", gnss(2)), "two.toy")
    process = run("convert", tmp_path / "logs.zip", "--out", tmp_path / "out")
    assert process.returncode == 0
    rows = [writers.read(tmp_path / "out" / name).streams["gnss_pvt"].num_rows for name in ("one", "two")]
    assert rows == [1, 2]


def test_options_reach_the_child(run, toy, gnss, may, tmp_path):
    path = toy(
        "a.toy", gnss(), ["channels", {"t": [may]}], ["issue", ["ROWS_SKIPPED", {"count": 1, "total": 2}]]
    )
    words = ["--stream", "channels", "--strict", "--format", "arrow", "--compression", "lz4", "--json"]
    process = run("convert", path, "--out", tmp_path / "out", *words)
    assert process.returncode == 4
    (document,) = _documents(process)
    assert list(document["streams"]) == ["channels.main"]
    assert document["streams"]["channels.main"]["path"].endswith(".arrow")
    assert [error["code"] for error in document["errors"]] == ["ROWS_SKIPPED"]


def test_a_file_in_the_place_of_the_folder_is_said_to_be_in_the_way(run, toy, gnss, tmp_path):
    (tmp_path / "out").write_text("in the way")
    process = run("convert", toy("a.toy", gnss()), "--out", tmp_path / "out")
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.splitlines()[-1] == f"telemparse: {tmp_path / 'out'}: File exists"


def test_a_recording_whose_folder_cannot_be_written_costs_a_line(run, toy, gnss, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("in the way")
    process = run("convert", toy("a.toy", gnss()), toy("b.toy", gnss()), "--out", tmp_path / "out")
    assert process.returncode == 1
    assert f"telemparse: {tmp_path / 'a.toy'}: " in process.stderr
    assert "1 recording converted" in process.stdout
    assert "1 failed." in process.stdout


@pytest.mark.parametrize("words", [["--parser", "nobody"], ["--jobs", "0"], ["--compression", "lz4"]])
def test_a_call_that_cannot_be_right_touches_nothing(run, toy, gnss, tmp_path, words):
    process = run("convert", toy("a.toy", gnss()), "--out", tmp_path / "out", *words)
    assert (process.returncode, process.stdout) == (2, "")
    assert not (tmp_path / "out").exists()


def test_out_is_required(run, toy, gnss):
    process = run("convert", toy("a.toy", gnss()))
    assert process.returncode == 2
    assert "--out" in process.stderr


def test_a_terminal_gets_a_bar_and_the_lines_of_failed_files_stay_whole(
    start_on_terminal, toy, gnss, tmp_path
):
    toy("good.toy", gnss())
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 4)
    shown, code = start_on_terminal("convert", "good.toy", "noise.bin", "--out", "out")
    assert code == 3
    assert "converting" in shown
    assert "2/2" in shown
    assert "telemparse: noise.bin: FORMAT_NOT_RECOGNISED: " in shown
    assert "1 recording converted to out: 1 stream, 3 rows." in shown


def test_a_detector_that_takes_its_process_along_costs_one_line(run, toy, gnss, tmp_path):
    (tmp_path / "fatal.toy").write_bytes(b"TOYFATAL")
    process = run("convert", tmp_path / "fatal.toy", toy("good.toy", gnss()), "--out", tmp_path / "out")
    assert process.returncode == 4
    assert f"telemparse: {tmp_path / 'fatal.toy'}: PARSER_CRASHED: " in process.stderr
    assert [folder.name for folder in (tmp_path / "out").iterdir()] == ["good"]


def test_a_file_that_goes_away_before_its_turn_costs_one_line(call, toy, gnss, tmp_path, monkeypatch):
    def vanished(*_arguments, **_options):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("telemparse.cli.child.request_for", vanished)
    result = call("convert", toy("a.toy", gnss()), "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert f"telemparse: {tmp_path / 'a.toy'}: No such file or directory" in result.stderr
