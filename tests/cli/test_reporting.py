"""`telemparse report`: one page about all recordings of a call, and exit codes as of any command."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from html_pages import read
from telemparse.cli.app import app
from telemparse.report import load_template
from telemparse.testing.simulate import simulate, write_vbo


def call(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


@pytest.fixture(scope="module")
def kart():
    return simulate("kart", seed=2, laps=3, gnss="m9", rate_hz=10)


@pytest.fixture(scope="module")
def session(tmp_path_factory, kart):
    place = tmp_path_factory.mktemp("session") / "kart.vbo"
    place.write_bytes(write_vbo(kart))
    return place


def test_one_page_tells_of_all_recordings_by_their_names_alone(session, fixtures_dir, tmp_path):
    out = tmp_path / "report.html"
    done = call(session, fixtures_dir / "sample_track.gpx", "-o", out)
    assert done.exit_code == 0
    assert done.stdout == f"{out}: 2 recordings\n"
    page = read(out.read_text(encoding="utf-8"))
    assert [each.text for each in page.one("nav").find("a")] == ["kart.vbo", "sample_track.gpx"]
    assert str(session.parent) not in page.text


def test_the_gate_of_the_call_is_the_one_that_times(session, kart, tmp_path):
    gate = kart.sectors[0]
    line = f"--gate={gate.lat1_deg},{gate.lon1_deg},{gate.lat2_deg},{gate.lon2_deg}"
    done = call(session, "-o", tmp_path / "a.html", line, "--method", "linear", "--title", "Mine")
    assert done.exit_code == 0
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = read(text)
    assert page.one("h1").text == "Mine"
    assert "Start/finish line as it was given" in page.text
    assert "Crossings are timed on straight lines" in page.text
    assert str(gate.lat1_deg) not in text


def test_what_nobody_recognises_is_told_on_the_page_and_by_the_exit_code(session, tmp_path):
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"\x01\x02 nobody knows this")
    done = call(session, odd, "-o", tmp_path / "a.html")
    assert done.exit_code == 3
    page = read((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert "FORMAT_NOT_RECOGNISED" in page.find("article")[1].one("div", "notice").text


def test_without_a_readable_recording_there_is_no_page(tmp_path):
    done = call(tmp_path / "absent.vbo", "-o", tmp_path / "a.html")
    assert done.exit_code == 1
    assert "absent.vbo" in done.stderr
    assert not (tmp_path / "a.html").exists()


def test_a_page_needs_a_name_that_can_be_written(session, tmp_path):
    assert call(session).exit_code == 2
    folder = call(session, "-o", tmp_path)
    assert folder.exit_code == 2
    assert "is a folder" in " ".join(folder.stderr.split())
    assert call(session, "-o", tmp_path / "none" / "a.html").exit_code == 1


def test_without_jinja_the_extra_is_named_before_anything_is_read(session, tmp_path, monkeypatch):
    load_template.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = call(session, "-o", tmp_path / "a.html")
    assert done.exit_code == 2
    assert "telemparse[report]" in done.stderr
    assert not (tmp_path / "a.html").exists()
