"""Hypothesis strategies of recordings, of damage to them, and of files that are none.

All arguments but the sample of `damaged` are keyword-only; everything is bounded, and nothing is drawn
to be thrown away.
"""

from __future__ import annotations

from telemparse.testing.strategies.damage import Damage, Damaged, damaged
from telemparse.testing.strategies.foreign import strangers

__all__ = ["Damage", "Damaged", "damaged", "strangers"]
