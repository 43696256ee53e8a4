"""Messages of which there are few: laps, sessions, the device and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.model.messages import Meta
from telemparse.schemas import DeviceLap

from telemparse_fit.profile import GARMIN_PRODUCTS, MANUFACTURERS, Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse_fit.clock import Clock
    from telemparse_fit.groups import Group

__all__ = ["MOST_LAPS", "Notes", "lap_rows"]

MOST_LAPS = 100_000
_MOST_NOTES = 100
_NS_PER_MS = 1_000_000
_INDEX = 254
_INDEX_BITS = 0x0FFF  # the others of message_index are flags
# FIT profile, "lap".
_START, _ELAPSED, _TIMER, _DISTANCE = 2, 7, 8, 9
_GARMIN = 1
_CREATOR = 0
_FILES: Mapping[int, str] = {
    1: "device", 2: "settings", 3: "sport", 4: "activity", 5: "workout", 6: "course", 7: "schedules",
    9: "weight", 10: "totals", 11: "goals", 14: "blood_pressure", 15: "monitoring_a", 20: "activity_summary",
    28: "monitoring_daily", 32: "monitoring_b", 34: "segment", 35: "segment_list", 40: "exd_configuration",
}  # fmt: skip
_SPORTS: Mapping[int, str] = {
    0: "generic", 1: "running", 2: "cycling", 3: "transition", 4: "fitness_equipment", 5: "swimming",
    10: "training", 11: "walking", 13: "alpine_skiing", 14: "snowboarding", 15: "rowing", 17: "hiking",
    18: "multisport", 20: "flying", 21: "e_biking", 22: "motorcycling", 23: "boating", 24: "driving",
    32: "sailing", 36: "snowmobiling", 41: "kayaking", 43: "windsurfing", 44: "kitesurfing",
}  # fmt: skip


def lap_rows(group: Group, clock: Clock, stint: int) -> Iterator[tuple[int, DeviceLap | None]]:
    """Yield the place of each lap message in the piece and its lap, None for one without a duration.

    The duration is total_elapsed_time, from line to line; total_timer_time, which leaves pauses out, only
    where the first is not known. The end is the message's timestamp (FIT profile, "lap").
    """
    t_ns, timed = clock.instants(group.seconds, group.stamped)
    columns = {number: group.one(number) for number in (_START, _ELAPSED, _TIMER, _DISTANCE, _INDEX)}
    start = columns[_START]
    start_ns, started = t_ns, np.zeros(len(t_ns), np.bool_)
    if start is not None:
        start_ns, started = clock.instants(start.values, start.known)

    def of(number: int, row: int) -> int | None:
        column = columns[number]
        return int(column.values[row]) if column is not None and column.known[row] else None

    for row, place in enumerate(group.places.tolist()):
        begin = int(start_ns[row]) if started[row] else None
        end = int(t_ns[row]) if timed[row] else None
        ms = of(_ELAPSED, row)
        ms = of(_TIMER, row) if ms is None else ms
        duration_ns = None if ms is None else ms * _NS_PER_MS
        if duration_ns is None and begin is not None and end is not None:
            duration_ns = end - begin
        if duration_ns is None or duration_ns < 0:
            yield place, None
            continue
        distance, index = of(_DISTANCE, row), of(_INDEX, row)
        yield (
            place,
            DeviceLap(
                duration_ns=duration_ns,
                device_lap=None if index is None else index & _INDEX_BITS,
                stint_index=stint,
                t_start_ns=begin,
                t_end_ns=end,
                distance_m=None if distance is None else distance / 100,
            ),
        )


@attrs.define
class Notes:
    """What a file says of itself; no serial numbers and no names of persons."""

    family: str | None = None
    model: str | None = None
    files: list[dict[str, Any]] = attrs.field(factory=list)
    sessions: list[dict[str, Any]] = attrs.field(factory=list)
    devices: list[dict[str, Any]] = attrs.field(factory=list)
    facts: dict[str, Any] = attrs.field(factory=dict)

    def listen(self, group: Group) -> None:
        """Take in the messages of a definition."""
        read = _READERS.get(group.definition.message)
        if read is None:
            return
        some = group.first(_MOST_NOTES)
        for row in range(len(some.places)):
            read(self, some, row)

    def file(self, group: Group, row: int) -> None:
        """Take in a file_id."""
        kind, product = _of(group, 0, row), _of(group, 2, row)
        self._device(_of(group, 1, row), product, group.text(8, row))
        if len(self.files) < _MOST_NOTES:
            self.files.append({"type": _FILES.get(kind, kind) if kind is not None else None})

    def device(self, group: Group, row: int) -> None:
        """Take in a device_info: of the recorder itself, or of a sensor."""
        index, maker, product = (_of(group, number, row) for number in (0, 2, 4))
        if index in (_CREATOR, None):
            self._device(maker, product, group.text(27, row))
        # Of sensors the name is left out: people give it.
        entry = {"manufacturer": MANUFACTURERS.get(maker, maker) if maker is not None else None,
                 "product": _product(maker, product)}  # fmt: skip
        if entry not in self.devices and len(self.devices) < _MOST_NOTES:
            self.devices.append(entry)

    def session(self, group: Group, row: int) -> None:
        """Take in a session: sums over laps."""
        sport, laps = _of(group, 5, row), _of(group, 26, row)
        entry = {
            "sport": _SPORTS.get(sport, sport) if sport is not None else None,
            "total_elapsed_s": _scaled(_of(group, 7, row), 1000),
            "total_timer_s": _scaled(_of(group, 8, row), 1000),
            "total_distance_m": _scaled(_of(group, 9, row), 100),
            "laps": laps,
        }
        if len(self.sessions) < _MOST_NOTES:
            self.sessions.append(entry)

    def activity(self, group: Group, row: int) -> None:
        """Take in an activity: its local time tells how far the device's zone was from UTC."""
        local = _of(group, 5, row)
        if local is not None and group.stamped[row]:
            self.facts["utc_offset_s"] = local - int(group.seconds[row])

    def software(self, group: Group, row: int) -> None:
        """Take in a file_creator."""
        version = _of(group, 0, row)
        if version is not None:
            self.facts["software_version"] = version

    def _device(self, maker: int | None, product: int | None, name: str) -> None:
        if self.family is None and maker is not None:
            self.family = MANUFACTURERS.get(maker, f"manufacturer {maker}")
        if self.model is None:
            self.model = name or (GARMIN_PRODUCTS.get(product or -1) if maker == _GARMIN else None)

    def messages(self) -> Iterator[Meta]:
        """Yield the facts."""
        if self.family is not None:
            yield Meta("device_family", self.family)
        if self.model is not None:
            yield Meta("device_model", self.model)
        for key, some in (("files", self.files), ("sessions", self.sessions), ("devices", self.devices)):
            if some:
                yield Meta(key, some)
        for key, value in self.facts.items():
            yield Meta(key, value)


def _product(maker: int | None, product: int | None) -> str | int | None:
    return GARMIN_PRODUCTS.get(product, product) if maker == _GARMIN and product is not None else product


def _scaled(value: int | None, scale: int) -> float | None:
    return None if value is None else value / scale


def _of(group: Group, number: int, row: int) -> int | None:
    column = group.one(number)
    return int(column.values[row]) if column is not None and column.known[row] else None


_READERS = {
    Message.FILE_ID: Notes.file, Message.DEVICE_INFO: Notes.device, Message.SESSION: Notes.session,
    Message.ACTIVITY: Notes.activity, Message.FILE_CREATOR: Notes.software,
}  # fmt: skip
