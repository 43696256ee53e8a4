"""Does a file look like a recording in JSON? Standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.kernels.lines import decoded, sniff_encoding
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

_NAMES = (".json", ".geojson", ".ndjson", ".jsonl")
_BLANKS = "\0 \t\r\n\x1e\ufeff"


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for a recording in JSON among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    name = Detection(Rung.NO)
    if sniff.extension in _NAMES:
        name = Detection(Rung.NAME, (f"extension {sniff.extension}",))
    encoding = sniff_encoding(sniff.head)
    if encoding is None:
        return name
    if decoded(sniff.head[:4096], encoding).lstrip(_BLANKS)[:1] not in ("{", "["):
        return name
    # What reads JSON takes a while to load, and most files are none.
    from telemparse.formats.json.recognition import recognised

    return recognised(sniff, name)
