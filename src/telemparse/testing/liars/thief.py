"""Promises to leave its neighbours theirs, and claims every track point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung
from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("thief", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Claim GPX as well."""
    if any(b"<trkpt" in sniff.head for sniff in sniffs):
        return Detection(Rung.SIGNATURE, ("there are track points",))
    return honest.detect(sniffs)
