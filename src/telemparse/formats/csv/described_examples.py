"""Generated recordings of dialects that are built from public descriptions, no real file being at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.drawing import FORCES, Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DESCRIBED_EXAMPLES"]

_CLOCK = "{s.t:%Y-%m-%d},{s.t:%H:%M:%S}.{hundredths:02d}0"
_STICKS = "0,12,-1024,3"
_EDGETX = Drawing(
    head=(
        "Date,Time,1RSS(dB),RQly(%),FM,GPS,GSpd(kmh),Hdg(°),Alt(m),Sats,Ptch(rad),Roll(rad),Yaw(rad),RxBt(V),"
        "Curr(A),Capa(mAh),Rud,Ele,Thr,Ail,SA,SB,LSW,CH1(us),TxBat(V)"
    ),
    row=(
        _CLOCK + ',-61,99,"ACRO",{s.lat_deg:.6f} {s.lon_deg:.6f},{kmh:.2f},{s.course_deg:.1f},{s.alt_m:.0f},'
        "14,0.05,-0.02,1.20,8.2,3.4,120," + _STICKS + ",-1,1,0x0000000000000001,1500,7.9"
    ),
    rate_hz=2,
)
# Knots, a degree as older fonts have it, and the receiver's own date among the sensors.
_OPENTX = Drawing(
    head=(
        "Date,Time,RSSI(dB),RxBt(V),Alt(m),Dist(m),GPS,GSpd(kts),Hdg(@),GAlt(m),Date,Rud,Ele,Thr,Ail,S1,SA,LSW,"
        "TxBat(V)"
    ),
    row=(
        _CLOCK
        + ",78,5.1,12.3,97,{s.lat_deg:.6f} {s.lon_deg:.6f},{knots:.2f},{s.course_deg:.2f},{s.alt_m:.1f},"
        "{s.t:%Y-%m-%d %H:%M:%S}," + _STICKS + ",0,0,0x0000000000000000,7.9"
    ),
    rate_hz=2,
)
_PLACE = "{south:.6f},S,{west:.6f},W"
_STAMPS = "{s.t:%Y/%m/%d},{s.t:%H:%M:%S},{s.t:%Y/%m/%d},{s.t:%H:%M:%S},{milliseconds}"
_QSTARZ = Drawing(
    head=(
        "INDEX,RCR,UTC DATE,UTC TIME,LOCAL DATE,LOCAL TIME,MS,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED,"
        "HEADING,PDOP,HDOP,VDOP,NSAT(USED/VIEW),SAT INFO (SID-ELE-AZI-SNR)"
    ),
    row=(
        f"{{s.number}},T,{_STAMPS},SPS,{_PLACE},{{s.alt_m:.3f}} M,{{kmh:.3f}} km/h,{{s.course_deg:.2f}},1.8,"
        "1.2,1.3,9(12),#01-45-180-30;#07-12-090-25"
    ),
    rate_hz=4,
)
_QSTARZ_FORCES = Drawing(
    head=(
        "INDEX,TRACK ID,VALID,UTC DATE,UTC TIME,LOCAL DATE,LOCAL TIME,MS,LATITUDE,N/S,LONGITUDE,E/W,ALTITUDE,"
        "SPEED,HEADING,G-X,G-Y,G-Z"
    ),
    row=(f"{{s.number}},1,DGPS,{_STAMPS},{_PLACE},{{s.alt_m:.2f}},{{kmh:.2f}},{{s.course_deg:.2f}},{FORCES}"),
    rate_hz=4,
)
_WINDARAB = Drawing(
    head=(
        "# WinDarab text export\n# file: nothing.bmsbin\n# \n"
        "xtime [s]\txdist [m]\tlapctr [none]\tlapdist [m]\tlaptime [s]\tspeed [km/h]\tnmot [1/min]\tgear []\t"
        "ath [%]\tpbrake_f [bar]\taccx [g]\taccy [g]\taccz [g]\tgps_lat [deg]\tgps_long [deg]\t"
        "gps_speed [km/h]\ttoil [°C]\n"
    ),
    row=(
        "{s.seconds:.3f}\t {s.distance_m:.3f}\t {lap}\t {s.distance_m:.3f}\t {lap_s:.3f}\t {kmh:.3f}\t"
        " {s.rpm:.0f}\t 3\t 35.5\t 3.74\t " + FORCES.replace(",", "\t ") + "\t {s.lat_deg:.7f}\t"
        " {s.lon_deg:.7f}\t {kmh:.3f}\t 92.5"
    ),
    rate_hz=4,
)

DESCRIBED_EXAMPLES: Mapping[str, bytes] = {
    "edgetx.csv": _EDGETX.written(),
    "edgetx.opentx.csv": _OPENTX.written(),
    "qstarz.csv": _QSTARZ.written(),
    "qstarz.forces.csv": _QSTARZ_FORCES.written(),
    "windarab.txt": _WINDARAB.written(),
}
"""Names to bytes; the dialect stands before the first point."""
