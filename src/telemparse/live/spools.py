"""Spools: the lines of an hour by vehicle, in memory while they are few, else in temporary files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HELD_BYTES", "Spool"]

HELD_BYTES = 64 * 1024 * 1024
"""Lines beyond this go to the disk."""

_LINE_COST_BYTES = 100  # of a line's place in memory, beside its text


@attrs.define
class Spool:
    """Takes lines in any order of vehicles, and gives them back vehicle by vehicle in the order they came.

    Args:
        folder: for the temporary files; they are gone when the spool is closed.
        held_bytes: how much may be in memory.
    """

    folder: Path
    held_bytes: int = HELD_BYTES
    _numbers: dict[str, int] = attrs.field(factory=dict)
    _lines: dict[str, list[bytes]] = attrs.field(factory=dict)
    _held: int = 0
    _place: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._lines.clear()
        if self._place is not None:
            self._place.cleanup()

    def add(self, vehicle_id: str, line: bytes) -> None:
        """Take a line; raises OSError where the disk has no room."""
        self._numbers.setdefault(vehicle_id, len(self._numbers))
        self._lines.setdefault(vehicle_id, []).append(line)
        self._held += len(line) + _LINE_COST_BYTES
        if self._held > self.held_bytes:
            self._spill()

    def vehicles(self) -> list[str]:
        """Return the vehicles of the lines, by their ids."""
        return sorted(self._numbers)

    def lines(self, vehicle_id: str) -> Iterator[bytes]:
        """Yield the lines of a vehicle."""
        path = self._path(vehicle_id)
        if path is not None and path.exists():
            with path.open("rb") as file:
                for line in file:
                    yield line.removesuffix(b"\n")
        yield from self._lines.get(vehicle_id, ())

    def _path(self, vehicle_id: str) -> Path | None:
        # A number, for no name of a sender's should become one of a file that nobody looks at.
        return None if self._place is None else Path(self._place.name) / str(self._numbers[vehicle_id])

    def _spill(self) -> None:
        if self._place is None:
            self._place = tempfile.TemporaryDirectory(prefix=".unfinished-spool-", dir=self.folder)
        for vehicle_id, lines in self._lines.items():
            path = self._path(vehicle_id)
            assert path is not None  # noqa: S101  (there is a folder now)
            with path.open("ab") as file:
                file.writelines(line + b"\n" for line in lines)
        self._lines.clear()
        self._held = 0
