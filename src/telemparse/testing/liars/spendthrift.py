"""Promises a few bytes more, and asks for the whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars import honest

if TYPE_CHECKING:
    from telemparse.model.detection import Detection, Sniff

__all__ = ["CARD", "detect"]

CARD = honest.card_of("spendthrift", detector=f"{__name__}:detect")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Read everything first."""
    for sniff in sniffs:
        sniff.more(0, sniff.size)
    return honest.detect(sniffs)
