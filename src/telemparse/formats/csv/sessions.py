"""Sessions of a MyChronoGPS lap timer: laps and sectors of the device, and no samples."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.csv.laps import MOST_LAPS, Tally
from telemparse.formats.csv.session_lines import HEAD_LINE, LAP_LINE, SPAN
from telemparse.kernels.clocks import DAY_NS, NS_PER_S
from telemparse.kernels.lines import Newlines, decoded, line_blocks
from telemparse.kernels.texts import strings
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.gates import Gate, GateKind
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.skips import Skips
from telemparse.schemas import build
from telemparse.schemas.device_laps import DeviceLap, DeviceSector, laps_batch, sectors_batch

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.lines import Encoding
    from telemparse.model.artifacts import Artifact

__all__ = ["Session"]

_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_FIRST_YEAR, _LAST_YEAR = 1980, 2261  # from GPS time's beginning to what 64 bits of ns hold
_HUNDREDTH_NS = NS_PER_S // 100
_NO_TIME = "no valid time"
_CLOCK = {
    "source": ["date", "time"],
    "is": (
        "UTC of the fix that showed the end of a lap, in whole seconds: it stands in the events, for the file"
        " says no more of where laps and sectors begin and end"
    ),
    "resolution_s": 1,
    "lap_time_resolution_s": 0.01,
}


@attrs.define
class Session:
    """Reads one session, line by line.

    Args:
        artifact: the file.
        encoding: of the file.
        names: gives each stream the name that it goes under.
        suffix: of the metadata keys.
        block_bytes: size to read at a time; what is read does not depend on it.
    """

    artifact: Artifact
    encoding: Encoding
    names: Callable[[str], str]
    suffix: str
    block_bytes: int
    _tally: Tally = attrs.field(factory=Tally)
    _sectors: list[DeviceSector] = attrs.field(factory=list)
    _ends: list[tuple[int, int]] = attrs.field(factory=list)
    _seen: set[str] = attrs.field(factory=set)
    _gates: list[Gate] = attrs.field(factory=list)
    _track: str | None = None
    _stint: int = 0
    _last: int = 0
    _lines: int = 0
    _skips: dict[str, Skips] = attrs.field(factory=dict)
    _odd: dict[str, Skips] = attrs.field(factory=dict)

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives."""
        number = 0
        for text, is_cut in self._texts():
            number += 1
            if not text.strip():
                continue
            self._lines += 1
            torn = is_cut and not self._is_whole(text.strip())
            if torn:
                offset = max(self.artifact.size - len(text.encode(self.encoding.name, "replace")), 0)
                place = Locus(self.artifact.name, line=number, offset=offset)
                yield Issue("ARTIFACT_TRUNCATED", place, artifact=self.artifact.name, offset=offset)
            self._take(text.strip(), number, is_cut=torn)
        yield from self._told()
        yield from self._streams()
        yield from self._losses()

    def _texts(self) -> Iterator[tuple[str, bool]]:
        """Yield lines, and of each whether it is the last one and nothing ends it."""
        head = decoded(self.artifact.read_at(0, HEAD_BYTES), self.encoding)
        newlines = Newlines.LF if "\n" in head else Newlines.CR
        with self.artifact.open() as reader:
            blocks = line_blocks(
                reader,
                self.encoding,
                start=self.encoding.bom,
                block_bytes=self.block_bytes,
                newlines=newlines,
            )
            for block in blocks:
                lines = block.lines.decode("utf-8", "replace").split("\n")
                last = lines.pop()
                yield from ((line, False) for line in lines)
                if last:
                    yield last, block.last

    def _is_whole(self, line: str) -> bool:
        """Tell whether a last line that nothing ends has all the cells that others have."""
        lap = LAP_LINE.fullmatch(line)
        if lap is None:
            return HEAD_LINE.fullmatch(line) is not None and line.endswith(";")
        sectors = len(lap["sectors"].split(";")) - 1
        usual = max((sector.sector_index + 1 for sector in self._sectors), default=sectors)
        return not lap["rest"] and sectors >= usual

    def _take(self, line: str, number: int, *, is_cut: bool) -> None:
        lap = LAP_LINE.fullmatch(line)
        if lap is not None and (SPAN.fullmatch(lap["time"]) or lap["time"].strip() == _NO_TIME):
            self._lap(lap, line, number, is_cut=is_cut)
            return
        head = HEAD_LINE.fullmatch(line)
        if head is not None:
            self._head(head)
        elif not is_cut:  # a line that was cut is told of already
            self._skip("no lap", number)

    def _skip(self, reason: str, number: int) -> None:
        self._skips.setdefault(reason, Skips()).add(Locus(self.artifact.name, line=number))

    def _blank(self, column: str, number: int) -> None:
        self._odd.setdefault(column, Skips("VALUE_OUT_OF_RANGE")).add(Locus(self.artifact.name, line=number))

    def _head(self, found: re.Match[str]) -> None:
        if self._tally.laps:
            self._stint, self._last = self._stint + 1, 0
        if self._track is not None:
            return
        self._track = found["name"].strip()
        numbers = [float(cell) for cell in found["gate"].split(";")]
        try:
            gate = Gate(
                kind=GateKind.START_FINISH,
                name="FL",
                lat1_deg=numbers[0],
                lon1_deg=numbers[1],
                lat2_deg=numbers[2],
                lon2_deg=numbers[3],
                raw={"FL": numbers},
            )
        except ValueError:
            return
        if numbers[:2] != numbers[2:]:  # 0;0;0;0 where no line was known
            self._gates.append(gate)

    def _lap(self, found: re.Match[str], line: str, number: int, *, is_cut: bool) -> None:
        key = ";".join(line.split(";", 3)[:3])
        if key in self._seen:
            self._skip("repeats a lap", number)
            return
        if len(self._seen) < MOST_LAPS:
            self._seen.add(key)
        lap, span_ns, before = int(found["lap"]), _span_ns(found["time"]), len(self._tally.laps)
        t_ns = _instant_ns(found)
        if t_ns is None:
            self._blank("date and time", number)
        if lap <= self._last:
            self._stint += 1
        self._last = lap
        if span_ns is None:
            self._tally.leave_out("no lap time")
            return
        self._tally.add(DeviceLap(duration_ns=span_ns, device_lap=lap, stint_index=self._stint))
        if len(self._tally.laps) == before:
            return
        if t_ns is not None:
            self._ends.append((t_ns, lap))
        self._parts(found, number, is_cut=is_cut)

    def _parts(self, found: re.Match[str], number: int, *, is_cut: bool) -> None:
        cells = found["sectors"].split(";")[:-1]
        if found["rest"] and not is_cut:
            cells.append(found["rest"])
        for index, cell in enumerate(cells):
            span_ns = _span_ns(cell)
            if span_ns is not None:
                self._sectors.append(
                    DeviceSector(
                        lap_number=len(self._tally.laps),
                        sector_index=index,
                        duration_ns=span_ns,
                        stint_index=self._stint,
                    )
                )
            elif cell.strip() != _NO_TIME:
                self._blank("sector", number)

    def _told(self) -> Iterator[Meta]:
        yield Meta(f"dialect{self.suffix}", "mychronogps_session")
        yield Meta("device_family", "MyChronoGPS")
        if self._track:
            yield Meta(f"track{self.suffix}", self._track)
        if self._gates:
            yield Meta(f"gates{self.suffix}", self._gates)
        yield Meta(f"clock{self.suffix}", _CLOCK)

    def _streams(self) -> Iterator[Message]:
        if self._ends:
            columns = {
                "t": np.array([t_ns for t_ns, _lap in self._ends], np.int64),
                "event_type": strings(["lap_beacon"] * len(self._ends)).dictionary_encode(),
                "value": np.array([lap for _t_ns, lap in self._ends], np.float64),
            }
            yield Batch(self.names("events"), build("events", columns))
        if self._tally.laps:
            yield Batch(self.names("laps"), laps_batch(self._tally.laps))
        if self._sectors:
            yield Batch(self.names("sectors"), sectors_batch(self._sectors))
        if self._tally.left_out:
            yield Meta(f"{self.names('laps')}_left_out", dict(self._tally.left_out))

    def _losses(self) -> Iterator[Issue]:
        if self._skips:
            places = sorted((each for skips in self._skips.values() for each in skips.loci), key=_line_of)[:3]
            yield Issue(
                "ROWS_SKIPPED",
                places[0],
                count=sum(skips.count for skips in self._skips.values()),
                total=self._lines,
                reasons={reason: skips.count for reason, skips in sorted(self._skips.items())},
                loci=[str(place) for place in places],
            )
        for column, skips in sorted(self._odd.items()):
            yield from skips.issues(column=column, reason="no possible value")


def _line_of(place: Locus) -> int:
    return place.line or 0


def _span_ns(text: str) -> int | None:
    found = SPAN.fullmatch(text.strip())
    if found is None:
        return None
    seconds = 60 * int(found["minutes"]) + int(found["seconds"])
    return seconds * NS_PER_S + int(found["hundredths"]) * _HUNDREDTH_NS


def _instant_ns(found: re.Match[str]) -> int | None:
    """Return the stamp of a lap, ns since 1970 in UTC; None for no date or time of day that there is."""
    try:
        day = dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
        of_day = dt.time(int(found["hour"]), int(found["minute"]), int(found["second"]))
    except ValueError:
        return None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    seconds = (of_day.hour * 60 + of_day.minute) * 60 + of_day.second
    return (day.toordinal() - _EPOCH_DAY) * DAY_NS + seconds * NS_PER_S
