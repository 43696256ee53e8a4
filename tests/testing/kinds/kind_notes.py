"""A text with much to read before the numbers and after them; a line without a number first is a remark."""

from __future__ import annotations

import re

from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_notes", name="Diary", version="1.0", detector="kind_notes:detect", target="kind_notes:parse",
    examples="kind_notes:EXAMPLES", extensions=(".txt",), streams=("gnss_pvt",),
)  # fmt: skip

_BEFORE = "Of the drive, its drivers and the weather there is much to say, and it was said.\n" * 15
_AFTER = "Then there was cake, of which nothing more is known.\n" * 20
_FIXES = "".join(
    f"{1746352800 + row} 48.{1000000 + row * 1500:07d} 11.5000000 {16.7 + row % 3 / 10:.2f}\n"
    for row in range(60)
)
EXAMPLES = {"sunday.txt": f"Diary of a drive\n{_BEFORE}{_FIXES}{_AFTER}".encode()}

_FIX = re.compile(rb"(\d{10}) (\d{1,2}\.\d{7}) (\d{1,3}\.\d{7}) (\d{1,3}\.\d{2})\n?")


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head.startswith(b"Diary of a drive\n"):
            return Detection(Rung.MARKER, ("is the diary of a drive",))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np

    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    for artifact in artifacts:
        fixes, odd = [], []
        with artifact.open() as reader:
            for number, line in enumerate(iter(lambda: reader.readline(4096), b""), start=1):
                found = _FIX.fullmatch(line)
                if found and float(found[2]) <= 90 and float(found[3]) < 180:
                    fixes.append([float(value) for value in found.groups()])
                elif line[:1].isdigit():
                    odd.append(number)
        if odd:
            yield Issue("ROWS_SKIPPED", Locus(artifact.name, line=odd[0]), count=len(odd), total=len(fixes))
        if fixes:
            columns = np.array(fixes)
            t_ns = columns[:, 0].astype(np.int64) * 1_000_000_000
            if (np.diff(t_ns) < 0).any():
                yield Issue("TIME_NOT_MONOTONIC", stream="gnss_pvt", count=1)
            names = dict(zip(("lat_deg", "lon_deg", "speed_mps"), columns.T[1:], strict=True))
            yield Batch("gnss_pvt", build("gnss_pvt", {"t": t_ns, **names}))
