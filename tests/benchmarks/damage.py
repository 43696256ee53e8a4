"""Odd and damaged files for the growth table: what can happen to a good line, format by format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.inputs import (
    CSV_HEADER,
    GPX_HEAD,
    GPX_TAIL,
    VBO_HEAD,
    csv_lines,
    gpx_points,
    vbo_lines,
)
from benchmarks.values import Input

Change = Callable[[Iterator[str], int], Iterator[str]]


def _each(change: Callable[[int, str], str]) -> Change:
    return lambda lines, _rows: (change(index, line) for index, line in enumerate(lines))


def _blocks_swapped(lines: Iterator[str], _rows: int, size: int = 100) -> Iterator[str]:
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == 2 * size:
            yield from held[size:]
            yield from held[:size]
            held.clear()
    yield from held


def _every(count: int, change: Callable[[str], str]) -> Change:
    return _each(lambda index, line: change(line) if index % count == count - 1 else line)


def _once(share: float, change: Callable[[str], str]) -> Change:
    return lambda lines, rows: (
        change(line) if index == int(rows * share) else line for index, line in enumerate(lines)
    )


def _bad_cell(line: str) -> str:
    time, _lat, rest = line.split(",", 2)
    return f"{time},n/a,{rest}"


CSV: Mapping[str, Change] = {
    "clean": _each(lambda _index, line: line),
    "rows of rubbish": _every(50, lambda _line: "#@! rubbish\n"),
    "cells that are no number": _every(20, _bad_cell),
    "rows too short": _every(30, lambda line: line.rsplit(",", 3)[0] + "\n"),
    "rows too long": _every(30, lambda line: line[:-1] + ",1,2\n"),
    "a quote never closed": _once(0.1, lambda line: '"' + line),
    "quotes everywhere": _each(lambda _index, line: '"' + line[:-1].replace(",", '","') + '"\n'),
    "NUL bytes in rows": _every(100, lambda line: line[:10] + "\0\0\0" + line[10:]),
    "NUL bytes in one place": _once(0.5, lambda line: "\0" * (len(line) * 5000) + line),
    "blocks out of order": _blocks_swapped,
    "one endless line": _each(lambda index, line: line if index < 100 else line.replace("\n", ",")),
    "decimal commas": _each(lambda _index, line: line.replace(",", ";").replace(".", ",")),
    "bare carriage returns": _each(lambda _index, line: line.replace("\n", "\r")),
}

GPX: Mapping[str, Change] = {
    "clean": _each(lambda _index, point: point),
    "no times": _each(lambda _index, point: point.replace("<time>", "<when>").replace("</time>", "</when>")),
    "blocks out of order": _blocks_swapped,
    "broken in the middle": _once(0.5, lambda point: point.replace("</ele>", "")),
    "a comment in each point": _each(lambda _index, point: point.replace("<ele>", "<!-- here --><ele>")),
    "CDATA in each point": _each(
        lambda _index, point: point.replace("<ele>", "<name><![CDATA[<a>]]></name><ele>")
    ),
    "single quotes": _each(lambda _index, point: point.replace('"', "'")),
    "a segment for each point": _each(lambda _index, point: point + "</trkseg><trkseg>\n"),
    "elements never closed": _every(3, lambda point: point.replace("</ele>", "<x>")),
    "latitudes that are no number": _every(20, lambda point: point.replace('lat="', 'lat="x')),
    "NUL bytes in one place": _once(0.5, lambda point: "\0" * (len(point) * 1000) + point),
}

VBO: Mapping[str, Change] = {
    "clean": _each(lambda _index, line: line),
    "rows of rubbish": _every(50, lambda _line: "#@! rubbish\n"),
    "latitudes that are no number": _every(20, lambda line: line.replace("+", "x", 1)),
    "rows too short": _every(30, lambda line: line.rsplit(" ", 3)[0] + "\n"),
    "rows too long": _every(30, lambda line: line[:-1] + " 1 2\n"),
    "two blanks each": _each(lambda _index, line: line.replace(" ", "  ")),
    "NUL bytes in rows": _every(100, lambda line: line[:18] + "\0\0\0" + line[21:]),
    "NUL bytes in one place": _once(0.5, lambda line: "\0" * (len(line) * 5000) + line),
    "blocks out of order": _blocks_swapped,
    "a section for each row": _each(lambda _index, line: line + "[comments]\nx\n[data]\n"),
    "one endless line": _each(lambda index, line: line if index < 100 else line.replace("\n", " ")),
    "bare carriage returns": _each(lambda _index, line: line.replace("\n", "\r")),
}


def _csv(kind: str, rows: int, path: Path) -> None:
    head = CSV_HEADER
    if kind == "decimal commas":
        head = head.replace(",", ";")
    if kind == "bare carriage returns":
        head = head.replace("\n", "\r")
    _write(path, head, CSV[kind](csv_lines(rows), rows), "")


def _vbo(kind: str, rows: int, path: Path) -> None:
    head = VBO_HEAD.replace("\n", "\r") if kind == "bare carriage returns" else VBO_HEAD
    _write(path, head, VBO[kind](vbo_lines(rows), rows), "")


def _gpx(kind: str, rows: int, path: Path) -> None:
    _write(path, GPX_HEAD, GPX[kind](gpx_points(rows), rows), GPX_TAIL)


def _write(path: Path, head: str, lines: Iterator[str], tail: str) -> None:
    with path.open("w", encoding="latin-1", newline="") as target:
        target.write(head)
        target.writelines(lines)
        target.write(tail)


def _cut(write: Callable[[Path], None], path: Path) -> None:
    """Write the file and take its last two hundred bytes away."""
    write(path)
    with path.open("r+b") as target:
        target.truncate(path.stat().st_size - 200)


_FORMATS: Mapping[str, tuple[Mapping[str, Change], Callable[[str, int, Path], None]]] = {
    "csv": (CSV, _csv),
    "gpx": (GPX, _gpx),
    "vbo": (VBO, _vbo),
}
CUT = "cut off at the end"


def kinds(form: str) -> tuple[str, ...]:
    """Return the kinds of file of a format, the clean one first."""
    return (*_FORMATS[form][0], CUT)


def damaged(form: str, kind: str, rows: int) -> Input:
    """Return the input of so many rows with one kind of damage."""
    _changes, write = _FORMATS[form]
    name = f"growth-{kind.replace(' ', '-')}-{rows}.{form}"
    if kind == CUT:
        return Input(name, lambda path: _cut(lambda target: write("clean", rows, target), path))
    return Input(name, lambda path: write(kind, rows, path))
