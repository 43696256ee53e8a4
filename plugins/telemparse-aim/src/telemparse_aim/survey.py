"""The first look at a file: its clock, the last names of its channels, and which receivers it has.

Channels and laps count the logger's ms, and which instant those are is known only once positions have come.
So the descriptions and positions of the whole file are looked at before anything is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days, local_to_utc_ns

from telemparse_aim.clock import Clock, Ties
from telemparse_aim.fixes import RECEIVERS, Epochs
from telemparse_aim.frames import message_at, messages_in
from telemparse_aim.layout import Definition
from telemparse_aim.stretches import following, stretches

if TYPE_CHECKING:
    from telemparse.model.artifacts import Artifact

    from telemparse_aim.frames import Frame

__all__ = ["LocalStart", "Survey", "survey"]

_WANTED = re.compile(rb"<h(?:CNF|CHS|GPS|TMD|TMT)")
_DATE = re.compile(rb"(\d\d)/(\d\d)/(\d{4})\0?")
_TIME = re.compile(rb"(\d\d):(\d\d):(\d\d)\0?")
_MONTHS = 12
_MOST_CHANNELS = 10_000  # more than the layout takes
_MOST_DAYS = 30


@attrs.frozen
class LocalStart:
    """The date and time that the logger shows at the start: ns since 1970 of its wall clock.

    Args:
        local_ns: without a zone.
        is_certain: day and month cannot be taken for each other.
    """

    local_ns: int
    is_certain: bool


@attrs.define
class Survey:
    """What the first look found.

    Attributes:
        definitions: the last description of each channel.
        ties: logger's time against GPS time.
        receivers: names of the position messages, in the order in which they came.
    """

    definitions: dict[tuple[int, int, int], Definition] = attrs.field(factory=dict)
    ties: Ties = attrs.field(factory=Ties)
    receivers: list[str] = attrs.field(factory=list)
    _day: tuple[int, bool] | None = None
    _second: int | None = None

    @property
    def start(self) -> LocalStart | None:
        """The wall clock at the start, None where the file does not tell."""
        if self._day is None or self._second is None:
            return None
        return LocalStart(self._day[0] * DAY_NS + self._second * NS_PER_S, self._day[1])

    def note(self, frame: Frame) -> None:
        """Take a message that describes channels, or tells date or time: of those the first."""
        if frame.name == "TMD":
            self._day = self._day or _day(frame.payload)
        elif frame.name == "TMT":
            self._second = _seconds(frame.payload) if self._second is None else self._second
        for part in messages_in(frame) if frame.name == "CNF" else (frame,):
            definition = Definition.read(part.payload) if part.name == "CHS" else None
            if definition is None:
                continue
            if definition.key in self.definitions or len(self.definitions) < _MOST_CHANNELS:
                self.definitions[definition.key] = definition

    def clock(self, zone: str | None) -> Clock:
        """Return the clock: by GPS time, else by the local start in a zone, else relative."""
        clock = self.ties.clock()
        if clock is not None:
            return clock
        nothing = np.zeros(1, np.int64)
        if self.start is None:
            return Clock(nothing, nothing, time_base="relative")
        start_ns = np.array([self.start.local_ns], np.int64)
        return Clock(nothing, local_to_utc_ns(start_ns, zone or "UTC"), zone=zone or "assumed UTC")

    def days_astray(self, clock: Clock) -> int:
        """Return by how many days GPS time and a certain local date differ, 0 for up to a month."""
        if self.start is None or not self.start.is_certain or not clock.epochs:
            return 0
        days = abs(clock.instant(0) - self.start.local_ns) // DAY_NS
        # The logger's ms may count since days; receivers that count weeks anew are 19 years off.
        return days if days > _MOST_DAYS else 0


def survey(artifact: Artifact, stretch_bytes: int) -> Survey:
    """Return what a first look at a file finds."""
    found = Survey()
    pieces = stretches(artifact, stretch_bytes)
    piece = next(pieces, None)
    while piece is not None:
        data, base, limit, _last = piece
        positions: dict[str, list[bytes]] = {}
        for match in _WANTED.finditer(data):
            frame = message_at(data, match.start(), base) if match.start() < limit else None
            if frame is None or not frame.sound:
                continue
            if frame.name in RECEIVERS:
                positions.setdefault(frame.name, []).append(frame.payload)
            else:
                found.note(frame)
        for name, payloads in positions.items():
            _tie(found, name, payloads)
        piece = following(pieces, limit)
    return found


def _tie(found: Survey, name: str, payloads: list[bytes]) -> None:
    epochs = Epochs.read(payloads)
    if epochs is not None:
        if name not in found.receivers:
            found.receivers.append(name)
        if name == found.receivers[0]:
            dated = epochs.dated
            found.ties.add(epochs.ticks_ms[dated].tolist(), epochs.utc_ns[dated].tolist())


def _day(payload: bytes) -> tuple[int, bool] | None:
    """Return days since 1970 of `MM/DD/YYYY`, or `DD/MM/YYYY` if only that fits, and whether that is sure."""
    match = _DATE.match(payload)
    if match is None:
        return None
    first, second, year = (int(word) for word in match.groups())
    month, day = (first, second) if first <= _MONTHS else (second, first)
    days, valid = civil_days(*(np.array([part], np.int64) for part in (year, month, day)))
    return (int(days[0]), max(first, second) > _MONTHS or first == second) if valid[0] else None


def _seconds(payload: bytes) -> int | None:
    match = _TIME.match(payload)
    if match is None:
        return None
    hour, minute, second = (int(word) for word in match.groups())
    return (hour * 60 + minute) * 60 + second
