"""The list of laps: times with their uncertainty, the device's beside them, and doubts in words."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.differences import best_of
from telemparse.analysis.lap_matching import match_laps
from telemparse.analysis.lap_rows import lap_rows
from telemparse.kernels.lap_figures import lap_time
from telemparse.model.codes import CODES
from telemparse.report.analysed import has_speeds, speeds_at
from telemparse.report.figures import KMH, decimals_for, length, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from telemparse.analysis.differences import BestLap
    from telemparse.analysis.lap_matching import Match
    from telemparse.analysis.lap_rows import LapRow
    from telemparse.analysis.motions import Motion
    from telemparse.model.issues import Issue
    from telemparse.report.analysed import Analysed

__all__ = ["DeviceLap", "Doubt", "LapLine", "LapList", "lap_list"]

VALIDITIES = {"VALID": "valid", "INVALID": "invalid", "OUTLAP": "out lap", "INLAP": "in lap"}
_DEVICE_DECIMALS = 3
_MOST_LINES = 1500


@attrs.frozen
class Doubt:
    """A reason of a lap: its registry code, and what it says here."""

    code: str
    words: str


@attrs.frozen(kw_only=True)
class DeviceLap:
    """A lap as the device timed it.

    Args:
        number: its number in the device's list, and
        own: the device's own number, None where it gives none.
        time: in words.
        difference: how much longer ours is, empty where there is none of ours.
    """

    number: int
    own: int | None
    time: str
    difference: str = ""


@attrs.frozen(kw_only=True)
class LapLine:
    """One row.

    Args:
        number, stint: of the lap; stints from 1.
        time: lap time with the decimals that it deserves.
        sigma: its standard deviation in words, empty where nobody knows it.
        behind: time behind the best lap, empty of laps that do not count.
        is_best: the best lap.
        is_rival: not distinguishable from the best.
        device: the same lap as the device timed it, None without.
        distance, top_kmh: in words, empty where unknown.
        validity, confidence: in words.
        counts: the lap is valid.
        doubts: why it does not count, or is less sure.
    """

    number: int
    stint: int
    time: str
    sigma: str
    behind: str
    is_best: bool
    is_rival: bool
    device: DeviceLap | None
    distance: str
    top_kmh: str
    validity: str
    confidence: str
    counts: bool
    doubts: tuple[Doubt, ...]


@attrs.frozen(kw_only=True)
class LapList:
    """All laps.

    Args:
        lines: rows in order.
        more: laps that the list leaves out because it is too long.
        stints: how many.
        by_device: the laps are the device's own: none were found here.
        best: the best lap, None where none counts.
        best_time, best_sigma: of it, in words.
        rivals: numbers of laps not distinguishable from it.
        valid: how many count.
        unmatched: laps of the device that are none of these.
        agreement: how well those that are agree, in words; empty without any.
    """

    lines: tuple[LapLine, ...]
    more: int
    stints: int
    by_device: bool
    best: BestLap | None
    best_time: str
    best_sigma: str
    rivals: str
    valid: int
    unmatched: tuple[DeviceLap, ...]
    agreement: str

    @property
    def has_sigma(self) -> bool:
        """Whether anybody knows how sure a time is."""
        return any(line.sigma for line in self.lines)

    @property
    def has_distance(self) -> bool:
        """Whether the distance of a lap is known."""
        return any(line.distance for line in self.lines)

    @property
    def has_top(self) -> bool:
        """Whether the highest speed of a lap is known."""
        return any(line.top_kmh for line in self.lines)

    @property
    def has_device(self) -> bool:
        """Whether any row has a device's lap beside it."""
        return any(line.device is not None for line in self.lines)


def lap_list(found: Analysed) -> LapList | None:
    """Return the list of laps, those of the device alone where no others were found, None without any."""
    device = found.result.streams.get("laps")
    if device is not None and not device.num_rows:
        device = None
    by_device = not len(found.laps)
    table = device if by_device else found.laps.table
    if table is None:
        return None
    rows = lap_rows(table)
    best = best_of(rows)
    matches = () if by_device or device is None else match_laps(table, device)
    theirs = [] if device is None else _device_laps(device)
    known = [row.std_s for row in rows if row.std_s is not None]
    decimals = _DEVICE_DECIMALS if by_device else decimals_for(median(known) if known else None)
    beside = _Beside(best, {match.row: match for match in matches}, theirs, decimals)
    lines = _lines(found, rows, table, beside)
    taken = {match.other for match in matches}
    leader = next((line for line in lines if line.is_best), None)
    return LapList(
        lines=tuple(lines[:_MOST_LINES]),
        more=max(len(lines) - _MOST_LINES, 0),
        stints=len({line.stint for line in lines}),
        by_device=by_device,
        best=best,
        best_time=leader.time if leader else "",
        best_sigma=leader.sigma if leader else "",
        rivals=", ".join(map(str, best.rivals)) if best and best.std_s is not None else "",
        valid=sum(row.counts for row in rows),
        unmatched=() if by_device else tuple(lap for place, lap in enumerate(theirs) if place not in taken),
        agreement=_agreement(matches),
    )


def _device_laps(table: pa.Table) -> list[DeviceLap]:
    owns = table["device_lap"].to_pylist() if "device_lap" in table.column_names else [None] * table.num_rows
    return [
        DeviceLap(number=row.number, own=own, time=lap_time(row.duration_ns, _DEVICE_DECIMALS))
        for row, own in zip(lap_rows(table), owns, strict=True)
    ]


@attrs.frozen
class _Beside:
    """What stands beside the rows: the best lap, and the device's laps."""

    best: BestLap | None
    matches: Mapping[int, Match]
    theirs: Sequence[DeviceLap]
    decimals: int

    def device(self, index: int, decimals: int) -> DeviceLap | None:
        """Return the device's lap of a row."""
        match = self.matches.get(index)
        if match is None:
            return None
        difference = signed(match.seconds, max(decimals, _DEVICE_DECIMALS))
        return attrs.evolve(self.theirs[match.other], difference=difference)

    def behind(self, row: LapRow, decimals: int) -> str:
        """Return how much longer a row takes than the best lap; nothing of laps that do not count."""
        if self.best is None or row.number == self.best.number or not row.counts:
            return ""
        return signed(row.seconds - self.best.seconds, decimals)


def _lines(found: Analysed, rows: tuple[LapRow, ...], table: pa.Table, beside: _Beside) -> list[LapLine]:
    columns: dict[str, list[Any]] = {
        name: table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
        for name in ("stint_index", "distance_m", "confidence")
    }
    motion = found.motion
    best = beside.best
    tops = _top_speeds(motion if motion is not None and has_speeds(motion) else None, rows)
    lines = []
    for index, row in enumerate(rows):
        own = beside.decimals if row.std_s is None else min(beside.decimals, decimals_for(row.std_s))
        distance_m = columns["distance_m"][index]
        lines.append(LapLine(
            number=row.number,
            stint=columns["stint_index"][index] + 1,
            time=lap_time(row.duration_ns, own),
            sigma="" if row.std_s is None else f"{row.std_s:.{max(own, decimals_for(row.std_s))}f}",
            behind=beside.behind(row, own),
            is_best=best is not None and row.number == best.number,
            is_rival=best is not None and best.std_s is not None and row.number in best.rivals,
            device=beside.device(index, own),
            distance="" if distance_m is None else length(distance_m),
            top_kmh="" if tops[index] is None else f"{tops[index]:.0f}",
            validity=VALIDITIES.get(row.validity, row.validity),
            confidence=(columns["confidence"][index] or "").lower(),
            counts=row.counts,
            doubts=tuple(_doubt(code, row.number, found.laps.issues) for code in row.reasons),
        ))  # fmt: skip
    return lines


def _top_speeds(motion: Motion | None, rows: Iterable[LapRow]) -> list[float | None]:
    """Return the highest speed of each lap in km/h, None where unknown."""
    rows = list(rows)
    if motion is None:
        return [None] * len(rows)
    stamps = motion.path.t_ns
    speed = speeds_at(motion, stamps)
    tops: list[float | None] = []
    for row in rows:
        if row.t_start_ns is None or row.t_end_ns is None:
            tops.append(None)
            continue
        first, last = np.searchsorted(stamps, [row.t_start_ns, row.t_end_ns])
        inside = speed[first:last]
        inside = inside[np.isfinite(inside)]
        tops.append(KMH * float(inside.max()) if len(inside) else None)
    return tops


def _doubt(code: str, number: int, issues: Iterable[Issue]) -> Doubt:
    """Return a reason in the words of its finding, else of the registry."""
    own = [issue for issue in issues if issue.code == code]
    said = next((issue for issue in own if issue.evidence.get("lap") == number), None)
    said = said or next((issue for issue in own if "lap" not in issue.evidence), None)
    if said is not None:
        return Doubt(code, said.message.removeprefix(f"lap {number} "))
    entry: Any = CODES.get(code)
    return Doubt(code, entry.description if entry else "")


def _agreement(matches: Iterable[Match]) -> str:
    apart = [abs(match.seconds) for match in matches]
    if not apart:
        return ""
    words = f"{len(apart)} lap{'s' * (len(apart) != 1)} matched; usual difference {median(apart):.3f} s"
    later = [match.later_s for match in matches if match.later_s is not None]
    if later and abs(median(later)) >= 1.0:
        way = "later" if median(later) > 0 else "earlier"
        words += f"; ours begin {abs(median(later)):.1f} s {way}: at another line, or by another clock"
    return words
