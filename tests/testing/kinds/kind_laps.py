"""A lap timer: a header with the number of laps, a line for each, and remarks to the end of the file."""

from __future__ import annotations

import re

from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_laps", name="Lap timer", version="1.0", detector="kind_laps:detect", target="kind_laps:parse",
    examples="kind_laps:EXAMPLES", extensions=(".lap",), magics=((0, b"LAPBOX"),), streams=("laps",),
)  # fmt: skip

_REMARKS = "The track was damp in the morning and dry from ten on. Nobody came near the old record.\n" * 12
_LAPS = "".join(f"{lap} {80 + lap % 7 * 0.517:.3f}\n" for lap in range(1, 31))
EXAMPLES = {"monday.lap": f"LAPBOX 2\ndriver A\nlaps 30\n{_LAPS}remarks\n{_REMARKS}".encode()}

_LAP = re.compile(rb"(\d{1,4}) (\d{1,5}\.\d{3})\n")


def detect(sniffs):
    if any(re.match(rb"LAPBOX \d+\n(driver|laps) ", sniff.head) for sniff in sniffs):
        return Detection(Rung.SIGNATURE, ("begins with LAPBOX", "a driver follows"))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    for artifact in artifacts:
        promised, laps, odd = None, [], []
        with artifact.open() as reader:
            for number, line in enumerate(iter(lambda: reader.readline(4096), b""), start=1):
                found = _LAP.fullmatch(line)
                if line == b"remarks\n":
                    break
                if found:
                    laps.append((int(found[1]), round(float(found[2]) * 1e9)))
                elif line.startswith(b"laps ") and line[5:].strip().isdigit():
                    promised = int(line[5:].strip()[:6])
                elif not re.match(rb"LAPBOX |driver ", line):
                    odd.append(number)
        if odd:
            yield Issue("ROWS_SKIPPED", Locus(artifact.name, line=odd[0]), count=len(odd), total=len(laps))
        if promised != len(laps):
            yield Issue(
                "ARTIFACT_TRUNCATED", Locus(artifact.name, offset=artifact.size), artifact=artifact.name,
                rows=len(laps), end=artifact.size,
            )  # fmt: skip
        if laps:
            numbers, durations = zip(*laps, strict=True)
            constant = {"stint_index": 1, "validity": "VALID", "confidence": "HIGH", "source": "device"}
            columns = {name: [value] * len(laps) for name, value in constant.items()}
            own = {"lap_number": range(1, len(laps) + 1), "device_lap": numbers, "duration_ns": durations}
            yield Batch("laps", build("laps", {**columns, **{n: list(v) for n, v in own.items()}}))
