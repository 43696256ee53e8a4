"""The IGC parser keeps the promises that every parser makes."""

from __future__ import annotations

import pytest

from telemparse.formats.igc.card import CARD
from telemparse.testing import Check, conformance

pytestmark = pytest.mark.slow


@conformance(CARD)
def test_conformance(check: Check) -> None:
    check()
