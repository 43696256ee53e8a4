"""What a derived table says of its making: technique, parameters, version, share of interpolated rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemparse import __version__
from telemparse.kernels.arrays import numpy_view
from telemparse.schemas.common import QualityFlag

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["derived", "interpolated_share", "parameters_of"]

_TECHNIQUE, _PARAMETERS, _VERSION, _SHARE, _EARLIER = (
    b"technique", b"parameters", b"telemparse_version", b"interpolated_share", b"earlier_techniques"
)  # fmt: skip


def derived(table: pa.Table, technique: str, *, share: float | None = None, **parameters: Any) -> pa.Table:
    """Return a table whose metadata names what made it, beside all that stood there.

    `technique` and `parameters` (JSON) are those of the last step; `earlier_techniques` (JSON) lists the ones
    before it, the first one first. A step of the same technique takes the place of the one before.

    Args:
        table: as the technique leaves it.
        technique: its name, one word.
        share: of rows that are interpolated, 0 to 1; when absent, what flag bit 0 of the rows says.
        **parameters: numbers, words and lists of them.
    """
    facts = dict(table.schema.metadata or {})
    before = facts.get(_TECHNIQUE, b"").decode()
    earlier = json.loads(facts.get(_EARLIER, b"[]"))
    if before and before != technique:
        earlier.append(before)
    if earlier:
        facts[_EARLIER] = json.dumps(earlier).encode()
    facts[_TECHNIQUE] = technique.encode()
    facts[_PARAMETERS] = json.dumps(parameters).encode()
    facts[_VERSION] = __version__.encode()
    facts[_SHARE] = repr(interpolated_share(table) if share is None else float(share)).encode()
    return table.replace_schema_metadata(facts)


def parameters_of(table: pa.Table, technique: str) -> dict[str, Any]:
    """Return the parameters of a table's last step where that is the technique, else an empty mapping."""
    facts = table.schema.metadata or {}
    same = facts.get(_TECHNIQUE) == technique.encode()
    return dict(json.loads(facts[_PARAMETERS])) if same else {}


def interpolated_share(table: pa.Table) -> float:
    """Return the share of rows that their flag bit 0 says are interpolated; 0 of rows without flags."""
    if "quality_flags" not in table.column_names or not table.num_rows:
        return 0.0
    flags = numpy_view(table["quality_flags"])
    return float(((flags & QualityFlag.INTERPOLATED) > 0).mean())
