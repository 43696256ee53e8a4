"""Promises to refuse strangers, and takes whatever has a byte in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung
from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("glutton", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Take everything."""
    found = honest.detect(sniffs)
    return found if found.rung is Rung.SIGNATURE else Detection(Rung.SHAPE, ("there are bytes",))
