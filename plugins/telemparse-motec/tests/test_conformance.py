"""What every parser promises, checked on the examples, and on a log with the LDX beside it."""

from __future__ import annotations

from collections.abc import Mapping

from telemparse.testing import Check, conformance

from telemparse_motec import CARD
from telemparse_motec.examples import EXAMPLES

SAMPLES: Mapping[str, bytes | Mapping[str, bytes]] = {
    **EXAMPLES,
    "outing": {"outing.ld": EXAMPLES["laps.ld"], "outing.ldx": EXAMPLES["beacons.ldx"]},
}


@conformance(CARD, samples=SAMPLES)
def test_conformance(check: Check) -> None:
    check()
