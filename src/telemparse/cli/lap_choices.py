"""Which laps a call names: numbers, and the one that the others are measured against."""

from __future__ import annotations

from telemparse.errors import CallError

__all__ = ["BEST", "chosen_laps", "chosen_reference"]

BEST = "best"


def chosen_laps(words: str | None) -> tuple[int, ...] | None:
    """Return the lap numbers in `3,5`, None for None; raises CallError for anything else."""
    if words is None:
        return None
    try:
        return tuple(int(word) for word in words.split(","))
    except ValueError:
        raise CallError(f"--laps takes lap numbers like 3,5, not {words!r}") from None


def chosen_reference(words: str | None) -> int | str | None:
    """Return a lap number or `best`, None for None; raises CallError for anything else."""
    if words is None or words == BEST:
        return words
    try:
        return int(words)
    except ValueError:
        raise CallError(f"--reference takes a lap number or {BEST!r}, not {words!r}") from None
