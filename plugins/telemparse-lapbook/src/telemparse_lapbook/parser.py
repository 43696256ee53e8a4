"""Lapbook recordings, version 1, to canonical streams.

Lines of ASCII words. `<ms>` counts milliseconds from the start; `-` is what the device did not know.

    LAPBOOK 1 2024-05-04T10:20:30Z                     version, and the start in UTC
    fix <ms> <lat_deg> <lon_deg> <kmh> <course_deg>    a position
    lap <ms> <number> <duration_ms>                    the end of a lap
    mark <ms> <button>                                 the driver pressed a button
    end <count>                                        how many records stand above
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from telemparse import ArtifactSet, ParseOptions, schemas
from telemparse.extension.protocol import Message
from telemparse.kernels.casts import instants
from telemparse.kernels.texts import strings
from telemparse.model.artifacts import Artifact
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.skips import Skips

__all__ = ["parse"]

_BATCH_ROWS = 4096
_LINE_BYTES = 256
_NS_PER_MS = 1_000_000

_COLUMNS = {
    "gnss_pvt": "t lat_deg lon_deg speed_mps course_deg",
    "laps": "lap_number stint_index device_lap t_end duration_ns validity confidence source",
    "events": "t event_type value",
}
_HEADER = re.compile(rb"LAPBOOK 1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\r?\n")
# Nine digits of milliseconds are eleven days, so that no sum overflows. The line end belongs to a record:
# where a file is cut in the middle of a line, its last number may have lost digits.
_RECORD = re.compile(
    rb"(?:fix \d{1,9} -?\d{1,2}\.\d{1,9} -?\d{1,3}\.\d{1,9} (?:\d{1,3}\.\d|-) (?:\d{1,3}\.\d|-)"
    rb"|lap \d{1,9} \d{1,9} \d{1,9}|mark \d{1,9} \d{1,3})\r?\n"
)
_END = re.compile(rb"end (\d{1,9})(?:\r?\n)?")


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield positions, laps and marks; the streams of a second file are `gnss_pvt.2` and so on."""
    yield Meta("device_family", "Lapbook")
    for number, artifact in enumerate(artifacts, start=1):
        yield from _messages(artifact, source="" if number == 1 else f".{number}")


def _messages(artifact: Artifact, source: str) -> Iterator[Message]:
    rows: dict[str, list[tuple[Any, ...]]] = {stream: [] for stream in _COLUMNS}
    skips, laps, count, stated = Skips(), itertools.count(1), 0, None
    with artifact.open() as file:
        start_ns = _start_ns(file.readline(_LINE_BYTES))
        if start_ns is None:
            file.seek(0)  # no header: its line is counted with the others that cannot be read
        for number, line in enumerate(_lines(file), start=1 if start_ns is None else 2):
            if end := _END.fullmatch(line):
                stated = int(end[1])
            elif line.strip():
                count += 1
                record = _record(line, start_ns or 0, laps)
                if record is None:
                    skips.add(Locus(artifact.name, line=number))
                else:
                    rows[record[0]].append(record[1])
                if count % _BATCH_ROWS == 0:
                    yield from _batches(rows, source, start_ns)
    yield from _batches(rows, source, start_ns)
    yield from skips.issues(total=count)
    if stated is None:
        place = Locus(artifact.name, offset=artifact.size)
        yield Issue("ARTIFACT_TRUNCATED", place, artifact=artifact.name, offset=artifact.size)
    elif stated != count:
        place = Locus(artifact.name)
        yield Issue("LAPBOOK_COUNT_DIFFERS", place, artifact=artifact.name, stated=stated, count=count)


def _start_ns(line: bytes) -> int | None:
    header = _HEADER.fullmatch(line)
    t_ns, valid, _has_zone = instants(strings([header[1].decode() if header else ""]))
    return int(t_ns[0]) if valid[0] else None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines with their ends; of one that is too long only its beginning, which is no record."""
    while line := file.readline(_LINE_BYTES):
        yield line
        while len(line) == _LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(_LINE_BYTES)


def _record(line: bytes, start_ns: int, laps: Iterator[int]) -> tuple[str, tuple[Any, ...]] | None:
    """Return the stream and the row that a line holds, None for one that is no record."""
    if not _RECORD.fullmatch(line):
        return None
    kind, ms, *words = line.split()
    t_ns = start_ns + int(ms) * _NS_PER_MS
    if kind == b"mark":
        return "events", (t_ns, "marker", float(words[0]))
    if kind == b"lap":
        number, duration_ns = int(words[0]), int(words[1]) * _NS_PER_MS
        return "laps", (next(laps), 0, number, t_ns, duration_ns, "VALID", "HIGH", "device")
    lat_deg, lon_deg = float(words[0]), float(words[1])
    kmh, course_deg = (None if word == b"-" else float(word) for word in words[2:])
    if abs(lat_deg) > 90 or not -180 <= lon_deg < 180 or (course_deg or 0) >= 360:
        return None
    return "gnss_pvt", (t_ns, lat_deg, lon_deg, None if kmh is None else kmh / 3.6, course_deg)


def _batches(rows: dict[str, list[tuple[Any, ...]]], source: str, start_ns: int | None) -> Iterator[Batch]:
    time_base = "relative" if start_ns is None else "utc"
    for stream, some in rows.items():
        if some:
            columns = dict(zip(_COLUMNS[stream].split(), zip(*some, strict=True), strict=True))
            yield Batch(stream + source, schemas.build(stream, columns, time_base=time_base))
            some.clear()
