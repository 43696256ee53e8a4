"""Laps of a TCX document as the device counted them, gathered while the document is read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.trackpoints.lexicon import plain_name
from telemparse.kernels.casts import instants
from telemparse.kernels.clocks import NS_PER_S, local_to_utc_ns
from telemparse.kernels.texts import strings
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.skips import Skips
from telemparse.schemas.device_laps import DeviceLap, laps_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.xml_outline import Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["Lap", "Laps"]

_MOST = 100_000
_TOLD = 1000  # laps of which everything is kept that they say
_FACTS = 48
_FACT_CHARACTERS = 200
_DECIMAL = re.compile(r"(\d{1,9}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d)?")
_LONGEST = 64  # more is no number and no time


@attrs.define
class Lap:
    """One lap as it stands in the document.

    Args:
        activity: index of its activity, from 0.
        start, seconds, metres: texts of StartTime, TotalTimeSeconds and DistanceMeters, or None.
        facts: what else it says, by name.
    """

    activity: int
    start: str | None
    seconds: str | None = None
    metres: str | None = None
    facts: dict[str, str] = attrs.field(factory=dict)


@attrs.define
class Laps:
    """The laps of a document.

    Attributes:
        count: how many began; the first 100 000 are kept.
    """

    count: int = 0
    _kept: list[Lap] = attrs.field(factory=list)
    _now: Lap | None = None

    def opened(self, activity: int, start: str | None) -> None:
        """A lap of an activity begins."""
        self.count += 1
        self._now = Lap(activity, _short(start))
        if len(self._kept) < _MOST:
            self._kept.append(self._now)

    def closed(self, below: Path, text: str) -> None:
        """An element of the lap ends; `below` is its path from the lap on."""
        if self._now is None or not text:
            return
        if below == ("TotalTimeSeconds",):
            self._now.seconds = _short(text)
        elif below == ("DistanceMeters",):
            self._now.metres = _short(text)
        elif self.count <= _TOLD and len(self._now.facts) < _FACTS:
            name = plain_name(below[:-1] if below[-1] == "Value" else below)
            self._now.facts.setdefault(name, text[:_FACT_CHARACTERS])

    def messages(self, artifact: Artifact, suffix: str, options: ParseOptions) -> Iterator[Message]:
        """Yield the stream `laps`, what laps say beside it, and what could not be kept."""
        if not self.count:
            return
        starts, naive = self._starts(options)
        untimed, odd = Skips(), Skips("VALUE_OUT_OF_RANGE")
        laps = []
        for record, (lap, start_ns) in enumerate(zip(self._kept, starts, strict=True)):
            place = Locus(artifact.name, record=record)
            duration_ns = _nanoseconds(lap.seconds)
            distance_m = _metres(lap.metres)
            if lap.metres is not None and distance_m is None:
                odd.add(place)
            if duration_ns is None:
                untimed.add(place)
                continue
            laps.append(
                DeviceLap(
                    duration_ns=duration_ns,
                    stint_index=lap.activity,
                    t_start_ns=start_ns,
                    distance_m=distance_m,
                )
            )
        if laps:
            yield Batch(f"laps{suffix}", laps_batch(laps))
        told = [_with_numbers(lap.facts) for lap in self._kept[:_TOLD]]
        if any(told):
            yield Meta("lap_facts", told)
        yield from untimed.issues(total=self.count, reason="a lap without a readable TotalTimeSeconds")
        yield from odd.issues(column="DistanceMeters of laps")
        if self.count > _MOST:
            more = self.count - _MOST
            yield Issue("ROWS_SKIPPED", Locus(artifact.name), count=more, total=self.count, reason="laps")
        if naive and options.timezone is None:
            yield Issue("TIME_ZONE_ASSUMED_UTC", Locus(artifact.name), stream="laps", count=naive)

    def _starts(self, options: ParseOptions) -> tuple[list[int | None], int]:
        """Return the start of each lap in ns, None where it has no readable one, and how many lack a zone."""
        t_ns, valid, zoned = instants(strings([lap.start or "" for lap in self._kept]))
        naive = valid & ~zoned
        if options.timezone is not None and naive.any():
            t_ns = t_ns.copy()
            t_ns[naive] = local_to_utc_ns(t_ns[naive], options.timezone)
        known = zip(t_ns.tolist(), valid.tolist(), strict=True)
        return [value if readable else None for value, readable in known], int(naive.sum())


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else "?"


def _with_numbers(facts: dict[str, str]) -> dict[str, str | float]:
    return {name: float(text) if _DECIMAL.fullmatch(text) else text for name, text in facts.items()}


def _nanoseconds(text: str | None) -> int | None:
    """Return a duration exactly as it is written, or None."""
    if text is None or not _DECIMAL.fullmatch(text):
        return None
    return round(Decimal(text) * NS_PER_S)


def _metres(text: str | None) -> float | None:
    return float(text) if text is not None and _DECIMAL.fullmatch(text) else None
