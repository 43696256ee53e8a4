"""Small recordings, made up here: the conformance kit checks the parser on them and on damaged copies."""

from __future__ import annotations

import struct

from telemparse.extension.drive import drive

__all__ = ["EXAMPLES", "Writer"]

_EPOCH_S = 631_065_600
_U8, _U16, _U32, _I16, _I32, _TEXT, _F32, _BYTE = 0x02, 0x84, 0x86, 0x83, 0x85, 0x07, 0x88, 0x0D
_SIZES = {_U8: 1, 0x00: 1, 0x01: 1, _U16: 2, _I16: 2, _U32: 4, _I32: 4, _F32: 4, _BYTE: 1}
_LETTERS = {_U8: "B", 0x00: "B", 0x01: "b", _U16: "H", _I16: "h", _U32: "I", _I32: "i", _F32: "f"}
_NONE = {_U8: 0xFF, 0x00: 0xFF, 0x01: 0x7F, _U16: 0xFFFF, _I16: 0x7FFF, _U32: 0xFFFF_FFFF, _I32: 0x7FFF_FFFF}
_SEMICIRCLES = 2**31 / 180


def _crc(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte
        for _bit in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


class Writer:
    """Writes one FIT file: definitions, data messages, header and CRC.

    Args:
        order: `<` or `>`, of all messages.
    """

    def __init__(self, order: str = "<") -> None:
        self._order = order
        self._forms: dict[int, tuple[tuple[int, int, int], ...]] = {}
        self.body = b""

    def define(
        self, local: int, message: int, *fields: tuple[int, int, int],
        developers: tuple[tuple[int, int, int, int], ...] = (),
    ) -> None:  # fmt: skip
        """Define a local type by (number, base type, count); developers' by (number, base, count, index)."""
        self._forms[local] = (*fields, *(field[:3] for field in developers))
        head = 0x40 | (0x20 if developers else 0) | local
        self.body += struct.pack(f"{self._order}BBBHB", head, 0, self._order == ">", message, len(fields))
        for number, base, count in fields:
            self.body += bytes((number, count * _SIZES.get(base, 1), base))
        if developers:
            self.body += bytes((len(developers),))
            for number, base, count, index in developers:
                self.body += bytes((number, count * _SIZES.get(base, 1), index))

    def data(
        self, local: int, *values: float | str | bytes | tuple[int, ...] | None, head: int | None = None
    ) -> None:
        """Write a data message; None writes what says "not known". `head` is a compressed header's byte."""
        self.body += bytes((local if head is None else head,))
        for (_number, base, count), value in zip(self._forms[local], values, strict=True):
            if isinstance(value, str):
                self.body += value.encode()[: count - 1].ljust(count, b"\0")
            elif isinstance(value, bytes):
                self.body += value
            else:
                several = value if isinstance(value, tuple) else (value,) * count
                for one in several:
                    number = _NONE[base] if one is None else one
                    self.body += struct.pack(self._order + _LETTERS[base], number)

    def file(self, *, header: int = 14, stated: int | None = None) -> bytes:
        """Return the file; `stated` is what its header says of its size."""
        size = len(self.body) if stated is None else stated
        head = struct.pack("<BBHI4s", header, 0x20, 2134, size, b".FIT")
        if header > len(head):
            head += struct.pack("<H", _crc(head))
        whole = head + self.body
        return whole + struct.pack("<H", _crc(whole))


def _stamp(seconds: float, start: float) -> int:
    return int(start + seconds) - _EPOCH_S


def _ride(order: str, rows: int = 40, start_s: int = 0) -> bytes:
    """Return a ride of laps of 20 s: records with developer fields, a tunnel without a fix."""
    writer, samples = Writer(order), drive(rows, start_s=start_s)
    start = samples[0].t.timestamp() - samples[0].seconds
    writer.define(0, 0, (0, 0x00, 1), (1, _U16, 1), (2, _U16, 1), (4, _U32, 1))
    writer.data(0, 4, 294, 802, _stamp(start_s, start))
    writer.define(1, 207, (3, _U8, 1))
    writer.data(1, 0)
    writer.define(1, 206, (0, _U8, 1), (1, _U8, 1), (2, _U8, 1), (3, _TEXT, 12), (8, _TEXT, 4))
    writer.data(1, 0, 3, _F32, "Lean", "deg")
    writer.define(2, 21, (253, _U32, 1), (0, 0x00, 1), (1, 0x00, 1), (3, _U32, 1))
    writer.data(2, _stamp(start_s, start), 0, 0, 0)
    writer.define(
        3, 20, (253, _U32, 1), (0, _I32, 1), (1, _I32, 1), (5, _U32, 1), (78, _U32, 1), (73, _U32, 1),
        (31, _U8, 1), (3, _U8, 1), (4, _U8, 1), (7, _U16, 1), (13, 0x01, 1), (200, _U16, 2),
        developers=((3, _F32, 1, 0),),
    )  # fmt: skip
    writer.define(
        4, 19, (253, _U32, 1), (2, _U32, 1), (7, _U32, 1), (8, _U32, 1), (9, _U32, 1), (254, _U16, 1)
    )
    for sample in samples:
        lost = 8 <= sample.number < 11
        place = (None, None) if lost else (
            round(sample.lat_deg * _SEMICIRCLES), round(sample.lon_deg * _SEMICIRCLES)
        )  # fmt: skip
        writer.data(
            3, _stamp(sample.seconds, start), *place, round(sample.distance_m * 100),
            round((sample.alt_m + 500) * 5), round(sample.speed_mps * 1000), None if lost else 3,
            120 + sample.number % 20, None if sample.number % 7 == 0 else 80, 200, 21, (sample.number, 5),
            sample.number / 4,
        )  # fmt: skip
        if sample.number % 20 == 0:
            begin = sample.seconds - 19
            writer.data(
                4, _stamp(sample.seconds, start), _stamp(begin, start), 19_000, 18_500, 58_000,
                sample.number // 20 - 1,
            )  # fmt: skip
    writer.data(2, _stamp(start_s + rows - 1, start), 0, 4, 0)
    return writer.file()


def _compressed(rows: int = 40) -> bytes:
    """Return an old file: a header of 12 bytes, compressed timestamps, speed and distance in three bytes."""
    writer, samples = Writer(), drive(rows)
    start = samples[0].t.timestamp()
    writer.define(0, 0, (0, 0x00, 1), (1, _U16, 1))
    writer.data(0, 4, 1)
    writer.define(2, 20, (253, _U32, 1), (0, _I32, 1), (1, _I32, 1), (8, _BYTE, 3))
    writer.define(1, 20, (0, _I32, 1), (1, _I32, 1), (8, _BYTE, 3))
    for sample in samples:
        stamp = _stamp(sample.seconds, start)
        speed, distance = round(sample.speed_mps * 100), round(sample.distance_m * 16) & 0xFFF
        packed = bytes((speed & 0xFF, speed >> 8 | (distance & 0x0F) << 4, distance >> 4))
        place = (round(sample.lat_deg * _SEMICIRCLES), round(sample.lon_deg * _SEMICIRCLES))
        if sample.number == 1:
            writer.data(2, stamp, *place, packed)
        else:
            writer.data(1, *place, packed, head=0x80 | 1 << 5 | stamp & 0x1F)
    return writer.file(header=12)


def _camera() -> bytes:
    """Return a camera's file: a system clock, positions ten a second, calibrated sensors, a photo."""
    writer, samples = Writer(), drive(12, rate_hz=10)
    start = samples[0].t.timestamp()
    writer.define(0, 0, (0, 0x00, 1), (1, _U16, 1), (2, _U16, 1))
    writer.data(0, 4, 1, 2417)
    writer.define(
        1,
        167,
        (253, _U32, 1),
        (1, _U32, 1),
        (2, _U32, 1),
        (3, _U32, 1),
        (4, _I32, 3),
        (5, _I32, 9),
        (0, 0x00, 1),
    )
    unit = (65535, 0, 0, 0, 65535, 0, 0, 0, 65535)
    writer.data(1, 2, 1, 2048, 32768, (10, 0, -10), unit, 0)
    writer.data(1, 2, 5, 82, 32768, (0, 0, 0), unit, 1)
    writer.define(2, 162, (253, _U32, 1), (1, _U32, 1), (4, _U16, 1), (5, _U16, 1))
    writer.define(
        3, 160, (253, _U32, 1), (0, _U16, 1), (1, _I32, 1), (2, _I32, 1), (3, _U32, 1), (4, _U32, 1),
        (5, _U16, 1), (6, _U32, 1), (7, _I16, 3),
    )  # fmt: skip
    fields = ((253, _U32, 1), (0, _U16, 1), (1, _U16, 5), (2, _U16, 5), (3, _U16, 5), (4, _U16, 5))
    writer.define(4, 165, *fields)
    writer.define(5, 164, *fields)
    writer.define(6, 161, (253, _U32, 1), (0, _U16, 1), (1, 0x00, 1))
    writer.define(7, 209, (253, _U32, 1), (0, _U16, 1), (1, _U16, 2), (2, _U32, 2))
    for sample in samples:
        system = 5000 + sample.millis  # the camera was switched on five seconds before
        clock = (system // 1000, system % 1000)
        if sample.number == 4:
            writer.data(2, _stamp(0, start), 5, 0, 0)
        place = (round(sample.lat_deg * _SEMICIRCLES), round(sample.lon_deg * _SEMICIRCLES))
        if sample.number <= 2:
            place = (0, 0)
        velocity = (sample.east_mps, sample.north_mps, sample.climb_mps)
        writer.data(
            3, *clock, *place, round((sample.alt_m + 500) * 5), round(sample.speed_mps * 1000),
            round(sample.course_deg * 100) % 36000, _stamp(sample.seconds, start),
            tuple(round(value * 100) for value in velocity),
        )  # fmt: skip
        offsets = (0, 20, 40, 60, 80)
        accel = [
            (round(value * 2048) + 32768 + shift,) * 5
            for value, shift in zip(sample.accel_g, (10, 0, -10), strict=True)
        ]
        gyro = [(round(value / 5 * 82) + 32768,) * 5 for value in sample.gyro_dps]
        writer.data(4, *clock, offsets, *accel)
        writer.data(5, *clock, offsets, *gyro)
        if sample.number % 10 == 1:
            writer.data(7, *clock, (0, 500), (101_325, 101_320))
            writer.data(6, *clock, 3)
    return writer.file()


EXAMPLES = {
    "ride.fit": _ride("<"),
    "big_endian.fit": _ride(">", 12),
    "compressed.fit": _compressed(),
    "camera.fit": _camera(),
    "chained.fit": _compressed(8) + _ride("<", 12, start_s=60),
}
