"""Which device of a session becomes which stream, and who reads it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import attrs

from telemparse import schemas
from telemparse.kernels.unique_names import UniqueNames

from telemparse_racechrono.clocks import POSITION
from telemparse_racechrono.elements import Column
from telemparse_racechrono.facts import kind_word
from telemparse_racechrono.quantities import MEANINGS, quantity
from telemparse_racechrono.receiver import Receiver
from telemparse_racechrono.sensors import SENSORS, Sensor
from telemparse_racechrono.vehicle import Channel, Group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse import ParseOptions

    from telemparse_racechrono.archive import Member
    from telemparse_racechrono.clocks import Clock
    from telemparse_racechrono.gates import Traps
    from telemparse_racechrono.names import MemberName

__all__ = ["Assignment", "Reader"]

Reader: TypeAlias = Receiver | Sensor | Group

_INT32_OR_PAIR = frozenset({0, 1})


@attrs.define
class Assignment:
    """Gives the members of each clock to their readers.

    Args:
        parts: the clocks of each part of a session; what a device gives goes on in the same streams.
        main: device of the main receiver, None without any.
        models: numbers of the devices' models.
        tail: behind the names of streams, empty for the first session.
        options: `streams` and `channels` count: what nobody wants is not read.
        traps: timing lines that watch the trace.
    """

    parts: list[list[Clock]]
    main: int | None
    models: Mapping[int, int | None]
    tail: str
    options: ParseOptions
    traps: Traps
    _names: schemas.ChannelNames = attrs.field(factory=lambda: schemas.ChannelNames(MEANINGS))
    _named: dict[MemberName, schemas.NamedChannel] = attrs.field(factory=dict)

    def readers(self) -> list[tuple[Clock, list[Reader]]]:
        """Return the clocks, part by part, with what reads each."""
        main_sensors = self._main_sensors()
        canonical = [[self._canonical(clock, main_sensors) for clock in clocks] for clocks in self.parts]
        left = [self._left(clocks, mine) for clocks, mine in zip(self.parts, canonical, strict=True)]
        places = _Places.of(self.parts, left)
        found: list[tuple[Clock, list[Reader]]] = []
        for clocks, readers, members in zip(self.parts, canonical, left, strict=True):
            streams = UniqueNames()
            for clock, mine, others in zip(clocks, readers, members, strict=True):
                wanted: list[Reader] = [reader for reader in mine if self._is_wanted(reader)]
                wanted += self._group(clock, others, places, streams)
                found.append((clock, wanted))
        return found

    def _canonical(self, clock: Clock, main_sensors: Mapping[str, int]) -> list[Receiver | Sensor]:
        return [*self._receiver(clock), *self._sensors(clock, main_sensors)]

    def _left(self, clocks: list[Clock], readers: list[list[Receiver | Sensor]]) -> list[list[Member]]:
        """Return the members of each clock of a part that no canonical stream takes."""
        way = self._way(clocks)
        left = []
        for clock, mine in zip(clocks, readers, strict=True):
            taken = {number for reader in mine for number in reader.taken}
            members = [member for member in clock.values if member.name.channel not in taken]
            left.append([clock.way, *members] if clock is way and clock.way is not None else members)
        return left

    def _receiver(self, clock: Clock) -> list[Receiver]:
        place = clock.channel(POSITION)
        if place is None or place.name.element not in _INT32_OR_PAIR:
            return []
        is_main = clock.device == self.main
        suffix = self.tail if is_main else self._suffix(clock)
        wants = self.options.wants
        watching = self.traps if is_main and self.traps else None
        return [Receiver(clock, suffix, wants(f"gnss_pvt{suffix}"), wants(f"events{suffix}"), watching)]

    def _main_sensors(self) -> dict[str, int]:
        """Return the main device by stream: one in the housing of the main receiver, else the first."""
        model = None if self.main is None else self.models.get(self.main)
        found = {}
        for kind in SENSORS:
            held = [clock.device for clocks in self.parts for clock in clocks if kind.members(clock)]
            beside = [device for device in held if model is not None and self.models.get(device) == model]
            if held:
                found[kind.stream] = (beside or held)[0]
        return found

    def _sensors(self, clock: Clock, main: Mapping[str, int]) -> list[Sensor]:
        return [
            Sensor(kind, clock, self.tail if clock.device == main[kind.stream] else self._suffix(clock))
            for kind in SENSORS
            if kind.members(clock)
        ]

    def _suffix(self, clock: Clock) -> str:
        """Return what stands behind the streams of a further device: `.gps_301`."""
        label = f"{kind_word(clock.kind)}_{clock.device}"
        return f"{self.tail}_{label}" if self.tail else f".{label}"

    def _way(self, clocks: list[Clock]) -> Clock | None:
        """Return the clock whose way is kept: the app gives the same way at the instants of every clock."""
        with_way = [clock for clock in clocks if clock.way is not None]
        receivers = [clock for clock in with_way if clock.device == self.main]
        return max(receivers or with_way, key=lambda clock: clock.rows, default=None)

    def _is_wanted(self, reader: Receiver | Sensor) -> bool:
        if isinstance(reader, Sensor):
            return self.options.wants(reader.stream)
        return reader.wants_rows or reader.wants_events or reader.traps is not None

    def _group(
        self, clock: Clock, members: list[Member], places: _Places, streams: UniqueNames
    ) -> list[Group]:
        """Return the group of a clock, where somebody wants it."""
        if not members:
            return []
        channels = tuple(self._channel(member) for member in members)
        word = places.word(clock, channels[0].quantity.name)
        tail = f"{self.tail}_{word}".rstrip("_") if self.tail else f".{word or 'main'}"
        group = Group(streams.take(f"channels{tail}"), channels).wanted(self.options.channels)
        return [group] if group is not None and self.options.wants(group.stream) else []

    def _channel(self, member: Member) -> Channel:
        """Return a channel under the name that it has in the whole session."""
        column = Column(member)
        meant = quantity(member.name.channel, whole=column.is_whole)
        if member.name not in self._named:
            self._named[member.name] = self._names.take(meant.name, meant.unit)
        return Channel(column, meant, self._named[member.name])


@attrs.frozen
class _Places:
    """How many clocks and devices there are, by which groups of channels are told apart.

    Args:
        clocks: with channels, of each device, in the part that has the most.
        devices: of each kind.
    """

    clocks: Counter[int]
    devices: Counter[int]

    @classmethod
    def of(cls, parts: list[list[Clock]], left: list[list[list[Member]]]) -> _Places:
        """Return the counts for the clocks of the parts and the channels that are left on each."""
        most: Counter[int] = Counter()
        for clocks, members in zip(parts, left, strict=True):
            most |= Counter(clock.device for clock, held in zip(clocks, members, strict=True) if held)
        kinds = {(clock.device, clock.kind) for clocks in parts for clock in clocks}
        return cls(most, Counter(kind for _device, kind in kinds))

    def word(self, clock: Clock, lead: str) -> str:
        """Return the word for a group: its device, and where that has several the first channel too."""
        if self.clocks.total() == 1:
            return ""
        word = kind_word(clock.kind)
        if self.devices[clock.kind] > 1:
            word = f"{word}_{clock.device}"
        return f"{word}_{lead}" if self.clocks[clock.device] > 1 else word
