"""Events of a GPX track: where segments break, and where the fix is lost and comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.texts import strings
from telemparse.schemas import build

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.formats.gpx.clock import Times
    from telemparse.formats.gpx.notes import Notes
    from telemparse.formats.gpx.positions import Fixes
    from telemparse.kernels.xml_blocks import Block

__all__ = ["Moments"]


@attrs.define
class Moments:
    """Watches points go by, block by block."""

    _container: int | None = None
    _lost: bool | None = None  # None before the first point; a first fix after points without one has come

    def batch(self, block: Block, times: Times, fixes: Fixes, notes: Notes) -> pa.RecordBatch | None:
        """Return the events of a block, None where nothing happens."""
        found = sorted([*self._breaks(block, notes), *self._losses(fixes)])
        if not found:
            return None
        rows = np.array([row for row, _order, _kind, _facts in found])
        columns = {
            "t": times.t_ns[rows],
            "event_type": strings([kind for _row, _order, kind, _facts in found]).dictionary_encode(),
            "metadata_json": strings([facts for _row, _order, _kind, facts in found]),
        }
        return build("events", columns, time_base=times.time_base)

    def _breaks(self, block: Block, notes: Notes) -> list[tuple[int, int, str, str]]:
        before = np.concatenate(
            [[block.containers[0] if self._container is None else self._container], block.containers[:-1]]
        )
        self._container = int(block.containers[-1])
        return [
            (row, 0, "segment_break", json.dumps(attrs.asdict(notes.segment(int(block.containers[row])))))
            for row in np.flatnonzero(block.containers != before).tolist()
        ]

    def _losses(self, fixes: Fixes) -> list[tuple[int, int, str, str]]:
        rows = np.flatnonzero(fixes.usable | fixes.without_fix)
        states = fixes.without_fix[rows]
        if not len(rows):
            return []
        if self._lost is None:
            self._lost = bool(states[0])
        changed = np.flatnonzero(np.concatenate([[states[0] != self._lost], states[1:] != states[:-1]]))
        self._lost = bool(states[-1])
        return [
            (row, 1, "fix_lost" if lost else "fix_regained", "{}")
            for row, lost in zip(rows[changed].tolist(), states[changed].tolist(), strict=True)
        ]
