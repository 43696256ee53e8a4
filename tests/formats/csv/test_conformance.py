"""The CSV parser keeps the promises that every parser makes."""

from __future__ import annotations

import pytest

from telemparse.formats.csv.card import CARD
from telemparse.testing import Check, conformance

pytestmark = pytest.mark.slow


# There is an example of each dialect: together they are damaged some hundred times all the same.
@conformance(CARD, examples=25)
def test_conformance(check: Check) -> None:
    check()
