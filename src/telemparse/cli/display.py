"""How detections, results and issues look to people: short tables, then issues with where and hint."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from telemparse.cli import figures
from telemparse.cli.terminal import visible
from telemparse.model.codes import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from telemparse.classification import Classification
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.results import ParseResult
    from telemparse.schemas.measure import Measure

__all__ = ["grid", "show_detection", "show_facts", "show_issues", "show_result"]

_ISSUES_SHOWN = 5
_NAME_CHARACTERS = 24
_PHRASE_CHARACTERS = 240
# Evidence for --json and bug reports.
_BULKY = frozenset({"artifact", "artifacts", "traceback", "stderr"})
_STYLES = {Severity.ERROR: ("Error", "bold red"), Severity.WARNING: ("Warning", "yellow")}

# Streams whose rows come when something happens: a rate says nothing.
_UNSTEADY = frozenset({"events", "laps", "sectors", "segments"})
# Clocks that know the day; the others start at 1970 by convention and must not look like a date.
_DATED = frozenset({"utc", "gps_week_seconds"})
_CLOCKS = {
    "time_of_day": "time of day, without a date",
    "relative": "seconds from the first sample, without a date",
    "index": "counted from row numbers, without a date",
}


def grid(*heads: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table without lines, its columns wrapped rather than cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return table


def _title(console: Console, label: str) -> None:
    # Names stay in one piece: a wrapped one can be neither read nor copied.
    console.print(Text(visible(label), "bold"), soft_wrap=True)


def show_facts(console: Console, facts: Mapping[str, str]) -> None:
    """Print facts as two indented columns, those without words left out."""
    table = grid("", "")
    table.show_header = False
    for name, words in facts.items():
        if words:
            table.add_row(Text(name, "dim"), visible(words))
    if table.row_count:
        console.print(Padding(table, (0, 0, 0, 2)))


def show_detection(
    console: Console, label: str, classification: Classification, artifacts: Sequence[str], *, explained: bool
) -> None:
    """Print what a recording is; `explained` adds every candidate and fault."""
    _title(console, label)
    winner = classification.winner
    others = [part.candidate for part in classification.parts[1:]]
    facts = {
        "format": f"{winner.parser_id} (score {winner.score:.1f})" if winner else "not recognised",
        "because": "; ".join(winner.evidence) if winner else "",
        "also": ", ".join(f"{other.parser_id} ({', '.join(other.artifacts)})" for other in others),
    }
    show_facts(console, facts)
    if explained:
        _show_candidates(console, classification)
    show_issues(console, classification.issues, artifacts)
    console.print()


def _show_candidates(console: Console, classification: Classification) -> None:
    table = grid("parser", "score", "kind", "files", "evidence", right=("score",))
    for each in classification.candidates:
        cells = (each.rung.name, ", ".join(each.artifacts), "; ".join(each.evidence))
        table.add_row(visible(each.parser_id), f"{each.score:.1f}", *map(visible, cells))
    console.print()
    nobody = Text("No parser sees anything of its own in it.")
    console.print(Padding(table if table.row_count else nobody, (0, 0, 0, 2)))
    for fault in classification.faults:
        words = f"Fault: {fault.plugin} at {fault.stage}: {fault.error}"
        console.print(Padding(Text(visible(words), "yellow"), (0, 0, 0, 2)))


def show_result(
    console: Console,
    label: str,
    result: ParseResult,
    measures: Mapping[str, Measure],
    *,
    distances: Mapping[str, float],
    written: Path | None,
) -> None:
    """Print a result: what it is, its streams, its issues, and where it was written."""
    _title(console, label)
    artifacts = [artifact.name for artifact in result.provenance.artifacts]
    dates = _dates(measures)
    clocks = [_CLOCKS[m.time_base] for m in measures.values() if m.time_base in _CLOCKS]
    show_facts(console, {
        "format": _origin(result),
        "device": _device(result),
        "date": f"{' to '.join(dict.fromkeys((dates[0], dates[-1])))} (UTC)" if dates else "",
        "clock": "; ".join(dict.fromkeys(clocks)),
        "written": "" if written is None else str(written),
    })  # fmt: skip
    if measures:
        console.print()
        console.print(Padding(_streams(measures, distances, one_day=len(dates) == 1), (0, 0, 0, 2)))
    show_issues(console, (*result.errors, *result.warnings), artifacts)
    console.print()


def _device(result: ParseResult) -> str:
    """Return family and model; a model that names its family itself stands alone."""
    family, model = result.device_family or "", result.device_model or ""
    return model if model.casefold().startswith(family.casefold()) and model else f"{family} {model}".strip()


def _origin(result: ParseResult) -> str:
    parts = [f"{part.parser_id} (score {part.score:.1f})" for part in result.provenance.parts]
    dialect = result.metadata.get("dialect")
    return " and ".join(parts) + (f", dialect {dialect}" if dialect else "") if parts else "not recognised"


def _dates(measures: Mapping[str, Measure]) -> list[str]:
    moments = (
        t_ns
        for measure in measures.values()
        for t_ns in (measure.t_first_ns, measure.t_last_ns)
        if t_ns is not None and measure.time_base in _DATED
    )
    return sorted({figures.date(t_ns) for t_ns in moments})


def _streams(measures: Mapping[str, Measure], distances: Mapping[str, float], *, one_day: bool) -> Table:
    heads = ["stream", "rows", "rate", "from", "to", "duration", *(["distance"] if distances else [])]
    table = grid(*heads, right=heads[1:])
    # Where it gets narrow, dates and times part at their blank before a name is broken.
    table.columns[0].no_wrap = max(map(len, measures)) <= _NAME_CHARACTERS
    for name, measure in measures.items():
        steady = name.partition(".")[0] not in _UNSTEADY
        row = [
            visible(name),
            f"{measure.rows:,}",
            figures.rate(measure.rate_hz if steady else None),
            *_range(measure, one_day=one_day),
        ]
        if distances:
            row.append(figures.length(distances[name]) if name in distances else "")
        table.add_row(*row)
    return table


def _range(measure: Measure, *, one_day: bool) -> tuple[str, str, str]:
    first, last = measure.t_first_ns, measure.t_last_ns
    if first is None or last is None:
        return "", "", ""
    if measure.time_base in _DATED:
        ends = [
            figures.clock(t) if one_day else f"{figures.date(t)} {figures.clock(t)}" for t in (first, last)
        ]
    elif measure.time_base == "time_of_day":
        ends = [figures.clock(first), figures.clock(last)]
    else:
        ends = [figures.since_zero(first), figures.since_zero(last)]
    return ends[0], ends[1], figures.span(last - first)


def show_issues(console: Console, issues: Iterable[Issue], artifacts: Sequence[str]) -> None:
    """Print issues, errors first, with where and hint; beyond five of one code they are counted.

    The name of the artifact is left out where there is only one.
    """
    alone = artifacts[0] if len(artifacts) == 1 else None
    seen: Counter[tuple[Severity, str]] = Counter()
    for issue in sorted(issues, key=lambda issue: issue.severity is not Severity.ERROR):
        key = issue.severity, issue.code
        seen[key] += 1
        if seen[key] == 1:
            console.print()
        if seen[key] <= _ISSUES_SHOWN:
            _show_issue(console, issue, _where(issue.locus, alone), issue.hint if seen[key] == 1 else "")
    for (severity, code), count in seen.items():
        if count > _ISSUES_SHOWN:
            words = f"... and {count - _ISSUES_SHOWN} more {severity}s {code}; --json lists all."
            console.print(Padding(Text(words), (0, 0, 0, 2)))


def _where(locus: Locus | None, alone: str | None) -> str:
    if locus is None:
        return ""
    return str(attrs.evolve(locus, artifact=None) if locus.artifact == alone else locus)


def _untold(evidence: Mapping[str, Any], told: str) -> Iterator[str]:
    """Yield the short facts of an issue's evidence that its message and place do not tell already."""
    for name, value in evidence.items():
        words = _phrase(value)
        known = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", told)
        if value and name not in _BULKY and not known and 0 < len(words) <= _PHRASE_CHARACTERS:
            yield f"{name.replace('_', ' ')} {words}"


def _phrase(value: Any) -> str:
    """Return a plain value as words, empty for one that is nested."""
    if isinstance(value, Mapping):
        value = [f"{item} x {name}" for name, item in value.items() if isinstance(item, str | int | float)]
    if isinstance(value, list | tuple):
        return (
            ", ".join(map(str, value)) if all(isinstance(item, str | int | float) for item in value) else ""
        )
    return str(value)


def _show_issue(console: Console, issue: Issue, where: str, hint: str) -> None:
    name, style = _STYLES[issue.severity]
    head = Text.assemble((f"{name}: ", style), visible(issue.message), (f"  [{issue.code}]", "dim"))
    console.print(Padding(head, (0, 0, 0, 2)))
    seen = "; ".join(_untold(issue.evidence, f"{issue.message} {where}"))
    for word, text in (("where", where), ("seen", seen), ("hint", hint)):
        if text:
            console.print(Padding(Text.assemble((f"{word}: ", "dim"), visible(text)), (0, 0, 0, 4)))
