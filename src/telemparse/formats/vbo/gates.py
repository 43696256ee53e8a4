"""Gates of a VBO file: lines of [laptiming], placed where the trace is.

Racelogic, "VBO file structure", section "laptiming": a word, two points as longitude and latitude in
minutes, west positive, and a name behind `¬`. RaceBox writes latitude first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.formats.vbo.producers import Producer
from telemparse.kernels.gate_lines import GateChoice, Meaning
from telemparse.model.gates import GateKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["gate_choices"]

_KINDS = {
    "start": GateKind.START_FINISH,
    "finish": GateKind.START_FINISH,
    "startfinish": GateKind.START_FINISH,
    "split": GateKind.SECTOR,
    "sector": GateKind.SECTOR,
    "pitin": GateKind.PIT_IN,
    "pitout": GateKind.PIT_OUT,
}
_NUMBER = r"[ \t]+([+-]?\d{1,6}(?:\.\d{0,15})?)"
_LINE = re.compile(rf"[ \t]*([A-Za-z/_-]{{1,20}})\d{{0,3}}{4 * _NUMBER}(?![\d.])(.*)")
_SIGNS = " \t\xac\xc2|,;"  # the sign of a label, also as two letters of another code page
_MOST = 100
_MINUTES = 60.0


def gate_choices(lines: Sequence[str], producer: Producer) -> tuple[list[GateChoice], list[str]]:
    """Return the gates still to be placed, the first hundred, and the lines that are none."""
    choices: list[GateChoice] = []
    unread: list[str] = []
    for line in lines:
        read = _LINE.fullmatch(line)
        kind = _KINDS.get(re.sub(r"\W|_", "", read[1]).lower()) if read is not None else None
        if read is None or kind is None or len(choices) >= _MOST:
            unread.append(line)
            continue
        values = [float(word) for word in read.groups()[1:5]]
        lon_first = (_point(values[1], values[0]), _point(values[3], values[2]))
        lat_first = (_point(values[0], values[1]), _point(values[2], values[3]))
        boxed = producer is Producer.RACEBOX
        choices.append(
            GateChoice(
                kind,
                read[6].strip(_SIGNS) or read[1],
                (lat_first, lon_first) if boxed else (lon_first, lat_first),
                Meaning.ENDS if boxed else Meaning.UPSTREAM,
                {"line": line.strip()},
            )
        )
    return choices, unread


def _point(lat_min: float, lon_min: float) -> tuple[float, float]:
    return lat_min / _MINUTES, -lon_min / _MINUTES
