"""Events of a track: where segments break, and where the fix is lost and comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.texts import strings
from telemparse.schemas import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from telemparse.formats.trackpoints.clock import Times
    from telemparse.formats.trackpoints.positions import Fixes
    from telemparse.kernels.xml_blocks import Block

__all__ = ["Moments"]


@attrs.define
class Moments:
    """Watches points go by, block by block."""

    _container: int | None = None
    _lost: bool | None = None  # None before the first point; a first fix after points without one has come

    def changes(self, block: Block) -> list[int]:
        """Return the rows of the next block whose container is another than that of the point before."""
        first = block.containers[0] if self._container is None else self._container
        before = np.concatenate([[first], block.containers[:-1]])
        self._container = int(block.containers[-1])
        rows: list[int] = np.flatnonzero(block.containers != before).tolist()
        return rows

    def batch(
        self, times: Times, fixes: Fixes, breaks: Iterable[tuple[int, Mapping[str, Any]]]
    ) -> pa.RecordBatch | None:
        """Return the events of a block, None where nothing happens.

        Args:
            times: of its points.
            fixes: of its points.
            breaks: rows before which the track was interrupted, and facts of what begins there.
        """
        broken = [(row, 0, "segment_break", json.dumps(facts)) for row, facts in breaks]
        found = sorted([*broken, *self._losses(fixes)])
        if not found:
            return None
        rows = np.array([row for row, _order, _kind, _facts in found])
        columns = {
            "t": times.t_ns[rows],
            "event_type": strings([kind for _row, _order, kind, _facts in found]).dictionary_encode(),
            "metadata_json": strings([facts for _row, _order, _kind, facts in found]),
        }
        return build("events", columns, time_base=times.time_base)

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
