"""Generated recordings of each built-in dialect, for the conformance kit and for neighbours to refuse.

A generic table stands in none of them: it is told by its shape alone, and an example must be told surely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.described_examples import DESCRIBED_EXAMPLES
from telemparse.formats.csv.drawing import FORCES, RATES, Drawing
from telemparse.formats.csv.gate_timer_examples import GATE_TIMER_EXAMPLES
from telemparse.formats.csv.lap_timer_examples import LAP_TIMER_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXAMPLES"]

_AIRDATA = Drawing(
    head=(
        "time(millisecond),datetime(utc),latitude,longitude,altitude_above_seaLevel(feet),speed(mph),"
        "satellites,gpslevel, xSpeed(mph), ySpeed(mph), zSpeed(mph), compass_heading(degrees),flycState"
    ),
    row=(
        "{s.millis},{s.t:%Y-%m-%d %H:%M:%S},{s.lat_deg:.9f},{s.lon_deg:.9f},{feet:.2f},{mph:.4f},"
        "17,5,{north_mph:.4f},{east_mph:.4f},{down_mph:.4f},{s.course_deg:.1f},P-GPS"
    ),
    rate_hz=10,
)
_COLUMBUS = Drawing(
    head="INDEX,TAG,DATE,TIME,LATITUDE N/S,LONGITUDE E/W,HEIGHT,SPEED,HEADING",
    row=(
        "{s.number},T,{s.t:%y%m%d},{s.t:%H%M%S},{south:.7f}S,{west:.7f}W,{s.alt_m:.0f},{kmh:.1f},"
        "{s.course_deg:.0f}"
    ),
    end="\r\n",
)
_G1000 = Drawing(
    head=(
        '#airframe_info, log_version="1.00", airframe_name="Nothing 1"\n'
        "#yyy-mm-dd, hh:mm:ss,   hh:mm,     degrees,     degrees, ft msl,     kt,    fpm,   deg,   deg,"
        "    rpm,  enum\n"
        "  Lcl Date, Lcl Time, UTCOfst,    Latitude,   Longitude, AltMSL, GndSpd,  VSpdG,   TRK, MagVar,"
        " E1 RPM, GPSfix\n"
    ),
    row=(
        "{s.t:%Y-%m-%d}, {s.t:%H:%M:%S},  +00:00,{s.lat_deg:12.7f},{s.lon_deg:12.7f},{feet:7.1f},"
        "{knots:7.2f},{feet_per_min:7.2f},{magnetic:6.1f},  -4.5,{s.rpm:7.1f},    3D"
    ),
)
_GAUGE_S = Drawing(
    head=(
        "Timestamp (ms),Date,Hour (h),Minute (min),Second (s),Accel X (g),Accel Y (g),Accel Z (g),"
        "Engine Speed (RPM),TPS (%),Speed (mph),GPS Speed (km/h),GPS North (Angle),GPS Altitude (m),"
        "GPS Latitude (°),GPS Longitude (°),"
    ),
    row=(
        "{s.millis},{s.t:%y%m%d},{s.t:%H},{s.t:%M},{s.t:%S},"
        + FORCES
        + ",{s.rpm:.0f},35.5,{mph:.0f},{kmh:.2f},{s.course_deg:.2f},{s.alt_m:.3f},{s.lat_deg:.7f},"
        "{s.lon_deg:.7f},"
    ),
    rate_hz=10,
)
_IBLUE = Drawing(
    head="INDEX,RCR,DATE,TIME,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED,DISTANCE,",
    row=(
        "{s.number},T,{s.t:%Y/%m/%d},{s.t:%H:%M:%S},SPS,{south:.7f},S,{west:.7f},W,{s.alt_m:.0f},{kmh:.1f},"
        "{distance_km:.6f},"
    ),
)
_IMU_BARE = Drawing(row=f"{FORCES},{RATES},{{s.millis}}", rate_hz=100)
_KF_GINS = Drawing(
    row="{s.tow_s:.3f}  {s.lat_deg:.10f}  {s.lon_deg:.10f}  {s.alt_m:.3f}  0.010  0.009  0.019",
)
_MTK = Drawing(
    head=(
        "INDEX,RCR,DATE,TIME,VALID,LATITUDE,N/S,LONGITUDE,E/W,HEIGHT,SPEED,HEADING,NSAT (USED/VIEW),DISTANCE,"
    ),
    row=(
        "{s.number},T,{s.t:%Y/%m/%d},{s.t:%H:%M:%S}.000,SPS,{south:.7f},S,{west:.7f},W,{s.alt_m:.3f} m,"
        "{kmh:.3f} km/h,{s.course_deg:.3f},9(12),{s.speed_mps:9.2f} m,"
    ),
)
_RACEBOX = Drawing(
    head="Record,Time,Latitude,Longitude,Altitude,Speed,GForceX,GForceY,GForceZ,Lap,GyroX,GyroY,GyroZ",
    row=(
        "{s.number},{s.iso},{s.lat_deg:.7f},{s.lon_deg:.7f},{s.alt_m:.1f},{kmh:.2f},"
        f"{FORCES},0,{RATES}"
    ),
    rate_hz=10,
)

_POS_NAMES = (
    "latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)  sdne(m)  sdeu(m)  sdun(m)"
    " age(s)  ratio    vn(m/s)    ve(m/s)    vu(m/s)      sdvn     sdve     sdvu    sdvne    sdveu    sdvun"
)
_POS_ROW = (
    "{s.lat_deg:14.9f} {s.lon_deg:14.9f} {s.alt_m:10.4f}   1  21   0.0099   0.0098   0.0100   0.0000   0.0000"
    "   0.0000   0.00   99.9 {s.north_mps:10.5f} {s.east_mps:10.5f} {s.climb_mps:10.5f}   0.05870   0.05860"
    "  0.05850  0.00000  0.00000  0.00000"
)
_RTKLIB_POS = Drawing(
    head=(
        "% program   : RTKLIB ver.2.4.3\n% (lat/lon/height=WGS84/ellipsoidal,Q=1:fix,2:float,3:sbas,4:dgps)\n"
        f"%  GPST                  {_POS_NAMES}\n"
    ),
    row="{gps:%Y/%m/%d %H:%M:%S}.000 " + _POS_ROW,
)
_RTKLIB_POS_UTC = Drawing(
    head=f"%  UTC                   {_POS_NAMES}\n", row="{s.t:%Y/%m/%d %H:%M:%S}.000 " + _POS_ROW
)

EXAMPLES: Mapping[str, bytes] = {
    "airdata.csv": _AIRDATA.written(),
    "columbus.csv": _COLUMBUS.written(),
    "g1000.csv": _G1000.written(),
    "gauge-s.csv": _GAUGE_S.written(),
    "iblue.csv": _IBLUE.written(),
    "imu-bare.csv": _IMU_BARE.written(),
    "kf-gins.txt": _KF_GINS.written(),
    "mtk.csv": _MTK.written(),
    "racebox.csv": _RACEBOX.written(),
    "rtklib-pos.pos": _RTKLIB_POS.written(),
    "rtklib-pos.utc.pos": _RTKLIB_POS_UTC.written(),
    **LAP_TIMER_EXAMPLES,
    **DESCRIBED_EXAMPLES,
    **GATE_TIMER_EXAMPLES,
}
"""Names to bytes; the dialect stands before the first point, `-` for `_`."""
