"""What every parser promises, checked on the examples."""

from __future__ import annotations

from telemparse.testing import Check, conformance

from telemparse_ubx import CARD
from telemparse_ubx.examples import EXAMPLES


@conformance(CARD, samples=EXAMPLES, examples=20)
def test_conformance(check: Check) -> None:
    check()
