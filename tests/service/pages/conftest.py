"""A server with pages and a worker, a browser, and recordings to drop into it."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from playwright.sync_api import sync_playwright

from service_servers import ANNA, serving
from telemparse.runner import Pipeline, Settings
from telemparse.testing.simulate import simulate, write_vbo

_INSTALLED = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
BROWSER = os.environ.get("TELEMPARSE_BROWSER") or next(filter(None, _INSTALLED), None)
CORPUS = os.environ.get("TELEMPARSE_CORPUS")
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Where there is no browser its tests do not exist; one that is named and absent is a failure.
collect_ignore = [] if BROWSER else ["test_pages_in_browser.py", "test_page_uploads.py"]


@pytest.fixture(scope="module")
def browser():
    assert shutil.which(BROWSER or ""), f"TELEMPARSE_BROWSER names {BROWSER}, which is no program"
    with sync_playwright() as play:
        program = play.chromium.launch(executable_path=BROWSER, args=_QUIET)
        yield program
        program.close()


@pytest.fixture(scope="session")
def vbo(tmp_path_factory):
    """Return a file with laps of a simulated kart."""
    place = tmp_path_factory.mktemp("dropped") / "kart.vbo"
    place.write_bytes(write_vbo(simulate("kart", seed=3, laps=4, gnss="m9", rate_hz=10)))
    return place


@pytest.fixture(scope="session", params=["simulated", *(["corpus"] if CORPUS else [])])
def recording(request):
    """Return a recording with laps, simulated or real."""
    if request.param == "simulated":
        return request.getfixturevalue("vbo")
    return Path(CORPUS) / "vbo" / "racechrono-massa-finalese-laps.vbo"


@attrs.frozen
class Site:
    """Pages that are served, for a browser."""

    url: str
    pipeline: Pipeline
    secret: str
    browser: object

    @contextmanager
    def opened(self, path="/", *, width=1280, scheme="light", signed_in=True, may_say=()):
        """Open a page, and see to it that it asks nobody else and complains of nothing unexpected."""
        elsewhere, said = [], []
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda it: None if it.url.startswith(self.url) else elsewhere.append(it.url))
        page.on("console", lambda it: said.append(it.text))
        page.on("pageerror", lambda it: said.append(str(it)))
        if signed_in:
            self.sign_in(page)
        if not signed_in or path != "/":
            page.goto(self.url + path)
        yield page
        context.close()
        assert elsewhere == []
        assert [words for words in said if not any(part in words for part in may_say)] == []

    def sign_in(self, page):
        page.goto(f"{self.url}/login")
        page.get_by_label("API key").fill(self.secret)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/")

    def ready(self, file, **more):
        """Hand in a file, wait for it and return the id of its session."""
        session_id = self.pipeline.submit(file, owner=ANNA.tenant_id, driver=ANNA.driver_id, **more)
        self.pipeline.work()
        return session_id


@pytest.fixture(scope="module")
def site(tmp_path_factory, sandboxes, browser):
    folder = tmp_path_factory.mktemp("site")
    with (
        Pipeline(Settings.embedded(folder), sandboxes=sandboxes) as pipeline,
        serving(pipeline, workers=1, pages=True) as running,
    ):
        yield Site(running.url, pipeline, running.key(), browser)
