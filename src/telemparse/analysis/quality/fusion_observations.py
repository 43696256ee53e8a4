"""What a fusion says of itself: whether clocks fitted, what lay beyond the gate, when it rested on less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.analysis.quality.observed import seen
from telemparse.analysis.stamps import stamps_ns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.analysis.fusion.outcomes import Fused
    from telemparse.analysis.quality.observed import Observed

__all__ = ["observe_fusion"]

_CLOCKS = "TIME_ALIGNMENT_DRIFT"


def observe_fusion(fused: Fused) -> Mapping[str, Observed]:
    """Return what is known of a fusion, one that was refused included."""
    clocks = [issue for issue in fused.issues if issue.code == _CLOCKS]
    evidence = dict(clocks[0].evidence) if clocks else {}
    found = {"alignment_uncertain": seen(float(bool(clocks)), **evidence)}
    if fused.health is None or fused.table is None or not fused.ok:
        return found
    spans = fused.health.degraded
    t_ns = stamps_ns(fused.table)
    whole = max(float(t_ns[-1] - t_ns[0]) / 1e9, 1e-9)
    share = min(100 * sum(span.seconds for span in spans) / whole, 100.0)
    sigma = max((span.position_std_m for span in spans), default=0.0)
    outliers = fused.health.outlier_pct
    return {
        **found,
        "fusion_outlier_pct": seen(outliers, share_pct=outliers),
        "fusion_degraded_pct": seen(share, sigma_m=sigma),
    }
