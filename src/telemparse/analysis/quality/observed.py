"""One observation: a number with the evidence behind it, or the reason why there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.kernels.arrays import Mask

__all__ = ["Observed", "seen", "share_pct", "unseen"]

_DIGITS = 3  # behind the point, or as many that are no leading zeros


@attrs.frozen
class Observed:
    """One observation.

    Args:
        value: the number, None where it cannot be measured.
        evidence: what fills the message of a reason that follows from it.
        missing: why there is no number, empty where there is one.
    """

    value: float | None
    evidence: Mapping[str, Any] = attrs.field(factory=dict)
    missing: str = ""


def seen(value: float, **evidence: Any) -> Observed:
    """Return a measured observation; fractions of value and evidence are cut to what people read."""
    return Observed(_plain(value), {name: _plain(item) for name, item in evidence.items()})


def unseen(reason: str) -> Observed:
    """Return an observation that cannot be made, and why."""
    return Observed(None, missing=reason)


def share_pct(rows: Mask) -> float:
    """Return the share of rows that a mask chooses, in percent; 0 of no rows."""
    return 100 * float(rows.mean()) if len(rows) else 0.0


def _plain(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        number = float(value)
        zeros = -math.floor(math.log10(abs(number))) - 1 if 0 < abs(number) < 1 else 0
        short = round(number, _DIGITS + zeros)
        return int(short) if short.is_integer() else short
    return int(value) if isinstance(value, (bool, np.bool_, np.integer)) else value
