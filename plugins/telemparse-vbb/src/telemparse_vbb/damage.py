"""What a VBB file loses on its way: places without a record, samples that nobody can read, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Mask

__all__ = ["Damage"]

_LISTED = 20


def _skips(code: str) -> Skips:
    return Skips(code)


@attrs.define
class Damage:
    """Counts the losses of one file.

    Args:
        artifact: its name.

    Attributes:
        samples: that were met, whether they could be read or not.
        unknown: how often a record began with a byte that names no kind.
    """

    artifact: str
    samples: int = 0
    unknown: dict[int, int] = attrs.field(factory=dict)
    _gaps: Skips = attrs.field(factory=lambda: _skips("VBB_RECORDS_DAMAGED"))
    _gap_bytes: int = 0
    _groups: dict[int, int] = attrs.field(factory=dict)
    _undefined: Skips = attrs.field(factory=lambda: _skips("VBB_GROUP_UNDEFINED"))
    _rows: Skips = attrs.field(factory=lambda: _skips("ROWS_SKIPPED"))
    _reasons: dict[str, int] = attrs.field(factory=dict)
    _values: dict[str, Skips] = attrs.field(factory=dict)
    _end: int | None = None

    def gap(self, offset: int, size: int) -> None:
        """Count bytes that hold no record."""
        self._gaps.add(Locus(self.artifact, offset=offset))
        self._gap_bytes += size

    def undefined(self, group: int, offset: int) -> None:
        """Count a sample of a group that is not defined."""
        self.samples += 1
        self._groups[group] = self._groups.get(group, 0) + 1
        self._undefined.add(Locus(self.artifact, offset=offset))

    def skip(self, reason: str, offset: int) -> None:
        """Count a sample that gives no row."""
        self._reasons[reason] = self._reasons.get(reason, 0) + 1
        self._rows.add(Locus(self.artifact, offset=offset))

    def blank(self, channel: str, lost: Mask) -> None:
        """Count values that cannot be, of a block."""
        count = int(lost.sum())
        if count:
            skips = self._values.setdefault(channel, Skips("VALUE_OUT_OF_RANGE"))
            if not skips.count:
                skips.add(Locus(self.artifact))
                count -= 1
            skips.count += count

    def end(self, offset: int) -> None:
        """Note that the file ends within the record that begins here."""
        self._end = offset

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost, the same however the file was cut into pieces."""
        yield from self._gaps.issues(artifact=self.artifact, bytes=self._gap_bytes)
        groups = ", ".join(str(group) for group in sorted(self._groups)[:_LISTED])
        yield from self._undefined.issues(artifact=self.artifact, groups=groups)
        yield from self._rows.issues(total=self.samples, reasons=dict(sorted(self._reasons.items())))
        for channel, skips in sorted(self._values.items()):
            yield from skips.issues(column=channel)
        if self._end is not None:
            place = Locus(self.artifact, offset=self._end)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact, offset=self._end)
