"""Rows of the page's tables, by the heads of their columns, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np

from benchmarks.fusion.ordinary import Ordinary
from benchmarks.fusion.outages import Outages
from benchmarks.fusion.recordings import Recorded
from benchmarks.fusion.rows import Outcome, Precision, shown

__all__ = [
    "Cells", "gap_cells", "grid", "nees_cells", "ordinary_cells", "outages_cells", "outcome_cells",
    "precision_cells", "receiver_cells", "recorded_cells", "trouble_cells", "unit_cells",
]  # fmt: skip

Cells: TypeAlias = Mapping[str, str]
"""A row of a table, by the heads of its columns."""


def precision_cells(row: Precision) -> Cells:
    return {
        "circuit": row.scenario.track,
        "fused": f"{row.fused} of {row.runs}",
        **_pairs(row.alone, row.pose),
        "yaw, °": f"{row.pose['yaw']:.3f}",
        "within": f"{row.inside:.4f}",
    }


def nees_cells(row: Precision) -> Cells:
    names = ("all", "position", "velocity", "yaw")
    return {"circuit": row.scenario.track, **{f"NEES of {name}": f"{row.nees[name]:.2f}" for name in names}}


def receiver_cells(row: Outcome) -> Cells:
    scenario = row.scenario
    return {"circuit": scenario.track, "receiver": scenario.gnss, "Hz": str(scenario.rate_hz)}


def trouble_cells(row: Outcome) -> Cells:
    return {**receiver_cells(row), "trouble": row.scenario.trouble}


def unit_cells(row: Outcome) -> Cells:
    return {"circuit": row.scenario.track, "unit": row.scenario.unit}


def outcome_cells(row: Outcome) -> Cells:
    codes = [f"`{code}`" + (f" ({count})" if count < row.runs else "") for code, count in row.codes.items()]
    worst = shown(row.worst)
    return {
        "fused": f"{row.fused} of {row.runs}",
        "codes": ", ".join(codes),
        **_pairs(row.alone, row.pose),
        "worst": f"**{worst}**" if row.worse else worst,
        "covered": f"{100 * row.covered:.1f} %",
    }


def gap_cells(row: Outcome) -> Cells:
    return {**trouble_cells(row), "within": f"{row.gap_inside:.3f}", "grown": f"{100 * row.grown:.0f} %"}


def ordinary_cells(row: Ordinary) -> Cells:
    return {
        "fixes": row.words,
        "fused": f"{row.fused} of {row.runs}",
        **_pairs(row.alone or {}, row.pose),
        "within": f"{row.inside:.3f}",
    }


def outages_cells(row: Outages) -> Cells:
    fused = row.fused or (np.nan, np.nan)
    ways = {"straight": row.straight, "cubic": row.curved, "fused": fused}
    return {
        "outages": f"{row.count} of {row.seconds} s",
        **{f"{name}, m: RMS": _number(values[0], 2) for name, values in ways.items()},
        **{f"{name}: largest": _number(values[1], 2) for name, values in ways.items()},
        "speed, m/s": _number(row.speed_mps, 3),
        "within": _number(row.inside, 3),
        "grown": f"{row.grown} of {row.count}",
    }


def recorded_cells(row: Recorded) -> Cells:
    return {
        "recording": f"`{row.name.rsplit('/', 1)[-1]}`",
        "parser": row.parser,
        "pose": f"`{row.source}`" if row.source else "none",
        "rows": f"{row.rows:,}",
        "codes": ", ".join(f"`{code}`" for code in row.codes),
        "because": row.reason,
        "speed, m/s": _number(row.speed_mps, 3),
        "course, °": _number(row.course_deg, 2),
    }


def _pairs(alone: Mapping[str, float], fused: Mapping[str, float]) -> Cells:
    cells = {}
    for name, unit, digits in (("speed", "m/s", 4), ("course", "°", 3), ("position", "m", 3)):
        cells[f"{name}, {unit}: alone"] = _number(alone.get(name, np.nan), digits)
        cells[f"{name}: fused"] = _number(fused[name], digits)
    return cells


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "-"


def grid(rows: Iterable[Cells]) -> str:
    """Return a table; figures stand to the right."""
    rows = list(rows)
    heads = list(rows[0]) if rows else ["nothing"]
    sides = ["---:" if rows and _figures(row[head] for row in rows) else "---" for head in heads]
    lines = [heads, sides, *(list(row.values()) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(cells: Iterable[str]) -> bool:
    return all(cell.strip("*> ")[:1].isdigit() or cell == "-" for cell in cells)
