"""Laps that the device counted in columns or in comment lines, told block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.extension.csv_rules import timed
from telemparse.formats.csv.numbers import numbers
from telemparse.formats.csv.spans import LONGEST_NS
from telemparse.schemas.device_laps import DeviceLap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.csv_rules import LapRule
    from telemparse.formats.csv.reading import Cells
    from telemparse.formats.csv.source_column import Column
    from telemparse.formats.csv.sources import Instants
    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["MOST_LAPS", "LapWatch", "Tally"]

MOST_LAPS = 100_000
_OUTSIDE = -(2**31)
_LARGEST = 2**31
_NS_PER_S = 1e9
_AT_ONCE_NS = 2_000_000_000
_FINER_NS = 20_000_000
_UNSURE = ("LOW_CONFIDENCE_CROSSING",)


@attrs.define
class Tally:
    """Laps so far, and how many were left out because the file does not hold them whole.

    Args:
        laps: in file order.
        left_out: reasons to counts.
    """

    laps: list[DeviceLap] = attrs.field(factory=list)
    left_out: dict[str, int] = attrs.field(factory=dict)

    def add(self, lap: DeviceLap) -> None:
        """Add a lap; what no recording has is counted only."""
        if not 0 < lap.duration_ns <= LONGEST_NS:
            self.leave_out("no possible lap time")
        elif len(self.laps) >= MOST_LAPS:
            self.leave_out("more laps than are kept")
        else:
            self.laps.append(lap)

    def leave_out(self, reason: str) -> None:
        """Count a lap that is left out."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


@attrs.define
class LapWatch:
    """Follows a column that counts laps.

    Args:
        number: that column.
        span: column with the time in the lap, or with the time of the last whole one; None without.
        scale: of that column, seconds for one.
        is_running: which of the two it is.
        decimal: sign.
        tally: takes the laps.
        outside: number of rows outside laps, None where only blank cells are.
    """

    number: Column
    span: Column | None
    scale: float
    is_running: bool
    decimal: str
    tally: Tally
    outside: int | None = None
    _code: int | None = None
    _start_ns: int | None = None
    _last_ns: int = 0
    _last_span_ns: int = 0
    _stint: int = 0

    @classmethod
    def of(cls, rule: LapRule, watched: Mapping[str, Column], decimal: str, tally: Tally) -> LapWatch | None:
        """Return the watch over the columns that a rule names, None where the file lacks them."""
        number = watched.get("number")
        what = "running" if rule.running else "finished" if rule.finished else ""
        span = watched.get(what)
        if number is None or (what and span is None):
            return None
        scale = timed(rule.running or rule.finished)[1].scale if what else 1.0
        return cls(number, span, scale, what == "running", decimal, tally, rule.outside)

    def follow(self, cells: Cells, times: Instants) -> None:
        """Take in a block."""
        if self.number.index not in cells.columns:
            return
        codes, said = self._codes(cells)
        keep = np.ones(cells.rows, np.bool_) if times.valid is None else times.valid.copy()
        spans_ns = self._spans(cells)
        if self.span is not None:
            keep &= said  # rows of other sensors say nothing of laps
        if self.is_running:
            keep &= spans_ns >= 0  # without its time nobody knows when a lap began
        rows = np.flatnonzero(keep)
        if not len(rows):
            return
        codes, t_ns, spans_ns = codes[rows], times.t_ns[rows], spans_ns[rows]
        first = int(codes[0]) if self._code is None else self._code
        changes = np.flatnonzero(codes != np.concatenate([[first], codes[:-1]]))
        if self._code is None:
            self._begin(int(codes[0]), int(t_ns[0]), int(spans_ns[0]), whole=False)
        for row in changes.tolist():
            if row:
                self._last_ns, self._last_span_ns = int(t_ns[row - 1]), int(spans_ns[row - 1])
            self._change(int(codes[row]), int(t_ns[row]), int(spans_ns[row]))
        self._last_ns, self._last_span_ns = int(t_ns[-1]), int(spans_ns[-1])

    def close(self) -> None:
        """Take in that the file ends."""
        if self._code in (None, _OUTSIDE):
            return
        if self.is_running:
            self._finish_running(None)
        elif self.span is None:
            self.tally.leave_out("the file ends within the lap")

    def _codes(self, cells: Cells) -> tuple[Ints, Mask]:
        read = numbers(cells.columns[self.number.index], self.decimal, None)
        values = read.values.astype(np.float64)
        said = (np.abs(values) < _LARGEST) & (values == np.rint(values))
        said &= np.True_ if read.valid is None else read.valid
        if self.outside is not None:
            said &= values != self.outside
        return np.where(said, np.where(said, values, 0.0).astype(np.int64), _OUTSIDE), said

    def _spans(self, cells: Cells) -> Ints:
        """Return the times beside the numbers in ns, -1 where there is none."""
        if self.span is None or self.span.index not in cells.columns:
            return np.full(cells.rows, -1, np.int64)
        read = numbers(cells.columns[self.span.index], self.decimal, None)
        scaled: Floats = np.rint(read.values.astype(np.float64) * self.scale * _NS_PER_S)
        good = (scaled >= 0) & (scaled <= LONGEST_NS)
        good &= np.True_ if read.valid is None else read.valid
        return np.where(good, np.where(good, scaled, 0.0).astype(np.int64), -1)

    def _begin(self, code: int, t_ns: int, span_ns: int, *, whole: bool) -> None:
        self._code = code
        if self.is_running:
            self._start_ns = t_ns - span_ns
        else:
            self._start_ns = t_ns if whole else None

    def _change(self, code: int, t_ns: int, span_ns: int) -> None:
        """Take in that another lap begins in a row."""
        before = self._code
        if self.is_running:
            self._finish_running(t_ns - span_ns)
        elif self.span is not None:
            self._finish_stated(code, t_ns, span_ns)
        elif before != _OUTSIDE:
            self._finish_counted(t_ns)
        if not self.is_running and before is not None and _OUTSIDE < code < before:
            self._stint += 1
        self._begin(code, t_ns, span_ns, whole=True)

    def _finish_counted(self, t_ns: int) -> None:
        if self._start_ns is None:
            self.tally.leave_out("the file begins within the lap")
            return
        self._add(t_ns - self._start_ns, self._start_ns, t_ns, confidence="MEDIUM")

    def _finish_stated(self, code: int, t_ns: int, span_ns: int) -> None:
        """Add the lap that a rising number says is whole; its number is the new count."""
        if self._code is None or code <= self._code:
            return
        if span_ns <= 0:
            self.tally.leave_out("no lap time beside the number")
            return
        self._code = code
        self._add(span_ns, t_ns - span_ns, t_ns, confidence="HIGH")

    def _finish_running(self, next_ns: int | None) -> None:
        """Add the lap that ends; the next one's start is its end where that follows at once."""
        assert self._start_ns is not None  # noqa: S101  (each lap of a running time has begun)
        end_ns = self._last_ns
        if next_ns is not None and 0 <= next_ns - end_ns <= _AT_ONCE_NS:
            sure = next_ns - end_ns <= _FINER_NS
            self._add(
                next_ns - self._start_ns, self._start_ns, next_ns, confidence="HIGH" if sure else "MEDIUM"
            )
            return
        self._add(
            self._last_span_ns,
            self._start_ns,
            self._start_ns + self._last_span_ns,
            confidence="LOW",
            reasons=_UNSURE,
        )
        self._stint += 1

    def _add(
        self, duration_ns: int, start_ns: int, end_ns: int, *, confidence: str, reasons: tuple[str, ...] = ()
    ) -> None:
        self.tally.add(
            DeviceLap(
                duration_ns=duration_ns,
                device_lap=self._code,
                stint_index=self._stint,
                t_start_ns=start_ns,
                t_end_ns=end_ns,
                confidence=confidence,
                reasons=reasons,
            )
        )
