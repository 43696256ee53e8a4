"""Does a file begin as a Lapbook recording? Imports neither numpy nor pyarrow, so that asking is cheap."""

from __future__ import annotations

import re

from telemparse.model.detection import Detection, Rung, Sniff

__all__ = ["detect"]

_MAGIC = re.compile(rb"LAPBOOK (\d{1,3})[ \r\n]")
_SECOND_FACT = re.compile(rb"LAPBOOK 1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\r?\n")


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    return max((_detect(sniff) for sniff in sniffs), key=lambda detection: detection.rung.value)


def _detect(sniff: Sniff) -> Detection:
    magic = _MAGIC.match(sniff.head)
    if magic and magic[1] != b"1":
        return Detection(Rung.NO, (f"LAPBOOK version {magic[1].decode()}, which is not known",))
    if magic and _SECOND_FACT.match(sniff.head):
        return Detection(Rung.SIGNATURE, ("begins with LAPBOOK 1", "a start time behind it"))
    if magic:
        return Detection(Rung.MARKER, ("begins with LAPBOOK 1", "but no start time behind it"))
    if sniff.extension == ".lapbook":
        return Detection(Rung.NAME, ("extension .lapbook",))
    return Detection(Rung.NO)
