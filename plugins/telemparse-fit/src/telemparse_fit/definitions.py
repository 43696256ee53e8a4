"""Definition messages: the fields of the data messages that follow."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse_fit.base_types import BASE_TYPES, BYTES, BaseType, narrowed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MESSAGES", "Definition", "DeveloperField", "Field", "definition_of", "length_of"]

TIMESTAMP = 253
_DEVELOPER_BIT = 0x20
_HEAD, _FIELD = 6, 3
_BIG, _LITTLE = ">", "<"
_STAMP_BYTES = 4

MESSAGES: Mapping[int, str] = {
    0: "file_id", 1: "capabilities", 2: "device_settings", 3: "user_profile", 7: "zones_target", 12: "sport",
    18: "session", 19: "lap", 20: "record", 21: "event", 22: "source", 23: "device_info", 26: "workout",
    27: "workout_step", 31: "course", 32: "course_point", 34: "activity", 35: "software",
    37: "file_capabilities", 49: "file_creator", 72: "training_file", 78: "hrv", 79: "user_metrics",
    101: "length", 104: "device_status", 127: "connectivity", 128: "weather_conditions", 132: "hr",
    140: "activity_metrics", 141: "epo_status", 142: "segment_lap", 145: "memo_glob", 147: "sensor_settings",
    160: "gps_metadata", 161: "camera_event", 162: "timestamp_correlation", 164: "gyroscope_data",
    165: "accelerometer_data", 167: "three_d_sensor_calibration", 169: "video_frame", 174: "obdii_data",
    177: "nmea_sentence", 178: "aviation_attitude", 184: "video", 206: "field_description",
    207: "developer_data_id", 208: "magnetometer_data", 209: "barometer_data",
    210: "one_d_sensor_calibration",
    216: "time_in_zone", 225: "set", 227: "stress_level", 233: "gps_event", 258: "dive_settings",
    268: "dive_summary", 285: "jump", 312: "split",
}  # fmt: skip
"""Messages by their global number, as the public profile calls them (facts: FIT profile, "Mesg Num")."""


@attrs.frozen
class DeveloperField:
    """What a field_description message says of a developer's field."""

    name: str
    units: str
    base: int
    scale: float = 1.0
    offset: float = 0.0


@attrs.frozen
class Field:
    """One field of a message.

    Args:
        number: in the message's profile, or the developer's.
        start: bytes from the message's header on.
        base: how its values are read.
        count: values in it; bytes for texts and byte fields.
        developer: index of the developer's data, None for a field of the profile.
        described: what the developer says of it, None where nobody does.
    """

    number: int
    start: int
    base: BaseType
    count: int
    developer: int | None = None
    described: DeveloperField | None = None


@attrs.define(eq=False)
class Definition:
    """The form of a data message; one value for all definition messages of the same bytes.

    Args:
        message: global number.
        fields: in their order.
        size: bytes of the message, header included.
        order: byte order for numpy.
        odd: numbers of fields whose size their type does not allow.
        stamp: where the timestamp stands, None without one.
        swapped: the stated byte order is not that of the message number.
        sound: all base types are known and nothing in it is odd: it can be trusted after damage.
    """

    message: int
    fields: tuple[Field, ...]
    size: int
    order: str
    odd: tuple[int, ...]
    stamp: int | None
    swapped: bool
    sound: bool

    @functools.cached_property
    def dtype(self) -> np.dtype[Any]:
        """The message as numpy sees it; field i is `f"{i}"`."""
        formats: list[Any] = []
        for field in self.fields:
            one = self.order + field.base.code
            formats.append(one if field.count == 1 else (one, (field.count,)))
        names = [str(index) for index in range(len(self.fields))]
        offsets = [field.start for field in self.fields]
        layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": self.size}
        made: np.dtype[Any] = np.dtype(layout)  # type: ignore[call-overload]  # numpy's stubs know no offsets
        return made

    def stamp_at(self, data: bytes, place: int) -> int:
        """Return the timestamp of the message at a place; the caller warrants that it has one."""
        start = place + (self.stamp or 0)
        return int.from_bytes(data[start : start + _STAMP_BYTES], "big" if self.order == _BIG else "little")


def length_of(data: bytes, place: int) -> int:
    """Return how many bytes the definition message at a place has; 0 if the data ends before that shows."""
    if place + _HEAD > len(data):
        return 0
    length = _HEAD + _FIELD * data[place + _HEAD - 1]
    if not data[place] & _DEVELOPER_BIT:
        return length
    return 0 if place + length >= len(data) else length + 1 + _FIELD * data[place + length]


def definition_of(message: bytes, described: Mapping[tuple[int, int], DeveloperField]) -> Definition | None:
    """Return the definition that a whole definition message holds, None where it cannot be one.

    FIT protocol, "Definition Message": reserved byte, architecture, global number, fields of three bytes
    (number, size, base type), then those of developers (number, size, developer's index). An architecture
    that is neither 0 nor 1 comes from Lezyne devices in files that are sound otherwise.
    """
    architecture = message[2]
    numbers = {_LITTLE: message[3] | message[4] << 8, _BIG: message[3] << 8 | message[4]}
    stated = _BIG if architecture == 1 else _LITTLE
    other = _LITTLE if stated == _BIG else _BIG
    swapped = numbers[stated] not in MESSAGES and numbers[other] in MESSAGES
    order = other if swapped else stated
    sound = message[1] == 0 and architecture <= 1 and not swapped
    fields: list[Field] = []
    odd: list[int] = []
    start, stamp = 1, None
    own = message[_HEAD - 1]
    for place in range(_HEAD, _HEAD + _FIELD * own, _FIELD):
        number, size, base = message[place : place + _FIELD]
        if size == 0:
            sound = False
            continue
        known = BASE_TYPES.get(base)
        sound = sound and known is not None
        chosen = known or BYTES
        if size % chosen.size:
            odd.append(number)
            chosen = narrowed(chosen, size)
        if number == TIMESTAMP and size == _STAMP_BYTES and chosen.code in ("u4", "i4"):
            stamp = start
        fields.append(Field(number, start, chosen, size // chosen.size))
        start += size
    if message[0] & _DEVELOPER_BIT:
        begin = _HEAD + _FIELD * own + 1
        for place in range(begin, len(message), _FIELD):
            number, size, index = message[place : place + _FIELD]
            if size == 0:
                sound = False
                continue
            words = described.get((index, number))
            chosen = BASE_TYPES.get(words.base, BYTES) if words is not None else BYTES
            if size % chosen.size:
                odd.append(number)
                chosen = narrowed(chosen, size)
            fields.append(Field(number, start, chosen, size // chosen.size, index, words))
            start += size
    sound = sound and bool(fields) and not odd
    if message[1] != 0 and not fields:
        return None
    return Definition(numbers[order], tuple(fields), start, order, tuple(odd), stamp, swapped, sound)
