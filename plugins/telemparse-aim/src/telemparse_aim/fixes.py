"""Position messages (GPS, GPS1) to gnss_pvt: the logger's ms and a u-blox NAV-SOL message, 56 bytes.

Facts: u-blox 6 receiver description, NAV-SOL (0x01 0x06); libxrk (MIT licence), `aim_xrk.pyx`; checked on
real files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse import schemas
from telemparse.kernels.clocks import gps_to_utc_ns
from telemparse.kernels.geodesy import geodetic_deg, local_velocity_mps
from telemparse.schemas import QualityFlag

from telemparse_aim.clock import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_aim.clock import Clock

__all__ = ["EPOCH_BYTES", "RECEIVERS", "Epochs"]

RECEIVERS = ("GPS", "GPS1")
EPOCH_BYTES = 56

_EPOCH = np.dtype(
    [
        ("tick_ms", "<i4"), ("itow_ms", "<u4"), ("ftow_ns", "<i4"), ("week", "<i2"), ("fix", "u1"),
        ("flags", "u1"), ("place_cm", "<i4", 3), ("place_acc_cm", "<u4"), ("speed_cms", "<i4", 3),
        ("speed_acc_cms", "<u4"), ("pdop", "<u2"), ("reserved1", "u1"), ("satellites", "u1"),
        ("reserved2", "<u4"),
    ]
)  # fmt: skip
_WEEK_MS = 604_800_000
_FIX_OK, _WEEK_SET, _TIME_SET = 1, 4, 8
_DEAD_RECKONING, _WITH_DEAD_RECKONING = 1, 4
_MOST_FTOW_NS = 500_000
_FIRST_WEEK = 900  # in 1997; no logger of this kind is older
_UNKNOWN = 0xFFFF_FFFF
# Between the deepest sea and satellites; a receiver that has lost itself is far outside.
_LOWEST_M, _HIGHEST_M = -20_000.0, 1_000_000.0


@attrs.frozen(eq=False)
class Epochs:
    """Epochs of a receiver in the order of the file.

    Args:
        rows: as the receiver writes them, shape (n,).
        ticks_ms: of the logger, shape (n,).
        dated: with week and time of week, shape (n,).
        utc_ns: of those, ns since 1970, shape (n,).
    """

    rows: NDArray[Any]
    ticks_ms: Ints
    dated: Mask
    utc_ns: Ints

    @classmethod
    def read(cls, payloads: Sequence[bytes]) -> Epochs | None:
        """Return the epochs of messages, None where none is long enough."""
        whole = [payload[:EPOCH_BYTES] for payload in payloads if len(payload) >= EPOCH_BYTES]
        if not whole:
            return None
        rows = np.frombuffer(b"".join(whole), _EPOCH)
        week, itow = rows["week"].astype(np.int64), rows["itow_ms"].astype(np.int64)
        known = (rows["flags"] & (_WEEK_SET | _TIME_SET)) == _WEEK_SET | _TIME_SET
        dated = known & (week >= _FIRST_WEEK) & (itow < _WEEK_MS)
        ftow = rows["ftow_ns"].astype(np.int64)
        of_week_ns = itow * NS_PER_MS + np.where(np.abs(ftow) <= _MOST_FTOW_NS, ftow, 0)
        utc_ns = gps_to_utc_ns(np.where(dated, week, _FIRST_WEEK), np.where(dated, of_week_ns, 0))
        return cls(rows, rows["tick_ms"].astype(np.int64), dated, utc_ns)

    def instants(self, clock: Clock) -> Ints:
        """Return ns since 1970, shape (n,): GPS time, or the logger's clock for epochs without it."""
        by_logger = clock.instants(self.ticks_ms * NS_PER_MS)
        return np.where(self.dated & (clock.epochs > 0), self.utc_ns, by_logger)

    @property
    def fixed(self) -> Mask:
        """Epochs with a position that the receiver vouches for, shape (n,)."""
        fix = self.rows["fix"]
        there = (self.rows["flags"] & _FIX_OK > 0) & (fix >= _DEAD_RECKONING) & (fix <= _WITH_DEAD_RECKONING)
        return np.asarray(there & self.rows["place_cm"].any(axis=1))

    def batch(self, clock: Clock) -> tuple[pa.RecordBatch | None, int]:
        """Return gnss_pvt of the epochs with a fix, and how many have one that is nowhere near the Earth."""
        fixed, t_ns = self.fixed, self.instants(clock)
        rows, t_ns = self.rows[fixed], t_ns[fixed]
        metres = rows["place_cm"].astype(np.float64) / 100
        lat_deg, lon_deg, alt_m = geodetic_deg(*metres.T)
        near = (alt_m > _LOWEST_M) & (alt_m < _HIGHEST_M)
        rows, t_ns, lat_deg, lon_deg, alt_m = (
            rows[near],
            t_ns[near],
            lat_deg[near],
            lon_deg[near],
            alt_m[near],
        )
        if not len(rows):
            return None, int((~near).sum())
        velocity = rows["speed_cms"].astype(np.float64) / 100
        north, east, down = local_velocity_mps(lat_deg, lon_deg, *velocity.T)
        speed = np.hypot(north, east)
        course = np.where(speed > 0, np.degrees(np.arctan2(east, north)) % 360, np.nan).astype(np.float32)
        flags = QualityFlag.ALTITUDE_ELLIPSOIDAL | np.where(
            self.dated[fixed][near], 0, QualityFlag.TIME_REPAIRED
        )
        columns = {
            "t": t_ns,
            "lat_deg": lat_deg,
            "lon_deg": lon_deg,
            "alt_m": alt_m,
            "speed_mps": speed,
            "course_deg": np.where(course >= 360, 0, course),
            "vel_n_mps": north,
            "vel_e_mps": east,
            "vel_d_mps": down,
            "hacc_m": _accuracy(rows["place_acc_cm"]),
            "sacc_mps": _accuracy(rows["speed_acc_cms"]),
            "pdop": rows["pdop"] / 100.0,
            "sat_count": rows["satellites"],
            "fix_type": rows["fix"],
            "quality_flags": flags.astype(np.uint32),
        }
        return schemas.build("gnss_pvt", columns, time_base=clock.time_base), int((~near).sum())


def _accuracy(values: NDArray[np.uint32]) -> Floats:
    return np.where(values == _UNKNOWN, np.nan, values / 100.0)
