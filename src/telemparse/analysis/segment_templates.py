"""Segments that a catalogue knows, laid over the track that was driven, or refused where they do not fit."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from telemparse.analysis.gate_lines import GateLine
from telemparse.model.gates import Track
from telemparse.model.issues import Issue
from telemparse.schemas import build

if TYPE_CHECKING:
    from telemparse.analysis.ways import Way
    from telemparse.kernels.arrays import Floats
    from telemparse.kernels.local_frame import LocalFrame

__all__ = ["fitted"]

_LENGTHS = 0.05
"""Lengths of one lap of one layout differ by less than this share."""
_BENDS = 0.8
"""Share of the template's apexes that have to be found ..."""
_NEAR = 0.02
"""... within this share of the lap."""


def fitted(
    found: pa.Table, template: pa.Table | Track, way: Way, frame: LocalFrame
) -> tuple[pa.Table, list[Issue]]:
    """Return segments with a template's names and limits, or as found with the issue that says why not.

    A table fits where its lap is as long as this one and its apexes lie where this one turns the same way;
    its progress is stretched so that the apexes meet. A track fits where the way passes its sector gates in
    order; it has no segments of its own.

    Args:
        found: stream `segments` of the laps.
        template: stream `segments` of a catalogue, or a track.
        way: of the reference lap.
        frame: of its plane.
    """
    if isinstance(template, Track):
        passed = _passes(template, way, frame)
        return found, [] if passed else [_misfit(template.name, "its gates are not passed in order")]
    facts = template.schema.metadata or {}
    name = facts.get(b"track", b"of a catalogue").decode()
    rows = template.sort_by("order_index").to_pylist()
    if not rows:
        return found, [_misfit(name, "it has no segments")]
    length = float(facts.get(b"reference_length_m", max(row["s_end_m"] for row in rows)))
    if not abs(length / way.length_m - 1.0) < _LENGTHS:
        return found, [_misfit(name, f"its lap has {length:.0f} m, this one {way.length_m:.0f} m")]
    pairs = _pairs(rows, found.to_pylist(), way.length_m / length, _NEAR * way.length_m)
    wanted = sum(row["apex_s_m"] is not None for row in rows)
    if len(pairs) < _BENDS * wanted:
        return found, [_misfit(name, f"{len(pairs)} of its {wanted} corners were found")]
    here, there = np.array([(0.0, 0.0), *pairs, (way.length_m, length)]).T

    def moved(column: str) -> list[float | None]:
        values: list[float | None] = template.sort_by("order_index")[column].to_pylist()
        return [None if value is None else float(np.interp(value, there, here)) for value in values]

    columns: dict[str, Any] = {
        name: template.sort_by("order_index")[name].to_pylist()
        for name in (
            "segment_id",
            "name",
            "segment_type",
            "order_index",
            "direction",
            "confidence",
            "reasons",
        )
    }
    columns |= {column: moved(column) for column in ("s_start_m", "s_end_m", "apex_s_m")}
    columns["source"] = ["catalogue_default"] * len(rows)
    lap = (found.schema.metadata or {})[b"reference_lap"].decode()
    batch = build("segments", columns, reference_lap=lap, reference_length_m=way.length_m)
    return pa.Table.from_batches([batch]), []


def _misfit(track: str, reason: str) -> Issue:
    return Issue("TRACK_CATALOGUE_MISMATCH", track=track, reason=reason)


def _pairs(
    rows: list[dict[str, Any]], found: list[dict[str, Any]], scale: float, near_m: float
) -> list[tuple[float, float]]:
    """Return (progress here, progress there) of apexes of the same corner, rising in both."""
    apexes = [(row["apex_s_m"], row["direction"]) for row in found if row["apex_s_m"] is not None]
    pairs: list[tuple[float, float]] = []
    for row in rows:
        there = row["apex_s_m"]
        if there is None:
            continue
        last = pairs[-1][0] if pairs else 0.0
        fitting = [
            apex
            for apex, direction in apexes
            if apex > last and abs(apex - there * scale) <= near_m and row["direction"] in {direction, None}
        ]
        if fitting:
            pairs.append((min(fitting, key=lambda apex: abs(apex - there * scale)), there))
    return pairs


def _passes(track: Track, way: Way, frame: LocalFrame) -> bool:
    """Return whether a way passes a track's sector gates in their order."""
    crossed = [_crossed(GateLine.of(gate, frame), way) for gate in track.sectors]
    return all(len(each) > 0 for each in crossed) and all(
        before.min() < after.max() for before, after in itertools.pairwise(crossed)
    )


def _crossed(line: GateLine, way: Way) -> Floats:
    """Return progress where a way crosses a line, between its ends and in its direction if it has one."""
    distance = line.distance_m(way.position_m)
    rows = np.flatnonzero((distance[1:] >= 0) != (distance[:-1] >= 0))
    beside = np.abs(line.offset_m(way.position_m[rows])) <= line.half_m + way.step_m
    forward = (distance[rows + 1] > distance[rows]) | (not line.directed)
    return np.asarray(way.s_m[rows[beside & forward]])
