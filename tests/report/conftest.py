"""Recordings for reports: a simulated kart as a file of two formats, what is made of it, and a browser."""

from __future__ import annotations

import os
import shutil

import pytest

import telemparse
from telemparse.report import describe
from telemparse.testing.simulate import PitStop, simulate, write_csv, write_vbo

_INSTALLED = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
BROWSER = os.environ.get("TELEMPARSE_BROWSER") or next(filter(None, _INSTALLED), None)

# Where there is no browser its tests do not exist; one that is named and absent is a failure.
collect_ignore = [] if BROWSER else ["test_in_browser.py"]


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Return the program of the browser."""
    assert shutil.which(BROWSER or ""), f"TELEMPARSE_BROWSER names {BROWSER}, which is no program"
    return str(BROWSER)


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
