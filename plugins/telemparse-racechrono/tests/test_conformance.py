"""What every parser promises, checked on the examples."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from telemparse.testing import Check, conformance
from telemparse.testing.encoding import Encoder

from telemparse_racechrono import CARD
from telemparse_racechrono.examples import EXAMPLES, session, zipped

_SCALES = {
    "alt_m": (5, 1000), "speed_mps": (4, 1000), "course_deg": (6, 1000), "hacc_m": (30007, 1000),
    "hdop": (30004, 1000), "vdop": (30005, 1000), "sat_count": (30002, 1),
}  # fmt: skip
_COLUMNS: tuple[str, ...] = tuple(_SCALES)


def _numbers(table: pa.Table, column: str, scale: float) -> bytes:
    values = [None if value is None else value * scale for value in table[column].to_pylist()]
    whole = [(1 << 31) - 1 if value is None else round(value) for value in values]
    return np.array(whole, "<i4").tobytes()


def _write(table: pa.Table) -> bytes:
    ms = table["t"].cast(pa.int64()).to_numpy() // 1_000_000
    degrees = np.column_stack([table["lat_deg"].to_numpy(), table["lon_deg"].to_numpy()])
    members = {
        "session.json": session([], int(ms[0])),
        "sessionfragment.json": b'{"version":1,"primaryGpsDeviceIndex":300,"devices2":[]}',
        "channel_1_300_0_1_1": ms.astype("<i8").tobytes(),
        "channel_1_300_0_3_1": np.rint(degrees * 6_000_000).astype("<i4").tobytes(),
    }
    for column, (channel, scale) in _SCALES.items():
        members[f"channel_1_300_0_{channel}_0"] = _numbers(table, column, scale)
    return zipped(members)


ENCODER = Encoder(
    write=_write,
    columns=_COLUMNS,
    tolerances={"lat_deg": 1e-7, "lon_deg": 1e-7, **{name: 6e-4 for name in _SCALES if name != "sat_count"}},
    name="encoded.rcz",
)


@conformance(CARD, samples=EXAMPLES, encoder=ENCODER, examples=20)
def test_conformance(check: Check) -> None:
    check()
