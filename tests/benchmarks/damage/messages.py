"""Damage of FIT: recordings that were never ended, with what can happen to a message of 34 bytes."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.damage.changes import CLEAN, CUT, SWAPPED, Kind, every, nul_bytes, once
from benchmarks.layouts.messages import RECORD

_STAMP, _PLACE = 5, 13
_NOWHERE = b"\xff\xff\xff\x7f".decode("latin-1") * 2


def _stranger(row: str) -> str:
    """Give a message a local type that nobody defined."""
    return "\x0b" + row[1:]


def _lost(row: str) -> str:
    return row[:_STAMP] + _NOWHERE + row[_PLACE:]


FIT: Mapping[str, Kind] = {
    "clean": CLEAN,
    "never ended": Kind(),
    "headers that are damaged": every(20, _stranger),
    "times that are damaged": every(20, lambda row: row[:4] + "\xee" + row[5:]),
    "bytes of rubbish": every(50, lambda row: "\x7f" * 29 + row),
    "messages too short": every(30, lambda row: row[:-7]),
    "positions lost by turns": every(2, _lost),
    "defined before each row": Kind(lambda rows, _count: (RECORD.decode("latin-1") + row for row in rows)),
    "blocks swapped": SWAPPED,
    "NUL bytes in one place": nul_bytes(100),
    "one header that is damaged": once(0.5, _stranger),
    "cut off at the end": CUT,
}
