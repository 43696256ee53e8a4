"""A chest strap: one number a line, of which any part is a number too, and no end."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_beats", name="Chest strap", version="1.0", detector="kind_beats:detect",
    target="kind_beats:parse", examples="kind_beats:EXAMPLES", streams=("channels",),
)  # fmt: skip

EXAMPLES = {
    "run.beats": b"BEATS ms\n" + b"\n".join(b"%d" % (800 + row % 9 * 3) for row in range(120)),
    "three.beats": b"BEATS ms\n801\n802\n803",
}


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head.startswith(b"BEATS ms\n") and sniff.head[9:10].isdigit():
            return Detection(Rung.SIGNATURE, ("begins with BEATS", "a number follows"))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np
    import pyarrow as pa

    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build, channel_field

    for artifact in artifacts:
        beats_ms, odd = [], []
        with artifact.open() as reader:
            for number, line in enumerate(iter(lambda: reader.readline(64), b""), start=1):
                word = line.removesuffix(b"\n")
                if word.isdigit() and 0 < int(word) < 100_000:
                    beats_ms.append(int(word))
                elif (number, line) != (1, b"BEATS ms\n"):
                    odd.append(number)
        if odd:
            yield Issue(
                "ROWS_SKIPPED", Locus(artifact.name, line=odd[0]), count=len(odd), total=len(beats_ms)
            )
        if beats_ms:
            t_ns = np.cumsum(beats_ms) * 1_000_000
            fields = {"heart_rate_bpm": channel_field("heart_rate_bpm", pa.float64(), source_name="ms")}
            columns = {"t": t_ns, "heart_rate_bpm": 60_000 / np.array(beats_ms)}
            table = build("channels.main", columns, fields=fields, time_base="relative")
            yield Batch("channels.main", table)
