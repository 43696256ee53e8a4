"""The public strategies: how they are called, and that 200 draws of each raise no concern of health."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from telemparse.testing import strategies

FUNCTIONS = [name for name in strategies.__all__ if inspect.isfunction(getattr(strategies, name))]
SAMPLE = {"log.csv": b"time,lat,lon\n1,48.1,11.5\n2,48.2,11.5\n", "notes.txt": "Höhe\r\n".encode()}
DRAWN = {name: getattr(strategies, name)(*([SAMPLE] if name == "damaged" else [])) for name in FUNCTIONS}


def test_all_strategies_of_the_page_are_there():
    assert set(FUNCTIONS) == {
        "artifact_sets", "damaged", "gnss_pvt_tables", "imu_tables", "instants_ns", "positions", "strangers",
        "tracks",
    }  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_argument_but_a_sample_is_positional(name):
    parameters = inspect.signature(getattr(strategies, name)).parameters.values()
    positional = [each.name for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert positional == (["sample"] if name == "damaged" else [])
    assert all(each.default is not inspect.Parameter.empty for each in parameters if each.name != "sample")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_two_hundred_draws_are_healthy(name):
    drawn = []

    @settings(max_examples=200, suppress_health_check=[], deadline=None, derandomize=True)
    @given(DRAWN[name])
    def draws(example):
        drawn.append(example)

    draws()
    assert isinstance(DRAWN[name], SearchStrategy)
    assert len(drawn) >= 200


def test_nothing_is_drawn_to_be_thrown_away():
    rooms = sorted(Path(strategies.__file__).parent.glob("*.py"))
    assert len(rooms) > 10
    wasteful = re.compile(r"\.filter\(|\bassume\(|\breject\(|unique(_by)?=")
    assert [room.name for room in rooms if wasteful.search(room.read_text("utf-8"))] == []
