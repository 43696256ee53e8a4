"""A run as a log of u-blox's binary protocol: NAV-PVT and NAV-DOP each epoch, NAV-HPPOSLLH under RTK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints
    from telemparse.testing.simulate.runs import Run

__all__ = ["write_ubx"]

# u-blox, "M9 interface description", sections UBX-NAV-PVT, UBX-NAV-DOP and UBX-NAV-HPPOSLLH.
_PVT = np.dtype([
    ("tow_ms", "<u4"), ("year", "<u2"), ("month", "u1"), ("day", "u1"), ("hour", "u1"), ("minute", "u1"),
    ("second", "u1"), ("valid", "u1"), ("time_acc_ns", "<u4"), ("nano", "<i4"), ("fix", "u1"),
    ("flags", "u1"), ("flags2", "u1"), ("satellites", "u1"), ("lon", "<i4"), ("lat", "<i4"),
    ("height_mm", "<i4"), ("sea_mm", "<i4"), ("hacc_mm", "<u4"), ("vacc_mm", "<u4"), ("north", "<i4"),
    ("east", "<i4"), ("down", "<i4"), ("speed", "<i4"), ("course", "<i4"), ("sacc", "<u4"),
    ("course_acc", "<u4"), ("pdop", "<u2"), ("flags3", "<u2"), ("reserved", "<u4"), ("heading", "<i4"),
    ("declination", "<i2"), ("declination_acc", "<u2"),
])  # fmt: skip
_DOP = np.dtype([("tow_ms", "<u4"), *((name, "<u2") for name in ("g", "p", "t", "v", "h", "n", "e"))])
_PRECISE = np.dtype([
    ("version", "<u4"), ("tow_ms", "<u4"), ("lon", "<i4"), ("lat", "<i4"), ("height_mm", "<i4"),
    ("sea_mm", "<i4"), ("lon_rest", "i1"), ("lat_rest", "i1"), ("height_rest", "i1"), ("sea_rest", "i1"),
    ("hacc", "<u4"), ("vacc", "<u4"),
])  # fmt: skip
_PVT_ID, _DOP_ID, _PRECISE_ID = (1, 0x07), (1, 0x04), (1, 0x14)
_GEOID_MM = 45_000
_GPS_AHEAD_S, _GPS_WEEKDAY = 18, 3  # since 2017; 1970 began on the fourth day after a Sunday's midnight
_WEEK_S, _DAY_S = 7 * 86_400, 86_400
_ALL_VALID, _FIX_OK = 0x07, 0x01
_FLOAT, _FIXED = 6, 7
_NEEDED = ("vel_n_mps", "vel_e_mps", "course_deg")


def write_ubx(run: Run) -> bytes:
    """Return the fixes of a run as a u-blox receiver writes them.

    Instants are exact, positions 1e-7 degrees (1e-9 under RTK), heights mm (0.1 mm), velocities mm/s, courses
    1e-5 degrees, accuracies mm and mm/s, dilution 0.01. Raises CallError for a run whose receiver says
    nothing of velocity, as the format cannot.
    """
    table = run.gnss
    missing = [name for name in _NEEDED if table[name].null_count]
    if missing:
        raise CallError(f"UBX-NAV-PVT cannot leave out {', '.join(missing)}")
    t_ns = numpy_view(table["t"])
    tow_ms = _tow_ms(t_ns)
    kind = numpy_view(table["fix_type"])
    messages = [_frames(_PVT_ID, _pvt(table, t_ns, tow_ms, kind)), _frames(_DOP_ID, _dop(table, tow_ms))]
    if (kind >= _FLOAT).all():
        messages.insert(1, _frames(_PRECISE_ID, _precise(table, tow_ms)))
    return np.hstack(messages).tobytes()


def _tow_ms(t_ns: Ints) -> Ints:
    """Return milliseconds of the GPS week, which begins on Sunday and counts no leap seconds."""
    since_sunday = t_ns // 1_000_000 + ((_GPS_WEEKDAY + 1) * _DAY_S + _GPS_AHEAD_S) * 1000
    return np.asarray(since_sunday % (_WEEK_S * 1000))


def _whole(table: pa.Table, name: str, scale: float) -> Ints:
    return np.rint(numpy_view(table[name]).astype(np.float64) * scale).astype(np.int64)


def _records(kind: np.dtype[Any], count: int, **columns: Any) -> NDArray[Any]:
    records = np.zeros(count, kind)
    for name, values in columns.items():
        records[name] = values
    return records


def _pvt(table: pa.Table, t_ns: Ints, tow_ms: Ints, kind: Ints) -> NDArray[Any]:
    seconds, nano = np.divmod(t_ns, NS_PER_S)
    days, of_day = np.divmod(seconds, _DAY_S)
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    sea_mm = _whole(table, "alt_m", 1e3)
    return _records(
        _PVT,
        len(t_ns),
        tow_ms=tow_ms,
        year=years.astype(np.int64) + 1970,
        month=(months - years).astype(np.int64) + 1,
        day=(days.astype("datetime64[D]") - months).astype(np.int64) + 1,
        hour=of_day // 3600,
        minute=of_day // 60 % 60,
        second=of_day % 60,
        valid=_ALL_VALID,
        time_acc_ns=20,
        nano=nano,
        fix=np.where(kind >= _FLOAT, 3, kind),
        flags=_FIX_OK | np.where(kind == _FIXED, 0x80, np.where(kind == _FLOAT, 0x40, 0)),
        satellites=numpy_view(table["sat_count"]),
        lon=_whole(table, "lon_deg", 1e7),
        lat=_whole(table, "lat_deg", 1e7),
        height_mm=sea_mm + _GEOID_MM,
        sea_mm=sea_mm,
        hacc_mm=_whole(table, "hacc_m", 1e3),
        vacc_mm=_whole(table, "vacc_m", 1e3),
        north=_whole(table, "vel_n_mps", 1e3),
        east=_whole(table, "vel_e_mps", 1e3),
        down=_whole(table, "vel_d_mps", 1e3),
        speed=_whole(table, "speed_mps", 1e3),
        course=_whole(table, "course_deg", 1e5) % 36_000_000,
        sacc=_whole(table, "sacc_mps", 1e3),
        course_acc=50_000,
        pdop=_whole(table, "hdop", 160),
    )


def _dop(table: pa.Table, tow_ms: Ints) -> NDArray[Any]:
    across, along = _whole(table, "hdop", 100), _whole(table, "hdop", 160)
    half = _whole(table, "hdop", 70)
    return _records(
        _DOP, len(tow_ms), tow_ms=tow_ms, g=along, p=along, t=half, v=along, h=across, n=half, e=half
    )


def _precise(table: pa.Table, tow_ms: Ints) -> NDArray[Any]:
    lon, lat, sea = _whole(table, "lon_deg", 1e9), _whole(table, "lat_deg", 1e9), _whole(table, "alt_m", 1e4)
    (lon, lon_rest), (lat, lat_rest), (sea_mm, sea_rest) = _parts(lon, 100), _parts(lat, 100), _parts(sea, 10)
    return _records(
        _PRECISE,
        len(tow_ms),
        tow_ms=tow_ms,
        lon=lon,
        lat=lat,
        height_mm=sea_mm + _GEOID_MM,
        sea_mm=sea_mm,
        lon_rest=lon_rest,
        lat_rest=lat_rest,
        height_rest=sea_rest,
        sea_rest=sea_rest,
        hacc=_whole(table, "hacc_m", 1e4),
        vacc=_whole(table, "vacc_m", 1e4),
    )


def _parts(values: Ints, of: int) -> tuple[Ints, Ints]:
    """Return whole coarse units, rounded, and the fine ones that are left, of either sign."""
    coarse = np.rint(values / of).astype(np.int64)
    return coarse, values - coarse * of


def _frames(identity: tuple[int, int], payloads: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the frames of messages of one kind, shape (n, bytes)."""
    count, width = len(payloads), payloads.dtype.itemsize
    frames = np.zeros((count, width + 8), np.uint8)
    frames[:, :6] = (0xB5, 0x62, *identity, width & 0xFF, width >> 8)
    frames[:, 6:-2] = payloads.view(np.uint8).reshape(count, width)
    # Fletcher's checksum (RFC 1145) of class, id, length and payload.
    first = np.cumsum(frames[:, 2:-2], axis=1, dtype=np.int64)
    frames[:, -2] = first[:, -1] & 0xFF
    frames[:, -1] = first.sum(axis=1) & 0xFF
    return frames
