"""Messages of UBX: numbers, names and payloads (u-blox M8 and F9 interface descriptions, "UBX protocol")."""

from __future__ import annotations

import enum
from types import MappingProxyType

import numpy as np

__all__ = ["CLASSES", "NAMES", "NO_TOW", "PAYLOADS", "TOW_PLACES", "WIDE_PVT", "Kind", "name_of"]


class Kind(enum.IntEnum):
    """Class (high byte) and id of the messages that are read."""

    NAV_STATUS = 0x0103
    NAV_POSLLH = 0x0102
    NAV_DOP = 0x0104
    NAV_ATT = 0x0105
    NAV_SOL = 0x0106
    NAV_PVT = 0x0107
    NAV_VELNED = 0x0112
    NAV_HPPOSLLH = 0x0114
    NAV_TIMEGPS = 0x0120
    NAV_TIMEUTC = 0x0121
    NAV_COV = 0x0136
    MON_VER = 0x0A04
    ESF_MEAS = 0x1002
    ESF_RAW = 0x1003
    ESF_INS = 0x1015
    HNR_PVT = 0x2800
    HNR_INS = 0x2802


CLASSES = MappingProxyType({
    0x01: "NAV", 0x02: "RXM", 0x04: "INF", 0x05: "ACK", 0x06: "CFG", 0x09: "UPD", 0x0A: "MON", 0x0B: "AID",
    0x0D: "TIM", 0x10: "ESF", 0x13: "MGA", 0x21: "LOG", 0x27: "SEC", 0x28: "HNR", 0x29: "NAV2",
})  # fmt: skip
"""Classes that receivers write."""

NAMES = MappingProxyType({
    0x0101: "NAV-POSECEF", 0x0109: "NAV-ODO", 0x0111: "NAV-VELECEF", 0x0113: "NAV-HPPOSECEF",
    0x0122: "NAV-CLOCK", 0x0123: "NAV-TIMEGLO", 0x0124: "NAV-TIMEBDS", 0x0125: "NAV-TIMEGAL",
    0x0126: "NAV-TIMELS", 0x0130: "NAV-SVINFO", 0x0131: "NAV-DGPS", 0x0132: "NAV-SBAS", 0x0134: "NAV-ORB",
    0x0135: "NAV-SAT", 0x0139: "NAV-GEOFENCE", 0x013B: "NAV-SVIN", 0x013C: "NAV-RELPOSNED",
    0x013D: "NAV-EELL", 0x0143: "NAV-SIG", 0x0161: "NAV-EOE", 0x0210: "RXM-RAW", 0x0211: "RXM-SFRB",
    0x0213: "RXM-SFRBX", 0x0214: "RXM-MEASX", 0x0215: "RXM-RAWX", 0x0220: "RXM-SVSI", 0x0232: "RXM-RTCM",
    0x0A09: "MON-HW", 0x0A38: "MON-RF", 0x0D01: "TIM-TP", 0x0D03: "TIM-TM2", 0x1010: "ESF-STATUS",
    0x1014: "ESF-ALG", 0x2801: "HNR-ATT",
} | {int(kind): kind.name.replace("_", "-") for kind in Kind})  # fmt: skip


def name_of(code: int) -> str:
    """Return what people call a message: `NAV-PVT`, or `NAV-7F` for one that has no name here."""
    if code in NAMES:
        return NAMES[code]
    return f"{CLASSES.get(code >> 8, f'{code >> 8:02X}')}-{code & 0xFF:02X}"


_PVT = (
    "iTOW u4, year u2, month u1, day u1, hour u1, min u1, sec u1, valid u1, tAcc u4, nano i4, fixType u1,"
    " flags u1, flags2 u1, numSV u1, lon i4, lat i4, height i4, hMSL i4, hAcc u4, vAcc u4, velN i4, velE i4,"
    " velD i4, gSpeed i4, headMot i4, sAcc u4, headAcc u4, pDOP u2, flags3 u2, reserved0 u4"
)
_WIDE = " headVeh i4, magDec i2, magAcc u2"
_INS = (
    "bitfield0 u4, reserved1 u4, iTOW u4, xAngRate i4, yAngRate i4, zAngRate i4, xAccel i4, yAccel i4,"
    " zAccel i4"
)
_FIELDS = {
    Kind.NAV_STATUS: "iTOW u4, gpsFix u1, flags u1, fixStat u1, flags2 u1, ttff u4, msss u4",
    Kind.NAV_POSLLH: "iTOW u4, lon i4, lat i4, height i4, hMSL i4, hAcc u4, vAcc u4",
    Kind.NAV_DOP: "iTOW u4, gDOP u2, pDOP u2, tDOP u2, vDOP u2, hDOP u2, nDOP u2, eDOP u2",
    Kind.NAV_ATT: (
        "iTOW u4, version u1, r0 u1, r1 u2, roll i4, pitch i4, heading i4, accRoll u4, accPitch u4,"
        " accHeading u4"
    ),
    Kind.NAV_SOL: (
        "iTOW u4, fTOW i4, week i2, gpsFix u1, flags u1, ecefX i4, ecefY i4, ecefZ i4, pAcc u4, ecefVX i4,"
        " ecefVY i4, ecefVZ i4, sAcc u4, pDOP u2, reserved1 u1, numSV u1, reserved2 u4"
    ),
    Kind.NAV_PVT: _PVT,
    Kind.NAV_VELNED: (
        "iTOW u4, velN i4, velE i4, velD i4, speed u4, gSpeed u4, heading i4, sAcc u4, cAcc u4"
    ),
    Kind.NAV_HPPOSLLH: (
        "version u1, r0 u1, r1 u1, flags u1, iTOW u4, lon i4, lat i4, height i4, hMSL i4, lonHp i1, latHp i1,"
        " heightHp i1, hMSLHp i1, hAcc u4, vAcc u4"
    ),
    Kind.NAV_TIMEGPS: "iTOW u4, fTOW i4, week i2, leapS i1, valid u1, tAcc u4",
    Kind.NAV_TIMEUTC: (
        "iTOW u4, tAcc u4, nano i4, year u2, month u1, day u1, hour u1, min u1, sec u1, valid u1"
    ),
    Kind.NAV_COV: (
        "iTOW u4, version u1, posCovValid u1, velCovValid u1, r0 u1, r1 u4, r2 u4, posCovNN f4, posCovNE f4,"
        " posCovND f4, posCovEE f4, posCovED f4, posCovDD f4, velCovNN f4, velCovNE f4, velCovND f4,"
        " velCovEE f4, velCovED f4, velCovDD f4"
    ),
    Kind.ESF_INS: _INS,
    Kind.HNR_PVT: (
        "iTOW u4, year u2, month u1, day u1, hour u1, min u1, sec u1, valid u1, nano i4, fixType u1,"
        " flags u1, reserved1 u2, lon i4, lat i4, height i4, hMSL i4, gSpeed i4, speed i4, headMot i4,"
        " headVeh i4, hAcc u4, vAcc u4, sAcc u4, headAcc u4, reserved2 u4"
    ),
    Kind.HNR_INS: _INS,
}


def _layout(fields: str) -> np.dtype[np.void]:
    pairs = [field.split() for field in fields.split(", ")]
    return np.dtype([(name, f"<{kind}") for name, kind in pairs])


PAYLOADS = MappingProxyType({kind: _layout(fields) for kind, fields in _FIELDS.items()})
"""Payloads of fixed form; later versions put more behind them."""

WIDE_PVT = _layout(f"{_PVT},{_WIDE}")
"""UBX-NAV-PVT since protocol version 15: 92 bytes, with the vehicle's heading."""

NO_TOW = -1
TOW_PLACES = np.full(1 << 16, NO_TOW, np.int8)
"""Where the time of week stands in the payload of each message, `NO_TOW` for none."""
for _kind, _payload in PAYLOADS.items():
    _fields = _payload.fields
    if _fields is not None:
        TOW_PLACES[_kind] = _fields["iTOW"][1]
