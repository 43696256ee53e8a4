"""Moments of a drive as events: the line, the pit road, the driver's marker, a new session."""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import Ints, Mask
from telemparse.kernels.texts import strings
from telemparse.schemas import build

__all__ = ["Moment", "Switch", "events_of"]

Moment: TypeAlias = tuple[int, str, float | None]
"""Instant in ns, type of the event, and the number that the simulator gives with it."""


@attrs.define
class Switch:
    """A variable whose changes are events.

    Args:
        rising, falling: types of the events, None for none.
    """

    rising: str | None
    falling: str | None = None
    _last: int | None = None

    def moments(self, values: Ints | Mask, t_ns: Ints, *, numbered: bool = False) -> list[Moment]:
        """Return the events of some records; the first state of a recording is none.

        Args:
            values: shape (n,).
            t_ns: instants, shape (n,).
            numbered: the new value stands with the event.
        """
        numbers = np.asarray(values, np.int64)
        if not len(numbers):
            return []
        first = int(numbers[0]) if self._last is None else self._last
        before = np.concatenate([[first], numbers[:-1]])
        self._last = int(numbers[-1])
        found: list[Moment] = []
        for row in np.flatnonzero(numbers != before).tolist():
            word = self.rising if numbers[row] > before[row] else self.falling
            if word is not None:
                found.append((int(t_ns[row]), word, float(numbers[row]) if numbered else None))
        return found


def events_of(moments: list[Moment], others: list[pa.RecordBatch], time_base: str) -> pa.RecordBatch | None:
    """Return moments and batches of events as one batch in the order of time, None for none.

    Args:
        moments: in any order.
        others: batches of events.
        time_base: of the instants.
    """
    for batch in others:
        kinds = batch.column("event_type").to_pylist()
        instants = batch.column("t").cast(pa.int64()).to_pylist()
        moments = [*moments, *((t_ns, kind, None) for t_ns, kind in zip(instants, kinds, strict=True))]
    if not moments:
        return None
    rows = sorted(moments, key=lambda moment: moment[0])
    columns = {
        "t": np.array([t_ns for t_ns, _word, _value in rows], np.int64),
        "event_type": strings([word for _t_ns, word, _value in rows]).dictionary_encode(),
        "value": np.array([np.nan if value is None else value for *_other, value in rows], np.float64),
        "metadata_json": strings(["{}"] * len(rows)),
    }
    return build("events", columns, time_base=time_base)
