"""Two recordings of one drive on one clock: offset and drift out of their speeds, with honest errors.

Correlation finds roughly where the recordings lie to each other; least squares with offset, drift and gain
find it to a part of a sample. What both recordings call speed is matched: when one receiver tags its velocity
late, or one sensor filters it, the offset holds that delay, and no sigma knows of it. Rates of turn are no
substitute: tyres slip, so a gyroscope is 38 to 115 ms away from the course over ground while the formal sigma
of such a match says 1 to 4 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.clock_fits import LEAST_OVERLAP_S, refined
from telemparse.analysis.clock_matches import ClockMatch
from telemparse.analysis.speed_signals import Signal, Speeds, resemblance
from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from telemparse.analysis.clock_fits import Fit
    from telemparse.kernels.arrays import Floats

__all__ = ["match_clocks"]

_LEAST_SIGMA_S = 0.04  # of the smoothing
_STEPS = 5  # samples of a signal in one sigma of its smoothing
_LONGEST = 2_000_000  # samples of a signal: 11 hours at 10 Hz
_COARSE_S = 0.1
_LEAST_PART = 0.2  # of the shorter recording
_CANDIDATES, _APART_S, _WORTH = 3, 2.0, 0.5
_ALIKE, _DISTINCT = 0.8, 1.5
_PER_MILLION = 1e6


def match_clocks(
    a: pa.Table,
    b: pa.Table,
    *,
    columns_a: str | Sequence[str] | None = None,
    columns_b: str | Sequence[str] | None = None,
    tolerance_s: float = 0.01,
) -> ClockMatch:
    """Return how the clock of recording b stands to that of a, by the speed that both measured.

    The clocks may be any time apart, the speeds in any units; the recordings must overlap by 20 s and by a
    fifth of the shorter one.

    Args:
        a: stream whose clock counts: `gnss_pvt`, or channels with a speed.
        b: stream of the other recording.
        columns_a: of the speed, or of several whose mean it is; when absent `speed_mps`, else the length of
            the velocity north and east, else the mean of the front wheels.
        columns_b: likewise. The wheels of one side are slower in bends to that side, and driven wheels slip:
            one wheel alone puts the offset 5 to 13 ms off, the mean of an axle that is not driven does not.
        tolerance_s: standard deviation anywhere in the overlap above which the match is uncertain.

    Raises CallError for tables without stamps or without speeds.
    """
    base = (a.schema.metadata or {}).get(b"time_base", b"utc").decode()
    speeds = Speeds.of(a, columns_a), Speeds.of(b, columns_b)
    if min(len(each.t_ns) for each in speeds) < 2:  # noqa: PLR2004  (a step has two ends)
        return _none("too few speeds", base)
    sigma = max(_LEAST_SIGMA_S, *(each.period_s for each in speeds))
    # Whatever the stamps say, memory stays that of a day.
    step = max(sigma / _STEPS, *(each.t_s[-1] / _LONGEST for each in speeds))
    signal_a, signal_b = (Signal.of(each, step, step * _STEPS) for each in speeds)
    starts = _candidates(signal_a, signal_b)
    fits = [fit for start in starts if (fit := refined(signal_a, signal_b, start)) is not None]
    if not fits:
        return _none("the speeds do not resemble each other for long enough", base)
    fits.sort(key=lambda fit: fit.scatter)
    best = fits[0]
    second = next((fit for fit in fits[1:] if abs(fit.offset_s - best.offset_s) > _APART_S), None)
    found = _match(best, speeds[0].t_ns[0], speeds[1].t_ns[0], base)
    reason = _doubt(best, second, found, tolerance_s)
    return attrs.evolve(found, issues=(_issue(reason, found),)) if reason else found


def _candidates(a: Signal, b: Signal) -> Floats:
    """Return the lags, seconds, at which two signals resemble each other most, the best one first."""
    every = max(1, round(_COARSE_S / a.step_s))
    a, b = a.every(every), b.every(every)
    least = max(LEAST_OVERLAP_S / a.step_s, _LEAST_PART * min(a.known.sum(), b.known.sum()))
    lags, correlation = resemblance(a, b, int(least))
    padded = np.pad(correlation, 1)
    peaks = np.flatnonzero((correlation >= padded[:-2]) & (correlation > padded[2:]) & (correlation > _WORTH))
    peaks = peaks[np.argsort(-correlation[peaks], kind="stable")]
    chosen: list[int] = []
    while len(peaks) and len(chosen) < _CANDIDATES:
        chosen.append(peaks[0])
        peaks = peaks[np.abs(peaks - peaks[0]) * a.step_s > _APART_S]
    return np.asarray(lags[chosen] * a.step_s, np.float64)


def _match(fit: Fit, start_a_ns: int, start_b_ns: int, base: str) -> ClockMatch:
    """Return the fit the other way round: from b's clock to a's, between the clocks themselves."""
    pivot_s = fit.middle_s + fit.offset_s
    # b runs 1 + drift seconds in a second of a.
    rate = 1 + (fit.drift or 0.0)
    return ClockMatch(
        offset_ns=int(start_a_ns) - int(start_b_ns) - round(fit.offset_s * NS_PER_S),
        pivot_ns=int(start_b_ns) + round(pivot_s * NS_PER_S),
        drift_ppm=None if fit.drift is None else (1 / rate - 1) * _PER_MILLION,
        gain=fit.gain,
        offset_std_s=fit.offset_std_s,
        drift_std_ppm=None if fit.drift_std is None else fit.drift_std / rate**2 * _PER_MILLION,
        overlap_s=fit.overlap_s,
        correlation=fit.correlation,
        time_base=base,
    )


def _doubt(fit: Fit, second: Fit | None, found: ClockMatch, tolerance_s: float) -> str:
    """Return why a match must not be trusted, an empty word where it may."""
    at_ends = np.hypot(fit.offset_std_s, (fit.drift_std or 0.0) * fit.overlap_s / 2)
    if found.correlation < _ALIKE or fit.gain <= 0:
        return f"the speeds hardly resemble each other (correlation {found.correlation:.2f})"
    if second is not None and second.scatter < _DISTINCT * fit.scatter:
        apart = abs(second.offset_s - fit.offset_s)
        return f"the speeds match as well {apart:.1f} s apart"
    if at_ends > tolerance_s:
        return f"standard deviation {1e3 * at_ends:.1f} ms"
    return ""


def _none(reason: str, base: str) -> ClockMatch:
    found = ClockMatch(time_base=base)
    return attrs.evolve(found, issues=(_issue(reason, found),))


def _issue(reason: str, found: ClockMatch) -> Issue:
    facts = {"drift_ppm": found.drift_ppm, "offset_std_s": found.offset_std_s, "overlap_s": found.overlap_s}
    known: dict[str, Any] = {key: float(f"{value:.3g}") for key, value in facts.items() if value is not None}
    return Issue("TIME_ALIGNMENT_DRIFT", reason=reason, **known)
