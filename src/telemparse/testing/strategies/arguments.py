"""Arguments of strategies, looked at before anything is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["bounded", "known"]


def bounded(name: str, low: float, high: float, *, least: float, most: float) -> None:
    """Raise CallError unless `least <= low <= high <= most`."""
    if not least <= low <= high <= most:
        raise CallError(f"{name} must rise within {least} to {most}, not from {low} to {high}")


def known(name: str, given: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the given words once each; raises CallError for one that is not allowed."""
    words, choices = tuple(dict.fromkeys(given)), tuple(allowed)
    unknown = [word for word in words if word not in choices]
    if unknown:
        raise CallError(f"{name} has no {', '.join(unknown)}; there are {', '.join(choices)}")
    return words
