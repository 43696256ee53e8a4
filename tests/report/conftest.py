"""Recordings for reports: a simulated kart as a file of two formats, and what is made of it."""

from __future__ import annotations

import pytest

import telemparse
from telemparse.report import describe
from telemparse.testing.simulate import PitStop, simulate, write_csv, write_vbo


@pytest.fixture(scope="session")
def kart():
    return simulate("kart", seed=3, laps=5, gnss="m9", rate_hz=10, disturbances=[PitStop(lap=3, seconds=6)])


@pytest.fixture(scope="session")
def folder(tmp_path_factory, kart):
    place = tmp_path_factory.mktemp("recordings")
    (place / "kart.vbo").write_bytes(write_vbo(kart))
    (place / "kart.dovex").write_bytes(write_csv(kart))
    return place


@pytest.fixture(scope="session")
def vbo(folder):
    return telemparse.parse(folder / "kart.vbo")


@pytest.fixture(scope="session")
def chapter(vbo):
    return describe(vbo)
