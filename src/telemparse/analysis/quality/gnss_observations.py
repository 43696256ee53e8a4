"""What a stream of positions shows of its quality: dropouts, jumps, rate, the receiver's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.paths import Path
from telemparse.analysis.quality.observed import seen, share_pct, unseen
from telemparse.analysis.teleports import find_jumps
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.quality.observed import Observed
    from telemparse.kernels.arrays import Floats, Mask

__all__ = ["observe_gnss"]

_MISSING = 1.5  # periods: beyond, an epoch is missing
# Stops of a recording are no loss where the vehicle stands before or after, and where the next session
# follows. Of others a minute counts, so that a longer stop does not weigh more than all that was driven.
_PAUSE_S = 60.0
_SESSION_S = 300.0
_STANDING_MPS = 2.0
_FEW_SATELLITES = 5
_POOR = {"hdop": 4.0, "hacc_m": 5.0, "sacc_mps": 1.0}
_NO_FIX = (0, 1, 2, 5)  # none, dead reckoning alone, two-dimensional, time alone
_ACCURACY = ("hdop", "pdop", "hacc_m")


def observe_gnss(table: pa.Table, *, without_fix: int = 0) -> Mapping[str, Observed]:
    """Return the observations of a `gnss_pvt` table with rows, by name.

    Args:
        table: of positions.
        without_fix: epochs that had none, and are no rows.
    """
    path = Path.of(table)
    told = _accuracy(table)
    return {
        **_evenness(path, without_fix),
        "gnss_teleports": _teleports(path),
        **told,
        "gnss_accuracy_unknown": _accuracy_unknown(table),
        "gnss_doubtful_fix_pct": _doubtful(path),
        "gnss_interpolated_pct": _interpolated(path),
        "gnss_velocity_missing_pct": seen(
            share := share_pct(~np.isfinite(path.velocity_mps[:, 0])), share_pct=share
        ),
    }


def _evenness(path: Path, without_fix: int) -> dict[str, Observed]:
    """Return dropouts, the longest gap, jitter and rate: what the stamps tell."""
    lost_pct = 100 * without_fix / (len(path) + without_fix)
    steps = path.step_s
    if not len(steps):
        reason = "one epoch has no rate"
        names = ("gnss_longest_gap_s", "gnss_jitter_pct", "gnss_rate_hz")
        return {
            "gnss_dropout_pct": seen(lost_pct, share_pct=lost_pct, longest_s="unknown"),
            **{name: unseen(reason) for name in names},
        }
    period = path.period_s
    speed = _pace_mps(path)
    standing = np.minimum(speed[:-1], speed[1:]) < _STANDING_MPS
    pause = (steps > _PAUSE_S) & standing | (steps > _SESSION_S)
    steps = steps[~(pause & (steps > _MISSING * period))]
    wide = steps > _MISSING * period
    counted = np.minimum(steps, max(_PAUSE_S, _MISSING * period))
    missing_s = float((counted[wide] - period).sum())
    share = max(100 * missing_s / (float(counted.sum()) + period), lost_pct)
    longest = float(steps[wide].max()) if wide.any() else 0.0
    off = np.abs(steps - period * np.maximum(np.rint(steps / period), 1))
    jitter = float(np.sqrt(np.mean(np.minimum(off, period / 2) ** 2))) if len(off) else 0.0
    rate = (1 - _held(path, speed)) / period
    gaps = {"share_pct": share, "longest_s": longest, "count": int(wide.sum())}
    return {
        "gnss_dropout_pct": seen(share, **gaps),
        "gnss_longest_gap_s": seen(longest, **gaps),
        "gnss_jitter_pct": seen(100 * jitter / period, jitter_ms=1e3 * jitter, period_ms=1e3 * period),
        "gnss_rate_hz": seen(rate, rate_hz=rate, epochs_hz=1 / period),
    }


def _pace_mps(path: Path) -> Floats:
    """Return the speed as measured, where it was not that of the step before, shape (n,)."""
    pace = np.hypot(*np.diff(path.position_m, axis=0).T) / path.step_s
    return np.where(np.isfinite(path.speed_mps), path.speed_mps, np.concatenate([pace[:1], pace]))


def _held(path: Path, speed_mps: Floats) -> float:
    """Return the share of epochs that repeat a position though the vehicle moves."""
    moving = (speed_mps[1:] >= _STANDING_MPS) & np.isfinite(path.speed_mps[1:])
    same = np.all(path.position_m[1:] == path.position_m[:-1], axis=1)
    return float((same & moving).sum() / max(int(moving.sum()), 1))


def _teleports(path: Path) -> Observed:
    jumps = find_jumps(path)
    return seen(jumps.count, count=jumps.count, limit_mps=jumps.limit_mps, largest_m=jumps.largest_m)


def _accuracy(table: pa.Table) -> dict[str, Observed]:
    """Return the shares of fixes that the receiver itself calls poor."""
    found = {}
    for name, limit in _POOR.items():
        values = _known(table, name)
        share = share_pct(values > limit)
        found[f"gnss_poor_{name.partition('_')[0]}_pct"] = (
            seen(share, share_pct=share, reason=f"{name} above {limit:g}") if len(values) else _no(name)
        )
    satellites = _known(table, "sat_count")
    share = share_pct(satellites < _FEW_SATELLITES)
    found["gnss_few_satellites_pct"] = (
        seen(share, share_pct=share, reason=f"fewer than {_FEW_SATELLITES} satellites")
        if len(satellites)
        else _no("sat_count")
    )
    return found


def _no(name: str) -> Observed:
    return unseen(f"the recording has no {name}")


def _known(table: pa.Table, name: str) -> Floats:
    """Return the values of a column that are not null, as floats."""
    if name not in table.column_names:
        return np.zeros(0)
    column = table[name]
    return numpy_view(column)[validity(column)].astype(np.float64)


def _accuracy_unknown(table: pa.Table) -> Observed:
    silent = not any(len(_known(table, name)) for name in _ACCURACY)
    return seen(float(silent), columns=", ".join(_ACCURACY))


def _doubtful(path: Path) -> Observed:
    flagged = (path.flags & QualityFlag.FIX_DOUBTFUL) > 0
    if not flagged.any() and (path.fix_type < 0).all():
        return _no("fix_type")
    doubtful: Mask = flagged | np.isin(path.fix_type, _NO_FIX)
    share = share_pct(doubtful)
    return seen(share, share_pct=share, reason="no full fix, or one the receiver doubts")


def _interpolated(path: Path) -> Observed:
    """Return the share of fixes that the device made between others; times that were made up are none."""
    wanted = QualityFlag.INTERPOLATED
    share = share_pct((path.flags & (wanted | QualityFlag.TIME_REPAIRED)) == wanted)
    return seen(share, share_pct=share)
