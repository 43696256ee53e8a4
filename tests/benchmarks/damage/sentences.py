"""Damage of NMEA and IGC."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.damage.changes import (
    CLEAN,
    CUT,
    SWAPPED,
    Kind,
    all_but_first,
    each,
    every,
    nul_bytes,
    replaced,
)
from benchmarks.layouts.sentences import sentence


def _wrong_sum(epoch: str) -> str:
    """Change a digit of both sums."""
    return epoch.replace("*0", "*F").replace("*1", "*E").replace("*4", "*B").replace("*5", "*A")


def _unsummed(epoch: str) -> str:
    return "".join(sentence.partition("*")[0] + "\r\n" for sentence in epoch.splitlines())


def _unknown(epoch: str) -> str:
    return epoch + sentence("GPXYZ,1,2,3") + sentence("PABC,4,5,6")


def _lost(epoch: str) -> str:
    """Return what a receiver without a fix says at this time."""
    return sentence(f"GNRMC,{epoch[7:16]},V,,,,,,,,,N")


def _at_one_time(epoch: str) -> str:
    """Return the epoch with the time of the first."""
    bodies = (line[1:].partition("*")[0] for line in epoch.splitlines())
    return "".join(sentence(f"{body[:6]}093000.00{body[15:]}") for body in bodies)


def _binary(epoch: str) -> str:
    """Put a frame of UBX before an epoch."""
    return "\xb5b\x01\x07\x08\x00$\n*,\xff\x00\xfe\r\x10\x20" + epoch


def _unfixed(record: str) -> str:
    """Take validity and place out of a B record."""
    return record[:7] + "0000000N00000000EV" + record[25:]


_RUBBISH = every(50, lambda _line: "#@! rubbish\r\n")

NMEA: Mapping[str, Kind] = {
    "clean": CLEAN,
    "lines of rubbish": _RUBBISH,
    "wrong checksums": every(20, _wrong_sum),
    "no checksums": each(_unsummed),
    "sentences too short": every(30, lambda epoch: epoch[:40] + "\r\n"),
    "binary between the sentences": all_but_first(100, _binary),
    "unknown sentences": each(_unknown),
    "fixes lost by turns": every(2, _lost),
    "one time for all": each(_at_one_time),
    "NUL bytes in sentences": every(100, lambda epoch: epoch[:30] + "\0\0\0" + epoch[30:]),
    "NUL bytes in one place": nul_bytes(5000),
    "blocks out of order": SWAPPED,
    "no line ends": replaced("\r\n", ""),
    "one endless line": all_but_first(100, lambda epoch: epoch.replace("\r\n", ",").replace("$", "x")),
    "bare carriage returns": replaced("\r\n", "\r"),
    "cut off at the end": CUT,
}

IGC: Mapping[str, Kind] = {
    "clean": CLEAN,
    "lines of rubbish": _RUBBISH,
    "positions that are no number": every(20, lambda record: record[:7] + "x" + record[8:]),
    "records too short": every(30, lambda record: record[:20] + "\r\n"),
    "records too long": every(30, lambda record: record[:-2] + "12345\r\n"),
    "fixes lost by turns": every(2, _unfixed),
    "a day for each ten fixes": every(10, lambda record: record + "HFDTE170525\r\n"),
    "new fields for each ten fixes": every(10, lambda record: record + "I023638FXA3940SIU\r\n"),
    "an event for each fix": each(lambda record: f"E{record[1:7]}PEV\r\n" + record),
    "comments for each fix": each(lambda record: record + "LXXXhere\r\n"),
    "NUL bytes in records": every(100, lambda record: record[:10] + "\0\0\0" + record[10:]),
    "NUL bytes in one place": nul_bytes(5000),
    "blocks out of order": SWAPPED,
    "one endless line": all_but_first(100, lambda record: record.replace("\r\n", "")),
    "bare carriage returns": replaced("\r\n", "\r"),
    "cut off at the end": CUT,
}
