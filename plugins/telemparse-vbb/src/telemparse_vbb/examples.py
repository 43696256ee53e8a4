"""Small recordings, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.drive import Sample, drive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["EXAMPLES", "Writer"]

_AHEAD_S = 18  # of UTC, as GNSS time was in the year of the drive
_TICKS_PER_S = 10_000
_U4, _I4, _F4, _F8, _STAMP, _TEXT, _BYTES = 4, 5, 8, 9, 11, 12, 13
_LETTERS = {1: "B", 2: "H", 3: "h", 4: "I", 5: "i", 6: "Q", 7: "q", 8: "f", 9: "d", 10: "i"}
_UTC = 1 << 62


@attrs.define
class Writer:
    """Writes records one behind the other.

    Args:
        order: of bytes, `>` or `<`.
        version: 1 or 2.
        utc: stamps are UTC.

    Attributes:
        content: what is written.
    """

    order: str = ">"
    version: int = 2
    utc: bool = False
    content: bytearray = attrs.field(factory=bytearray)
    _kinds: dict[int, int] = attrs.field(factory=dict)
    _groups: dict[int, Sequence[int]] = attrs.field(factory=dict)

    def header(self, created: dt.datetime) -> None:
        """Write the first bytes of a file."""
        flags = (self.order == ">") | self.utc << 1
        self.content += struct.pack(">3sBI", b"VBB", self.version, flags)
        self.content += self.stamp(created) * 2

    def stamp(self, when: dt.datetime) -> bytes:
        """Return a date in UTC."""
        if self.version == 1:
            fields = (when.year, when.month, when.day, when.hour, when.minute, when.second)
            return struct.pack(f"{self.order}H5B", *fields)
        ticks = (when - dt.datetime(1, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1) * 10
        return struct.pack(f"{self.order}Q", ticks | _UTC)

    def text(self, words: str) -> bytes:
        """Return a text behind its length."""
        return self.length(len(words.encode())) + words.encode()

    def length(self, value: int) -> bytes:
        """Return a number in sevens of bits."""
        sevens = [value & 0x7F]
        while value := value >> 7:
            sevens.append(value & 0x7F)
        if self.order == ">":
            sevens.reverse()
        return bytes([*(seven | 0x80 for seven in sevens[:-1]), sevens[-1]])

    def item(self, name: str, kind: int, value: bytes) -> None:
        """Write an entry of the dictionary."""
        self.content += bytes([6, 0]) + self.text(name) + bytes([kind]) + value

    def naming(self, group: int, name: str) -> None:
        """Write the name of a group."""
        self.content += bytes([5, group]) + self.text(name)

    def channel(
        self,
        number: int,
        name: str,
        unit: str,
        kind: int,
        *,
        scale: float = 1.0,
        offset: float = 0.0,
        note: str = "",
    ) -> None:
        """Write the definition of a channel."""
        self._kinds[number] = kind
        self.content += struct.pack(f"{self.order}BHB", 7, number, number >> 8)
        self.content += b"".join(map(self.text, (name, name, unit))) + bytes([kind])
        self.content += struct.pack(f"{self.order}dd", scale, offset) + self.text(note)

    def group(self, number: int, channels: Sequence[int]) -> None:
        """Write which channels the samples of a group hold."""
        self._groups[number] = channels
        self.content += struct.pack(f"{self.order}BBH{len(channels)}H", 8, number, len(channels), *channels)

    def dump(self, block: int, name: str, memory: bytes) -> None:
        """Write raw memory of the device."""
        self.content += struct.pack(f"{self.order}BH", 13, block) + self.text(name)
        self.content += bytes([_BYTES]) + self.length(len(memory)) + memory

    def sample(self, stamp: int, group: int, values: Sequence[float]) -> None:
        """Write a sample; whole numbers are cut to what their channels hold."""
        letters = "".join(_LETTERS[self._kinds[number]] for number in self._groups[group])
        held = [
            value if letter in "fd" else int(value) for letter, value in zip(letters, values, strict=True)
        ]
        self.content += struct.pack(f"{self.order}BIB{letters}", 9, stamp, group, *held)


def _standard(writer: Writer, group: int = 1, *, raw: bool = False) -> Callable[[Sample], list[float]]:
    """Define the standard channels; return what a sample of them holds."""
    channels = [
        ("satellites", "", _U4, 1.0), ("time", "s", _I4, 0.0010000000474974513), ("latitude", "", _F8, 1.0),
        ("longitude", "", _F8, 1.0), ("velocity", "kmh", _F4, 1.0), ("heading", "", _F4, 1.0),
        ("height", "m", _F8, 1.0), ("vert. velocity", "kmh", _F4, 3.5999999046325684),
        ("Long accel", "g", _F4, 1.0), ("Lat accel", "g", _F4, 1.0), ("Solution Type", "", _U4, 1.0),
    ]  # fmt: skip
    if raw:
        channels += [
            ("_latitude", "", _F8, 1.0),
            ("_longitude", "", _F8, 1.0),
            ("_velocity", "kmh", _F4, 1.0),
        ]
    numbers = [256 * group + place for place in range(len(channels))]
    for number, (name, unit, kind, scale) in zip(numbers, channels, strict=True):
        writer.channel(number, name, unit, kind, scale=scale)
    writer.group(group, numbers)
    writer.naming(group, "GNSS Standard Channels")

    def values(sample: Sample) -> list[float]:
        lost = 10 <= sample.seconds < 11
        fix = [0.0, 0.0] if lost else [sample.lat_deg * 60, sample.lon_deg * 60]
        along, left, _up = sample.accel_g
        of_day_ms = round(_of_day_s(sample) * 1000)
        held = [
            0 if lost else 11, of_day_ms, *fix, sample.speed_mps * 3.6, sample.course_deg, sample.alt_m,
            sample.climb_mps, along, left, 0 if lost else 4,
        ]  # fmt: skip
        return [*held, *fix, sample.speed_mps * 3.6] if raw else held

    return values


def _of_day_s(sample: Sample) -> float:
    midnight = sample.t.replace(hour=0, minute=0, second=0, microsecond=0)
    return (sample.t - midnight).total_seconds()


def _stamp(sample: Sample, ahead_s: int = _AHEAD_S) -> int:
    return round((_of_day_s(sample) + ahead_s) * _TICKS_PER_S)


def _many_rates() -> bytes:
    """Return a VBOX 4: receiver at 10 Hz, inertial unit at 20, an analogue input at 2, a trigger."""
    writer = Writer()
    samples = drive(300, 20)
    writer.header(samples[0].t)
    writer.item("UnitType", 2, struct.pack(">H", 27490))
    writer.item("GNSS Version", _TEXT, writer.text("5.5.2"))
    writer.item("Date", _STAMP, writer.stamp(samples[0].t - dt.timedelta(seconds=90)))
    writer.item("GNSS Offset", 3, struct.pack(">h", -_AHEAD_S))
    writer.dump(0, "EEPROM", b"\0VB4 V00.00 Build 0543 ".ljust(400, b"\0"))
    standard = _standard(writer)
    tables: list[tuple[int, str, list[tuple[str, str, int]]]] = [
        (40, "error", [("Event Marker", "", _I4), ("RMS_HPOS", "m", _F4), ("RMS_HVEL", "m/s", _F4)]),
        (41, "GNSS Event time", [("ms", "", _U4), ("ns", "", _U4)]),
        (42, "Internal ADC", [("ADC_CH1", "Volts", 3), ("Engine Speed", "rpm", 2)]),
        (43, "IMU", [(name, "g", _F4) for name in ("X_Accel", "Y_Accel", "Z_Accel")]
         + [(name, "deg/s", _F4) for name in ("RollRate", "PitchRate", "YawRate")]),
    ]  # fmt: skip
    for group, named, channels in tables:
        for place, (name, unit, kind) in enumerate(channels):
            scale = 0.0010000000474974513 if name == "ADC_CH1" else 1.0
            writer.channel(
                256 * group + place, name, unit, kind, scale=scale, note="input 1" if unit == "Volts" else ""
            )
        writer.group(group, [256 * group + place for place in range(len(channels))])
        writer.naming(group, named)
    for sample in samples:
        stamp, step = _stamp(sample), sample.number - 1
        if step % 2 == 0:
            writer.sample(stamp, 1, standard(sample))
            writer.sample(stamp, 40, [step in range(100, 120), 0.5, 0.02])
        if step == 100:
            writer.sample(stamp, 41, [stamp // 10 - 3, 250_000])
        if step % 10 == 0:
            writer.sample(stamp, 42, [12_345, sample.rpm])
        writer.sample(stamp, 43, [*sample.accel_g, *sample.gyro_dps])
    return bytes(writer.content)


def _little_endian() -> bytes:
    """Return a file of version 1 in the other byte order, stamped in UTC, over midnight, with a lap count."""
    writer = Writer(order="<", version=1, utc=True)
    samples = drive(300, 5)
    begin = samples[0].t.replace(hour=23, minute=59, second=30)
    writer.header(begin)
    values = _standard(writer)
    writer.channel(2000, "Lap_Number", "", 1)
    writer.group(2, [2000])
    for sample in samples:
        stamp = (86_370 * _TICKS_PER_S + round(sample.seconds * _TICKS_PER_S)) % (86_400 * _TICKS_PER_S)
        held = values(sample)
        held[1] = stamp / 10
        writer.sample(stamp, 1, held)
        writer.sample(stamp, 2, [1 + int(sample.seconds) // 15])
    return bytes(writer.content)


def _fused() -> bytes:
    """Return a logger whose filter has a solution beside that of the receiver."""
    writer = Writer()
    samples = drive(120, 10)
    writer.header(samples[0].t)
    writer.item("Date", _STAMP, writer.stamp(samples[0].t))
    values = _standard(writer, raw=True)
    for sample in samples:
        writer.sample(_stamp(sample), 1, values(sample))
    return bytes(writer.content)


EXAMPLES = {"rates.vbb": _many_rates(), "midnight.vbb": _little_endian(), "filter.vbb": _fused()}
