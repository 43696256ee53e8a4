"""Sources of an hour's tables: the parts that they were made from, and whether these have changed."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.live.raw_layout import HOUR_NS, RawHour, hour_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["HourSources", "Standing", "hour_before", "table_folder"]


class Standing(enum.Enum):
    """What is to be done about tables that stand."""

    CURRENT = "current"
    """They were made from the parts that are there."""
    OLD = "old"
    """Parts have come."""
    ORPHANED = "orphaned"
    """Parts that they were made from are gone: made anew they would lose what those held."""


@attrs.frozen
class HourSources:
    """The closed parts of an hour and of the one before, with sizes in bytes and times of change in ns.

    Args:
        own: of the hour, by name.
        before: of the hour before, whose messages may be repeated in this one.
    """

    own: Mapping[str, tuple[int, int]]
    before: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, root: Path, hour: RawHour) -> HourSources:
        """Return what lies on the disk now."""
        return cls(_marks(hour), _marks(hour_before(root, hour)))

    def standing(self, former: HourSources) -> Standing:
        """Return how tables stand that were made from former parts, with these on the disk."""
        if former.own.keys() - self.own.keys():
            return Standing.ORPHANED
        # The hour before may have been removed since: what was known of it then is known no more.
        same_before = self.before.items() <= former.before.items()
        return Standing.CURRENT if self.own == former.own and same_before else Standing.OLD

    def document(self) -> dict[str, Any]:
        """Return the sources as plain values."""
        return {
            key: [[name, *mark] for name, mark in sorted(marks.items())]
            for key, marks in (("own", self.own), ("before", self.before))
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> HourSources:
        """Return what `document` made; raises KeyError, TypeError or ValueError for anything else."""
        own, before = (
            {str(name): (int(size), int(changed_ns)) for name, size, changed_ns in document[key]}
            for key in ("own", "before")
        )
        return cls(own, before)


def _marks(hour: RawHour) -> dict[str, tuple[int, int]]:
    marks = {}
    for part in hour.parts():
        try:
            facts = part.lstat()
        except FileNotFoundError:
            continue
        marks[part.name] = (facts.st_size, facts.st_mtime_ns)
    return marks


def hour_before(root: Path, hour: RawHour) -> RawHour:
    """Return the hour before another one; it need not exist."""
    start_ns = hour.start_ns - HOUR_NS
    return RawHour(hour_folder(root, start_ns), start_ns)


def table_folder(root: Path, kind: str, hour: RawHour) -> Path:
    """Return the folder for an hour's tables of a kind (`aggregates`, `canonical`)."""
    levels = hour_folder(root, hour.start_ns).relative_to(root).parts[1:]
    return root.joinpath(kind, *levels)
