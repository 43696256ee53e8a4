"""Promises to know its own, and is never sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung
from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("doubter", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Answer SHAPE for what is signed."""
    found = honest.detect(sniffs)
    return Detection(Rung.SHAPE, found.evidence) if found.rung is Rung.SIGNATURE else found
