"""Promises a light card, and imports numpy beside it."""

from __future__ import annotations

import numpy as np

from telemparse.testing.liars.honest import card_of

__all__ = ["CARD"]

CARD = card_of("heavy_card", support_level=int(np.int64(1)))
