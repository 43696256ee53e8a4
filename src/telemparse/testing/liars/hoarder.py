"""Promises examples for its neighbours, and keeps them to itself."""

from __future__ import annotations

from telemparse.testing.liars.honest import card_of

__all__ = ["CARD"]

CARD = card_of("hoarder", examples=None)
