"""Blocks of points, put together from what stencils cover and what the walker brings, in document order."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import strings
from telemparse.kernels.xml_plan import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints
    from telemparse.kernels.xml_outline import Path
    from telemparse.kernels.xml_plan import Columns, Plan
    from telemparse.kernels.xml_walk import Walker

__all__ = ["Block", "Collected"]

_PATHS = 256


@attrs.frozen
class Block:
    """Consecutive points.

    Args:
        rows: how many.
        columns: values by path, each a string array of shape (rows,), null where a point has none.
        offsets: of each point in the document, shape (rows,).
        containers: number of the container that holds each point, from 1, shape (rows,).
        dropped: how often a value had no place in the columns, by path; there are 256 of them.
    """

    rows: int
    columns: Columns
    offsets: Ints
    containers: Ints
    dropped: dict[Path, int] = attrs.field(factory=dict)


@attrs.define
class Collected:
    """Points in the order of the document, out of a plan and out of the walker."""

    plan: Plan | None = None
    walked: list[dict[Path, str]] = attrs.field(factory=list)
    rows: list[tuple[bool, Ints]] = attrs.field(factory=list)
    offsets: list[Ints] = attrs.field(factory=list)
    containers: list[Ints] = attrs.field(factory=list)
    dropped: dict[Path, int] = attrs.field(factory=dict)

    def fits(self, walker: Walker) -> bool:
        """Tell whether the plan holds for where the walker stands."""
        return self.plan is not None and self.plan.context == walker.context

    def run_end(self, ordinal: int, walker: Walker) -> int:
        """Return one past the run of planned points from `ordinal` on, or `ordinal` itself."""
        if self.plan is None or not self.fits(walker):
            return ordinal
        return self.plan.run_end(ordinal)

    def add_run(self, begin: int, stop: int, offsets: Ints, walker: Walker) -> int:
        """Take consecutive points of the plan; return where the last one ends in the buffer."""
        plan = cast("Plan", self.plan)
        self.drain(walker)
        walker.undeclared |= plan.undeclared_in(plan.rows[begin:stop])
        self.rows.append((True, plan.rows[begin:stop]))
        self.offsets.append(offsets)
        self.containers.append(np.full(stop - begin, walker.containers))
        return int(plan.ends[stop - 1])

    def drain(self, walker: Walker) -> None:
        """Take the points that the walker has finished."""
        if not walker.points:
            return
        offsets, containers, values = zip(*walker.points, strict=True)
        self.rows.append((False, len(self.walked) + np.arange(len(values))))
        self.offsets.append(np.array(offsets, np.int64))
        self.containers.append(np.array(containers, np.int64))
        self.walked += values
        walker.points.clear()

    def blocks(self) -> Iterator[Block]:
        """Yield what was collected as one block, if there is anything."""
        if not self.rows:
            return
        planned = self.plan.count if self.plan is not None else 0
        pieces = [(planned, self.plan.columns)] if self.plan is not None and planned else []
        if self.walked:
            pieces.append((len(self.walked), _columns(self.walked, self.dropped)))
        order = np.concatenate([rows if of_plan else planned + rows for of_plan, rows in self.rows])
        columns = joined(pieces)
        if len(order) != sum(count for count, _columns in pieces) or (order != np.arange(len(order))).any():
            chosen = to_arrow(order, pa.int64())
            columns = {path: column.take(chosen) for path, column in columns.items()}
        # A value that none of these points has is no column: a plan may hold points that were not taken.
        columns = {path: column for path, column in columns.items() if column.null_count < len(column)}
        yield Block(
            len(order), columns, np.concatenate(self.offsets), np.concatenate(self.containers), self.dropped
        )


def _columns(points: list[dict[Path, str]], dropped: dict[Path, int]) -> Columns:
    """Return values by path as columns, row by row of `points`; count in `dropped` what has no room."""
    rows: dict[Path, list[int]] = {}
    values: dict[Path, list[str]] = {}
    for row, point in enumerate(points):
        for path, value in point.items():
            if path not in rows:
                if len(rows) >= _PATHS:
                    if len(dropped) < _PATHS or path in dropped:
                        dropped[path] = dropped.get(path, 0) + 1
                    continue
                rows[path], values[path] = [], []
            rows[path].append(row)
            values[path].append(value)
    columns = {}
    for path, places in rows.items():
        column = strings(values[path])
        if len(places) < len(points):
            chosen, valid = np.zeros(len(points), np.int64), np.zeros(len(points), np.bool_)
            chosen[places], valid[places] = np.arange(len(places)), True
            column = column.take(to_arrow(chosen, pa.int64(), valid))
        columns[path] = column
    return columns
