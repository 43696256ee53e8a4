"""What finding laps comes to: the table of laps, of sectors, the gate, and how it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.analysis.motions import Motion
    from telemparse.model.gates import Gate
    from telemparse.model.issues import Issue

__all__ = ["Laps"]


@attrs.frozen(eq=False, kw_only=True)
class Laps:
    """Laps of a recording, found at a gate.

    Args:
        table: stream `laps`, one row a lap in order, no rows where none was found; its metadata names the
            technique and its parameters.
        sectors: stream `sectors`, no rows without sector gates.
        gate: start/finish line that was used, None where there is none.
        sector_gates: in order of travel, those that the laps pass.
        motion: states along the path that the times were read from, None where there was no path.
        issues: findings with registry codes; `LAPS_NOT_FOUND` says why the table is empty.
        diagnostics: facts of the technique by name: plain numbers and words.
    """

    table: pa.Table
    sectors: pa.Table
    gate: Gate | None
    sector_gates: tuple[Gate, ...] = ()
    motion: Motion | None
    issues: tuple[Issue, ...] = ()
    diagnostics: Mapping[str, Any] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return int(self.table.num_rows)
