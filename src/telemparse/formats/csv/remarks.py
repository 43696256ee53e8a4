"""Comment lines among the rows that say something: laps, pit lane, the end of a session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.extension.csv_rules import lap_pattern
from telemparse.formats.csv.spans import clock_ns, decimal_ns
from telemparse.schemas.device_laps import DeviceLap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.laps import Tally
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.sources import Instants

__all__ = ["RemarkWatch", "telling"]

_SIGNS = "#%/ \t"


def telling(dialect: CsvDialect) -> re.Pattern[str] | None:
    """Return the expression that comment lines of a dialect fit which say something, None for none."""
    parts = [rf"[{_SIGNS}]*{re.escape(phrase)}" for phrase in dialect.comment_events]
    if dialect.laps is not None and dialect.laps.comment:
        parts.append(re.sub(r"\(\?P<\w+>", "(?:", lap_pattern(dialect.laps.comment).pattern) + "$")
    return re.compile(rf"\s*(?:{'|'.join(parts)})", re.IGNORECASE) if parts else None


@attrs.define
class RemarkWatch:
    """Turns telling comment lines into laps and events.

    Args:
        pattern: of a line with a lap, or None.
        out_lap: the device's number of the way to the start line, or None.
        events: phrases in lower case to event types.
        tally: takes the laps.
    """

    pattern: re.Pattern[str] | None
    out_lap: int | None
    events: Mapping[str, str]
    tally: Tally
    _waiting: list[tuple[int, int]] = attrs.field(factory=list)
    _last_ns: int | None = None

    @classmethod
    def of(cls, dialect: CsvDialect, tally: Tally) -> RemarkWatch | None:
        """Return the watch, None where a dialect says nothing of comment lines."""
        rule = dialect.laps
        text = rule.comment if rule is not None else ""
        if not text and not dialect.comment_events:
            return None
        pattern = lap_pattern(text) if text else None
        return cls(pattern, rule.out_lap if rule is not None else None, dialect.comment_events, tally)

    def follow(self, cells: Cells, times: Instants) -> list[tuple[int, str]]:
        """Take in a block; return (instant, event type) in order.

        A lap ends at the first timed row behind its line; what happens has happened by the last one before.
        """
        rows = np.arange(cells.rows) if times.valid is None else np.flatnonzero(times.valid)
        t_ns = times.t_ns[rows]
        events: list[tuple[int, str]] = []
        if len(t_ns):
            self._settle(int(t_ns[0]))
        for row, line in cells.skipped.remarks:
            place = int(np.searchsorted(rows, row))
            before = int(t_ns[place - 1]) if place else self._last_ns
            self._read(line, before, int(t_ns[place]) if place < len(t_ns) else None, events)
        if len(t_ns):
            self._last_ns = int(t_ns[-1])
        return events

    def close(self) -> None:
        """Take in that the file ends: laps behind whose line no row stands have no instant."""
        for number, span_ns in self._waiting:
            self._add(number, span_ns, None)
        self._waiting.clear()

    def _settle(self, t_ns: int) -> None:
        """Give laps told behind the rows of earlier blocks the instant of the first row of this one."""
        for number, span_ns in self._waiting:
            self._add(number, span_ns, t_ns)
        self._waiting.clear()

    def _read(self, line: str, before: int | None, behind: int | None, events: list[tuple[int, str]]) -> None:
        found = self.pattern.fullmatch(line.strip()) if self.pattern is not None else None
        if found is not None:
            span_ns = clock_ns(found["time"]) if ":" in found["time"] else decimal_ns(found["time"])
            if span_ns is None:
                self.tally.leave_out("no possible lap time")
            elif behind is None:
                self._waiting.append((int(found["lap"]), span_ns))
            else:
                self._add(int(found["lap"]), span_ns, behind)
            return
        words = line.strip().strip(_SIGNS).lower()
        kind = next((kind for phrase, kind in self.events.items() if words.startswith(phrase)), None)
        at = before if before is not None else behind
        if kind is not None and at is not None:
            events.append((at, kind))

    def _add(self, number: int, span_ns: int, end_ns: int | None) -> None:
        self.tally.add(
            DeviceLap(
                duration_ns=span_ns,
                device_lap=number,
                t_start_ns=None if end_ns is None else end_ns - span_ns,
                t_end_ns=end_ns,
                validity="OUTLAP" if number == self.out_lap else "VALID",
            )
        )
