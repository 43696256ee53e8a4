"""What every parser promises, checked on the examples."""

from __future__ import annotations

from telemparse.testing import Check, conformance

from telemparse_fit import CARD
from telemparse_fit.examples import EXAMPLES


@conformance(CARD, samples=EXAMPLES)
def test_conformance(check: Check) -> None:
    check()
