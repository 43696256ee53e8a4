"""What every parser promises, checked on the examples."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from telemparse.testing import Check, Encoder, conformance

from telemparse_aim import CARD
from telemparse_aim.writing import channel, configuration, position

_GPS_EPOCH = dt.datetime(1980, 1, 6, tzinfo=dt.UTC)
_LEAPS = ((2017, 1, 18), (2015, 7, 17), (2012, 7, 16), (2009, 1, 15), (2006, 1, 14), (1999, 1, 13))


def gps_ms(t_ns: int) -> int:
    """Return ms of GPS time of an instant since 1999."""
    t = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=t_ns // 1_000_000)
    leap_s = next((leap for year, month, leap in _LEAPS if (t.year, t.month) >= (year, month)), 13)
    return round((t - _GPS_EPOCH) / dt.timedelta(milliseconds=1)) + leap_s * 1000


def encoded(table: pa.Table) -> bytes:
    """Write fixes at a height of 100 m as a logger does."""
    frames = [configuration(channel(0, "RPM"))]
    first_ns = None
    for row in table.set_column(0, "t", pc.cast(table["t"], pa.int64())).to_pylist():
        first_ns = row["t"] if first_ns is None else first_ns
        tick_ms = (row["t"] - first_ns) // 1_000_000 % 0x7FFF_FFFF
        frames.append(position(tick_ms, gps_ms(row["t"]), (row["lat_deg"], row["lon_deg"], 100.0)))
    return b"".join(frames)


ENCODER = Encoder(
    write=encoded, tolerances={"lat_deg": 1e-7, "lon_deg": 1e-5}, step_ns=1_000_000, name="encoded.xrk"
)


@conformance(CARD, encoder=ENCODER)
def test_conformance(check: Check) -> None:
    check()
