"""Promises to look at the content, and reads the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.detection import Detection, Rung
from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("name_reader", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Believe the extension."""
    named = any(sniff.extension == ".honest" for sniff in sniffs)
    return Detection(Rung.SIGNATURE if named else Rung.NO, ("is named so",))
