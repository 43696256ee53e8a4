"""How the laps of a recording look to people: facts, one table, and what the doubts mean."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.measure import Measurement
from rich.padding import Padding
from rich.text import Text

from telemparse.cli.display import grid, show_facts, show_issues
from telemparse.cli.figures import difference
from telemparse.cli.lap_columns import MILLISECONDS, UNSURE, LapTimes
from telemparse.cli.lap_words import VALIDITIES, gate_words, lap_list, lap_words, method_words, shared_reasons
from telemparse.cli.terminal import visible
from telemparse.kernels.lap_figures import decimals_for, lap_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Table

    from telemparse.cli.lap_findings import LapFindings

__all__ = ["show_laps"]

_INDENT = 2


def show_laps(console: Console, label: str, found: LapFindings) -> None:
    """Print the laps of a recording."""
    console.print(Text(visible(label), "bold"), soft_wrap=True)
    result, laps = found.result, found.laps
    times = LapTimes(found)
    show_facts(console, {
        "gate": gate_words(laps.gate),
        "method": method_words(laps.diagnostics) if len(laps) else "",
        "laps": _counts(found.rows),
        "all laps": ", ".join(shared_reasons(found.rows).values()),
        "best": _best(found, times),
        "device": _device(found),
    })  # fmt: skip
    if len(laps):
        console.print()
        _show_tables(console, found, times)
        _show_doubts(console, found)
    elif found.device is not None:
        console.print()
        console.print(Padding(_device_table(found), (0, 0, 0, _INDENT)))
    artifacts = [artifact.name for artifact in result.provenance.artifacts]
    # Where nothing could be read, that alone is the reason.
    findings = found.of_all if result.streams else ()
    show_issues(console, (*result.errors, *findings), artifacts)
    if result.warnings:
        count = len(result.warnings)
        words = f"{count} warning{'s' * (count > 1)} about the file: `telemparse parse` shows them."
        console.print()
        console.print(Padding(Text(words, "dim"), (0, 0, 0, _INDENT)))
    console.print()


def _counts(rows: Iterable[dict[str, Any]]) -> str:
    seen = Counter(row["validity"] for row in rows)
    return ", ".join(f"{seen[name]} {words}" for name, words in VALIDITIES.items() if seen[name])


def _best(found: LapFindings, times: LapTimes) -> str:
    best = found.best
    if best is None:
        return "no lap is valid" if found.rows else ""
    row = next(row for row in found.rows if row["lap_number"] == best.number)
    time, spread = (cell.strip() for cell in times.cells(row))
    words = f"* lap {best.number}, {time}" + (f" ± {spread} s" if spread else "")
    if not best.rivals:
        return words
    told = "not distinguishable from it" if best.std_s is not None else "perhaps as fast"
    return f"{words}; ~ {lap_list(best.rivals)}: {told}"


def _device(found: LapFindings) -> str:
    if found.device is None:
        return ""
    count = found.device.num_rows
    words = f"{count} lap{'s' * (count != 1)} timed by the device"
    if not found.rows:
        return words
    words += f", {len(found.matches)} of them matched"
    apart = [match.seconds for match in found.matches.values()]
    if apart:
        words += f"; usual difference {median(map(abs, apart)):.3f} s"
    later = [match.later_s for match in found.matches.values() if match.later_s is not None]
    if later and abs(median(later)) >= 1.0:
        way = "later" if median(later) > 0 else "earlier"
        words += f"; ours begin {abs(median(later)):.1f} s {way}: at another line, or by another clock"
    return words


def _show_tables(console: Console, found: LapFindings, times: LapTimes) -> None:
    """Print laps and sectors as one table where that fits, else as two."""
    sectors = _sectors(found)
    whole = _lap_table(found, times, sectors)
    room = console.options.update_width(max(console.width - _INDENT, 1))
    if Measurement.get(console, room, whole).maximum <= room.max_width - 1 or not sectors:
        console.print(Padding(whole, (0, 0, 0, _INDENT)))
        return
    console.print(Padding(_lap_table(found, times, {}), (0, 0, 0, _INDENT)))
    console.print()
    console.print(Padding(_sector_table(sectors), (0, 0, 0, _INDENT)))


def _sectors(found: LapFindings) -> dict[int, dict[str, str]]:
    """Return sector times as words, by lap and name."""
    rows = found.laps.sectors.to_pylist()
    known = [row["duration_std_s"] for row in rows if row["duration_std_s"] is not None]
    decimals = decimals_for(median(known)) if known else UNSURE
    cells: dict[int, dict[str, str]] = {}
    for row in rows:
        name = row["name"] or f"S{row['sector_index'] + 1}"
        cells.setdefault(row["lap_number"], {})[name] = lap_time(row["duration_ns"], decimals)
    return cells


def _names(sectors: dict[int, dict[str, str]]) -> Sequence[str]:
    return sorted(
        {name: None for cells in sectors.values() for name in cells}, key=lambda name: (len(name), name)
    )


def _lap_table(found: LapFindings, times: LapTimes, sectors: dict[int, dict[str, str]]) -> Table:
    names = _names(sectors)
    device = ["device", "diff"] if found.matches else []
    (head, *clock), (sign, *spreads) = times.columns()
    right = ["lap", *device, *names]
    table = grid("lap", "", head, sign, *device, *names, "validity", "sure", "why", right=right)
    others, rivals = found.device_rows, set(found.best.rivals) if found.best else set()
    told, facts, stint = shared_reasons(found.rows), found.by_lap, None
    for index, row in enumerate(found.rows):
        if stint not in (None, row["stint_index"]):
            table.add_row()
        stint, number = row["stint_index"], row["lap_number"]
        is_best = found.best is not None and number == found.best.number
        mark = "*" if is_best else "~" if number in rivals else ""
        beside = []
        if device:
            match = found.matches.get(index)
            beside = ["", ""]
            if match is not None:
                other = lap_time(others[match.other]["duration_ns"], times.device_decimals)
                beside = [other, difference(match.seconds, min(times.deserved(row), MILLISECONDS))]
        own = sectors.get(number, {})
        why = lap_words(row["reasons"] or (), facts.get(number, {}), told)
        table.add_row(
            str(number), mark, clock[index], spreads[index], *beside, *(own.get(name, "") for name in names),
            VALIDITIES[row["validity"]], row["confidence"].lower(), visible(why),
            style="bold" if is_best else "dim" if row["validity"] != "VALID" else None,
        )  # fmt: skip
    for column in table.columns[:-1]:
        column.no_wrap = True
    return table


def _sector_table(sectors: dict[int, dict[str, str]]) -> Table:
    names = _names(sectors)
    table = grid("lap", *names, right=("lap", *names))
    for number, cells in sectors.items():
        table.add_row(str(number), *(cells.get(name, "") for name in names))
    return table


def _device_table(found: LapFindings) -> Table:
    """Return the laps of the device alone, where none were found."""
    times = LapTimes(found)
    table = grid("lap", "time", "validity", right=("lap", "time"))
    for row in found.device_rows:
        time = lap_time(row["duration_ns"], times.device_decimals)
        table.add_row(str(row["lap_number"]), time, VALIDITIES[row["validity"]])
    return table


def _show_doubts(console: Console, found: LapFindings) -> None:
    """Print once what each reason means and what to do."""
    known = {issue.code for issue in found.of_all}
    first = {issue.code: issue for issue in reversed(found.of_laps) if issue.code not in known}
    if not first:
        return
    from telemparse.model.codes import CODES

    table = grid("", "")
    table.show_header = False
    for code in sorted(first):
        words = f"{CODES[code].description} {first[code].hint}"
        table.add_row(Text(code, "dim"), visible(words))
    console.print()
    console.print(Padding(table, (0, 0, 0, _INDENT)))
