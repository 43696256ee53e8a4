"""The list of sectors: the time of each lap in each, and the lap that the best of them would make."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.joined_sectors import join_best_sectors
from telemparse.analysis.lap_results import Laps
from telemparse.analysis.lap_rows import lap_rows
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.lap_figures import lap_time
from telemparse.report.figures import decimals_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse.analysis.joined_sectors import TheoreticalBest
    from telemparse.report.analysed import Analysed

__all__ = ["SectorCell", "SectorLine", "SectorList", "sector_list"]

_MOST_LINES, _MOST_SECTORS = 400, 24
_SIGMAS = 2.0


@attrs.frozen
class SectorCell:
    """A sector time; `is_best` of the sectors that the theoretical best is made of, else of valid laps."""

    time: str
    sigma: str
    is_best: bool


@attrs.frozen
class SectorLine:
    """The sectors of one lap, None where it has none of that place."""

    lap: int
    counts: bool
    cells: tuple[SectorCell | None, ...]


@attrs.frozen(kw_only=True)
class SectorList:
    """All sectors.

    Args:
        names: of the sectors, in order of travel.
        lines: one a lap.
        more: laps that the list leaves out because it is too long.
        best_time, best_sigma: of the theoretical best, empty where there is none.
        gain: how much faster that is than the best lap, in words; empty likewise.
        is_gain: nobody doubts that it is: it is more than two standard deviations.
        parts: words for what it is made of, one a sector.
        lack: why there is none, and lack_code the word for it; empty where there is one.
        by_device: the sectors are the device's own.
    """

    names: tuple[str, ...]
    lines: tuple[SectorLine, ...]
    more: int
    best_time: str
    best_sigma: str
    gain: str
    is_gain: bool
    parts: tuple[str, ...]
    lack: str
    lack_code: str
    by_device: bool


def sector_list(found: Analysed) -> SectorList:
    """Return the list of sectors, without names and lines where there are none; it says why then."""
    laps, by_device = found.laps, not len(found.laps)
    if by_device:
        laps = _device_laps(found)
    rows = lap_rows(laps.table)
    theoretical = join_best_sectors(laps, rows)
    if not laps.sectors.num_rows:
        return _list((), (), theoretical, best_s=None, by_device=by_device)
    counts = {row.number: row.counts for row in rows}
    table = laps.sectors.select(["lap_number", "sector_index", "name", "duration_ns"]).to_pylist()
    sigmas = _sigmas(laps)
    for row, sigma in zip(table, sigmas, strict=True):
        row["sigma"] = sigma
    known = [sigma for sigma in sigmas if sigma is not None]
    decimals = decimals_for(median(known) if known else None)
    size = min(max(row["sector_index"] for row in table) + 1, _MOST_SECTORS)
    names = {row["sector_index"]: row["name"] for row in table if row["name"]}
    winners = _winners(table, counts, theoretical)
    lines: dict[int, list[SectorCell | None]] = {}
    for row in table:
        cells = lines.setdefault(row["lap_number"], [None] * size)
        if row["sector_index"] < size:
            cells[row["sector_index"]] = SectorCell(
                lap_time(row["duration_ns"], decimals),
                "" if row["sigma"] is None else f"{row['sigma']:.{decimals}f}",
                winners.get(row["sector_index"]) == row["lap_number"],
            )
    best = min((row.seconds for row in rows if row.counts), default=None)
    return _list(
        tuple(names.get(index) or f"Sector {index + 1}" for index in range(size)),
        tuple(SectorLine(lap, counts.get(lap, False), tuple(cells)) for lap, cells in lines.items()),
        theoretical,
        best_s=best,
        by_device=by_device,
    )


def _device_laps(found: Analysed) -> Laps:
    """Return the laps and sectors of the device as if they had been found."""
    streams = found.result.streams
    table, sectors = streams.get("laps"), streams.get("sectors")
    return Laps(
        table=found.laps.table if table is None else table,
        sectors=found.laps.sectors if sectors is None else _filled(sectors, found.laps.sectors.schema),
        gate=None,
        motion=None,
    )


def _filled(table: Any, schema: Any) -> Any:
    """Return a table that has the column of standard deviations too, which devices do not give."""
    if "duration_std_s" in table.column_names:
        return table
    import pyarrow as pa

    field = schema.field("duration_std_s")
    return table.append_column(field, pa.nulls(table.num_rows, field.type))


def _sigmas(laps: Laps) -> list[float | None]:
    found: list[float | None] = laps.sectors["duration_std_s"].to_pylist()
    return found


def _winners(
    table: Sequence[Mapping[str, Any]], counts: Mapping[int, bool], theoretical: TheoreticalBest
) -> dict[int, int]:
    """Return the lap of the best time of each sector."""
    if theoretical.sectors:
        return {sector.index: sector.lap_number for sector in theoretical.sectors}
    best: dict[int, tuple[int, int]] = {}
    for row in table:
        if counts.get(row["lap_number"]):
            mine = (row["duration_ns"], row["lap_number"])
            best[row["sector_index"]] = min(best.get(row["sector_index"], mine), mine)
    return {index: lap for index, (_duration, lap) in best.items()}


def _list(
    names: tuple[str, ...],
    lines: tuple[SectorLine, ...],
    theoretical: TheoreticalBest,
    *,
    best_s: float | None,
    by_device: bool,
) -> SectorList:
    seconds, std_s, lack = theoretical.seconds, theoretical.std_s, theoretical.reason
    decimals = decimals_for(std_s)
    gain_s = None if seconds is None or best_s is None else max(best_s - seconds, 0.0)
    return SectorList(
        names=names,
        lines=lines[:_MOST_LINES],
        more=max(len(lines) - _MOST_LINES, 0),
        best_time="" if seconds is None else lap_time(round(seconds * NS_PER_S), decimals),
        best_sigma="" if std_s is None else f"{std_s:.{decimals}f}",
        gain="" if gain_s is None else f"{gain_s:.{decimals}f}",
        is_gain=gain_s is not None and std_s is not None and gain_s > _SIGMAS * std_s,
        parts=tuple(f"{sector.name}: lap {sector.lap_number}" for sector in theoretical.sectors),
        lack=str(lack or ""),
        lack_code=lack.name if lack else "",
        by_device=by_device,
    )
