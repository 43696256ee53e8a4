"""What a card declares: its examples and its codes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telemparse.model.codes import CODES
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken
from telemparse.testing.strategies import damaged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.model.issues import Issue
    from telemparse.testing.strategies import Damaged
    from telemparse.testing.subject import Subject

__all__ = ["EXAMPLE_BYTES", "codes_are_declared", "examples_are_shipped"]

EXAMPLE_BYTES = 64 * 1024


def examples_are_shipped(subject: Subject) -> None:
    """Look at the mapping that the card names."""
    card = subject.card
    if card.examples is None:
        raise Broken("the card names no examples")
    if subject.examples_error:
        raise Broken(f"{card.examples} cannot be had: {subject.examples_error}")
    examples = subject.catalog.examples(card)
    if not examples:
        raise Broken(f"{card.examples} is empty")
    for name, files in examples.items():
        for file, data in files.items():
            if not 0 < len(data) <= EXAMPLE_BYTES:
                raise Broken(f"{file} of example {name} has {len(data)} bytes, not 1 to {EXAMPLE_BYTES}")


def codes_are_declared(subject: Subject) -> None:
    """Read every sample whole and damaged, and look up each code that comes."""
    known = {*CODES, *(entry.code for entry in subject.card.codes)}

    def look(issues: Iterable[Issue]) -> None:
        strange = sorted({issue.code for issue in issues} - known)
        if strange:
            raise Broken(f"neither the registry nor the card has {', '.join(strange)}")

    def read_damaged(damage: Damaged) -> None:
        look(subject.reading(damage.files).issues)

    for entry in subject.card.codes:
        if not all(map(str.strip, (entry.message, entry.description, entry.hint))):
            raise Broken(f"{entry.code} lacks its message, its description or its hint")
        if entry.code in CODES:
            raise Broken(f"{entry.code} is a code of the registry already")
    with suppress(Overtime):  # what does not end breaks another promise
        for sample in subject.samples:
            look(subject.reading(sample.files).issues)
            subject.drawn(damaged(sample.files), read_damaged)
