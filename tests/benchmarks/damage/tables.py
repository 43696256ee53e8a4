"""Damage of CSV and VBO."""

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
    once,
    replaced,
)

_RUBBISH = every(50, lambda _line: "#@! rubbish\n")
_CARRIAGE_RETURNS = replaced("\n", "\r")


def _bad_cell(line: str) -> str:
    time, _lat, rest = line.split(",", 2)
    return f"{time},n/a,{rest}"


CSV: Mapping[str, Kind] = {
    "clean": CLEAN,
    "rows of rubbish": _RUBBISH,
    "cells that are no number": every(20, _bad_cell),
    "rows too short": every(30, lambda line: line.rsplit(",", 3)[0] + "\n"),
    "rows too long": every(30, lambda line: line[:-1] + ",1,2\n"),
    "a quote never closed": once(0.1, lambda line: '"' + line),
    "quotes everywhere": each(lambda line: '"' + line[:-1].replace(",", '","') + '"\n'),
    "NUL bytes in rows": every(100, lambda line: line[:10] + "\0\0\0" + line[10:]),
    "NUL bytes in one place": nul_bytes(5000),
    "blocks out of order": SWAPPED,
    "one endless line": all_but_first(100, lambda line: line.replace("\n", ",")),
    "decimal commas": Kind(
        each(lambda line: line.replace(",", ";").replace(".", ",")).rows,
        lambda head: head.replace(",", ";"),
    ),
    "bare carriage returns": _CARRIAGE_RETURNS,
    "cut off at the end": CUT,
}

VBO: Mapping[str, Kind] = {
    "clean": CLEAN,
    "rows of rubbish": _RUBBISH,
    "latitudes that are no number": every(20, lambda line: line.replace("+", "x", 1)),
    "rows too short": every(30, lambda line: line.rsplit(" ", 3)[0] + "\n"),
    "rows too long": every(30, lambda line: line[:-1] + " 1 2\n"),
    "two blanks each": each(lambda line: line.replace(" ", "  ")),
    "NUL bytes in rows": every(100, lambda line: line[:18] + "\0\0\0" + line[21:]),
    "NUL bytes in one place": nul_bytes(5000),
    "blocks out of order": SWAPPED,
    "a section for each row": each(lambda line: line + "[comments]\nx\n[data]\n"),
    "one endless line": all_but_first(100, lambda line: line.replace("\n", " ")),
    "bare carriage returns": _CARRIAGE_RETURNS,
    "cut off at the end": CUT,
}
