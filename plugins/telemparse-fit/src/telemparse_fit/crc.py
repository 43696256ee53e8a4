"""The CRC-16 of FIT over megabytes: many lanes at once, joined by the algebra of the polynomial.

FIT protocol, "CRC": polynomial 0x8005, reflected, start value 0, no final change. The CRC of two parts that
follow each other is that of the first, moved on over as many zero bytes as the second has, xor the second's.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crc16"]

_Words: TypeAlias = "NDArray[np.uint16]"
_REFLECTED = 0xA001
_BYTE, _LOW = 8, 0xFF
# Below this a lane would be shorter than what joining it costs.
_LANES, _LANE_WORDS = 2048, 16


@functools.cache
def _byte_table() -> _Words:
    """Return the CRC of each single byte."""
    table = np.arange(256, dtype=np.uint16)
    for _bit in range(8):
        table = np.where(table & 1, (table >> 1) ^ _REFLECTED, table >> 1).astype(np.uint16)
    return table


@functools.cache
def _step_table() -> _Words:
    """Return what two zero bytes make of each register: two bytes of data are two steps of their xor."""
    table = _byte_table()
    register = np.arange(1 << 16, dtype=np.uint16)
    for _byte in range(2):
        register = (register >> _BYTE) ^ table[register & _LOW]
    return register


@functools.lru_cache(maxsize=64)
def _moves(words: int) -> _Words:
    """Return what so many pairs of zero bytes make of each register: linear, hence squared."""
    if words == 1:
        return _step_table()
    half = _moves(words // 2)
    moved = half[half]
    return _step_table()[moved] if words % 2 else moved


def crc16(data: bytes, register: int = 0) -> int:
    """Return the CRC of bytes, going on from the register of those before."""
    lane_words = len(data) // (2 * _LANES)
    if lane_words >= _LANE_WORDS:
        # A power of two many values of lane_words keep the cache of moves small.
        lane_words = 1 << (lane_words.bit_length() - 1)
        whole = 2 * _LANES * lane_words
        words = np.frombuffer(data, "<u2", _LANES * lane_words).reshape(_LANES, lane_words)
        lanes = np.zeros(_LANES, np.uint16)
        step = _step_table()
        for column in np.ascontiguousarray(words.T):
            lanes = step[lanes ^ column]
        length = lane_words
        while len(lanes) > 1:
            lanes = _moves(length)[lanes[0::2]] ^ lanes[1::2]
            length *= 2
        register = int(_moves(length)[register]) ^ int(lanes[0])
        return crc16(data[whole:], register)
    table = _byte_list()
    for byte in data:
        register = (register >> _BYTE) ^ table[(register ^ byte) & _LOW]
    return register


@functools.cache
def _byte_list() -> list[int]:
    values: list[int] = _byte_table().tolist()
    return values
