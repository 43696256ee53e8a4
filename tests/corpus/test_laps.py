"""Laps found in real positions, against those that the devices timed themselves."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

import telemparse
from telemparse.analysis import find_laps
from telemparse.analysis.lap_matching import match_laps

pytestmark = pytest.mark.slow

SESSIONS = {"carole": 13, "jerez": 7, "ledenon": 28}


def session(corpus, name):
    return telemparse.parse(sorted((corpus / "mychronogps").glob(f"{name}-*")))


def complete(laps):
    return [word for word in laps.table["validity"].to_pylist() if word not in {"OUTLAP", "INLAP"}]


@pytest.mark.parametrize("name", SESSIONS)
def test_every_lap_of_the_device_is_found_and_none_beside_them(corpus, name):
    result = session(corpus, name)
    laps = find_laps(result, method="linear")
    matches = match_laps(laps.table, result.streams["laps"])
    assert len(matches) == len(complete(laps)) == result.streams["laps"].num_rows == SESSIONS[name]
    assert laps.gate.source == "file"
    assert np.sqrt(np.mean([match.seconds**2 for match in matches])) <= 0.02


@pytest.mark.parametrize("name", SESSIONS)
def test_smoothed_laps_lie_within_three_standard_deviations_of_the_device(corpus, name):
    result = session(corpus, name)
    laps = find_laps(result)
    std = laps.table["duration_std_s"].to_pylist()
    matches = match_laps(laps.table, result.streams["laps"])
    assert len(matches) == SESSIONS[name]
    # The device cuts its times to a hundredth of a second.
    assert all(abs(match.seconds - 0.005) <= 3 * std[match.row] + 0.005 for match in matches)


@pytest.mark.parametrize("name", SESSIONS)
def test_each_lap_has_the_sectors_of_the_file_which_add_up_to_it(corpus, name):
    result = session(corpus, name)
    laps = find_laps(result, method="linear")
    times = laps.table["duration_ns"].to_pylist()
    sums = dict.fromkeys(range(1, len(times) + 1), 0)
    for sector in laps.sectors.to_pylist():
        sums[sector["lap_number"]] += sector["duration_ns"]
    numbers = [row["lap_number"] for row in laps.table.to_pylist() if row["validity"] == "VALID"]
    assert [sums[number] for number in numbers] == [times[number - 1] for number in numbers]
    assert laps.sectors.num_rows == 4 * SESSIONS[name]


@pytest.fixture
def pages(root):
    """Return the module that writes the page of the devices' laps."""
    spec = importlib.util.spec_from_file_location("device_laps", root / "docs" / "device_laps.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_devices_laps_is_current(pages, corpus, root):
    written = (root / "docs" / "reference" / "device-laps.md").read_text(encoding="utf-8")
    assert written.splitlines() == pages.device_laps_page(corpus).splitlines()


def test_a_lap_of_racechrono_is_timed_to_50_ms_at_its_own_line(corpus, pages):
    result = telemparse.parse(corpus / "racechrono-rcz" / "taupo-race1-lap4-laps.rcz")
    gate = pages.line_of(result)
    for method in ("linear", "smoothed"):
        laps = find_laps(result, gate, method=method)
        (match,) = match_laps(laps.table, result.streams["laps"])
        assert abs(match.seconds) <= 0.05
