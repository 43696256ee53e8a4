"""Levels of detail that a recording is stored and shown at: their rates, and which one is L0, L1 and L2."""

from __future__ import annotations

import enum

import attrs

from telemparse.errors import CallError

__all__ = ["Level", "Levels", "level_named"]


class Level(enum.StrEnum):
    """How many rows a second a table holds at most."""

    CANONICAL = "canonical"
    DS_50HZ = "ds_50hz"
    DS_10HZ = "ds_10hz"
    DS_5HZ = "ds_5hz"
    DS_1HZ = "ds_1hz"

    @property
    def rate_hz(self) -> int | None:
        """Rows a second; None at the rate of the recording."""
        return _RATES[self]


_RATES = {Level.CANONICAL: None, Level.DS_50HZ: 50, Level.DS_10HZ: 10, Level.DS_5HZ: 5, Level.DS_1HZ: 1}


def level_named(word: str) -> Level:
    """Return the level of this name; raises CallError for a word that is none."""
    try:
        return Level(word)
    except ValueError:
        raise CallError(f"a level is one of {', '.join(Level)}, not {word!r}") from None


@attrs.frozen
class Levels:
    """Which level is meant by L0, L1 and L2; each may also be given by its name.

    A table that is not faster than a level keeps its own rate there.
    """

    l0: Level = attrs.field(default=Level.DS_50HZ, converter=level_named)
    l1: Level = attrs.field(default=Level.DS_10HZ, converter=level_named)
    l2: Level = attrs.field(default=Level.DS_1HZ, converter=level_named)
