"""What becomes of each channel of a recording: time bases, solutions, sensors, and the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.spelling import squash
from telemparse.kernels.unique_names import UniqueNames
from telemparse.schemas import ChannelNames

from telemparse_vbb.sources import Base, Sensor, Source, Trigger, angle, measured
from telemparse_vbb.words import COUNTED, LAP, RECEIVER, SENSORS, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.schemas import NamedChannel

    from telemparse_vbb.layouts import Layout
    from telemparse_vbb.records import Channel
    from telemparse_vbb.rows import Place
    from telemparse_vbb.survey import Survey

__all__ = ["Plan", "plan_of"]

_AXES = 3
_ODD = re.compile(r"[^a-z0-9]+")


@attrs.define
class Plan:
    """What is made of a recording.

    Attributes:
        bases: time bases.
        receiver: sources of the GNSS solution by word of `RECEIVER`; empty without positions.
        fused: of the solution of the logger's filter; empty without.
        sensors: inertial ones.
        trigger: None without.
        lap: place of a channel that counts laps, None without.
        channels: the others, by their places.
        assumed: channels without a unit, and the unit that is taken.
    """

    bases: list[Base] = attrs.field(factory=list)
    receiver: dict[str, Source] = attrs.field(factory=dict)
    fused: dict[str, Source] = attrs.field(factory=dict)
    sensors: list[Sensor] = attrs.field(factory=list)
    trigger: Trigger | None = None
    lap: Place | None = None
    channels: dict[Place, NamedChannel] = attrs.field(factory=dict)
    assumed: list[tuple[str, str]] = attrs.field(factory=list)
    _layouts: dict[int, Layout] = attrs.field(factory=dict)
    _names: ChannelNames = attrs.field(factory=ChannelNames)
    _named: dict[tuple[int, Channel, int], NamedChannel] = attrs.field(factory=dict)
    _base_names: UniqueNames = attrs.field(factory=lambda: UniqueNames({"main"}))
    _taken: set[Place] = attrs.field(factory=set)

    def base_of(self, group: int) -> Base:
        """Return the time base of a group that the plan knows."""
        return next(base for base in self.bases if group in base.groups)

    def knows(self, layout: Layout) -> bool:
        """Tell whether a group is planned as it stands now."""
        known = self._layouts.get(layout.group)
        if known is not None and known is not layout and known.channels == layout.channels:
            self._layouts[layout.group] = known = layout
        return known is layout

    def add(self, layout: Layout, named: str) -> None:
        """Plan a group that came later, or is made up anew: its channels stay channels."""
        if layout.group not in self._layouts:
            self.bases.append(self._lone(layout.group, named))
        self._layouts[layout.group] = layout
        gone = {place for place in self._places(self.receiver, self.fused) if place[0] == layout.group}
        if gone:
            self._taken -= self._places(self.receiver, self.fused)
            self.receiver, self.fused = {}, {}
        self.sensors = [sensor for sensor in self.sensors if sensor.group != layout.group]
        if self.trigger is not None and self.trigger.place[0] == layout.group:
            self.trigger = None
        if self.lap is not None and self.lap[0] == layout.group:
            self.lap = None
        self.channels = {
            place: channel for place, channel in self.channels.items() if place[0] != layout.group
        }
        self._taken = {place for place in self._taken if place[0] != layout.group}
        self._read(gone=bool(gone))

    def _places(self, *solutions: dict[str, Source]) -> set[Place]:
        return {source.place for solution in solutions for source in solution.values()}

    def _read(self, *, gone: bool = True) -> None:
        if gone:
            self._positions()
        self._inertial()
        self._moments()
        met: dict[tuple[int, Channel], int] = {}
        for place, channel in self._all():
            # A group that is made up anew keeps the names of the channels that are as they were.
            count = met[place[0], channel] = met.get((place[0], channel), 0) + 1
            if place not in self._taken and place not in self.channels:
                key = (place[0], channel, count)
                if key not in self._named:
                    self._named[key] = self._names.take(channel.name, channel.unit)
                self.channels[place] = self._named[key]

    def _all(self) -> Iterator[tuple[Place, Channel]]:
        for group, layout in self._layouts.items():
            for index, channel in enumerate(layout.channels):
                yield (group, index), channel

    def _lone(self, group: int, named: str) -> Base:
        word = _ODD.sub("_", named.lower()).strip("_") or f"group_{group}"
        return Base(f"channels.{self._base_names.take(word)}", frozenset({group}))

    def _positions(self) -> None:
        plain, raw = self._solution(""), self._solution("_")
        if plain and raw:
            # Beside the receiver's own solution the other one is that of the logger's filter.
            shared = {word: plain[word] for word in ("sat_count", "solution", *_ACCURACY) if word in plain}
            self.fused = {word: source for word, source in plain.items() if word not in _ACCURACY}
            self.receiver = {**shared, **raw}
        else:
            self.receiver = plain or raw
        kept = {source.place for word, source in self.receiver.items() if word in COUNTED}
        self._taken |= self._places(self.receiver, self.fused) - kept

    def _solution(self, prefix: str) -> dict[str, Source]:
        """Return the sources of a solution, all of one time base; empty without both coordinates."""
        found: dict[str, list[tuple[Place, Channel]]] = {}
        for place, channel in self._all():
            if channel.name.startswith("_") == bool(prefix):
                quantity = RECEIVER.get(squash(channel.name))
                if quantity is not None:
                    found.setdefault(quantity.name, []).append((place, channel))
        for lat, _channel in found.get("lat", []):
            lon = next((place for place, _channel in found.get("lon", []) if place[0] == lat[0]), None)
            if lon is not None:
                return self._sources(found, lat, lon)
        return {}

    def _sources(
        self, found: dict[str, list[tuple[Place, Channel]]], lat: Place, lon: Place
    ) -> dict[str, Source]:
        groups = self.base_of(lat[0]).groups
        sources = {}
        for word, some in found.items():
            wanted = {"lat": lat, "lon": lon}.get(word)
            # Those of the group of the position come before others of its time base.
            near = sorted((one for one in some if one[0][0] in groups), key=lambda one: one[0][0] != lat[0])
            for place, channel in near:
                if wanted is None or place == wanted:
                    source = (
                        angle(place, channel)
                        if wanted
                        else measured(self.assumed, place, channel, _QUANTITIES[word])
                    )
                    if source is not None:
                        sources[word] = source
                        break
        return sources

    def _inertial(self) -> None:
        for stream, axes in SENSORS.items():
            for group, layout in self._layouts.items():
                assumed = len(self.assumed)
                found: dict[str, Source] = {}
                for index, channel in enumerate(layout.channels):
                    quantity = axes.get(squash(channel.name))
                    if quantity is None or quantity.name in found or (group, index) in self._taken:
                        continue
                    source = measured(self.assumed, (group, index), channel, quantity)
                    if source is not None:
                        found[quantity.name] = source
                if len(found) < _AXES:
                    del self.assumed[assumed:]
                    continue
                first = all(sensor.stream != stream for sensor in self.sensors)
                name = stream if first else f"{stream}.group_{group}"
                self.sensors.append(Sensor(name, group, found))
                self._taken |= self._places(found)

    def _moments(self) -> None:
        named: dict[str, list[tuple[Place, str]]] = {}
        for place, channel in self._all():
            named.setdefault(squash(channel.name), []).append((place, channel.name))
        for place, _name in named.get("ms", []) if self.trigger is None else []:
            fine = next((one for one, _name in named.get("ns", []) if one[0] == place[0]), None)
            if fine is not None:
                self.trigger = Trigger(place, "ms, ns", fine)
                break
        known = [named[word][0] for word in TRIGGERS if word in named]
        if self.trigger is None and known:
            self.trigger = Trigger(*known[0])
        laps = [named[word][0][0] for word in LAP if word in named]
        self.lap = self.lap or (laps[0] if laps else None)


_ACCURACY = ("hacc_m", "vacc_m", "sacc_mps")
_QUANTITIES = {quantity.name: quantity for quantity in RECEIVER.values()}


def plan_of(survey: Survey) -> Plan:
    """Return what is made of a recording, by a first look at it."""
    plan = Plan()
    rates: dict[float, set[int]] = {}
    for group, rate in survey.rates.items():
        rates.setdefault(rate, set()).add(group)
    lone = [group for group in survey.layouts if group not in survey.rates]
    if len(rates) + len(lone) == 1:
        plan.bases = [Base("channels.main", frozenset(survey.layouts))]
    else:
        for rate, groups in sorted(rates.items(), reverse=True):
            word = plan._base_names.take(f"{rate:g}hz".replace(".", "_"))  # noqa: SLF001  (its own maker)
            plan.bases.append(Base(f"channels.{word}", frozenset(groups)))
        plan.bases += [plan._lone(group, survey.named.get(group, "")) for group in lone]  # noqa: SLF001  (likewise)
    plan._layouts = dict(survey.layouts)  # noqa: SLF001  (likewise)
    plan._read()  # noqa: SLF001  (likewise)
    return plan
