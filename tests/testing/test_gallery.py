"""The kit on liars: each promise is broken by one, which its own check catches and no other."""

from __future__ import annotations

import importlib

import attrs
import pytest

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.testing import Encoder, run, runs
from telemparse.testing.kit import Broken
from telemparse.testing.liars import GALLERY, honest

pytestmark = pytest.mark.slow


def encoded(table):
    columns = [numpy_view(table.column(name)) for name in ("t", "lat_deg", "lon_deg")]
    speed = table.column("speed_mps")
    speeds = numpy_view(speed) * validity(speed)
    return honest.document(
        (t_ns / 1e9, latitude, longitude, speed_mps, 0.0)
        for t_ns, latitude, longitude, speed_mps in zip(*columns, speeds, strict=True)
    )


ENCODER = Encoder(write=encoded, tolerances={"lat_deg": 1e-7, "lon_deg": 1e-7}, name="encoded.honest")
OUTCOMES = {}
PAGE = "docs/plugins/conformance.md"


def remembered(promise):
    """Return the promise, examined once for each parser in this file."""

    def examine(subject):
        key = (promise.id, subject.card.id)
        if key not in OUTCOMES:
            try:
                promise.examine(subject)
                OUTCOMES[key] = None
            except Broken as broken:
                OUTCOMES[key] = broken
        if OUTCOMES[key] is not None:
            raise OUTCOMES[key]

    return attrs.evolve(promise, examine=examine)


@pytest.fixture
def promises(monkeypatch):
    """Return the promises of the kit, as every run in this file examines them."""
    kept = tuple(map(remembered, runs.PROMISES))
    monkeypatch.setattr(runs, "PROMISES", kept)
    return kept


def report_on(name):
    card = importlib.import_module(f"telemparse.testing.liars.{name}").CARD
    return run(card, samples=honest.EXAMPLES, encoder=ENCODER, examples=30)


def test_the_honest_parser_keeps_every_promise(promises):
    report = report_on("honest")

    assert report.failed == {}
    assert list(report.passed) == [promise.id for promise in promises]


# No test here says which promises there are: one that is taken away fails the case of its liar alone.
@pytest.mark.parametrize("promise", GALLERY)
@pytest.mark.usefixtures("promises")
def test_a_liar_is_caught_by_the_check_of_its_promise_and_by_no_other(root, promise):
    report = report_on(GALLERY[promise])

    assert list(report.failed) == [promise], str(report)
    assert "What to do: " in report.failed[promise]
    page = (root / PAGE).read_text("utf-8")
    assert f"[{promise}]" not in page or f"\n{report.failed[promise]}\n" in page  # where it is quoted


@pytest.mark.parametrize("promise", GALLERY)
def test_a_liar_goes_free_when_the_check_of_its_promise_is_taken_away(promises, monkeypatch, promise):
    left = tuple(other for other in promises if other.id != promise)
    monkeypatch.setattr(runs, "PROMISES", left)

    report = report_on(GALLERY[promise])

    assert report.failed == {}
    assert list(report.passed) == [other.id for other in left]


def test_every_promise_has_its_liar(promises):
    assert {promise.id for promise in promises} <= set(GALLERY)
    assert len(set(GALLERY.values())) == len(GALLERY)


def test_every_promise_stands_on_the_page_about_them(root, promises):
    page = (root / PAGE).read_text("utf-8")

    assert [row for each in promises if (row := f"| `{each.id}` | {each.sentence} |\n") not in page] == []
