"""Which device of a session becomes which stream, and who reads it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import attrs

from telemparse import schemas
from telemparse.kernels.unique_names import UniqueNames

from telemparse_racechrono.clocks import POSITION
from telemparse_racechrono.facts import kind_word
from telemparse_racechrono.quantities import MEANINGS
from telemparse_racechrono.receiver import Receiver
from telemparse_racechrono.sensors import SENSORS, Sensor
from telemparse_racechrono.vehicle import Group, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse import ParseOptions

    from telemparse_racechrono.archive import Member
    from telemparse_racechrono.clocks import Clock
    from telemparse_racechrono.gates import Traps

__all__ = ["Assignment", "Reader"]

Reader: TypeAlias = Receiver | Sensor | Group

_INT32_OR_PAIR = frozenset({0, 1})


@attrs.define
class Assignment:
    """Gives the members of each clock to their readers.

    Args:
        clocks: of one folder.
        main: device of the main receiver, None without any.
        models: numbers of the devices' models.
        tail: behind the names of streams, empty for the first folder.
        options: `streams` and `channels` count: what nobody wants is not read.
        traps: timing lines that watch the trace.
    """

    clocks: list[Clock]
    main: int | None
    models: Mapping[int, int | None]
    tail: str
    options: ParseOptions
    traps: Traps
    _names: schemas.ChannelNames = attrs.field(factory=lambda: schemas.ChannelNames(MEANINGS))
    _streams: UniqueNames = attrs.field(factory=UniqueNames)

    def readers(self) -> list[list[Reader]]:
        """Return what reads each clock, in the order of the clocks."""
        canonical: list[list[Receiver | Sensor]] = [[*self._receiver(clock)] for clock in self.clocks]
        self._add_sensors(canonical)
        left = [_left(clock, readers) for clock, readers in zip(self.clocks, canonical, strict=True)]
        way = self._way()
        for clock, members in zip(self.clocks, left, strict=True):
            if clock is way and clock.way is not None:
                members.insert(0, clock.way)
        places = _Places.of(self.clocks, left)
        return [
            [*filter(self._is_wanted, readers), *self._group(clock, members, places)]
            for clock, readers, members in zip(self.clocks, canonical, left, strict=True)
        ]

    def _receiver(self, clock: Clock) -> list[Receiver]:
        place = clock.channel(POSITION)
        if place is None or place.name.element not in _INT32_OR_PAIR:
            return []
        is_main = clock.device == self.main
        suffix = self.tail if is_main else self._suffix(clock)
        wants = self.options.wants
        watching = self.traps if is_main and self.traps else None
        return [Receiver(clock, suffix, wants(f"gnss_pvt{suffix}"), wants(f"events{suffix}"), watching)]

    def _add_sensors(self, canonical: list[list[Receiver | Sensor]]) -> None:
        """Add the sensors; the main ones are those in the housing of the main receiver, else the first."""
        model = None if self.main is None else self.models.get(self.main)
        for kind in SENSORS:
            held = [clock for clock in self.clocks if kind.members(clock)]
            beside = [clock for clock in held if model is not None and self.models.get(clock.device) == model]
            first = next(iter(beside or held), None)
            for clock, readers in zip(self.clocks, canonical, strict=True):
                if kind.members(clock):
                    suffix = self.tail if clock is first else self._suffix(clock)
                    readers.append(Sensor(kind, clock, suffix))

    def _suffix(self, clock: Clock) -> str:
        """Return what stands behind the streams of a further device: `.gps_301`."""
        label = f"{kind_word(clock.kind)}_{clock.device}"
        return f"{self.tail}_{label}" if self.tail else f".{label}"

    def _way(self) -> Clock | None:
        """Return the clock whose way is kept: the app gives the same way at the instants of every clock."""
        with_way = [clock for clock in self.clocks if clock.way is not None]
        receivers = [clock for clock in with_way if clock.device == self.main]
        return max(receivers or with_way, key=lambda clock: clock.rows, default=None)

    def _is_wanted(self, reader: Receiver | Sensor) -> bool:
        if isinstance(reader, Sensor):
            return self.options.wants(reader.stream)
        return reader.wants_rows or reader.wants_events or reader.traps is not None

    def _group(self, clock: Clock, members: list[Member], places: _Places) -> list[Group]:
        """Return the group of a clock, where somebody wants it."""
        if not members:
            return []
        channels = tuple(named(member, self._names) for member in members)
        word = places.word(clock, channels[0].quantity.name)
        tail = f"{self.tail}_{word}".rstrip("_") if self.tail else f".{word or 'main'}"
        group = Group(self._streams.take(f"channels{tail}"), channels)
        chosen = group.wanted(self.options.channels)
        return [chosen] if chosen is not None and self.options.wants(chosen.stream) else []


@attrs.frozen
class _Places:
    """How many clocks and devices there are, by which groups of channels are told apart.

    Args:
        clocks: with channels, of each device.
        devices: of each kind.
    """

    clocks: Counter[int]
    devices: Counter[int]

    @classmethod
    def of(cls, clocks: list[Clock], left: list[list[Member]]) -> _Places:
        """Return the counts for clocks and the channels that are left on each."""
        timing = [clock.device for clock, members in zip(clocks, left, strict=True) if members]
        kinds = {(clock.device, clock.kind) for clock in clocks}
        return cls(Counter(timing), Counter(kind for _device, kind in kinds))

    def word(self, clock: Clock, lead: str) -> str:
        """Return the word for a group: its device, and where that has several the first channel too."""
        if self.clocks.total() == 1:
            return ""
        word = kind_word(clock.kind)
        if self.devices[clock.kind] > 1:
            word = f"{word}_{clock.device}"
        return f"{word}_{lead}" if self.clocks[clock.device] > 1 else word


def _left(clock: Clock, readers: list[Receiver | Sensor]) -> list[Member]:
    """Return the members of a clock that no canonical stream takes."""
    taken = {number for reader in readers for number in reader.taken}
    return [member for member in clock.values if member.name.channel not in taken]
