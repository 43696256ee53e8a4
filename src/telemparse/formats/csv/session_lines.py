"""Lines of a MyChronoGPS session: how they are told from other text. Standard library only.

A session is written by the device's program (MyChronoGPS, class SessionControl): a line with date, time and
name of the circuit, the two ends of the start line, its middle and course (0 where nobody gave them), then a
line a lap with date, time, number, lap time and sector times, each cell closed by a semicolon.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.kernels.lines import decoded, sniff_encoding
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.kernels.lines import Encoding

__all__ = ["HEAD_LINE", "LAP_LINE", "SPAN", "recognised", "session_encoding"]

_STAMP = r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4});(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d);"
_DEGREES = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
SPAN = re.compile(r"(?P<minutes>\d\d):(?P<seconds>[0-5]\d)\.(?P<hundredths>\d\d|100)", re.ASCII)
"""A time; some versions round 99.5 hundredths and more up to `.100`, which is a whole second."""
HEAD_LINE = re.compile(
    _STAMP + rf"(?P<name>[^;]{{0,200}});(?P<gate>{_DEGREES}(?:;{_DEGREES}){{3}})(?:;[^;]{{0,40}}){{3}};?",
    re.ASCII,
)
LAP_LINE = re.compile(
    _STAMP + r"(?P<lap>\d{1,6});(?P<time>[^;]{1,20});(?P<sectors>(?:[^;]{1,20};){0,50})(?P<rest>[^;]{0,20})",
    re.ASCII,
)
_LINES, _CHARACTERS = 8, 4096


def session_encoding(head: bytes) -> Encoding | None:
    """Return the encoding of a file that begins like a session, None for any other."""
    return sniff_encoding(head) if recognised(head) is not None else None


def recognised(head: bytes) -> Detection | None:
    """Return how strongly the head of a file speaks for a session, None where it does not."""
    encoding = sniff_encoding(head)
    if encoding is None:
        return None
    text = decoded(head, encoding)[:_CHARACTERS].replace("\r", "\n")
    lines = [line.strip() for line in text.split("\n") if line.strip()][:_LINES]
    circuits = sum(HEAD_LINE.fullmatch(line) is not None for line in lines)
    laps = sum(_is_lap(line) for line in lines)
    if circuits and laps:
        return Detection(Rung.MARKER, ("lines of a MyChronoGPS session", "a start line and lap times"))
    if circuits == len(lines) == 1 or laps >= max(2, len(lines) - 1):
        return Detection(Rung.SHAPE, ("lines of a MyChronoGPS session",))
    return None


def _is_lap(line: str) -> bool:
    found = LAP_LINE.fullmatch(line)
    return found is not None and SPAN.fullmatch(found["time"]) is not None
