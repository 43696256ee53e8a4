"""What could not be read of one file: counted by what it is, with the first places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Mask

__all__ = ["Losses"]

_MOST_NAMES = 64


@attrs.define
class Losses:
    """Counts of one file.

    Attributes:
        others: records that no stream and no fact is made of, by key.
        cut_at: byte offset at which the file or a payload ends in the middle of a record, or None.
    """

    artifact: str
    others: dict[str, int] = attrs.field(factory=dict)
    cut_at: int | None = None
    _damage: Skips = attrs.field(factory=lambda: Skips("GPMF_DAMAGED"))
    _unreadable: dict[str, tuple[Skips, dict[str, int]]] = attrs.field(factory=dict)
    _rows: Skips = attrs.field(factory=Skips)
    _values: dict[str, Skips] = attrs.field(factory=dict)
    _table: dict[str, Skips] = attrs.field(factory=dict)
    _total: int = 0

    def damage(self, offset: int) -> None:
        """Count a place where no record can be."""
        self._damage.add(Locus(self.artifact, offset=offset))

    def unreadable(self, key: str, reason: str, offset: int) -> None:
        """Count a record of samples that does not fit its description."""
        if reason not in self._unreadable:
            self._unreadable[reason] = (Skips("GPMF_STREAM_UNREADABLE"), {})
        skips, keys = self._unreadable[reason]
        skips.add(Locus(self.artifact, offset=offset))
        if key in keys or len(keys) < _MOST_NAMES:
            keys[key] = keys.get(key, 0) + 1

    def other(self, key: str) -> None:
        """Count a record of which nothing is made."""
        if key in self.others or len(self.others) < _MOST_NAMES:
            self.others[key] = self.others.get(key, 0) + 1

    def rows(self, lost: Mask, offset: int) -> None:
        """Count rows, shape (n,), that cannot be; they stand in the record at an offset."""
        self._total += len(lost)
        for _row in range(int(lost.sum())):
            self._rows.add(Locus(self.artifact, offset=offset))

    def values(self, column: str, count: int, offset: int) -> None:
        """Count values that a column does not allow."""
        if count:
            skips = self._values.setdefault(column, Skips("VALUE_OUT_OF_RANGE"))
            skips.add(Locus(self.artifact, offset=offset), count)

    def table(self, reason: str, offset: int, count: int = 1) -> None:
        """Count payloads that the index of a video names and that cannot be."""
        if count > 0:
            skips = self._table.setdefault(reason, Skips("GPMF_TABLE_DAMAGED"))
            skips.add(Locus(self.artifact, offset=offset), count)

    def cut(self, offset: int) -> None:
        """Say that the file ends in the middle of a record; the first such place counts."""
        if self.cut_at is None:
            self.cut_at = offset

    def issues(self) -> Iterator[Issue]:
        """Yield what was counted."""
        name = self.artifact
        if self.cut_at is not None:
            yield Issue(
                "ARTIFACT_TRUNCATED", Locus(name, offset=self.cut_at), artifact=name, offset=self.cut_at
            )
        yield from self._damage.issues(artifact=name)
        for reason, skips in self._table.items():
            yield from skips.issues(artifact=name, reason=reason)
        for reason, (skips, keys) in self._unreadable.items():
            yield from skips.issues(keys=", ".join(keys), reason=reason)
        yield from self._rows.issues(total=self._total)
        for column, skips in self._values.items():
            yield from skips.issues(column=column)
