"""`telemparse parse`: what is shown, what is written, and the exit code."""

from __future__ import annotations

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from telemparse import writers
from telemparse.model.capabilities import Capabilities


def _documents(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def _rows(text):
    return [line.split() for line in text.splitlines()]


def test_a_result_is_shown_as_a_table_with_date_rate_duration_and_distance(call, toy, gnss):
    device = [["meta", ["device_family", "Toymaker"]], ["meta", ["device_model", "T\x1b[1m"]]]
    result = call("parse", toy("a.toy", gnss(), *device, ["meta", ["dialect", "[red]"]]))
    assert result.exit_code == 0
    assert ["format", "toy", "(score", "1.0),", "dialect", "[red]"] in _rows(result.stdout)
    assert ["device", "Toymaker", "T\\x1b[1m"] in _rows(result.stdout)
    assert ["date", "2024-05-01", "(UTC)"] in _rows(result.stdout)
    row = ["gnss_pvt", "3", "1", "Hz", "10:00:00.0", "10:00:02.0", "2.000", "s", "222", "m"]
    assert row in _rows(result.stdout)
    assert "Nothing was written; --out DIR keeps the tables." in result.stdout


def test_a_model_that_names_its_family_stands_alone(call, toy, gnss):
    device = [["meta", ["device_family", "Toymaker"]], ["meta", ["device_model", "toymaker T2"]]]
    result = call("parse", toy("a.toy", gnss(), *device))
    assert ["device", "toymaker", "T2"] in _rows(result.stdout)


def test_a_recording_over_midnight_shows_the_date_of_both_ends(call, toy, gnss, may):
    shown = call("parse", toy("a.toy", gnss(start=may + 50_399 * 10**9))).stdout
    rows = _rows(shown)
    assert ["date", "2024-05-01", "to", "2024-05-02", "(UTC)"] in rows
    row = rows.index(["gnss_pvt", "3", "1", "Hz", "2024-05-01", "2024-05-02", "2.000", "s", "222", "m"])
    assert rows[row + 1] == ["23:59:59.0", "00:00:01.0"]


def test_a_name_stays_whole_where_dates_and_times_need_two_lines(call, toy, gnss, may):
    before = may + 50_399 * 10**9
    channels = ["channels", {"t": [before, before + 2 * 10**9]}]
    shown = call("parse", toy("a.toy", gnss(rows=20_000, start=before), channels)).stdout
    names = [cells[0] for cells in _rows(shown) if cells]
    assert {"gnss_pvt", "channels.main"} <= set(names)


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("relative", ("+0.000", "seconds from the first sample, without a date")),
        ("index", ("+0.000", "counted from row numbers, without a date")),
        ("time_of_day", ("00:00:00.0", "time of day, without a date")),
    ],
)
def test_a_clock_without_a_date_never_looks_like_1970(call, toy, gnss, base, told):
    shown = call("parse", toy("a.toy", gnss(base=base, start=0))).stdout
    assert "1970" not in shown
    (row,) = [cells for cells in _rows(shown) if cells[:1] == ["gnss_pvt"]]
    assert told[0] in row
    assert told[1] in " ".join(shown.split())


def test_issues_show_message_code_place_and_hint_errors_first(call, toy, gnss):
    orders = [gnss(), ["issue", ["TOY_BROKEN", {"part": "[b]\n\x1b"}]], ["raise", "oh no"]]
    result = call("parse", toy("a.toy", *orders))
    assert result.exit_code == 4
    words = " ".join(result.stdout.split())
    assert "Error: parser toy crashed: RuntimeError: oh no [PARSER_CRASHED]" in words
    assert "Warning: toy part [b]\\n\\x1b is broken [TOY_BROKEN] where: line 3 hint: Glue it." in words
    assert words.index("Error:") < words.index("Warning:")
    assert "Traceback" not in words


def test_the_file_of_an_issue_is_named_where_there_are_several(call, toy, gnss):
    files = [toy("a.toy", gnss()), toy("b.toy", ["issue", ["TOY_BROKEN", {"part": 1}]])]
    assert "where: b.toy, line 2" in call("parse", *files, "--together").stdout


def test_many_issues_of_one_code_are_counted(call, toy, gnss):
    orders = [["issue", ["TOY_BROKEN", {"part": part}]] for part in range(9)]
    shown = call("parse", toy("a.toy", gnss(), *orders)).stdout
    assert shown.count("[TOY_BROKEN]") == 5
    assert shown.count("Glue it.") == 1
    assert "... and 4 more warnings TOY_BROKEN; --json lists all." in shown


def test_json_holds_every_field_of_a_recording(call, toy, gnss, tmp_path):
    path = toy("a.toy", gnss(), ["meta", ["note", "n"]], ["issue", ["TOY_BROKEN", {"part": 1}]])
    out = tmp_path / "out"
    result = call("parse", path, "--out", out, "--json")
    assert result.exit_code == 0
    (document,) = _documents(result)
    assert document.pop("artifacts") == [
        {
            "name": "a.toy", "byte_size": path.stat().st_size, "wrapper": None,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    ]  # fmt: skip
    capabilities = document.pop("capabilities")
    assert set(capabilities) == {field.name for field in Capabilities.__attrs_attrs__}
    assert capabilities["has_gnss_position"] is True
    assert document == {
        "v": 1, "paths": [str(path)], "ok": True,
        "parser": "toy", "score": 1.0, "evidence": ["starts with TOY"],
        "device_family": None, "device_model": None, "metadata": {"note": "n"}, "errors": [],
        "streams": {
            "gnss_pvt": {
                "rows": 3,
                "t_first": "2024-05-01T10:00:00.000000000Z", "t_last": "2024-05-01T10:00:02.000000000Z",
                "time_base": "utc", "rate_hz": 1.0, "path": str(out / "gnss_pvt.parquet"),
            }
        },
        "warnings": [
            {
                "code": "TOY_BROKEN", "severity": "warning", "message": "toy part 1 is broken",
                "evidence": {"part": 1}, "hint": "Glue it.",
                "locus": {"artifact": "a.toy", "offset": None, "line": 4, "record": None},
            }
        ],
        "parts": [
            {
                "parser": "toy", "version": "7.1", "score": 1.0, "evidence": ["starts with TOY"],
                "artifacts": ["a.toy"],
            }
        ],
    }  # fmt: skip
    assert pq.read_metadata(out / "gnss_pvt.parquet").num_rows == 3


def test_one_recording_is_written_to_the_folder_itself_and_says_so(call, toy, gnss, tmp_path):
    out = tmp_path / "new" / "out"
    result = call("parse", toy("a.toy", gnss()), "--out", out)
    assert result.exit_code == 0
    assert "written" in result.stdout
    assert "Nothing was written" not in result.stdout
    assert writers.read(out).streams["gnss_pvt"].num_rows == 3


def test_several_recordings_get_a_folder_each(call, toy, gnss, tmp_path):
    files = [toy("1/a.toy", gnss(1)), toy("2/a.toy", gnss(2)), toy("b.toy", gnss(3))]
    out = tmp_path / "out"
    assert call("parse", *files, "-o", out).exit_code == 0
    rows = {folder.name: writers.read(folder).streams["gnss_pvt"].num_rows for folder in out.iterdir()}
    assert rows == {"a": 1, "a-2": 2, "b": 3}


@pytest.mark.parametrize("form", ["arrow", "csv", "parquet"])
def test_the_format_decides_the_files(call, toy, gnss, tmp_path, form):
    (document,) = _documents(call("parse", toy("a.toy", gnss()), "-o", tmp_path / "o", "-f", form, "--json"))
    file = tmp_path / "o" / f"gnss_pvt.{form}"
    assert document["streams"]["gnss_pvt"]["path"] == str(file)
    assert file.stat().st_size > 0


def test_a_compression_that_the_format_lacks_is_a_usage_error_before_any_work(call, toy, gnss, tmp_path):
    result = call("parse", toy("a.toy", gnss()), "-o", tmp_path / "o", "--compression", "lz4")
    assert result.exit_code == 2
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--timezone", "Mars/Olympus"],
        ["--parser", "nobody"],
        ["--prefer", "nobody"],
        ["--stream", "gnss"],
        ["--columns", "t,a=b"],
        ["--timeout", "-1"],
        ["--max-memory", "much"],
        ["--isolation", "prison"],
        ["--isolation", "none", "--timeout", "5"],
        ["--format", "xlsx"],
        ["--nonsense"],
    ],
)
def test_options_that_cannot_be_right_are_usage_errors(call, toy, gnss, words):
    result = call("parse", toy("a.toy", gnss()), *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


def test_streams_and_parser_are_handed_on(call, toy, gnss, may):
    path = toy("a.toy", gnss(), ["channels", {"t": [may]}])
    (document,) = _documents(call("parse", path, "--json", "--stream", "channels", "--parser", "toy"))
    assert list(document["streams"]) == ["channels.main"]


def test_strict_makes_lost_data_an_error(call, toy, gnss):
    path = toy("a.toy", gnss(), ["issue", ["ROWS_SKIPPED", {"count": 1, "total": 4}]])
    assert call("parse", path).exit_code == 0
    assert call("parse", path, "--strict").exit_code == 4


def test_what_is_not_recognised_or_empty_is_code_3_and_the_highest_counts(call, toy, gnss, tmp_path):
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "empty.csv").write_bytes(b"")
    good, bad = toy("a.toy", gnss()), toy("bad.toy", ["raise", "x"])
    assert call("parse", tmp_path / "noise.bin").exit_code == 3
    assert call("parse", tmp_path / "empty.csv").exit_code == 3
    assert call("parse", good, tmp_path / "noise.bin").exit_code == 3
    assert call("parse", good, tmp_path / "gone").exit_code == 1
    assert call("parse", good, tmp_path / "gone", tmp_path / "noise.bin", bad).exit_code == 4


def test_a_folder_that_cannot_be_written_costs_a_line_and_code_1(call, toy, gnss, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = call("parse", toy("a.toy", gnss()), "--out", tmp_path / "file", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a.toy: " in result.stderr


def test_figures_of_a_document_are_strict_json(call, toy, gnss):
    path = toy("a.toy", gnss(), ["meta", ["odd", [float("nan"), float("inf"), 1.5]]])
    result = call("parse", path, "--json")
    document = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert document["metadata"]["odd"] == [None, None, 1.5]


def test_streams_of_single_happenings_show_no_rate(call, fixtures_dir):
    shown = call("parse", fixtures_dir / "gpx_two_segments.gpx").stdout
    (row,) = [line for line in shown.splitlines() if line.split()[:1] == ["events"]]
    assert "Hz" not in row


def test_a_recording_without_positions_shows_no_distance_and_laps_without_times_no_range(call, toy, may):
    shown = call("parse", toy("a.toy", ["channels", {"t": [may]}], ["laps", 2])).stdout
    assert "distance" not in shown
    assert ["laps", "2"] in _rows(shown)
    (document,) = _documents(call("parse", toy("b.toy", ["laps", 2]), "--json"))
    laps = document["streams"]["laps"]
    assert (laps["rows"], laps["t_first"], laps["t_last"], laps["rate_hz"]) == (2, None, None, None)


def test_facts_that_the_message_does_not_tell_are_shown_and_bulk_is_left_to_json(call, toy, gnss):
    evidence = {
        "part": 3, "reasons": {"wrong number of cells": 2}, "loci": ["line 4", "line 9"],
        "mapping": "t,?,?",
        "lost_points": 0, "nested": [{"line": 1}], "traceback": ["toy.py:1 parse"],
        "long": "x" * 1000, "twin": 3,
    }  # fmt: skip
    shown = " ".join(call("parse", toy("a.toy", gnss(), ["issue", ["TOY_BROKEN", evidence]])).stdout.split())
    assert (
        "seen: reasons 2 x wrong number of cells; loci line 4, line 9; mapping t,?,? hint: Glue it." in shown
    )
