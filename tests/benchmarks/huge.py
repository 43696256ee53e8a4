"""Files of gigabytes, made fast: one seeded block again and again, with stamps that go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.drive import START, STEP_MS
from benchmarks.layouts import LAYOUTS
from benchmarks.values import Input

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

ROWS = 100_000
"""Of the block."""
_DAY_MS = 86_400_000
_HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)


def _digits(values: Ints, count: int) -> Bytes:
    """Return decimal digits, one row a value, with leading zeros."""
    powers = 10 ** np.arange(count - 1, -1, -1)
    return (values[:, None] // powers % 10 + ord("0")).astype(np.uint8)


class _Stamps:
    """Digits of the instants of one repetition of the block."""

    def __init__(self, repetition: int) -> None:
        start = np.datetime64(START.replace(tzinfo=None), "ms").astype(np.int64)
        self._ms = start + STEP_MS * (np.arange(ROWS) + ROWS * repetition)

    def date(self) -> tuple[Bytes, Bytes, Bytes]:
        """Return year, month and day."""
        days = (self._ms // _DAY_MS).astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        years = months.astype("datetime64[Y]")
        return (
            _digits(years.astype(np.int64) + 1970, 4),
            _digits((months - years).astype(np.int64) + 1, 2),
            _digits((days - months).astype(np.int64) + 1, 2),
        )

    def time(self) -> tuple[Bytes, Bytes, Bytes, Bytes]:
        """Return hours, minutes, seconds and hundredths."""
        ms = self._ms % _DAY_MS
        return (
            _digits(ms // 3_600_000, 2),
            _digits(ms // 60_000 % 60, 2),
            _digits(ms // 1000 % 60, 2),
            _digits(ms // 10 % 100, 2),
        )


class _Block:
    """Lines as bytes, with fields that are written anew for each repetition."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.bytes = np.frombuffer("".join(lines).encode(), np.uint8).copy()
        self.starts = np.r_[0, np.flatnonzero(self.bytes == ord("\n"))[:-1] + 1]

    def put(self, places: Ints, *fields: Bytes) -> None:
        """Write fields side by side, one row at each place."""
        text = np.hstack(fields)
        self.bytes[places[:, None] + np.arange(text.shape[1])] = text

    def after(self, mark: str, count: int) -> Ints:
        """Return the places behind the `count`-th mark of each line."""
        marks = np.flatnonzero(self.bytes == ord(mark))
        return marks[np.searchsorted(marks, self.starts) + count - 1] + 1


def csv_blocks() -> Iterator[Bytes]:
    """Yield blocks of the bench CSV without its header, endlessly."""
    block = _Block(LAYOUTS["csv"].lines(ROWS))
    repetition = 0
    while True:
        stamps = _Stamps(repetition)
        year, month, day = stamps.date()
        hour, minute, second, hundredth = stamps.time()
        for place, field in ((0, year), (5, month), (8, day), (11, hour), (14, minute), (17, second)):
            block.put(block.starts + place, field)
        block.put(block.starts + 20, hundredth)
        yield block.bytes
        repetition += 1


def nmea_blocks() -> Iterator[Bytes]:
    """Yield blocks of RMC and GGA, endlessly; sums are made anew for the stamps."""
    block = _Block(LAYOUTS["nmea"].lines(ROWS))
    times, sums = block.after(",", 1), block.after("*", 1)
    recommended = np.arange(0, 2 * ROWS, 2)
    dates = block.after(",", 9)[recommended]
    # What all the other characters of a line come to: the sum without its stamps.
    rest = _hex_values(block.bytes[sums[:, None] + np.arange(2)])
    rest ^= _xor(block, times, 9)
    rest[recommended] ^= _xor(block, dates, 6)
    repetition = 0
    while True:
        stamps = _Stamps(repetition)
        year, month, day = stamps.date()
        hour, minute, second, hundredth = (np.repeat(field, 2, axis=0) for field in stamps.time())
        point = np.full((2 * ROWS, 1), ord("."), np.uint8)
        block.put(times, hour, minute, second, point, hundredth)
        block.put(dates, day, month, year[:, 2:])
        sum_now = rest ^ _xor(block, times, 9)
        sum_now[recommended] ^= _xor(block, dates, 6)
        block.put(sums, _HEX[sum_now[:, None] >> np.array([4, 0], np.uint8) & 15])
        yield block.bytes
        repetition += 1


def _xor(block: _Block, places: Ints, width: int) -> Bytes:
    return np.bitwise_xor.reduce(block.bytes[places[:, None] + np.arange(width)], axis=1)


def _hex_values(digits: Bytes) -> Bytes:
    values = np.where(digits >= ord("A"), digits - (ord("A") - 10), digits - ord("0"))
    return values[:, 0] << np.uint8(4) | values[:, 1]


_BLOCKS: Mapping[str, Callable[[], Iterator[Bytes]]] = {"nmea": nmea_blocks, "csv": csv_blocks}
FORMS = tuple(_BLOCKS)
"""Formats that such files are made of."""


def huge_input(form: str, size: int) -> Input:
    """Return the file of a format with at least `size` bytes, in whole blocks."""
    return Input(f"huge-{size}.{form}", lambda path: _write(path, form, size))


def _write(path: Path, form: str, size: int) -> None:
    blocks = _BLOCKS[form]()
    with path.open("wb") as target:
        target.write(LAYOUTS[form].head.encode())
        while target.tell() < size:
            target.write(next(blocks))
