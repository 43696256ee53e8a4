"""Damage of UBX."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.damage.changes import CLEAN, CUT, SWAPPED, Kind, all_but_first, each, every, nul_bytes
from benchmarks.layouts.frames import frame
from benchmarks.layouts.sentences import sentence


def _unfixed(epoch: str) -> str:
    """Return the epoch of a receiver that has no fix."""
    payload = epoch[6:-2].encode("latin-1")
    return frame(0x0107, payload[:20] + bytes(2) + payload[22:24] + bytes(16) + payload[40:])


def _syncs(epoch: str) -> str:
    """Put a frame before the epoch that is full of syncs and of claims to be long."""
    return frame(0x0213, b"\xb5\x62\x01\x07\xff\x7f" * 12) + epoch


_CORRECTION = "\xd3\x00\x04\x3e\xd0\x00\x00\x00\x00\x00"  # a frame of RTCM 3 whose checksum is wrong

UBX: Mapping[str, Kind] = {
    "clean": CLEAN,
    "wrong checksums": every(20, lambda epoch: epoch[:50] + chr(ord(epoch[50]) ^ 1) + epoch[51:]),
    "lengths of 64 KB": every(20, lambda epoch: epoch[:4] + "\xff\xff" + epoch[6:]),
    "lengths of 64 KB everywhere": all_but_first(100, lambda epoch: epoch[:4] + "\xff\xff" + epoch[6:]),
    "frames without a sync": every(20, lambda epoch: "xx" + epoch[2:]),
    "frames too short": every(30, lambda epoch: epoch[:40]),
    "syncs within payloads": each(_syncs),
    "sentences between the frames": each(lambda epoch: sentence("GNGLL,,,,,,V,N") + epoch),
    "damaged corrections between the frames": each(lambda epoch: _CORRECTION + epoch),
    "claims of corrections": every(10, lambda epoch: "\xd3\x03\xff" * 40 + epoch),
    "fixes lost by turns": every(2, _unfixed),
    "old messages beside the new": each(
        lambda epoch: frame(0x0104, epoch[6:10].encode("latin-1") + b"\x64\0" * 7) + epoch
    ),
    "NUL bytes in frames": every(100, lambda epoch: epoch[:30] + "\0\0\0" + epoch[30:]),
    "NUL bytes in one place": nul_bytes(5000),
    "blocks out of order": SWAPPED,
    "one endless stretch of rubbish": all_but_first(100, lambda epoch: epoch.replace("\xb5", "x")),
    "cut off at the end": CUT,
}
