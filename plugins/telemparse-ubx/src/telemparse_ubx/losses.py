"""What of a log could not be read: counted, with the first places, and told at its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints

__all__ = ["Losses"]

_NAMES = 200


@attrs.define
class Losses:
    """Counts of one artifact.

    Attributes:
        marks: offsets of damage that nobody has asked for yet.
        messages: frames by name.
        sentences: of NMEA 0183, by address.
        corrections: of RTCM 3, by number.
        texts: lines of text.
        padding: bytes of blanks, NULs and erased memory.
        cut: where the file ends in the middle of something.
    """

    artifact: str
    marks: list[int] = attrs.field(factory=list)
    messages: Counter[str] = attrs.field(factory=Counter)
    sentences: Counter[str] = attrs.field(factory=Counter)
    corrections: Counter[str] = attrs.field(factory=Counter)
    texts: int = 0
    padding: int = 0
    cut: int | None = None
    _failed: Skips = attrs.field(factory=lambda: Skips("UBX_CHECKSUM_FAILED"))
    _unknown: Skips = attrs.field(factory=lambda: Skips("UBX_UNKNOWN_BYTES"))
    _unknown_bytes: int = 0
    _short: dict[str, Skips] = attrs.field(factory=dict)
    _values: dict[str, Skips] = attrs.field(factory=dict)
    _rows: dict[str, Skips] = attrs.field(factory=dict)
    _stretch: int | None = None
    _stretch_bytes: int = 0
    _covered: int = -1

    def fail(self, offset: int, end: int) -> None:
        """Count a frame whose checksum is wrong, unless it begins within another one that is damaged.

        Args:
            offset: of its beginning, in the stretch that is open.
            end: where it claims to end.
        """
        if offset >= self._covered:
            self._failed.add(Locus(self.artifact, offset=offset))
            self.marks.append(offset)
            self._covered = end

    def pass_junk(self, offset: int, count: int) -> None:
        """Go over bytes that nobody knows; what stands next to each other is one stretch."""
        if self._stretch is None:
            self._stretch, self._stretch_bytes, self._covered = offset, 0, -1
        self._stretch_bytes += count

    def end_stretch(self, *, explained: bool = False) -> None:
        """Come to something that is known again; a stretch without a damaged frame is told of."""
        if self._stretch is not None and not explained and self._covered < 0:
            self._unknown.add(Locus(self.artifact, offset=self._stretch))
            self._unknown_bytes += self._stretch_bytes
            self.marks.append(self._stretch)
        self._stretch = None

    def count(self, counter: Counter[str], name: str, number: int = 1) -> None:
        """Count something by name; of very many names the later ones together."""
        counter[name if name in counter or len(counter) < _NAMES else "other"] += number

    def shorten(self, message: str, offsets: Ints) -> None:
        """Count frames that are too short for what they should hold."""
        skips = self._short.setdefault(message, Skips("UBX_PAYLOAD_SHORT"))
        skips.add_offsets(self.artifact, offsets)

    def lose_values(self, column: str, offsets: Ints) -> None:
        """Count values of a column that cannot be."""
        if len(offsets):
            skips = self._values.setdefault(column, Skips("VALUE_OUT_OF_RANGE"))
            skips.add_offsets(self.artifact, offsets)

    def lose_rows(self, reason: str, offsets: Ints) -> None:
        """Count messages that could not become a row."""
        if len(offsets):
            self._rows.setdefault(reason, Skips()).add_offsets(self.artifact, offsets)

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost, one issue for each way."""
        yield from self._failed.issues()
        yield from self._unknown.issues(bytes=self._unknown_bytes, artifact=self.artifact)
        for message, skips in sorted(self._short.items()):
            yield from skips.issues(message=message)
        for reason, skips in sorted(self._rows.items()):
            yield from skips.issues(total=self.messages.total(), reason=reason)
        for column, skips in sorted(self._values.items()):
            yield from skips.issues(column=column)
        if self.cut is not None:
            place = Locus(self.artifact, offset=self.cut)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact, offset=self.cut)

    def facts(self) -> dict[str, Any]:
        """Return counts of what stands between the frames."""
        return {
            "nmea": dict(sorted(self.sentences.items())),
            "rtcm3": dict(sorted(self.corrections.items())),
            "text_lines": self.texts,
            "padding_bytes": self.padding,
        }
