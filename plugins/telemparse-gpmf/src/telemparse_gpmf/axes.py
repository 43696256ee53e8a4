"""Axes of inertial sensors: which channel is which axis of the camera, and which way it points."""

# GPMF introduction, section "IMU Orientation Uses These Axis Labels" and the tables of the cameras: HERO5
# writes Z, X, Y. ORIN names the channels as they are stored, small letters the axes that point the other way;
# ORIO the channels as MTRX puts them.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse_gpmf.layouts import numbers_of

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

    from telemparse_gpmf.records import Strand

__all__ = ["Axes", "axes_of"]

_LABELLED = re.compile(r"\(\s*(-?[xyz])\s*,\s*(-?[xyz])\s*,\s*(-?[xyz])\s*\)", re.IGNORECASE)
_SPOKEN = "up/down,right/left,forward/"
_HERO5 = "ZXY"
_NEAR = 0.5
_CELLS = 9  # of a matrix, three by three
_LETTERS = "XYZ"


@attrs.frozen
class Axes:
    """How stored channels become x, y and z of the camera.

    Args:
        matrix: shape (3, 3); camera = matrix @ stored.
        order: axes of the stored channels, small letters for those that point the other way.
        source: who says so; empty where nobody does.
        calibrated: MTRX is in the matrix.
    """

    matrix: Floats
    order: str
    source: str
    calibrated: bool = False


def axes_of(strand: Strand) -> Axes:
    """Return the axes of a stream with three channels."""
    order, source = _order(strand)
    matrix = np.zeros((3, 3))
    for channel, letter in enumerate(order):
        matrix[_LETTERS.index(letter.upper()), channel] = 1.0 if letter.isupper() else -1.0
    calibrated = _calibrated(strand, order) if source == "ORIN" else None
    if calibrated is not None:
        return Axes(calibrated, order, "ORIN, ORIO, MTRX", calibrated=True)
    return Axes(matrix, order, source)


def _order(strand: Strand) -> tuple[str, str]:
    stated = strand.text("ORIN")
    if _is_order(stated):
        return stated, "ORIN"
    name = strand.text("STNM")
    match = _LABELLED.search(name)
    if match:
        letters = [axis.lstrip("-") for axis in match.groups()]
        order = "".join(
            letter.lower() if axis.startswith("-") else letter.upper()
            for axis, letter in zip(match.groups(), letters, strict=True)
        )
        if _is_order(order):
            return order, "STNM"
    if _SPOKEN in name.replace(" ", ""):
        return _HERO5, "STNM"
    return _HERO5, ""


def _is_order(text: str) -> bool:
    return sorted(text.upper()) == list(_LETTERS)


def _calibrated(strand: Strand, order: str) -> Floats | None:
    """Return MTRX as camera = matrix @ stored, None where it is not there or contradicts ORIN."""
    target = strand.text("ORIO")
    record = strand.facts.get("MTRX")
    values = numbers_of(record) if record is not None else np.zeros(0)
    if not _is_order(target) or len(values) != _CELLS or not np.isfinite(values).all():
        return None
    plain = np.zeros((3, 3))
    for row, out in enumerate(target):
        for channel, letter in enumerate(order):
            if letter.upper() == out.upper():
                plain[row, channel] = 1.0 if letter == out else -1.0
    stored = values.reshape(3, 3)
    # No document says whether rows or columns are the stored channels; only one of them can agree with ORIN.
    fitting = [one for one in (stored, stored.T) if np.abs(one - plain).max() < _NEAR]
    if not fitting:
        return None
    matrix = np.zeros((3, 3))
    for row, out in enumerate(target):
        matrix[_LETTERS.index(out.upper())] = fitting[0][row] * (1.0 if out.isupper() else -1.0)
    return matrix
