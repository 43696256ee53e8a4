"""The format that the liars read, and the honest card and detector; its parser is in `honest_reading`.

A file begins with `HONEST 1`; then a line `fix SECONDS LATITUDE LONGITUDE SPEED RPM` each second, in
seconds since 1970, degrees, m/s and revolutions a minute; and at last `end` with the number of fixes.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.model.detection import Sniff

__all__ = ["CARD", "EXAMPLES", "MAGIC", "card_of", "detect", "document"]

MAGIC = b"HONEST 1\n"
_FIX = re.compile(rb"HONEST 1\n(?:fix [0-9. -]+|end \d+)\n")
_FIXES = 40
_START_S = 1_746_352_800
_STEP_DEG = 1e-4  # of latitude: 11.119 m a second


def card_of(parser_id: str, **facts: Any) -> ParserCard:
    """Return a card that is honest but for the facts given."""
    honest = {
        "name": parser_id.replace("_", " ").capitalize(),
        "version": "1.0.0",
        "detector": f"{__name__}:detect",
        "target": f"{__name__}_reading:parse",
        "examples": f"{__name__}:EXAMPLES",
        "extensions": (".honest",),
        "magics": ((0, MAGIC),),
        "streams": ("gnss_pvt", "channels"),
    }
    return ParserCard(id=parser_id, **{**honest, **facts})


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Look for the magic and a line that fits it."""
    if any(_FIX.match(sniff.head) for sniff in sniffs):
        return Detection(Rung.SIGNATURE, ("begins with HONEST 1", "a line of the format follows"))
    return Detection(Rung.NO)


def document(fixes: Iterable[tuple[float, float, float, float, float]]) -> bytes:
    """Return the file that holds fixes of seconds, degrees north and east, m/s and revolutions a minute."""
    lines = [f"fix {s:.3f} {lat:.7f} {lon:.7f} {v:.3f} {rpm:.0f}\n" for s, lat, lon, v, rpm in fixes]
    return MAGIC + "".join(lines).encode() + b"end %d\n" % len(lines)


def _drive() -> bytes:
    speed_mps = math.radians(_STEP_DEG) * 6_371_000
    return document(
        (_START_S + second, 48.1 + second * _STEP_DEG, 11.5, speed_mps, 3000 + 10 * second)
        for second in range(_FIXES)
    )


EXAMPLES = {"drive.honest": _drive()}
"""Names to bytes."""

CARD = card_of("honest")
"""The card of the parser that keeps every promise."""
