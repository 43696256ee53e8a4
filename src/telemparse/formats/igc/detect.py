"""Does a file look like an IGC recording? Standard library only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.kernels.lines import decoded, sniff_encoding
from telemparse.model.detection import Detection, Rung

if TYPE_CHECKING:
    from telemparse.model.detection import Sniff

__all__ = ["detect"]

# FAI/IGC specification for flight recorders, appendix A: B record (A4.1), A record (A3.1), H record (A3.2).
_FIX = re.compile(r"B\d{6}\d{7}[NS]\d{8}[EW][AV][-+\d ][\d ]{3}\d[-+\d ][\d ]{3}\d.*")
_MAKER = re.compile(r"A[A-Z][A-Z0-9]{2}.*")
_DATE = re.compile(r"H[FOPS]?DTE(?:DATE)?[ ]?:?[ ]?\d{6}.*", re.IGNORECASE)
_HEADING = re.compile(r"H[FOPS][A-Z][A-Z0-9]{2}.*")
_RECORD = re.compile(r"[A-L][^\x00-\x1f\x7f-\x9f]*")
_LINES = 400
_SURE_SHARE = 0.8


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence for IGC among the artifacts."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    encoding = sniff_encoding(sniff.head[:4096])
    if encoding is None:
        return Detection(Rung.NO)
    lines = [line for line in decoded(sniff.head, encoding).splitlines() if line.strip()]
    if len(lines) > 1 and len(sniff.head) < sniff.size:
        lines = lines[:-1]  # the head may cut it
    lines = lines[:_LINES]
    fixes = sum(_FIX.fullmatch(line) is not None for line in lines)
    made = bool(lines) and _MAKER.fullmatch(lines[0]) is not None
    dated = any(_DATE.fullmatch(line) for line in lines)
    headed = any(_HEADING.fullmatch(line) for line in lines)
    share = sum(_RECORD.fullmatch(line) is not None for line in lines) / max(len(lines), 1)
    evidence = (
        *(["A record of a maker"] if made else []),
        *(["HFDTE names the day"] if dated else []),
        *([f"{fixes} B records"] if fixes else []),
    )
    if made and dated and fixes:
        return Detection(Rung.SIGNATURE, evidence)
    if (fixes and (dated or made or headed)) or (made and dated):
        return Detection(Rung.MARKER, evidence)
    if fixes and share >= _SURE_SHARE:
        return Detection(Rung.MARKER if fixes > 1 else Rung.SHAPE, evidence)
    if sniff.extension == ".igc":
        return Detection(Rung.NAME, ("extension .igc",))
    return Detection(Rung.NO)
