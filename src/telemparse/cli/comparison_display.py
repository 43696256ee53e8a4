"""How laps beside each other look to people: who is faster, where, and by how much more than chance."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from telemparse.analysis.differences import Verdict
from telemparse.cli.display import grid, show_facts, show_issues
from telemparse.cli.figures import difference, length
from telemparse.cli.lap_words import VALIDITIES, gate_words, method_words
from telemparse.cli.terminal import visible
from telemparse.kernels.lap_figures import decimals_for, lap_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from telemparse.cli.lap_comparisons import LapComparison

__all__ = ["show_comparison"]

_INDENT = 2
_NAME, _LAP, _SECTOR = 28, 23, 18
"""Characters of what stands before the laps, and of each lap."""
_UNSURE = 2
_PLACES = 10
_NS_PER_S = 1_000_000_000
_NOTE = "m/s: the lowest of a corner, the highest of a straight"
_LOST = "; lost: seconds in it; delta: since the line"


def show_comparison(console: Console, label: str, compared: LapComparison) -> None:
    """Print laps of a recording beside each other."""
    console.print(Text(visible(label), "bold"), soft_wrap=True)
    show_facts(console, dict(_facts(compared)))
    comparison = compared.comparison
    if comparison.reference is not None:
        for others in _shares(compared.others, max((console.width - _NAME) // _LAP, 1)):
            segments = compared.segments.table.num_rows
            _print(console, _segment_table(compared, others) if segments else _place_table(compared, others))
        if compared.segments.table.num_rows:
            note = _NOTE + (_LOST if compared.others else "")
            console.print(Padding(Text(note, "dim"), (1, 0, 0, _INDENT)))
        if comparison.sectors.num_rows:
            for others in _shares(compared.others, max((console.width - _NAME) // _SECTOR, 1)):
                _print(console, _sector_table(compared, others))
    artifacts = [artifact.name for artifact in compared.result.provenance.artifacts]
    known = [issue for issue in compared.laps.issues if "lap" not in issue.evidence]
    # Without laps there is nothing to say of the comparison that was not said.
    issues = (*known, *(compared.issues if len(compared.laps) else ())) if compared.result.streams else ()
    show_issues(console, (*compared.result.errors, *issues), artifacts)
    console.print()


def _print(console: Console, table: Table) -> None:
    console.print()
    console.print(Padding(table, (0, 0, 0, _INDENT)))


def _shares(numbers: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    """Yield so many laps at a time; of none an empty share."""
    for first in range(0, max(len(numbers), 1), count):
        yield numbers[first : first + count]


def _facts(compared: LapComparison) -> Iterator[tuple[str, str]]:
    comparison = compared.comparison
    yield "gate", gate_words(compared.laps.gate)
    if len(compared.laps):
        yield "method", method_words(compared.laps.diagnostics)
    if comparison.reference is not None:
        yield "reference", _lap(compared, comparison.reference) + f"; {length(comparison.s_m[-1])} long"
    for number in compared.others:
        yield f"lap {number}", _against(compared, number)
    if comparison.laps:
        yield "could be", _theoretical(compared)


def _lap(compared: LapComparison, number: int) -> str:
    row = next(row for row in compared.comparison.laps if row.number == number)
    decimals = _UNSURE if row.std_s is None else decimals_for(row.std_s)
    spread = "" if row.std_s is None else f" ± {row.std_s:.{decimals}f}"
    doubt = "" if row.counts else f", {VALIDITIES[row.validity]}"
    return f"lap {number}, {lap_time(row.duration_ns, decimals)}{spread} s{doubt}"


def _against(compared: LapComparison, number: int) -> str:
    comparison = compared.comparison
    words = _lap(compared, number).partition(", ")[2]
    if comparison.reference is None:
        return words
    found = comparison.difference(number, comparison.reference)
    if found.std_s is None:
        return f"{words}: {difference(found.seconds, _UNSURE)} s, nobody knows how certain"
    decimals = decimals_for(found.std_s)
    told = "slower" if found.verdict is Verdict.SLOWER else str(found.verdict)
    return f"{words}: {difference(found.seconds, decimals)} ± {found.std_s:.{decimals}f} s, {told}"


def _theoretical(compared: LapComparison) -> str:
    best = compared.comparison.theoretical_best
    if best.seconds is None:
        return f"nothing better is known: {best.reason}"
    decimals = _UNSURE if best.std_s is None else decimals_for(best.std_s)
    spread = "" if best.std_s is None else f" ± {best.std_s:.{decimals}f}"
    made = ", ".join(f"{each.name or each.index + 1} of lap {each.lap_number}" for each in best.sectors)
    return f"{lap_time(round(best.seconds * _NS_PER_S), decimals)}{spread} s: {made}"


def _segment_table(compared: LapComparison, others: Sequence[int]) -> Table:
    """Return speeds and times of segments, the reference first."""
    against = compared.comparison.reference
    heads = ["segment", "from", f"lap {against}\nm/s"]
    heads += [head for number in others for head in (f"lap {number}\nm/s", "\nlost", "\ndelta")]
    table = grid(*heads, right=heads[1:])
    deltas = {number: compared.deltas_s(number) for number in others}
    for index, row in enumerate(compared.segments.table.to_pylist()):
        name = "max_mps" if row["segment_type"] == "straight" else "min_mps"
        cells = [visible(row["name"]), f"{row['s_start_m']:.0f} m", _speed(compared, row, against, name)]
        for number in others:
            lost = compared.lost_s(row["segment_id"], number)
            cells += [_speed(compared, row, number, name), _seconds(lost), _seconds(deltas[number][index])]
        table.add_row(*cells)
    return table


def _speed(compared: LapComparison, row: dict[str, Any], number: int | None, name: str) -> str:
    value = compared.done.get((row["segment_id"], number or 0), {}).get(name)
    return "" if value is None else f"{value:.1f}"


def _seconds(value: float | None) -> str:
    return "" if value is None else difference(value, _UNSURE)


def _place_table(compared: LapComparison, others: Sequence[int]) -> Table:
    """Return times lost at tenths of the way, where nobody knows the corners."""
    comparison = compared.comparison
    heads = ["at", *(f"lap {number}\ndelta" for number in others)]
    table = grid(*heads, right=heads)
    steps = len(comparison.s_m) - 1
    deltas = {number: comparison.delta_s(number, comparison.reference or 0) for number in others}
    for tenth in range(1, _PLACES + 1):
        place = round(tenth * steps / _PLACES)
        values = [float(deltas[number][place]) for number in others]
        table.add_row(
            length(comparison.s_m[place]),
            *(_seconds(value if math.isfinite(value) else None) for value in values),
        )
    return table


def _sector_table(compared: LapComparison, others: Sequence[int]) -> Table:
    """Return sector times, those of the theoretical best with a star."""
    comparison = compared.comparison
    rows = {(row["lap_number"], row["sector_index"]): row for row in comparison.sectors.to_pylist()}
    heads = ["sector", f"lap {comparison.reference}"]
    heads += [head for number in others for head in (f"lap {number}", "lost")]
    table = grid(*heads, right=heads[1:])
    known = [row["duration_std_s"] for row in rows.values() if row["duration_std_s"] is not None]
    decimals = decimals_for(median(known)) if known else _UNSURE
    for index in sorted({index for _number, index in rows}):
        name = next(row["name"] for (_lap, own), row in rows.items() if own == index)
        cells = [
            visible(name or f"S{index + 1}"),
            _sector(rows.get((comparison.reference or 0, index)), decimals),
        ]
        for number in others:
            row = rows.get((number, index))
            cells += [_sector(row, decimals), _seconds(None if row is None else row["delta_s"])]
        table.add_row(*cells)
    return table


def _sector(row: dict[str, Any] | None, decimals: int) -> str:
    return "" if row is None else lap_time(row["duration_ns"], decimals) + ("*" if row["best"] else " ")
