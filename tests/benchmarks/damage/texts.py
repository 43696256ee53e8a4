"""Damage of JSON, in one array and in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.damage.changes import CLEAN, CUT, SWAPPED, Kind, each, every, nul_bytes, once, replaced


def _new_keys(lines: Iterator[str], _rows: int) -> Iterator[str]:
    """Give each record a key that no other has."""
    for index, line in enumerate(lines):
        yield line.replace("{", f'{{"key{index}": {index}, ', 1)


_COMMON: Mapping[str, Kind] = {
    "rubbish between records": every(50, lambda line: "#@! rubbish\n" + line),
    "values that are no number": every(
        20, lambda line: line.replace('"latitude": ', '"latitude": "n/a", "x": ')
    ),
    "values that are no JSON": every(20, lambda line: line.replace('"latitude": ', '"latitude": n/a, "x": ')),
    "records too short": every(30, lambda line: line[:60] + "\n"),
    "brackets never closed": every(30, lambda line: line.replace("}", "")),
    "a quote never closed": once(0.1, lambda line: line.replace('"', "", 1)),
    "a new key in each record": Kind(_new_keys),
    "deeper and deeper": every(10, lambda line: line.replace("{", '{"x": ' + "[" * 200, 1)),
    "NUL bytes in records": every(100, lambda line: line[:10] + "\0\0\0" + line[10:]),
    "NUL bytes in one place": nul_bytes(1000),
    "blocks out of order": SWAPPED,
    "cut off at the end": CUT,
}

JSON: Mapping[str, Kind] = {
    "clean": CLEAN,
    **_COMMON,
    "one endless line": replaced("\n", ""),
    "no commas between records": each(lambda line: line.removeprefix(",")),
    "inside a document": Kind(head=lambda head: f'{{"session": {head}', tail=lambda tail: f"{tail}}}"),
}

NDJSON: Mapping[str, Kind] = {
    "clean": CLEAN,
    **_COMMON,
    "one endless line": replaced("\n", ""),
    "a list for each line": each(lambda line: f"[{line[:-1]}]\n"),
    "bare carriage returns": replaced("\n", "\r"),
}
