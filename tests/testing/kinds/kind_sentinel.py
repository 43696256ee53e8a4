"""Records without a count or a checksum, in which all ones mean that a value is not known."""

from __future__ import annotations

import struct

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_sentinel", name="Tracker", version="1.0", detector="kind_sentinel:detect",
    target="kind_sentinel:parse", examples="kind_sentinel:EXAMPLES", magics=((0, b"TRKR\x01"),),
    streams=("gnss_pvt",),
    codes=(Code("KIND_SENTINEL_MAGIC", "error", "{artifact} is no track.", "What it says.", "Look."),),
)  # fmt: skip

_RECORD = struct.Struct("<qiiIIIIBB")  # ms, 1e-7 degrees twice, cm/s, 1e-2 degrees, mm, mm, fix, satellites


def _record(row):
    at = 1_746_352_800_000 + 100 * row
    return _RECORD.pack(at, 481_000_000 + 120 * row, 115_000_000, 1334, 0, 430_000, 2_000, 3, 11)


EXAMPLES = {"drive.trk": b"TRKR\x01" + b"".join(map(_record, range(60)))}


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head[:5] == b"TRKR\x01":
            return Detection(Rung.SIGNATURE, ("magic TRKR", "version 1"))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np

    from telemparse.errors import Malformed
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch, Meta
    from telemparse.schemas import build

    kind = np.dtype("<i8,<i4,<i4,<u4,<u4,<u4,<u4,u1,u1")
    for artifact in artifacts:
        if artifact.read_at(0, 5) != b"TRKR\x01":
            raise Malformed("KIND_SENTINEL_MAGIC", Locus(artifact.name, offset=0), artifact=artifact.name)
        whole, rest = divmod(artifact.size - 5, kind.itemsize)
        if rest:
            place = Locus(artifact.name, offset=5 + whole * kind.itemsize)
            yield Issue("ARTIFACT_TRUNCATED", place, artifact=artifact.name, rows=whole, end=artifact.size)
        records = np.frombuffer(artifact.read_at(5, whole * kind.itemsize), kind)
        t_ms, lat, lon, speed, course, altitude, accuracy, fix, satellites = (records[n] for n in kind.names)
        seen = (fix >= 2) & (fix <= 5) & (lat != 0x7FFFFFFF)
        sound = (abs(lat.astype(np.int64)) <= 900_000_000) & (abs(lon.astype(np.int64)) < 1_800_000_000)
        sound &= (t_ms >= 0) & (t_ms < 4_000_000_000_000)
        if (seen & ~sound).any():
            number = int(np.flatnonzero(seen & ~sound)[0])
            count = int((seen & ~sound).sum())
            yield Issue("ROWS_SKIPPED", Locus(artifact.name, record=number), count=count, total=whole)
        yield Meta("epochs_without_fix", int((~seen).sum()))
        kept = seen & sound
        t_ns = t_ms[kept] * 1_000_000
        if (np.diff(t_ns) < 0).any():
            yield Issue("TIME_NOT_MONOTONIC", stream="gnss_pvt", count=1)

        def known(values, scale, kept=kept, unknown=0xFFFFFFFF):
            return np.where(values[kept] == unknown, np.nan, values[kept] * scale)

        course_deg = known(course, 0.01)
        odd = int((course_deg >= 360).sum())
        if odd:
            yield Issue("VALUE_OUT_OF_RANGE", Locus(artifact.name), column="course_deg", count=odd)
        columns = {
            "t": t_ns,
            "lat_deg": lat[kept] * 1e-7,
            "lon_deg": lon[kept] * 1e-7,
            "alt_m": known(altitude, 0.001),
            "speed_mps": known(speed, 0.01),
            "course_deg": np.where(course_deg < 360, course_deg, np.nan),
            "hacc_m": known(accuracy, 0.001),
            "sat_count": satellites[kept],
        }
        if kept.any():
            yield Batch("gnss_pvt", build("gnss_pvt", columns))
