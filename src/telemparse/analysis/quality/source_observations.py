"""What holds for a recording as a whole: its clock, its integrity, how its streams overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from telemparse.analysis.quality.observed import seen, share_pct, unseen
from telemparse.analysis.stamps import stamps_ns
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from telemparse.analysis.quality.observed import Observed
    from telemparse.kernels.arrays import Ints
    from telemparse.model.issues import Issue

__all__ = ["observe_clock", "observe_integrity", "observe_overlap", "observe_pose"]

_COUNTED = 1_000_000_000  # ns between rows that stand for seconds
_BROKEN_PCT = 50.0


def observe_clock(stream: str, table: pa.Table) -> Mapping[str, Observed]:
    """Return what the stamps of a stream with rows say of its clock."""
    t_ns = stamps_ns(table)
    base = (table.schema.metadata or {}).get(b"time_base", b"utc").decode()
    late = t_ns < np.maximum.accumulate(t_ns)
    repaired = late
    if "quality_flags" in table.column_names:
        repaired = late | ((numpy_view(table["quality_flags"]) & QualityFlag.TIME_REPAIRED) > 0)
    repeated = len(t_ns) - len(np.unique(t_ns))
    # Sensors hand over samples in packets; positions of one instant are a fault.
    duplicates = 100 * repeated / len(t_ns) if "lat_deg" in table.column_names else 0.0
    share = share_pct(repaired)
    return {
        "time_repaired_pct": seen(share, stream=stream, count=int(repaired.sum())),
        "time_duplicates_pct": seen(duplicates, stream=stream, count=repeated),
        "time_relative": seen(float(base != "utc"), stream=stream, time_base=base),
        "time_broken": _broken(stream, base, t_ns, share),
    }


def _broken(stream: str, base: str, t_ns: Ints, repaired_pct: float) -> Observed:
    steps = np.diff(t_ns)
    reason = ""
    if base == "index" and (not len(steps) or (steps == _COUNTED).all()):
        reason = "rows are counted, there is no clock"
    elif len(steps) and not steps.any():
        reason = "all rows have the same time"
    elif repaired_pct > _BROKEN_PCT:
        reason = f"{repaired_pct:.0f} % of the times are repaired"
    return seen(float(bool(reason)), stream=stream, reason=reason)


def observe_integrity(issues: Iterable[Issue]) -> Mapping[str, Observed]:
    """Return whether the bytes are what they were: what a parse found."""
    mismatches = [issue for issue in issues if issue.code == "INTEGRITY_HASH_MISMATCH"]
    evidence = dict(mismatches[0].evidence) if mismatches else {}
    return {"source_hash_mismatch": seen(float(bool(mismatches)), **evidence)}


def observe_overlap(gnss: pa.Table, inertial: pa.Table) -> Mapping[str, Observed]:
    """Return the share of the positions' time that an inertial stream covers, 0 on another kind of clock."""
    bases = [(table.schema.metadata or {}).get(b"time_base", b"utc").decode() for table in (gnss, inertial)]
    if bases[0] != bases[1]:
        return {"alignment_overlap_pct": seen(0.0, share_pct=0.0, reason=" and ".join(bases))}
    ours, theirs = stamps_ns(gnss), stamps_ns(inertial)
    span = int(ours.max()) - int(ours.min())
    common = min(int(ours.max()), int(theirs.max())) - max(int(ours.min()), int(theirs.min()))
    share = 100 * max(common, 0) / span if span else 100.0 * (common >= 0)
    return {"alignment_overlap_pct": seen(share, share_pct=share, reason=f"one clock, {bases[0]}")}


def observe_pose(table: pa.Table) -> Mapping[str, Observed]:
    """Return how sure a fused pose says it is; middle values of its standard deviations."""
    east, north, yaw = (_middle(table, name) for name in ("pos_std_e_m", "pos_std_n_m", "yaw_std_rad"))
    position = unseen("the pose has no standard deviation of its position")
    if east is not None and north is not None:
        sigma = math.hypot(east, north)
        position = seen(sigma, sigma_m=sigma)
    return {
        "fusion_position_sigma_m": position,
        "fusion_sigma_unknown": seen(float(position.value is None), sigma_m="an unknown number of"),
        "fusion_yaw_sigma_deg": unseen("the pose has no standard deviation of its yaw")
        if yaw is None
        else seen(math.degrees(yaw), sigma_deg=math.degrees(yaw)),
    }


def _middle(table: pa.Table, name: str) -> float | None:
    if name not in table.column_names:
        return None
    values = numpy_view(table[name])[validity(table[name])]
    return float(np.median(values)) if len(values) else None
