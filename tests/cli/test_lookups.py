"""`telemparse plugins`, `codes` and `schema`."""

from __future__ import annotations

import json

import pytest

from telemparse.extension.catalog import Catalog
from telemparse.model.codes import CODES
from telemparse.schemas import KNOWN_CHANNELS, SCHEMAS


def _documents(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_plugins_lists_cards_with_their_distribution(call, monkeypatch):
    narrow = call("plugins")
    monkeypatch.setenv("COLUMNS", "120")
    result = call("plugins")
    assert (narrow.exit_code, result.exit_code) == (0, 0)
    assert {"racechrono_rcz", "telemparse-racechrono"} <= set(narrow.stdout.split())
    assert {"Toy", "[red]format", "7.1"} <= set(result.stdout.split())
    assert "telemparse-toy" in result.stdout
    assert "Fault" not in result.stdout


def test_plugins_as_json_holds_every_field_of_a_card(call):
    (document,) = _documents(call("plugins", "--json"))
    assert (document["v"], document["faults"]) == (1, [])
    by_id = {parser["id"]: parser for parser in document["parsers"]}
    assert by_id["csv"]["distribution"] == "telemparse"
    assert by_id["toy"] == {
        "id": "toy", "name": "Toy [red]format", "version": "7.1", "distribution": "telemparse-toy",
        "streams": ["gnss_pvt", "channels"], "extensions": [".toy"], "mime_types": [], "specializes": [],
        "support_level": 1, "codes": ["TOY_BROKEN"],
    }  # fmt: skip


BAD = {
    "raiser": "raise RuntimeError('bad \\x1b[31m news')",
    "leaver": "raise SystemExit(3)",
    "rubbish": "telemparse_parsers = 7",
    "broken": "def (",
    "stranger": (
        "from telemparse.extension.hookspecs import hookimpl\n"
        "@hookimpl\ndef telemparse_parsers():\n    return ['no card']\n"
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plugin_is_a_fault_and_harms_nothing(call, install, toy, gnss, name):
    install(name, BAD[name])
    (document,) = _documents(call("plugins", "--json"))
    (fault,) = document["faults"]
    assert (fault["plugin"], fault["distribution"]) == (name, f"telemparse-{name}")
    assert fault["error"]
    assert {"csv", "gpx", "toy"} <= {parser["id"] for parser in document["parsers"]}
    shown = call("plugins").stdout
    assert f"Fault: plugin {name} of telemparse-{name} failed at {fault['stage']}" in " ".join(shown.split())
    assert "\x1b" not in shown
    assert call("parse", toy("a.toy", gnss())).exit_code == 0
    assert f"Fault: {name} at" in call("detect", toy("a.toy"), "--explain").stdout


def test_codes_lists_the_registry_and_the_codes_of_plugins(call):
    result = call("codes", "--json")
    documents = _documents(result)
    assert result.exit_code == 0
    own = [entry.code for card in Catalog.shared().cards for entry in card.codes]
    assert "TOY_BROKEN" in own
    assert [document["code"] for document in documents] == [*CODES, *own]
    assert documents[0] == {
        "v": 1, "code": "FORMAT_NOT_RECOGNISED", "severity": "error",
        "message": CODES["FORMAT_NOT_RECOGNISED"].message,
        "description": CODES["FORMAT_NOT_RECOGNISED"].description,
        "hint": CODES["FORMAT_NOT_RECOGNISED"].hint,
        "loses_data": CODES["FORMAT_NOT_RECOGNISED"].loses_data,
    }  # fmt: skip


def test_codes_shows_every_code_to_people(call):
    words = call("codes").stdout.split()
    assert {*CODES, "TOY_BROKEN"} <= set(words)


def test_one_code_is_explained_whatever_its_case(call):
    shown = " ".join(call("codes", "rows_skipped").stdout.split())
    assert CODES["ROWS_SKIPPED"].description in shown
    assert CODES["ROWS_SKIPPED"].hint in shown
    assert "becomes an error" in shown
    assert "changes nothing" in call("codes", "TIME_RELATIVE").stdout


@pytest.mark.parametrize(
    ("code", "advice"),
    [("GPX_MISING_TIME", "did you mean GPX_MISSING_TIME"), ("ZZZ", "`telemparse codes` lists all")],
)
def test_an_unknown_code_is_a_usage_error_with_advice(call, code, advice):
    result = call("codes", code)
    assert (result.exit_code, result.stdout) == (2, "")
    assert advice in " ".join(result.stderr.split())


def test_schema_lists_all_streams(call):
    shown = call("schema").stdout.splitlines()
    assert set(SCHEMAS) <= {line.split()[0] for line in shown if line}
    assert [document["stream"] for document in _documents(call("schema", "--json"))] == list(SCHEMAS)


@pytest.mark.parametrize("stream", SCHEMAS)
def test_schema_shows_every_field_of_a_stream(call, stream):
    shown = call("schema", stream).stdout
    words = set(shown.split())
    assert set(SCHEMAS[stream].names) <= words
    assert max(map(len, shown.splitlines())) <= 80


def test_schema_as_json_holds_unit_origin_and_bounds(call):
    (document,) = _documents(call("schema", "gnss_pvt", "--json"))
    assert (document["v"], document["stream"], document["schema_version"]) == (1, "gnss_pvt", 1)
    fields = {field["name"]: field for field in document["fields"]}
    assert list(fields) == SCHEMAS["gnss_pvt"].names
    assert fields["lon_deg"] == {
        "name": "lon_deg", "type": "double", "nullable": False, "unit": "deg", "origin": "measured",
        "description": "WGS-84 longitude.", "low": -180.0, "high": None, "below": 180.0, "choices": None,
    }  # fmt: skip


def test_schema_of_channels_names_the_known_channels(call):
    (document,) = _documents(call("schema", "channels.main", "--json"))
    assert [channel["name"] for channel in document["known_channels"]] == list(KNOWN_CHANNELS)
    assert set(KNOWN_CHANNELS) <= set(call("schema", "channels").stdout.split())


def test_an_unknown_stream_is_a_usage_error_that_names_the_streams(call):
    result = call("schema", "gnss")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "gnss_pvt" in result.stderr


def test_schema_as_json_lists_the_words_that_a_field_may_hold(call):
    (document,) = _documents(call("schema", "laps", "--json"))
    fields = {field["name"]: field for field in document["fields"]}
    assert fields["validity"]["choices"] == ["VALID", "INVALID", "OUTLAP", "INLAP"]


def test_plugins_names_the_csv_dialects_that_plugins_teach(call, install):
    install(
        "vendor",
        "from telemparse.extension.csv_dialect import CsvDialect\n"
        "from telemparse.extension.hookspecs import hookimpl\n"
        "@hookimpl\ndef telemparse_csv_dialects():\n"
        "    return [CsvDialect(name='vendor_x', header={'zeit', 'breite', 'laenge'})]\n",
    )
    (document,) = _documents(call("plugins", "--json"))
    origins = {dialect["name"]: dialect["distribution"] for dialect in document["dialects"]}
    assert origins["racebox"] == "telemparse"
    assert origins["vendor_x"] not in (None, "telemparse")
    shown = next(line.split() for line in call("plugins").stdout.splitlines() if "vendor_x" in line)
    assert shown == ["vendor_x", origins["vendor_x"]]
