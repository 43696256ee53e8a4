"""What of a file was lost or is odd: counted, with the first places, and told as issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.model.issues import Issue, Locus
from telemparse.model.skips import Skips

from telemparse_fit.sections import Crc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints
    from telemparse.model.artifacts import Artifact

    from telemparse_fit.pieces import SectionWalk
    from telemparse_fit.sections import Section

__all__ = ["Tally"]

_PLACES = 3


@attrs.define
class Tally:
    """Counts of one file.

    Attributes:
        total: messages that became rows or could have.
        untimed: those without a place in time.
        laps: lap messages without a duration, or too many.
        ranges: bytes that could not be read.
    """

    artifact: Artifact
    total: int = 0
    untimed: Skips = attrs.field(factory=Skips)
    laps: Skips = attrs.field(factory=Skips)
    uncalibrated: dict[str, Skips] = attrs.field(factory=dict)
    skipped_bytes: int = 0
    skipped_places: int = 0
    ranges: list[tuple[int, int]] = attrs.field(factory=list)
    odd: set[tuple[int, int]] = attrs.field(factory=set)
    swapped: set[int] = attrs.field(factory=set)

    def skip(self, begin: int, end: int, *, count: int = 1, size: int | None = None) -> None:
        """Count bytes that are no messages."""
        self.skipped_bytes += end - begin if size is None else size
        self.skipped_places += count
        if len(self.ranges) < _PLACES and end > begin:
            self.ranges.append((begin, end))

    def lose_times(self, places: Ints) -> None:
        """Count messages without a place in time, by their places in the file."""
        self.untimed.add_offsets(self.artifact.name, places)

    def leave_raw(self, sensor: str, places: Ints) -> None:
        """Count messages of a sensor that nothing calibrates."""
        if sensor not in self.uncalibrated:
            self.uncalibrated[sensor] = Skips("FIT_NOT_CALIBRATED")
        self.uncalibrated[sensor].add_offsets(self.artifact.name, places)

    def section(self, section: Section, walk: SectionWalk) -> Iterator[Issue]:
        """Yield what is wrong with a section, and count what was lost in it."""
        name = self.artifact.name
        self.odd |= walk.walker.odd
        self.swapped |= walk.walker.swapped
        wary = walk.wary
        cut = None
        if wary is not None:
            for begin, end in wary.lost:
                self.skip(begin, end)
            shown = sum(end - begin for begin, end in wary.lost)
            more = wary.lost_places - len(wary.lost)
            if more:
                self.skip(0, 0, count=more, size=wary.lost_bytes - shown)
            if wary.last_lost is not None:
                if section.cut or section.crc is Crc.ABSENT:
                    cut = wary.last_lost[0]
                else:
                    self.skip(*wary.last_lost)
        if section.crc is Crc.BAD:
            place = Locus(name, offset=section.end)
            yield Issue("FIT_CRC_MISMATCH", place, section=section.header, bytes=section.end - section.header)
        if section.cut or cut is not None:
            offset = section.end if cut is None else cut
            missing = max(section.start + section.stated + 2 - self.artifact.size, 0)
            place = Locus(name, offset=offset)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=offset, missing=missing)
        elif not section.is_size_right and section.crc is not Crc.BAD:
            found = section.end - section.start
            place = Locus(name, offset=section.header)
            yield Issue("FIT_SIZE_WRONG", place, stated=section.stated, found=found)

    def issues(self) -> Iterator[Issue]:
        """Yield what was lost in the whole file, one issue for each way."""
        name = self.artifact.name
        if self.skipped_places:
            begin = self.ranges[0][0] if self.ranges else 0
            loci = [str(Locus(name, offset=begin)) for begin, _end in self.ranges]
            yield Issue(
                "FIT_BYTES_SKIPPED", Locus(name, offset=begin), bytes=self.skipped_bytes,
                count=self.skipped_places, loci=loci, lengths=[end - begin for begin, end in self.ranges],
            )  # fmt: skip
        yield from self.untimed.issues(total=self.total, reason="no time")
        yield from self.laps.issues(total=self.laps.count, reason="no duration of a lap")
        for sensor, skips in self.uncalibrated.items():
            yield from skips.issues(sensor=sensor)
        if self.odd:
            fields = [f"{number} of message {message}" for message, number in sorted(self.odd)[:_PLACES]]
            yield Issue("FIT_FIELD_SIZE_ODD", Locus(name), count=len(self.odd), fields=fields)
        if self.swapped:
            yield Issue("FIT_BYTE_ORDER_WRONG", Locus(name), count=len(self.swapped))
