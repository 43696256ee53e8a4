"""The table of penalties that scores follow from: a version and rows, which users may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from telemparse.analysis.quality.default_penalties import ROWS, VERSION
from telemparse.analysis.quality.penalties import Penalty
from telemparse.errors import CallError

__all__ = ["PenaltyTable"]

_CHANGED = "+changed"


def _tuple(rows: Sequence[Penalty]) -> tuple[Penalty, ...]:
    return tuple(rows)


@attrs.frozen
class PenaltyTable:
    """Penalties by row, with a version that results name.

    Args:
        version: of the table; one that was changed says so at its end.
        rows: in order, names unique.
    """

    version: str
    rows: tuple[Penalty, ...] = attrs.field(converter=_tuple)

    @rows.validator
    def _unique(self, _field: Any, rows: tuple[Penalty, ...]) -> None:
        names = [row.name for row in rows]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise CallError(f"penalties appear twice: {', '.join(twice)}")

    @classmethod
    def default(cls) -> PenaltyTable:
        """Return the table of this version of the library."""
        return cls(VERSION, ROWS)

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> PenaltyTable:
        """Return a table from a mapping of `version` and `rows`, as JSON and TOML hold it.

        Raises CallError for anything that is no such table.
        """
        if not isinstance(mapping, Mapping) or set(mapping) != {"version", "rows"}:
            raise CallError("a table of penalties has version and rows, and nothing else")
        version, rows = mapping["version"], mapping["rows"]
        if not isinstance(version, str) or not version:
            raise CallError(f"the version of a table is a word, not {version!r}")
        if isinstance(rows, str) or not isinstance(rows, Sequence):
            raise CallError("the rows of a table are a list")
        if not all(isinstance(row, Mapping) for row in rows):
            raise CallError("each row of a table is a mapping")
        return cls(version, tuple(Penalty.of(row) for row in rows))

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain values, which `of` takes back."""
        rows = [attrs.asdict(row, value_serializer=_plain) for row in self.rows]
        return {"version": self.version, "rows": rows}

    def row(self, name: str) -> Penalty:
        """Return a row; raises CallError for a name that is none."""
        for row in self.rows:
            if row.name == name:
                return row
        raise CallError(f"there is no penalty {name!r}; there are {', '.join(row.name for row in self.rows)}")

    def with_row(self, row: Penalty) -> PenaltyTable:
        """Return the table with a row added, or put in the place of the one of its name."""
        names = [old.name for old in self.rows]
        kept = [row if old.name == row.name else old for old in self.rows]
        return self._changed([*kept, *(() if row.name in names else (row,))])

    def with_penalty(self, name: str, points: float) -> PenaltyTable:
        """Return the table with other points for a row; 0 keeps the reason and takes nothing."""
        return self.with_row(attrs.evolve(self.row(name), points=points))

    def without(self, name: str) -> PenaltyTable:
        """Return the table without a row."""
        self.row(name)
        return self._changed([row for row in self.rows if row.name != name])

    def _changed(self, rows: list[Penalty]) -> PenaltyTable:
        return PenaltyTable(self.version.removesuffix(_CHANGED) + _CHANGED, tuple(rows))


def _plain(_owner: Any, _field: Any, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value
