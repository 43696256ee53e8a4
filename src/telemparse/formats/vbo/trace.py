"""The trace of a VBO file as it passes by: epochs with and without a fix, and gates that lie on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.arrays import numpy_view, validity

if TYPE_CHECKING:
    from telemparse.formats.vbo.receiver import Epochs
    from telemparse.kernels.gate_lines import GateChoice

__all__ = ["Trace"]

_MOVING_MPS = 2.0


@attrs.define
class Trace:
    """Watches the receiver's epochs, block by block.

    Args:
        gates: watch the trace.

    Attributes:
        epochs: rows in which the receiver says whether it has a fix.
        without_fix: those in which it has none.
        first_fix: latitude and longitude of the first one, degrees.
    """

    gates: list[GateChoice] = attrs.field(factory=list)
    epochs: int = 0
    without_fix: int = 0
    first_fix: tuple[float, float] | None = None
    _has_fix: bool | None = None

    def follow(self, found: Epochs) -> list[tuple[int, str, float]]:
        """Count epochs with and without a fix; return losses and returns of the fix."""
        if found.usable is None:
            self.epochs += len(found.lat_deg)
            changed = [] if self._has_fix is not False else [(0, "fix_regained", np.nan)]
            self._has_fix = True
            return changed
        epochs = np.flatnonzero(found.usable if found.lost is None else found.usable | found.lost)
        has_fix = found.usable[epochs]
        self.epochs += len(epochs)
        self.without_fix += int((~has_fix).sum())
        if not len(epochs):
            return []
        before = np.concatenate([[has_fix[0] if self._has_fix is None else self._has_fix], has_fix[:-1]])
        self._has_fix = bool(has_fix[-1])
        return [
            (int(epochs[place]), "fix_regained" if has_fix[place] else "fix_lost", np.nan)
            for place in np.flatnonzero(has_fix != before).tolist()
        ]

    def show_gates(self, found: Epochs) -> None:
        """Remember the first fix, and show the trace to the gates."""
        usable = found.usable
        if self.first_fix is None and (usable is None or usable.any()):
            row = 0 if usable is None else int(np.argmax(usable))
            self.first_fix = float(found.lat_deg[row]), float(found.lon_deg[row])
        if not self.gates:
            return
        rows = slice(None) if usable is None else usable
        speed, course = found.columns.get("speed_mps"), found.columns.get("course_deg")
        moving = np.zeros(len(found.lat_deg), np.bool_)
        heading = np.zeros(len(found.lat_deg), np.float64)
        if course is not None:
            heading = numpy_view(course).astype(np.float64)
            moving = validity(course)
            if speed is not None:
                moving = moving & validity(speed) & (numpy_view(speed) > _MOVING_MPS)
        for gate in self.gates:
            gate.watch(found.lat_deg[rows], found.lon_deg[rows], heading[rows], moving[rows])
