"""Payloads of navigation messages as columns, in the units of the streams; NaN says unknown."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.geodesy import geodetic_deg, local_velocity_mps

from telemparse_ubx.messages import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats

    Rows = NDArray[Any]
    Columns = dict[str, NDArray[Any]]

__all__ = ["CHANNELS", "READINGS", "Channel"]

_DEG = 1e7  # of latitude and longitude, in a degree
_ANGLE = 1e5
_UNKNOWN = 0xFFFFFFFF
_WORST_DOP = 9999  # the largest that is written: there is none
_FIX_OK, _SOLUTION = 0x01, 6
_HEAD_VEHICLE, _HEAD_VEHICLE_HNR = 0x20, 0x10
_INVALID_POSITION = 0x01
_HAS_POSITION = np.array([False, True, True, True, True, False])
_FUSED = np.array([False, True, False, False, True, False])
_FLOAT = 6
_AXES = ("NN", "NE", "ND", "EE", "ED", "DD")


def _types(kind: NDArray[Any], solution: NDArray[Any]) -> Floats:
    """Return canonical fix types: those of UBX are the same up to 5; carrier phases go before."""
    types = np.where(kind < len(_HAS_POSITION), kind, 0).astype(np.float64)
    carried = (solution == 1) | (solution == 2)
    return np.where(carried & _HAS_POSITION[types.astype(np.int64)], solution + (_FLOAT - 1.0), types)


def _known(values: NDArray[Any], scale: float) -> Floats:
    return np.where(values == _UNKNOWN, np.nan, values / scale)


def _dop(values: NDArray[Any]) -> Floats:
    return np.where(values >= _WORST_DOP, np.nan, values / 100)


def _place(rows: Rows) -> Columns:
    return {
        "lat_deg": rows["lat"] / _DEG,
        "lon_deg": rows["lon"] / _DEG,
        "alt_m": rows["hMSL"] / 1000,
        "hacc_m": _known(rows["hAcc"], 1000),
        "vacc_m": _known(rows["vAcc"], 1000),
        "height": rows["height"] / 1000,
    }


def _state(kind: NDArray[Any], flags: NDArray[Any], solution: NDArray[Any] | int = 0) -> Columns:
    kind = np.minimum(kind, len(_HAS_POSITION) - 1)
    return {
        "fixed": (flags & _FIX_OK != 0) & _HAS_POSITION[kind],
        "fused": _FUSED[kind],
        "fix_type": _types(kind, np.asarray(solution)),
    }


def _has(rows: Rows, name: str) -> bool:
    return name in (rows.dtype.names or ())


def _pvt(rows: Rows) -> Columns:
    columns = {
        **_place(rows),
        **_state(rows["fixType"], rows["flags"], rows["flags"] >> _SOLUTION),
        "speed_mps": rows["gSpeed"] / 1000,
        "course_deg": rows["headMot"] / _ANGLE,
        "sacc_mps": _known(rows["sAcc"], 1000),
        "head_acc": _known(rows["headAcc"], _ANGLE),
    }
    if _has(rows, "velN"):
        columns["fixed"] &= rows["flags3"] & _INVALID_POSITION == 0
        columns |= {name: rows[field] / 1000 for name, field in _VELOCITY.items()}
        columns["pdop"] = _dop(rows["pDOP"])
        columns["sat_count"] = rows["numSV"].astype(np.float64)
        columns["t_acc"] = _known(rows["tAcc"], 1)
    if _has(rows, "headVeh"):
        says = rows["flags"] & (_HEAD_VEHICLE if _has(rows, "velN") else _HEAD_VEHICLE_HNR)
        columns["head_veh"] = np.where(says != 0, rows["headVeh"] / _ANGLE, np.nan)
    return columns


_VELOCITY = {"vel_n_mps": "velN", "vel_e_mps": "velE", "vel_d_mps": "velD"}


def _precise(rows: Rows) -> Columns:
    """Read UBX-NAV-HPPOSLLH: the digits behind those of the usual position."""
    places = {
        "lat_deg": (rows["lat"].astype(np.int64) * 100 + rows["latHp"]) / (_DEG * 100),
        "lon_deg": (rows["lon"].astype(np.int64) * 100 + rows["lonHp"]) / (_DEG * 100),
        "alt_m": (rows["hMSL"].astype(np.int64) * 10 + rows["hMSLHp"]) / 10_000,
        "height": (rows["height"].astype(np.int64) * 10 + rows["heightHp"]) / 10_000,
        "hacc_m": _known(rows["hAcc"], 10_000),
        "vacc_m": _known(rows["vAcc"], 10_000),
    }
    bad = rows["flags"] & _INVALID_POSITION != 0
    return {name: np.where(bad, np.nan, values) for name, values in places.items()}


def _posllh(rows: Rows) -> Columns:
    return _place(rows)


def _velned(rows: Rows) -> Columns:
    return {
        **{name: rows[field] / 100 for name, field in _VELOCITY.items()},
        "speed_mps": rows["gSpeed"] / 100,
        "course_deg": rows["heading"] / _ANGLE,
        "sacc_mps": _known(rows["sAcc"], 100),
        "head_acc": _known(rows["cAcc"], _ANGLE),
    }


def _sol(rows: Rows) -> Columns:
    """Read UBX-NAV-SOL: a position and a velocity about the centre of the Earth."""
    x_m, y_m, z_m = (rows[name] / 100 for name in ("ecefX", "ecefY", "ecefZ"))
    lat_deg, lon_deg, height_m = geodetic_deg(x_m, y_m, z_m)
    nowhere = (rows["ecefX"] == 0) & (rows["ecefY"] == 0) & (rows["ecefZ"] == 0)
    north, east, down = local_velocity_mps(
        lat_deg, lon_deg, *(rows[name] / 100 for name in ("ecefVX", "ecefVY", "ecefVZ"))
    )
    return {
        **_state(rows["gpsFix"], rows["flags"]),
        "lat_deg": np.where(nowhere, np.nan, lat_deg),
        "lon_deg": np.where(nowhere, np.nan, lon_deg),
        "ellipsoidal_m": np.where(nowhere, np.nan, height_m),
        "vel_n_mps": north,
        "vel_e_mps": east,
        "vel_d_mps": down,
        "sacc_mps": _known(rows["sAcc"], 100),
        "pdop": _dop(rows["pDOP"]),
        "sat_count": rows["numSV"].astype(np.float64),
    }


def _status(rows: Rows) -> Columns:
    return _state(rows["gpsFix"], rows["flags"], rows["flags2"] >> _SOLUTION)


def _dops(rows: Rows) -> Columns:
    names = {"hdop": "hDOP", "vdop": "vDOP", "pdop": "pDOP", "g_dop": "gDOP", "t_dop": "tDOP"}
    return {name: _dop(rows[field]) for name, field in (names | {"n_dop": "nDOP", "e_dop": "eDOP"}).items()}


def _attitude(rows: Rows) -> Columns:
    angles = {"roll": "roll", "pitch": "pitch", "heading": "heading"}
    doubts = {"acc_roll": "accRoll", "acc_pitch": "accPitch", "acc_heading": "accHeading"}
    found = {name: rows[field] / _ANGLE for name, field in angles.items()}
    # An accuracy of 0 says that the angle is not known.
    for name, doubt in zip(angles, doubts.values(), strict=True):
        found[name] = np.where(rows[doubt] == 0, np.nan, found[name])
    return found | {
        name: np.where(rows[field] == 0, np.nan, rows[field] / _ANGLE) for name, field in doubts.items()
    }


def _covariances(rows: Rows) -> Columns:
    found = {}
    for what in ("pos", "vel"):
        for axes in _AXES:
            values = rows[f"{what}Cov{axes}"].astype(np.float64)
            good = (rows[f"{what}CovValid"] != 0) & np.isfinite(values)
            found[f"{what}_cov_{axes.lower()}"] = np.where(good, values, np.nan)
    return found


READINGS: MappingProxyType[Kind, Callable[[Rows], Columns]] = MappingProxyType({
    Kind.NAV_PVT: _pvt,
    Kind.HNR_PVT: _pvt,
    Kind.NAV_HPPOSLLH: _precise,
    Kind.NAV_POSLLH: _posllh,
    Kind.NAV_VELNED: _velned,
    Kind.NAV_SOL: _sol,
    Kind.NAV_STATUS: _status,
    Kind.NAV_DOP: _dops,
    Kind.NAV_ATT: _attitude,
    Kind.NAV_COV: _covariances,
})  # fmt: skip
"""What to read of each message that belongs to an epoch."""


@attrs.frozen
class Channel:
    """A channel: its unit, what it is called in the protocol, and the messages that have it."""

    unit: str
    source: str
    kinds: tuple[Kind, ...]


_ATT, _COV, _DOP = (Kind.NAV_ATT,), (Kind.NAV_COV,), (Kind.NAV_DOP,)
CHANNELS = MappingProxyType({
    "height": Channel("m", "height", (Kind.NAV_HPPOSLLH, Kind.NAV_PVT, Kind.NAV_POSLLH)),
    "head_acc": Channel("deg", "headAcc", (Kind.NAV_PVT, Kind.NAV_VELNED)),
    "head_veh": Channel("deg", "headVeh", (Kind.NAV_PVT,)),
    "t_acc": Channel("ns", "tAcc", (Kind.NAV_PVT,)),
    "g_dop": Channel("1", "gDOP", _DOP),
    "t_dop": Channel("1", "tDOP", _DOP),
    "n_dop": Channel("1", "nDOP", _DOP),
    "e_dop": Channel("1", "eDOP", _DOP),
    "roll": Channel("deg", "roll", _ATT),
    "pitch": Channel("deg", "pitch", _ATT),
    "heading": Channel("deg", "heading", _ATT),
    "acc_roll": Channel("deg", "accRoll", _ATT),
    "acc_pitch": Channel("deg", "accPitch", _ATT),
    "acc_heading": Channel("deg", "accHeading", _ATT),
    **{f"pos_cov_{axes.lower()}": Channel("m2", f"posCov{axes}", _COV) for axes in _AXES},
    **{f"vel_cov_{axes.lower()}": Channel("m2/s2", f"velCov{axes}", _COV) for axes in _AXES},
})  # fmt: skip
"""What messages say beside the fix."""
