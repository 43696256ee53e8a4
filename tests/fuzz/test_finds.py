"""What fuzzing once found stays mended: finds, seeds and some mutants of them keep the promise."""

from __future__ import annotations

from random import Random

import pytest

from fuzz.invariant import broken
from fuzz.seeds import FINDS, MAX_BYTES, finds, seeds
from fuzz.targets import TARGETS, target_of, way_of, ways

FOUND = [(target, path) for target in TARGETS for path in finds(target.parser)]
MUTANTS = 40


@pytest.mark.parametrize(
    ("target", "path"), FOUND, ids=[f"{path.parent.name}-{path.name}" for _target, path in FOUND]
)
def test_a_find_of_before_keeps_the_promise(target, path):
    data = path.read_bytes()
    for way in ways(target):
        assert broken({target.file: data}, way.options, way.catalog) == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.parser)
def test_some_seeds_keep_the_promise(target, monkeypatch):
    monkeypatch.delenv("TELEMPARSE_CORPUS", raising=False)
    choices = ways(target)
    for data in list(seeds(target))[::3]:  # fixtures have tests of their own
        way = way_of(data[:MAX_BYTES], choices)
        assert broken({target.file: data[:MAX_BYTES]}, way.options, way.catalog) == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.parser)
def test_mutants_of_seeds_keep_the_promise(target, monkeypatch):
    monkeypatch.delenv("TELEMPARSE_CORPUS", raising=False)
    choices, words, known = ways(target), target.words(), [data[:MAX_BYTES] for data in seeds(target)]
    for number in range(MUTANTS):
        dice = Random(number)
        data = target.mutation(dice.choice(known), words, known, dice)[:MAX_BYTES]
        way = way_of(data, choices)
        assert broken({target.file: data}, way.options, way.catalog) == [], number


def test_every_find_belongs_to_a_parser():
    assert {folder.name for folder in FINDS.iterdir()} <= {target.parser for target in TARGETS}


def test_the_ways_of_a_target_are_its_parsers_and_options():
    csv = target_of("csv")
    choices = ways(csv)
    assert choices[0].options.given() == {"parser": "csv"}
    assert {way.options.timezone for way in choices} >= {None, "Europe/Berlin"}
    targets = {way.catalog.parser(way.catalog.cards[0]) for way in choices}
    assert set(csv.parsers) < targets
