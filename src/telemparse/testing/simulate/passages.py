"""Exact instants at which the truth passes gates, and the laps and sectors between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.texts import strings
from telemparse.schemas import build

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.testing.simulate.layouts import GateLine, Layout
    from telemparse.testing.simulate.truths import Truth

__all__ = ["Timing", "passages_s", "timing_of"]

_STOOD_MPS = 0.05
_STOOD_S = 0.5
_HZ = 100
_HALVINGS = 48
"""From a hundredth of a second to what a float can tell."""


@attrs.frozen(eq=False)
class Timing:
    """The true laps and sectors of a run.

    Args:
        crossings_s: of the start/finish line, seconds since the start of the run, shape (k,).
        crossings_ns: likewise, ns since 1970, UTC, rounded, shape (k,).
        lap_times_s: of the rows of `laps`, shape (m,).
        sector_times_s: shape (m, sectors); NaN where a gate was passed by.
        laps: canonical table; a lap is the time between two crossings of one stint. `INVALID` are those
            through the pit lane, and those in which the car stood: it rests before it is carried, too.
        sectors: canonical table, those of known time.
        valid: which rows of `laps` are `VALID`, shape (m,).
    """

    crossings_s: Floats
    crossings_ns: Ints
    lap_times_s: Floats
    sector_times_s: Floats
    laps: pa.Table
    sectors: pa.Table
    valid: Mask


def passages_s(truth: Truth, gate: GateLine) -> Floats:
    """Return when the truth crosses a gate in its direction between its ends, seconds since the start."""
    middle, along = np.array(gate.middle_m), np.array(gate.along)
    knots = truth.spline.x
    # At the knots the cubics are their last coefficients; no car crosses and comes back between two.
    ahead = (truth.spline.c[-1, :, :2] - middle) @ along
    rows = np.flatnonzero((ahead[:-1] < 0) & (ahead[1:] >= 0))
    first, last = knots[rows], knots[rows + 1]
    for _halving in range(_HALVINGS):
        half = (first + last) / 2
        behind = (truth.spline(half)[:, :2] - middle) @ along < 0
        first, last = np.where(behind, half, first), np.where(behind, last, half)
    states = truth.at_s(last)
    aside = (states.position_m - middle) @ np.array([-gate.along[1], gate.along[0]])
    return np.asarray(last[(np.abs(aside) <= gate.half_m) & (states.velocity_mps @ along > 0)])


def timing_of(truth: Truth, layout: Layout) -> Timing:
    """Return the true laps and sectors of a run over a circuit."""
    crossings = passages_s(truth, layout.line)
    progress = truth.spline(crossings)[:, 2] if len(crossings) else np.zeros(0)
    tour = np.rint((progress - layout.circuit.line_m) / layout.length_m).astype(np.int64)
    stint = _stints(truth, crossings)
    held = np.flatnonzero(stint[1:] == stint[:-1])
    start, end = crossings[held], crossings[held + 1]
    seen = _Seen.of(truth)
    driven = seen.distance_m(end) - seen.distance_m(start)
    pitted = tour[held + 1] - tour[held] != 1
    spoiled = pitted | (seen.stood_s(end) - seen.stood_s(start) > _STOOD_S)
    marks = np.full((len(held), len(layout.sector_lines) + 2), np.nan)
    marks[:, 0], marks[:, -1] = start, end
    for column, gate in enumerate(layout.sector_lines, 1):
        passed = passages_s(truth, gate)
        first = np.searchsorted(passed, start)
        within = np.append(passed, np.inf)[first]
        marks[:, column] = np.where((within < end) & ~pitted, within, np.nan)
    return Timing(
        crossings_s=crossings,
        crossings_ns=truth.start_ns + np.rint(crossings * NS_PER_S).astype(np.int64),
        lap_times_s=end - start,
        sector_times_s=np.diff(marks, axis=1),
        laps=_laps(truth, start, end, stint=stint[held], driven=driven, spoiled=spoiled, pitted=pitted),
        sectors=_sectors(truth, marks, stint[held]),
        valid=~spoiled,
    )


def _stints(truth: Truth, crossings: Floats) -> Ints:
    """Return which stint each crossing belongs to."""
    return np.searchsorted(np.array([parked.first_s for parked in truth.parked]), crossings).astype(np.int64)


@attrs.frozen(eq=False)
class _Seen:
    """Distance and standing time as running sums."""

    t_s: Floats
    distance: Floats
    stood: Floats

    @classmethod
    def of(cls, truth: Truth) -> _Seen:
        t_s = np.arange(int(truth.seconds * _HZ) + 1) / _HZ
        position = truth.spline(t_s)[:, :2]
        steps = np.hypot(*np.diff(position, axis=0).T)
        slow = steps * _HZ < _STOOD_MPS
        sums = [np.concatenate([[0.0], np.cumsum(some)]) for some in (steps, slow / _HZ)]
        return cls(t_s, *sums)

    def distance_m(self, at_s: Floats) -> Floats:
        return np.interp(at_s, self.t_s, self.distance)

    def stood_s(self, at_s: Floats) -> Floats:
        return np.interp(at_s, self.t_s, self.stood)


def _ns(seconds: Floats) -> Ints:
    return np.rint(seconds * NS_PER_S).astype(np.int64)


def _laps(
    truth: Truth, start: Floats, end: Floats, *, stint: Ints, driven: Floats, spoiled: Mask, pitted: Mask
) -> pa.Table:
    t_start, t_end = truth.start_ns + _ns(start), truth.start_ns + _ns(end)
    ends = np.concatenate([[0], np.cumsum(pitted)])
    words = strings(["PIT_AFFECTED"] * int(pitted.sum()))
    columns = {
        "lap_number": np.arange(1, len(start) + 1),
        "stint_index": stint,
        "t_start": t_start,
        "t_end": t_end,
        "duration_ns": t_end - t_start,
        "distance_m": driven,
        "validity": strings(["INVALID" if bad else "VALID" for bad in spoiled]).dictionary_encode(),
        "confidence": strings(["HIGH"] * len(start)).dictionary_encode(),
        "reasons": pa.ListArray.from_arrays(to_arrow(ends, pa.int32()), words),
        "source": strings(["user_defined"] * len(start)).dictionary_encode(),
        "duration_std_s": np.zeros(len(start)),
    }
    return pa.Table.from_batches([build("laps", columns)])


def _sectors(truth: Truth, marks: Floats, stint: Ints) -> pa.Table:
    count = marks.shape[1] - 1
    known = np.isfinite(np.diff(marks, axis=1)).ravel()
    t_start = truth.start_ns + _ns(np.nan_to_num(marks[:, :-1])).ravel()[known]
    t_end = truth.start_ns + _ns(np.nan_to_num(marks[:, 1:])).ravel()[known]
    lap = np.repeat(np.arange(1, len(marks) + 1), count)[known]
    columns = {
        "lap_number": lap,
        "stint_index": stint[lap - 1],
        "sector_index": np.tile(np.arange(count), len(marks))[known],
        "t_start": t_start,
        "t_end": t_end,
        "duration_ns": t_end - t_start,
        "duration_std_s": np.zeros(len(lap)),
        "source": strings(["user_defined"] * len(lap)).dictionary_encode(),
    }
    return pa.Table.from_batches([build("sectors", columns)])
