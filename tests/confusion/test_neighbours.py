"""Every installed parser knows its own recordings and leaves those of all others alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from confusion.collisions import unexpected
from telemparse.extension.catalog import Catalog
from telemparse.model.detection import Rung
from telemparse.testing.confusion import Recording, examples, matrix

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
INDEX = tomllib.loads((FIXTURES / "index.toml").read_text(encoding="utf-8"))["fixture"]
WINNERS = {entry["file"]: entry["winner"] for entry in INDEX}


def fixtures():
    """Yield every fixture with the winner that the index demands."""
    for file, winner in WINNERS.items():
        yield Recording(f"fixtures/{file}", FIXTURES / file, None if winner == "none" else winner)


GROUPS = {"examples": examples, "fixtures": fixtures}


@pytest.fixture(scope="module", params=GROUPS)
def group(request):
    return request.param, matrix(GROUPS[request.param]())


def test_every_fixture_and_the_examples_of_every_card_take_part():
    assert {recording.name.partition("/")[2] for recording in fixtures()} == {
        path.name for path in FIXTURES.iterdir() if path.is_file() and path.suffix not in {".py", ".toml"}
    }
    with_examples = {card.id for card in Catalog.shared().cards if card.examples is not None}
    assert {recording.owner for recording in examples()} == with_examples >= {"csv", "gpx"}


def test_every_recording_goes_to_its_owner(group):
    _name, rows = group
    assert [row.recording.name for row in rows if row.winner != row.recording.owner] == []


def test_no_parser_claims_anothers_recording_as_surely_as_its_owner(group):
    name, rows = group
    assert unexpected(rows, name) == {"not listed": [], "listed for nothing": []}


def test_no_detector_fails_on_anothers_recording(group):
    _name, rows = group
    assert [(row.recording.name, row.faults) for row in rows if row.faults] == []


def test_an_example_is_known_by_more_than_its_shape():
    rows = matrix(examples())
    assert [row.recording.name for row in rows if not row.rungs[row.recording.owner] >= Rung.MARKER] == []
