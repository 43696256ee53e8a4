"""Reports of real recordings of many kinds: in order, small, without coordinates, with their laps."""

from __future__ import annotations

import re

import pytest

import telemparse
from html_pages import read
from telemparse.report import render

pytestmark = pytest.mark.slow

# File, valid laps in the list (None: no list), whether the track is drawn along one lap.
RECORDINGS = [
    ("mychronogps/carole-trace-laps.json", 13, True),
    ("mychronogps/carole-session-laps.txt", 13, False),
    ("vbo/racechrono-massa-finalese-laps.vbo", 20, True),
    ("racechrono-rcz/taupo-race1-lap4-laps.rcz", 1, True),
    ("dovex/okc-tillotson-kart-laps.dovex", 13, True),
    ("harrys-csv/chuckwalla-20170318-laps.csv", 22, True),
    ("motec-ld/motec-adl-calder-2005.ld", 4, False),
    ("gpx/korita-zbevnica.gpx", None, False),
]


@pytest.mark.parametrize(("name", "valid", "along"), RECORDINGS, ids=[name for name, *_ in RECORDINGS])
def test_a_real_recording_makes_a_page_of_what_it_holds(corpus, name, valid, along):
    result = telemparse.parse(corpus / name, on_error="return")
    text = render(result)
    page = read(text)
    assert len(text.encode()) < 400_000
    tables = page.find("table", "laps")
    assert len(tables) == (valid is not None)
    assert sum(len(table.find("tr", "valid")) for table in tables) == (valid or 0)
    traces = page.find("figure", "traces")
    assert any("data-over-time" not in figure.attributes for figure in traces) == along
    assert bool(page.find("figure", "map")) == ("gnss_pvt" in result.streams)
    if "gnss_pvt" in result.streams:
        shown = {f"{float(word):.3f}" for word in re.findall(r"(?<![\w.])-?\d+\.\d{3,}(?!\w)", text)}
        for column in ("lat_deg", "lon_deg"):
            assert not shown & {f"{value:.3f}" for value in result.streams["gnss_pvt"][column].to_pylist()}
