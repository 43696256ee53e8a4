"""An inertial logger without positions: a binary header with the number of records, and no checksum."""

from __future__ import annotations

import math
import struct

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_imu", name="Inertial logger", version="1.0", detector="kind_imu:detect", target="kind_imu:parse",
    examples="kind_imu:EXAMPLES", magics=((0, b"IMUB"),), streams=("imu_accel", "imu_gyro"),
    codes=(
        Code("KIND_IMU_HEADER", "error", "The header of {artifact} is damaged.", "What it says.", "Look."),
        Code("KIND_IMU_COUNT", "warning", "{found} records, not {told}.", "What it says.", "Look."),
    ),
)  # fmt: skip

_HEADER = struct.Struct("<4sHHI")
_RECORD = struct.Struct("<6h")


def _record(row):
    return _RECORD.pack(int(300 * math.sin(row)), 200, 8192 + row % 50, row % 30, -20, 15)


EXAMPLES = {"bench.imu": _HEADER.pack(b"IMUB", 1, 100, 90) + b"".join(map(_record, range(90)))}


def detect(sniffs):
    for sniff in sniffs:
        if sniff.head[:4] == b"IMUB" and sniff.head[4:6] in {b"\1\0", b"\2\0"}:
            return Detection(Rung.SIGNATURE, ("magic IMUB", "a version there is"))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import numpy as np

    from telemparse.errors import Malformed
    from telemparse.model.issues import Issue, Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    for artifact in artifacts:
        head = artifact.read_at(0, _HEADER.size)
        if len(head) < _HEADER.size:
            raise Malformed("KIND_IMU_HEADER", Locus(artifact.name, offset=0), artifact=artifact.name)
        magic, version, rate_hz, told = _HEADER.unpack(head)
        if magic != b"IMUB" or version not in {1, 2} or not 1 <= rate_hz <= 4000:
            raise Malformed("KIND_IMU_HEADER", Locus(artifact.name, offset=0), artifact=artifact.name)
        whole, rest = divmod(artifact.size - _HEADER.size, _RECORD.size)
        if whole != told or rest:
            place = Locus(artifact.name, offset=_HEADER.size + whole * _RECORD.size)
            yield Issue("KIND_IMU_COUNT", place, told=told, found=whole)
        values = np.frombuffer(artifact.read_at(_HEADER.size, whole * _RECORD.size), "<i2").reshape(-1, 6)
        if not len(values):
            continue
        t_ns = np.arange(len(values)) * (1_000_000_000 // rate_hz)
        accelerations = values[:, :3].astype(np.float64) * 9.80665 / 8192
        rotations = np.radians(values[:, 3:].astype(np.float64) / 16.4)
        for stream, table, axes in (
            ("imu_accel", accelerations, ("ax_mps2", "ay_mps2", "az_mps2")),
            ("imu_gyro", rotations, ("gx_rps", "gy_rps", "gz_rps")),
        ):
            columns = dict(zip(axes, table.T, strict=True))
            yield Batch(stream, build(stream, {"t": t_ns, **columns}, time_base="relative"))
