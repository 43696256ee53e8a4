"""Lines of a MyChronoGPS trace: how they are told from other JSON."""

from __future__ import annotations

from typing import Any

__all__ = ["inside", "is_fix", "is_head"]


def is_head(value: Any) -> bool:
    """Tell whether a value is the first line of a trace."""
    first = inside(value)
    return first is not None and "NomCircuit" in first and isinstance(first.get("FL"), list)


def inside(value: Any) -> dict[str, Any] | None:
    """Return the object that a line holds: every line is an array of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def is_fix(value: Any) -> bool:
    """Tell whether a value is a line with a fix."""
    cells = inside(value)
    return cells is not None and {"timestamp", "pointgps"} <= cells.keys()
