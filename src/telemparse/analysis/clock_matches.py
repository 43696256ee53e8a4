"""How the clock of one recording stands to that of another, and stamps moved from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.derivations import derived
from telemparse.analysis.stamps import stamps_ns
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Ints
    from telemparse.model.issues import Issue

__all__ = ["ClockMatch"]

_PER_MILLION = 1e6


@attrs.frozen(kw_only=True)
class ClockMatch:
    """How the clock of recording b stands to that of recording a: `t_a = t_b + offset + drift (t_b - pivot)`.

    Args:
        offset_ns: to be added to b's stamps at the pivot; None where no match was found.
        pivot_ns: instant on b's clock, the middle of the overlap, where the offset is known best.
        drift_ppm: by how much b's seconds are too short; None without a match, and where the overlap is too
            short (60 s) to tell: 0 is used then.
        gain: a's speed over b's.
        offset_std_s, drift_std_ppm: standard deviations of both, from how the residuals of stretches of 8 s
            scatter.
        overlap_s: how long both recordings run at the same time, without gaps.
        correlation: of the speeds as matched, 0.0 without a match.
        time_base: of a.
        issues: `TIME_ALIGNMENT_DRIFT` with the reason where the match must not be trusted.
    """

    offset_ns: int | None = None
    pivot_ns: int | None = None
    drift_ppm: float | None = None
    gain: float | None = None
    offset_std_s: float | None = None
    drift_std_ppm: float | None = None
    overlap_s: float = 0.0
    correlation: float = 0.0
    time_base: str = "utc"
    issues: tuple[Issue, ...] = ()

    @property
    def uncertain(self) -> bool:
        """True where the match must not be used for fusion."""
        return bool(self.issues)

    def moved_ns(self, t_ns: Ints) -> Ints:
        """Return instants of b's clock on a's clock, shape (k,); raises CallError without a match."""
        if self.offset_ns is None or self.pivot_ns is None:
            raise CallError("the clocks were not matched: " + "; ".join(each.message for each in self.issues))
        t_ns = np.asarray(t_ns, np.int64)
        drift = np.rint((t_ns - self.pivot_ns) * ((self.drift_ppm or 0.0) / _PER_MILLION))
        return np.asarray(t_ns + self.offset_ns + drift.astype(np.int64), np.int64)

    def moved(self, table: pa.Table) -> pa.Table:
        """Return any stream of recording b on a's clock, flag bit 2 set; raises CallError without a match."""
        t_ns = self.moved_ns(stamps_ns(table))
        table = table.set_column(
            table.column_names.index("t"),
            table.schema.field("t"),
            to_arrow(t_ns, table.schema.field("t").type),
        )
        if "quality_flags" in table.column_names:
            index = table.column_names.index("quality_flags")
            flags = numpy_view(table["quality_flags"]) | np.uint32(QualityFlag.TIME_REPAIRED)
            table = table.set_column(index, table.schema.field(index), to_arrow(flags, pa.uint32()))
        table = derived(
            table,
            "match_clocks",
            offset_ns=self.offset_ns,
            pivot_ns=self.pivot_ns,
            drift_ppm=self.drift_ppm,
            offset_std_s=self.offset_std_s,
        )
        return table.replace_schema_metadata({**table.schema.metadata, b"time_base": self.time_base.encode()})
