"""Channels in blocks, with an index at the end of the file that says where each one lies."""

from __future__ import annotations

import struct

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_indexed", name="Indexed logger", version="1.0", detector="kind_indexed:detect",
    target="kind_indexed:parse", examples="kind_indexed:EXAMPLES", extensions=(".ixl",),
    magics=((0, b"IXL1"),), streams=("channels",),
    codes=(Code("KIND_INDEXED_INDEX", "error", "No index in {artifact}.", "What it says.", "Copy it."),),
)  # fmt: skip

_ENTRY = struct.Struct("<16sII")  # name, offset, number of values
_END = struct.Struct("<I4s")  # entries, magic


def _file():
    names = {"rpm": 900.0, "throttle_pct": 40.0, "oil": 91.5}
    blocks, entries = b"IXL1", b""
    for name, first in names.items():
        entries += _ENTRY.pack(name.encode(), len(blocks), 60)
        blocks += struct.pack("<60f", *(first + row / 10 for row in range(60)))
    return blocks + entries + _END.pack(len(names), b"XDNI")


EXAMPLES = {"bench.ixl": _file()}


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head[:4] == b"IXL1":
            found = sniff.tail[-4:] == b"XDNI"
            return Detection(Rung.SIGNATURE if found else Rung.SHAPE, ("magic at its ends",))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np
    import pyarrow as pa

    from telemparse.errors import Malformed
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build, channel_field

    for artifact in artifacts:
        count, magic = _END.unpack(artifact.read_at(max(artifact.size - 8, 0), 8).rjust(8, b"\0"))
        start = artifact.size - _END.size - count * _ENTRY.size
        if magic != b"XDNI" or start < 4:
            place = Locus(artifact.name, offset=artifact.size)
            raise Malformed("KIND_INDEXED_INDEX", place, artifact=artifact.name)
        columns, fields, odd, bytes_named = {}, {}, [], 0
        for number in range(count):
            name, offset, values = _ENTRY.unpack(artifact.read_at(start + number * _ENTRY.size, _ENTRY.size))
            bytes_named += 4 * values
            label = name.rstrip(b"\0").decode("ascii", "replace")
            key = f"channel_{number}" if not label.isidentifier() or label in columns else label
            if offset + 4 * values > start or values != 60:
                odd.append(key)
                continue
            read = np.frombuffer(artifact.read_at(offset, 4 * values), "<f4")
            columns[key] = np.where(np.isfinite(read), read, np.nan)
            fields[key] = channel_field(key, pa.float32(), source_name=label)
        if odd or bytes_named != start - 4:
            yield Issue("CHANNELS_SKIPPED", Locus(artifact.name, offset=start), count=len(odd), names=odd)
        if columns:
            t_ns = np.arange(60) * 100_000_000
            table = build("channels.main", {"t": t_ns, **columns}, fields=fields, time_base="relative")
            yield Batch("channels.main", table)
