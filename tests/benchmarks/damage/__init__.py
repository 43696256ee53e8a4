"""Odd and damaged files for the growth tables: what can happen to a good line, format by format."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from benchmarks.damage import frames, messages, points, sentences, tables, texts
from benchmarks.damage.changes import CLEAN, Kind
from benchmarks.layouts import LAYOUTS
from benchmarks.layouts.layout import write_lines
from benchmarks.values import Input

KINDS: Mapping[str, Mapping[str, Kind]] = {
    "csv": tables.CSV, "gpx": points.GPX, "vbo": tables.VBO, "nmea": sentences.NMEA, "tcx": points.TCX,
    "kml": points.KML, "igc": sentences.IGC, "json": texts.JSON, "ndjson": texts.NDJSON,
    "fit": messages.FIT, "jsondoc": texts.JSON, "ubx": frames.UBX,
}  # fmt: skip
"""By the suffix of the files, then by name; the clean one comes first."""


def damaged(form: str, kind: str, rows: int) -> Input:
    """Return the input of so many rows with one kind of damage."""
    return Input(f"{_words(kind)}-{rows}.{form}", lambda path: _write(form, KINDS[form][kind], rows, path))


def in_steps(form: str, kind: str, rows: int, steps: tuple[int, ...]) -> Input:
    """Return a folder of files of one kind: so many times `rows` each, in the order of their names."""

    def write(folder: Path) -> None:
        folder.mkdir()
        for step in steps:
            _write(form, KINDS[form][kind], rows * step, folder / f"{step:04}.{form}")

    return Input(f"growth-{_words(kind)}-{rows}.{form}", write)


def _words(kind: str) -> str:
    return kind.replace(" ", "-")


def _write(form: str, kind: Kind, rows: int, path: Path) -> None:
    layout = LAYOUTS[form]
    lines = itertools.islice(_known_lines(form, rows), rows)
    write_lines(path, kind.head(layout.head), kind.rows(lines, rows), kind.tail(layout.tail))
    if kind is CLEAN:
        layout.close(path)
    if kind.cut_bytes:
        with path.open("r+b") as target:
            target.truncate(path.stat().st_size - kind.cut_bytes)


_known: dict[str, list[str]] = {}


def _known_lines(form: str, rows: int) -> list[str]:
    """Return at least so many lines of a format, kept until another one is asked for."""
    if len(_known.get(form, ())) < rows:
        _known.clear()
        _known[form] = list(LAYOUTS[form].lines(rows))
    return _known[form]
