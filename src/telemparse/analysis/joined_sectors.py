"""The theoretical best lap: best sectors of laps whose sectors join, or the reason why there is none."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.lap_rows import LapRow

__all__ = ["BestSector", "Lack", "TheoreticalBest", "join_best_sectors"]


class Lack(enum.StrEnum):
    """Why there is no theoretical best lap."""

    NO_VALID_LAP = "no lap is valid"
    NO_SECTORS = "there are no sector gates"
    NOT_JOINED = "no valid lap has every sector, each beginning where the one before ends"


@attrs.frozen
class BestSector:
    """The least time of one sector.

    Args:
        index: of the sector, from 0.
        name: of the sector; its number where the source has no name for it.
        lap_number: the lap that the time comes from.
        seconds: the time.
        std_s: its standard deviation, None where unknown.
    """

    index: int
    name: str
    lap_number: int
    seconds: float
    std_s: float | None


@attrs.frozen
class TheoreticalBest:
    """A lap that nobody drove, made of the best sectors.

    Args:
        seconds: its time, None where there is none.
        std_s: standard deviation of that, None where that of a sector is unknown.
        sectors: that it is made of, in order of travel.
        reason: why there is none, None where there is one.
    """

    seconds: float | None
    std_s: float | None
    sectors: tuple[BestSector, ...]
    reason: Lack | None


def join_best_sectors(laps: Laps, rows: Iterable[LapRow]) -> TheoreticalBest:
    """Return the theoretical best of some laps.

    A lap takes part with all its sectors or not at all: it is valid, has every sector of the same gates, the
    first one begins and the last one ends with the lap, and each begins where the one before it ends.

    Args:
        laps: with their sectors.
        rows: of its table, those that are asked about.
    """
    counting = [row for row in rows if row.counts]
    sectors = _by_lap(laps.sectors)
    count = len(laps.sector_gates) + 1 if laps.sector_gates else _most(sectors)
    lack = None
    if not counting:
        lack = Lack.NO_VALID_LAP
    elif count < 2:  # noqa: PLR2004  (one sector is the lap itself)
        lack = Lack.NO_SECTORS
    joined = [row.number for row in counting if _joins(row, sectors.get(row.number, []), count)]
    if lack is None and not joined:
        lack = Lack.NOT_JOINED
    if lack is not None:
        return TheoreticalBest(None, None, (), lack)
    best = tuple(
        min((_sector(sectors[number][index]) for number in joined), key=lambda sector: sector.seconds)
        for index in range(count)
    )
    spreads = [sector.std_s for sector in best]
    known = [std for std in spreads if std is not None]
    return TheoreticalBest(
        seconds=math.fsum(sector.seconds for sector in best),
        std_s=math.hypot(*known) if len(known) == len(spreads) else None,
        sectors=best,
        reason=None,
    )


def _by_lap(table: pa.Table) -> dict[int, list[dict[str, Any]]]:
    """Return the sectors of each lap in order; instants as integers, which keep their nanoseconds."""
    found: dict[int, list[dict[str, Any]]] = {}
    names = ("lap_number", "sector_index", "name", "duration_ns", "duration_std_s")
    columns = {name: table[name].to_pylist() for name in names}
    columns |= {name: table[name].cast("int64").to_pylist() for name in ("t_start", "t_end")}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        found.setdefault(row["lap_number"], []).append(row)
    return {number: sorted(rows, key=lambda row: row["sector_index"]) for number, rows in found.items()}


def _most(sectors: dict[int, list[dict[str, Any]]]) -> int:
    return max((len(rows) for rows in sectors.values()), default=0)


def _joins(row: LapRow, sectors: list[dict[str, Any]], count: int) -> bool:
    if [sector["sector_index"] for sector in sectors] != list(range(count)):
        return False
    ends = [row.t_start_ns, *(sector["t_end"] for sector in sectors)]
    starts = [*(sector["t_start"] for sector in sectors), row.t_end_ns]
    return None not in ends and ends == starts


def _sector(row: dict[str, Any]) -> BestSector:
    return BestSector(
        row["sector_index"],
        row["name"] or f"Sector {row['sector_index'] + 1}",
        row["lap_number"],
        row["duration_ns"] / NS_PER_S,
        row["duration_std_s"],
    )
