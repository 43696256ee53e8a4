"""VBO files for tests, part by part, and what the parser makes of them."""

from __future__ import annotations

import telemparse
from telemparse.formats.vbo.parser import parse_in_blocks
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions

NAMES = "sats time lat long velocity heading height"
STAMP = "File created on 17/05/2025 at 10:00:00"


def row(number, *, time=None, sats="010", lat=None, lon=None, more=""):
    """Return a row of `NAMES`: a car that drives north at 20 m/s in tenths of a second."""
    seconds = number / 10
    clock = f"10{int(seconds) // 60:02d}{seconds % 60:06.3f}"
    north = f"{-1287.0 + number * 2 / 1852:+014.8f}"
    cells = [sats, time or clock, lat or north, lon or "+00740.73600000", "072.000", "000.00", "+0118.00"]
    return " ".join(cells) + (f" {more}" if more else "")


def vbo(rows, *, names=NAMES, head=STAMP, sections="", end="\n", tail=""):
    """Return a file as bytes: lines above, [column names], [data] and what follows."""
    lines = [
        head,
        "",
        *sections.splitlines(),
        "[column names]",
        names,
        "",
        "[data]",
        *rows,
        *tail.splitlines(),
    ]
    return "".join(line + end for line in lines).encode("latin-1")


def parsed(data, **options):
    return telemparse.parse({"a.vbo": data}, ParseOptions(parser="vbo", **options), on_error="return")


def codes(result):
    return {issue.code for issue in (*result.warnings, *result.errors)}


def one(result, code):
    (issue,) = [issue for issue in (*result.warnings, *result.errors) if issue.code == code]
    return issue


def messages(data, block_bytes):
    """Return rows by stream, facts, and issues as words, of a file read in blocks of so many bytes."""
    streams, facts, issues = {}, {}, []
    for message in parse_in_blocks(ArtifactSet.of({"a.vbo": data}), ParseOptions(), block_bytes):
        if isinstance(message, Batch):
            streams.setdefault(message.stream, []).extend(message.data.to_pylist())
        elif isinstance(message, Meta):
            facts[message.key] = message.value
        else:
            issues.append((message.code, str(message.locus), repr(message.evidence)))
    return streams, facts, issues
