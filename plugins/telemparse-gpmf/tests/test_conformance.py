"""What every parser promises, checked on the examples."""

from __future__ import annotations

from telemparse.testing import Check, conformance

from telemparse_gpmf import CARD
from telemparse_gpmf.examples import EXAMPLES


@conformance(CARD, samples=EXAMPLES)
def test_conformance(check: Check) -> None:
    check()
