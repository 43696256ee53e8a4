"""What every parser promises, checked on the examples."""

from __future__ import annotations

from telemparse.testing import Check, conformance

from telemparse_vbb import CARD
from telemparse_vbb.examples import EXAMPLES


@conformance(CARD, samples=EXAMPLES, examples=8)
def test_conformance(check: Check) -> None:
    check()
