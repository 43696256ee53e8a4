"""The figures of a run, its survivors, and those of them that no test can kill, each with its reason."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mutation.trials import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mutation.mutants import Mutant

__all__ = ["Outcome", "page", "reasons", "score_percent", "stale", "told"]

Key: TypeAlias = tuple[str, str, str]
"""Module, line before and line after: how the table of equivalents names a mutant, for lines may move."""

_REASONS = Path(__file__).with_name("equivalents.toml")
_ROW = "{:28} {:>8} {:>8} {:>10} {:>9} {:>11} {:>8}"
_HEADS = ("module", "mutants", "killed", "timed out", "survived", "equivalent", "score")


@attrs.frozen
class Outcome:
    """What became of one mutant of a module."""

    module: str
    mutant: Mutant
    verdict: Verdict

    @property
    def key(self) -> Key:
        """Return the mutant's name."""
        return self.module, self.mutant.before, self.mutant.after


def reasons() -> dict[Key, str]:
    """Return why mutants are no other program than ours."""
    rows = tomllib.loads(_REASONS.read_text("utf-8"))["equivalent"]
    return {
        (module, row["before"], after): row["reason"]
        for row in rows
        for module in row["modules"]
        for after in row["after"]
    }


def score_percent(outcomes: Iterable[Outcome]) -> float:
    """Return the share of mutants that were noticed; equivalents count against us."""
    noticed = [each.verdict is not Verdict.SURVIVED for each in outcomes]
    return 100.0 * sum(noticed) / max(len(noticed), 1)


def stale(outcomes: Iterable[Outcome], known: Mapping[Key, str]) -> list[Key]:
    """Return the reasons, for modules that were tried, of mutants that are gone or were killed."""
    modules = {each.module for each in outcomes}
    alive = {each.key for each in outcomes if each.verdict is Verdict.SURVIVED}
    return [key for key in known if key[0] in modules and key not in alive]


def page(outcomes: list[Outcome], known: Mapping[Key, str]) -> str:
    """Return the table, the survivors, and the reasons that hold no more."""
    modules = sorted({each.module for each in outcomes})
    rows = [(module, [each for each in outcomes if each.module == module]) for module in modules]
    lines = [_ROW.format(*_HEADS), *(_row(*row, known) for row in [*rows, ("all", outcomes)])]
    survivors = sorted(
        (each for each in outcomes if each.verdict is Verdict.SURVIVED),
        key=lambda each: (each.module, each.mutant.line),
    )
    unexplained = [told(each) for each in survivors if each.key not in known]
    explained = [told(each, known[each.key]) for each in survivors if each.key in known]
    gone = [f"{module}\n  - {before}\n  + {after}" for module, before, after in stale(outcomes, known)]
    for head, entries in (
        ("Survivors that a test should kill:", unexplained),
        ("Survivors that no test can kill:", explained),
        ("Reasons for what does not survive (any more), to be taken out of the table:", gone),
    ):
        lines += ["", head, *entries] if entries else []
    return "\n".join(lines)


def _row(name: str, outcomes: list[Outcome], known: Mapping[Key, str]) -> str:
    count = Counter(each.verdict for each in outcomes)
    excused = sum(each.key in known for each in outcomes if each.verdict is Verdict.SURVIVED)
    figures = [count[verdict] for verdict in (Verdict.KILLED, Verdict.TIMED_OUT, Verdict.SURVIVED)]
    return _ROW.format(name, len(outcomes), *figures, excused, f"{score_percent(outcomes):.1f} %")


def told(outcome: Outcome, reason: str = "") -> str:
    """Return place and change of a mutant, and the reason for which it survives."""
    mutant = outcome.mutant
    place = f"{outcome.module}:{mutant.line} {mutant.operator}"
    return "\n".join(
        [place, f"  - {mutant.before}", f"  + {mutant.after}", *([f"  {reason}"] * bool(reason))]
    )
