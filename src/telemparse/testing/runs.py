"""Runs of the kit on one parser, without pytest: `run(CARD)` examines every promise and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.kit import Check, examined, known_ids
from telemparse.testing.promises import PROMISES
from telemparse.testing.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemparse.extension.card import ParserCard
    from telemparse.testing.encoding import Encoder
    from telemparse.testing.kit import Report

__all__ = ["EXAMPLES", "TIMEOUT_S", "checks_of", "run"]

EXAMPLES = 60
TIMEOUT_S = 60.0


def run(
    card: ParserCard,
    *,
    samples: Mapping[str, bytes | Mapping[str, bytes]] | None = None,
    encoder: Encoder | None = None,
    expected_failures: Iterable[str] = (),
    examples: int = EXAMPLES,
    timeout_s: float = TIMEOUT_S,
) -> Report:
    """Examine every promise of a parser.

    Arguments and errors are those of `conformance`. Returns a `Report`; a broken promise is a line in
    it, never an exception.
    """
    checks = checks_of(card, samples=samples, encoder=encoder, examples=examples, timeout_s=timeout_s)
    return examined(checks, known_ids(checks, expected_failures))


def checks_of(
    card: ParserCard,
    *,
    samples: Mapping[str, bytes | Mapping[str, bytes]] | None = None,
    encoder: Encoder | None = None,
    examples: int = EXAMPLES,
    timeout_s: float = TIMEOUT_S,
) -> tuple[Check, ...]:
    """Return a check for each promise that the parser makes; raises CallError without any sample."""
    subject = Subject.of(card, samples, encoder=encoder, examples=examples, timeout_s=timeout_s)
    return tuple(Check(promise, subject) for promise in PROMISES if promise.applies(subject))
