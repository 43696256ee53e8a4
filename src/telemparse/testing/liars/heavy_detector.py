"""Promises a light detector, and counts lines with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Detection, Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("heavy_detector", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Do what the honest one does, with a heavy tool."""
    import numpy as np

    counts = [np.frombuffer(sniff.head, np.uint8).size for sniff in sniffs]
    return honest.detect(tuple(sniff for sniff, count in zip(sniffs, counts, strict=True) if count))
