"""How evenly the rows of a stream follow each other: rate, jitter, gaps, drift, and what is out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.stamps import stamps_ns
from telemparse.errors import CallError
from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["BREAK_S", "Gaps", "Timing", "timing"]

BREAK_S = 60.0
"""Steps longer than this are pauses of the recording, not gaps in it."""

_GAPS_HIGH = 0.05  # of the time
_JITTER_HIGH = 0.1  # of the period
_EXPECTED = 1.5  # periods: beyond, an epoch is missing
_TO_SIGMA = 1.4826  # of a median deviation, for normal errors
_ROUND = 0.01  # how near a rate is to a whole one that it is meant to be
_PER_MILLION = 1e6


@attrs.frozen
class Gaps:
    """Steps in which at least one epoch is missing, without the pauses.

    Args:
        count: of such steps.
        share: of the recorded time that the missing epochs take, 0 to 1.
        longest_s: longest such step, 0.0 where there is none.
    """

    count: int = 0
    share: float = 0.0
    longest_s: float = 0.0


@attrs.frozen(kw_only=True)
class Timing:
    """Evenness of a stream's rows in time; what two rows cannot tell is None.

    Args:
        rows: of the table, all of them.
        period_s: usual step between different instants, refined from its median, None below two instants.
        nominal_hz: rate as declared by the caller, else the whole number of rows a second, or of seconds a
            row, within 1 % of the measured rate, else the measured rate.
        jitter_s: robust standard deviation of the steps around whole periods (1.4826 median deviations).
        gaps: missing epochs.
        breaks: pauses, steps longer than `BREAK_S`.
        duration_s: recorded time without the pauses.
        drift_ppm: how much longer the periods are than those of a declared rate; None without one.
        duplicates: rows whose instant stands in an earlier row, too.
        out_of_order: rows that come after a later instant.
        issues: `TIME_NOT_MONOTONIC`, `TIME_DUPLICATES_DROPPED` and, of positions, `GNSS_GAPS_HIGH` (more
            than 5 % of the time) and `GNSS_JITTER_HIGH` (more than a tenth of the period).
    """

    rows: int
    period_s: float | None = None
    nominal_hz: float | None = None
    jitter_s: float | None = None
    gaps: Gaps = Gaps()
    breaks: int = 0
    duration_s: float = 0.0
    drift_ppm: float | None = None
    duplicates: int = 0
    out_of_order: int = 0
    issues: tuple[Issue, ...] = ()


def timing(table: pa.Table, *, nominal_hz: float | None = None) -> Timing:
    """Return how evenly a stream's rows follow each other.

    Args:
        table: any stream with `t`, in any order.
        nominal_hz: rate that the device is known to keep, for the drift.

    Raises CallError for a table without stamps in nanoseconds, and for a rate that is none.
    """
    if nominal_hz is not None and not (np.isfinite(nominal_hz) and nominal_hz > 0):
        raise CallError(f"a rate is a number above 0, not {nominal_hz!r}")
    t_ns = stamps_ns(table)
    late = int((t_ns < np.maximum.accumulate(t_ns)).sum()) if len(t_ns) else 0
    instants = t_ns if bool((t_ns[1:] > t_ns[:-1]).all()) else np.unique(t_ns)
    found = attrs.evolve(
        # As unsigned, centuries between two stamps do not overflow.
        _evenness(np.diff(instants.view(np.uint64)).astype(np.float64) / NS_PER_S, nominal_hz),
        rows=len(t_ns),
        duplicates=len(t_ns) - len(instants),
        out_of_order=late,
    )
    return attrs.evolve(found, issues=tuple(_issues(found, table)))


def _evenness(steps: Floats, declared_hz: float | None) -> Timing:
    if not len(steps):
        return Timing(rows=0, nominal_hz=declared_hz)
    usual = float(np.quantile(steps, 0.5, method="lower"))
    near = (steps > usual / 2) & (steps < _EXPECTED * usual)
    period = float(steps[near].mean())
    pause = steps > max(BREAK_S, _EXPECTED * period)
    steps_within = steps[~pause]
    duration = float(steps_within.sum())
    off = np.abs(steps_within - period * np.maximum(np.rint(steps_within / period), 1))
    jitter = _TO_SIGMA * float(np.median(off)) if len(off) else 0.0
    # Where stamps scatter, a long step is no gap when the next one is short for it.
    wide = steps_within[steps_within > _EXPECTED * period + 3 * jitter]
    lost = float((wide - period).sum())
    return Timing(
        rows=0,
        period_s=period,
        nominal_hz=_nominal_hz(1 / period) if declared_hz is None else declared_hz,
        jitter_s=jitter,
        gaps=Gaps(len(wide), lost / (duration + period), float(wide.max())) if len(wide) else Gaps(),
        breaks=int(pause.sum()),
        duration_s=duration,
        drift_ppm=None if declared_hz is None else _drift_ppm(steps, pause, declared_hz),
    )


def _nominal_hz(rate_hz: float) -> float:
    """Return the rate that a measured one is meant to be, itself where that is not plain."""
    whole = round(rate_hz) if rate_hz > 1 else 1 / max(round(1 / rate_hz), 1)
    return float(whole) if abs(rate_hz - whole) <= _ROUND * whole else rate_hz


def _drift_ppm(steps: Floats, pause: Mask, declared_hz: float) -> float | None:
    """Return by how much periods are longer than declared: the slope of stamps over counted epochs.

    Each run between pauses is fitted by itself: over a pause epochs cannot be counted.
    """
    counts = np.rint(steps * declared_hz)
    run = np.concatenate([[0], np.cumsum(pause)])
    epoch = np.concatenate([[0.0], np.cumsum(counts)])
    # Only the part of time that the count does not explain: it keeps its digits.
    rest = np.concatenate([[0.0], np.cumsum(steps - counts / declared_hz)])
    size = np.bincount(run)
    epoch -= (np.bincount(run, epoch) / size)[run]
    rest -= (np.bincount(run, rest) / size)[run]
    spread = float(epoch @ epoch)
    return float(epoch @ rest) / spread * declared_hz * _PER_MILLION if spread else None


def _issues(found: Timing, table: pa.Table) -> list[Issue]:
    stream = (table.schema.metadata or {}).get(b"stream", b"the table").decode()
    issues = []
    if found.out_of_order:
        issues.append(Issue("TIME_NOT_MONOTONIC", stream=stream, count=found.out_of_order))
    if found.duplicates:
        issues.append(Issue("TIME_DUPLICATES_DROPPED", stream=stream, count=found.duplicates))
    if found.period_s is None or found.jitter_s is None or "lat_deg" not in table.column_names:
        return issues
    if found.gaps.share > _GAPS_HIGH:
        issues.append(
            Issue(
                "GNSS_GAPS_HIGH",
                share_pct=round(100 * found.gaps.share, 1),
                count=found.gaps.count,
                longest_s=round(found.gaps.longest_s, 3),
            )
        )
    if found.jitter_s > _JITTER_HIGH * found.period_s:
        issues.append(
            Issue(
                "GNSS_JITTER_HIGH",
                jitter_ms=round(1e3 * found.jitter_s, 1),
                period_ms=round(1e3 * found.period_s, 1),
            )
        )
    return issues
