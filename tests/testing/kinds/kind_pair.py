"""A recording of two files: numbers in one, what they are in the other."""

from __future__ import annotations

import json
import struct

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_pair", name="Pair", version="1.0", detector="kind_pair:detect", target="kind_pair:parse",
    examples="kind_pair:EXAMPLES", extensions=(".dat", ".about"),
    companions=(("{stem}.dat", "{stem}.about"),), streams=("channels",),
    codes=(
        Code("KIND_PAIR_ALONE", "error", "{artifact} lacks its other half.", "What it says.", "Give both."),
        Code("KIND_PAIR_COUNT", "warning", "{found} rows, not {told}.", "What it says.", "Look."),
    ),
)  # fmt: skip

_ROWS = 70
EXAMPLES = {
    "run": {
        "run.about": json.dumps({"pair": 1, "rows": _ROWS, "columns": ["rpm", "gear"]}).encode(),
        "run.dat": b"".join(struct.pack("<2d", 2000 + 13.5 * row, row // 20 + 1) for row in range(_ROWS)),
    }
}


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head.startswith(b'{"pair": 1, "rows": '):
            return Detection(Rung.SIGNATURE, ("an object that calls itself a pair", "a number of rows"))
    return Detection(Rung.NO)


def _about(artifacts):
    for artifact in artifacts:
        if artifact.read_at(0, 8) == b'{"pair":' and artifact.size < 4096:
            try:
                about = json.loads(artifact.read_at(0, 4096))
            except ValueError:
                continue
            if isinstance(about, dict) and about.get("columns") == ["rpm", "gear"]:
                return artifact, about
    return None, {}


def parse(artifacts, _options):
    import numpy as np
    import pyarrow as pa

    from telemparse.errors import Malformed
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build, channel_field

    half, about = _about(artifacts)
    others = [artifact for artifact in artifacts if artifact is not half]
    if half is None or len(others) != 1:
        name = artifacts.names[0]
        raise Malformed("KIND_PAIR_ALONE", Locus(name), artifact=name)
    (data,) = others
    rows = data.size // 16
    if about.get("rows") != rows or data.size % 16:
        yield Issue(
            "KIND_PAIR_COUNT", Locus(data.name, offset=rows * 16), told=str(about.get("rows")), found=rows
        )
    values = np.frombuffer(data.read_at(0, rows * 16), "<f8").reshape(-1, 2)
    lost = int((~np.isfinite(values)).sum())
    if lost:
        yield Issue("VALUE_OUT_OF_RANGE", Locus(data.name), count=lost, column="rpm, gear")
    columns = np.where(np.isfinite(values), values, np.nan).T
    fields = {name: channel_field(name, pa.float64(), source_name=name) for name in ("rpm", "gear")}
    named = dict(zip(("rpm", "gear"), columns, strict=True))
    t_ns = np.arange(rows) * 1_000_000_000
    yield Batch(
        "channels.main", build("channels.main", {"t": t_ns, **named}, fields=fields, time_base="index")
    )
