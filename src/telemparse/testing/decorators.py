"""The decorators that turn promises into pytest's tests, one for each, none skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from telemparse.testing.kit import ConformanceFailure, known_ids
from telemparse.testing.runs import EXAMPLES, TIMEOUT_S, checks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from telemparse.extension.card import ParserCard
    from telemparse.testing.encoding import Encoder
    from telemparse.testing.kit import Check

__all__ = ["conformance", "parametrized"]


def conformance(
    card: ParserCard,
    *,
    samples: Mapping[str, bytes | Mapping[str, bytes]] | None = None,
    encoder: Encoder | None = None,
    expected_failures: Iterable[str] = (),
    examples: int = EXAMPLES,
    timeout_s: float = TIMEOUT_S,
) -> pytest.MarkDecorator:
    """Give a test function one case for each promise of a parser, as its argument `check`.

    Args:
        card: of the parser, a constant of the module that the plugin's entry point imports.
        samples: small recordings beside the card's own examples: file names to bytes, or a recording's
            name to a mapping of file names to bytes where it has several files.
        encoder: writes tables as the format does; adds the round trip.
        expected_failures: ids of promises that are known not to hold yet; a strict xfail each.
        examples: damaged files and strangers to draw for each sample.
        timeout_s: longest time that one parse may take.

    Raises CallError without any sample and for an id that no check has.
    """
    checks = checks_of(card, samples=samples, encoder=encoder, examples=examples, timeout_s=timeout_s)
    return parametrized(checks, expected_failures)


def parametrized(checks: Sequence[Check], expected_failures: Iterable[str]) -> pytest.MarkDecorator:
    """Return the mark that gives a test function each of the checks in turn."""
    awaited = known_ids(checks, expected_failures)
    failing: Any = pytest.mark.xfail(strict=True, raises=ConformanceFailure)
    cases = [
        pytest.param(check, id=check.id, marks=(failing,) if check.id in awaited else ()) for check in checks
    ]
    return pytest.mark.parametrize("check", cases)
