"""The page: whole by itself, in order, true to the tables, and safe from what recordings say."""

from __future__ import annotations

import base64
import hashlib
import re
import sys

import attrs
import numpy as np
import pyarrow as pa
import pytest

import telemparse
from html_pages import read
from recorded import fixes, inertial, result
from telemparse.analysis import find_laps
from telemparse.analysis.lap_matching import match_laps
from telemparse.errors import MissingExtra
from telemparse.model.issues import Issue, Locus
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.report import describe, load_template, render, write_report
from telemparse.schemas import build

SHA = "0" * 64


def named(source, name, **more):
    """Return a result that came out of a file of some name."""
    artifact = ArtifactRecord(name, 10, SHA)
    part = PartRecord("toy", "1", 1.0, ("it looks like it",), (artifact,))
    return attrs.evolve(source, provenance=Provenance((part,), "0.1.0", 1), **more)


@pytest.fixture(scope="module")
def text(chapter):
    return render(chapter)


@pytest.fixture(scope="module")
def page(text):
    return read(text)


def seconds(words):
    minutes, _colon, rest = words.rpartition(":")
    return 60 * int(minutes or 0) + float(rest)


# ---- the page itself


def test_the_page_is_in_order_and_each_name_stands_once(page, text):
    assert text.startswith("<!DOCTYPE html>")
    names = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(names) == len(set(names))
    spoken = [
        each.attributes["aria-labelledby"].split()
        for each in page.walk()
        if "aria-labelledby" in each.attributes
    ]
    assert spoken
    assert {name for label in spoken for name in label} <= set(names)


@pytest.mark.parametrize("count", [1, 2])
def test_headings_leave_out_no_level(chapter, count):
    page = read(render([chapter] * count))
    levels = [int(each.tag[1]) for each in page.walk() if re.fullmatch(r"h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(np.diff(levels)) == 1


def test_the_page_refers_to_nothing_but_itself(page, text):
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bsrc=", text.replace("// Read-outs", ""))
    links = [
        each.attributes[name]
        for each in page.walk()
        for name in ("href", "src", "data")
        if name in each.attributes
    ]
    assert all(link.startswith("#") for link in links)
    assert not page.find("link") + page.find("iframe") + page.find("img") + page.find("base")


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(page, text):
    policy = page.find("meta")[1].attributes["content"]

    def word(tag):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; style-src {word('style')}; script-src {word('script')};"
        " base-uri 'none'; form-action 'none'"
    )
    odd = [
        name for each in page.walk() for name in each.attributes if name == "style" or name.startswith("on")
    ]
    assert odd == []


def test_the_same_recording_makes_the_same_page(vbo, text):
    assert render(vbo) == text


def test_drawings_have_words_for_who_cannot_see_them(page):
    drawings = [each for each in page.find("svg") if each.attributes.get("role") == "img"]
    assert len(drawings) == 3
    for drawing in drawings:
        assert drawing.find("desc")[0].text
    others = [each for each in page.find("svg") if each not in drawings and not _within(each, drawings)]
    assert all(each.attributes.get("aria-hidden") == "true" for each in others)


def _within(element, drawings):
    return any(element in list(drawing.walk()) for drawing in drawings)


def test_the_title_may_be_given(chapter):
    page = read(render(chapter, title="Test & race"))
    assert page.one("h1").text == "Test & race"
    assert page.find("title")[0].text == "Test & race · telemetry report"


# ---- laps


def test_times_and_sigmas_are_those_of_the_table(vbo, page):
    laps = find_laps(vbo).table.to_pylist()
    cells = [
        [cell.text for cell in row.walk() if cell.tag in ("th", "td")]
        for row in page.one("table", "laps").find("tr")
    ]
    shown = {int(row[0]): row for row in cells if row[0].isdigit()}
    assert list(shown) == [lap["lap_number"] for lap in laps]
    for lap in laps:
        time, sigma = shown[lap["lap_number"]][1:3]
        decimals = len(time.partition(".")[2])
        assert seconds(time) == pytest.approx(lap["duration_ns"] / 1e9, abs=0.5001 * 10**-decimals)
        if lap["duration_std_s"] is None:
            assert sigma == "\N{EN DASH}"
        else:
            assert float(sigma) == pytest.approx(lap["duration_std_s"], rel=0.5)


def test_the_best_lap_is_marked_and_stands_on_top(vbo, page):
    best = min(
        (lap for lap in find_laps(vbo).table.to_pylist() if lap["validity"] == "VALID"),
        key=lambda lap: lap["duration_ns"],
    )
    marked = page.one("table", "laps").one("tr", "best")
    assert marked.one("th").text == str(best["lap_number"])
    assert marked.one("span", "best-tag").text == "best"
    figure = page.one("dl", "figures").find("div")[0].text
    assert figure.startswith("Best lap")
    assert f"lap {best['lap_number']}" in figure


def test_a_lap_through_the_pits_says_so_in_words_and_by_its_code(page):
    doubts = [each.text for each in page.find("span", "doubt")]
    assert "passes the pit lane PIT_AFFECTED" in doubts


def test_laps_of_the_device_stand_beside_ours_with_the_difference(folder):
    source = telemparse.parse(folder / "kart.dovex")
    found = find_laps(source)
    device = source.streams["laps"]
    page = read(render(source))
    cells = page.one("table", "laps").rows()
    at = cells[0].index("Device")
    shown = {int(row[0]): row[at : at + 2] for row in cells if row[0].isdigit()}
    matches = match_laps(found.table, device)
    assert matches
    for match in matches:
        time, difference = shown[match.row + 1]
        assert seconds(time) == pytest.approx(device["duration_ns"][match.other].as_py() / 1e9, abs=5e-4)
        assert float(difference.replace("\N{MINUS SIGN}", "-")) == pytest.approx(match.seconds, abs=6e-4)


def test_sectors_name_the_lap_that_nobody_drove(chapter, page):
    section = next(each for each in page.find("section") if each.find("h2")[0].text == "Sectors")
    assert section.one("p", "lead").text.startswith(f"Theoretical best {chapter.sectors.best_time} ±")
    assert len(section.find("td", "winner")) == len(chapter.sectors.names)
    times = [seconds(cell.text.split()[0]) for cell in section.find("td", "winner")]
    assert sum(times) == pytest.approx(seconds(chapter.sectors.best_time), abs=0.02)


# ---- what recordings lack


def test_without_laps_the_page_says_why_and_shows_the_whole_recording(kart):
    half = result({"gnss_pvt": kart.gnss.slice(0, 150)})
    page = read(render(half))
    assert "LAPS_NOT_FOUND" in [each.text for each in page.find("code")]
    assert not page.find("table", "laps")
    assert "Whole recording, km/h" in page.one("figure", "map").text
    assert page.one("figure", "traces").attributes["data-over-time"] == "yes"
    assert len(page.find("path", "trace")) == 1
    assert "NO_VALID_LAP There is no theoretical best lap: no lap is valid." in page.text


def test_without_positions_there_is_no_empty_drawing():
    page = read(render(named(result({"imu_accel": inertial()}), "box.bin")))
    words = [each.text for each in page.find("p", "absent")]
    assert (
        "SIGNAL_ABSENT There is no map: the recording holds no positions. Record it, or export it as well."
        in words
    )
    assert any(each.startswith("SIGNAL_ABSENT There are no traces:") for each in words)
    assert not [each for each in page.find("svg") if each.attributes.get("role") == "img"]
    assert "imu_accel" in page.one("table", "streams").text


def test_the_devices_laps_alone_are_shown_as_its_own():
    stream = pa.Table.from_batches([build("laps", {
        "lap_number": [1, 2], "stint_index": [0, 0], "duration_ns": [61_230_000_000, 59_870_000_000],
        "validity": ["VALID", "VALID"], "confidence": ["HIGH", "HIGH"], "source": ["device", "device"],
    })])  # fmt: skip
    sectors = pa.Table.from_batches([build("sectors", {
        "lap_number": [1, 1, 2, 2], "stint_index": [0] * 4, "sector_index": [0, 1, 0, 1],
        "duration_ns": [30_000_000_000, 31_230_000_000, 29_000_000_000, 30_870_000_000],
        "source": ["device"] * 4,
    })]).drop_columns(["duration_std_s"])  # fmt: skip
    page = read(render(result({"laps": stream, "sectors": sectors})))
    assert "These laps are the device\N{RIGHT SINGLE QUOTATION MARK}s own" in page.text
    rows = page.one("table", "laps").rows()
    assert rows[0] == ["Lap", "Time", "Behind, s", "Counts", "Why"]
    assert rows[2][:3] == ["2", "59.870", "best"]
    assert page.one("table", "sectors").rows()[1] == ["1", "30.000", "31.230"]
    assert "NOT_JOINED" in page.text


def test_a_file_that_nobody_knows_makes_a_page_that_says_so(tmp_path):
    place = tmp_path / "unknown.bin"
    place.write_bytes(b"\x00\x01nothing that anybody knows")
    page = read(render(place))
    assert page.one("div", "notice").text.startswith("This recording was read with errors.")
    assert "FORMAT_NOT_RECOGNISED" in page.text
    assert hashlib.sha256(place.read_bytes()).hexdigest() in page.one("table", "files").text
    assert "nobody" in page.one("table", "files").text


def test_one_position_is_no_line():
    page = read(render(result({"gnss_pvt": fixes(0.1)})))
    assert "SIGNAL_ABSENT There are no traces: there are no two positions in a row." in page.text


def test_a_stream_without_rows_is_no_obstacle():
    page = read(render(result({"gnss_pvt": fixes(1).slice(0, 0)})))
    assert "There is no map" in page.text


def test_findings_of_the_reading_stand_with_place_and_hint():
    found = Issue("ROWS_SKIPPED", Locus("a.csv", line=7), count=3, total=90)
    page = read(render(result({"imu_accel": inertial()}, warnings=(found,))))
    assert "3 of 90 rows could not be read and were skipped (a.csv, line 7)" in page.text
    assert found.hint in page.text


# ---- several recordings


def test_several_recordings_are_chapters_with_an_index(chapter):
    other = describe(named(result({"imu_accel": inertial()}), "box.bin"))
    page = read(render([chapter, other]))
    assert page.one("h1").text == "2 recordings"
    targets = [each.attributes["href"][1:] for each in page.one("nav").find("a")]
    assert targets == [each.attributes["id"] for each in page.find("article")]
    assert [row[0] for row in page.one("table", "overview").rows()[1:]] == ["kart.vbo", "box.bin"]
    names = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(names) == len(set(names))


# ---- strangers' words

_TAG = "<svg onload=alert(1)>"
_EVIL = "<script>alert(1)</script>\"'&{{7*7}}\u202egnp\x1b[31m\udcff" + "</title><img src=x onerror=alert(1)>"


def test_nothing_that_a_recording_says_becomes_part_of_the_page():
    issue = Issue("CHANNELS_SKIPPED", Locus(_EVIL), count=1, channels=_EVIL)
    streams = {"channels.main": pa.table({"t": pa.array([0], pa.timestamp("ns", "UTC")), _TAG: [1.0]})}
    evil = named(result(streams, warnings=(issue,)), _EVIL, device_family=_EVIL, device_model=_EVIL)
    text = render(evil, title=_EVIL)
    page = read(text)
    text.encode("utf-8")
    assert len(page.find("script")) == 1
    assert _TAG in page.one("table", "streams").text
    assert not page.find("img")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{7*7}}" in text
    for character in ("\u202e", "\x1b", "\udcff"):
        assert character not in text
    assert "\\u202e" in text


def test_very_long_words_are_cut():
    text = render(named(result({}), "x" * 100_000))
    assert "x" * 600 + "…" in text
    assert "x" * 601 not in text


def test_endless_lists_are_cut_and_counted():
    issues = tuple(Issue("CHANNELS_SKIPPED", count=number, channels="c") for number in range(500))
    page = read(render(result({}, warnings=issues)))
    assert "380 more findings are not listed." in page.text


def test_the_page_holds_no_coordinates(vbo, text):
    table = vbo.streams["gnss_pvt"]
    for name in ("lat_deg", "lon_deg"):
        values = {f"{value:.3f}" for value in table[name].to_pylist()}
        numbers = {f"{float(word):.3f}" for word in re.findall(r"(?<![\w.])-?\d+\.\d{3,}(?!\w)", text)}
        assert not values & numbers


# ---- files


def test_the_page_appears_whole_or_not_at_all(chapter, text, tmp_path):
    place = write_report(chapter, tmp_path / "report.html")
    assert place.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(OSError, match="directory"):
        write_report(chapter, tmp_path / "none" / "report.html")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_report(chapter, tmp_path / "taken")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["report.html", "taken"]


def test_without_jinja_the_error_names_the_extra(monkeypatch):
    load_template.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtra, match=r"telemparse\[report\]"):
        load_template()


@pytest.mark.slow
def test_a_hundred_thousand_epochs_make_a_page_of_less_than_one_and_a_half_megabytes():
    table = fixes(10_000.0)
    assert table.num_rows == 100_000
    assert len(render(result({"gnss_pvt": table})).encode()) < 1_500_000
