"""Numbers in lines, without a header, a count or an end; also as somebody's gzip of it."""

from __future__ import annotations

import gzip
import re

from telemparse.extension.card import ParserCard
from telemparse.model.detection import Detection, Rung

_FACTS = {
    "name": "Plain numbers", "version": "1.0", "detector": "kind_plain:detect", "target": "kind_plain:parse",
    "streams": ("gnss_pvt", "channels"), "specializes": ("csv",),
}  # fmt: skip
CARD = ParserCard(id="kind_plain", examples="kind_plain:EXAMPLES", **_FACTS)
GZIPPED = ParserCard(id="kind_gzipped", examples="kind_plain:GZIPPED_EXAMPLES", **_FACTS)

_LINES = [f"{1746352800 + row}.000;48.{1000000 + row * 900:07d};011.5000000;0.000000" for row in range(50)]
EXAMPLES = {"drive.num": "\n".join(_LINES).encode()}
GZIPPED_EXAMPLES = {
    "drive.num": gzip.compress(EXAMPLES["drive.num"], mtime=0),
    "named.num.gz": gzip.compress(EXAMPLES["drive.num"] + b"\n", mtime=0),
}

_FIX = re.compile(rb"(\d{10}\.\d{3});(\d\d\.\d{7});(\d{3}\.\d{7});(\d{1,2}(?:\.\d{0,6})?)")
_HEAD = re.compile(rb"\d{10}\.\d{3};\d\d\.\d{7};\d{3}\.\d{7};\d{1,2}\.\d{6}\n")


def detect(sniffs):
    if any(_HEAD.match(sniff.head) for sniff in sniffs):
        return Detection(Rung.MARKER, ("seconds, latitude, longitude with just so many digits",))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np
    import pyarrow as pa

    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build, channel_field

    for artifact in artifacts:
        fixes, odd = [], []
        with artifact.open() as reader:
            for number, line in enumerate(iter(lambda: reader.readline(4096), b""), start=1):
                found = _FIX.fullmatch(line.removesuffix(b"\n"))
                if found and float(found[2]) <= 90 and float(found[3]) < 180:
                    fixes.append([float(value) for value in found.groups()])
                else:
                    odd.append(number)
        if odd:
            yield Issue("ROWS_SKIPPED", Locus(artifact.name, line=odd[0]), count=len(odd), total=len(fixes))
        if not fixes:
            continue
        columns = np.array(fixes)
        t_ns = np.round(columns[:, 0] * 1000).astype(np.int64) * 1_000_000
        if (np.diff(t_ns) < 0).any():
            yield Issue("TIME_NOT_MONOTONIC", stream="gnss_pvt", count=1)
        position = {"t": t_ns, "lat_deg": columns[:, 1], "lon_deg": columns[:, 2]}
        yield Batch("gnss_pvt", build("gnss_pvt", position))
        fields = {"slope": channel_field("slope", pa.float64(), source_name="4")}
        yield Batch(
            "channels.main", build("channels.main", {"t": t_ns, "slope": columns[:, 3]}, fields=fields)
        )
