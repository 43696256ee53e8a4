"""Generated recordings of lap timers and data loggers, each with laps where its vendor puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.drawing import FORCES, RATES, Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LAP_TIMER_EXAMPLES"]

_CALC = ",".join(["calc"] * 6)
_RACECHRONO_V3 = Drawing(
    head=(
        "This file is created using RaceChrono Pro v9.1.3 ( http://racechrono.com/ ).\n"
        "Format,3\n"
        'Session title,"Ocean"\n'
        "Session type,Lap timing\n"
        "\n"
        "timestamp,fragment_id,lap_number,elapsed_time,distance_traveled,accuracy,altitude,bearing,"
        "coordinate_precision,altitude_precision,device_update_rate,fix_type,latitude,longitude,satellites,"
        "speed,combined_acc,device_update_rate,lateral_acc,lean_angle,longitudinal_acc,speed,"
        "accelerator_pos,rpm,speed,throttle_pos\n"
        "unix time,,,s,m,m,m,deg,DOP,DOP,Hz,,deg,deg,sats,m/s,G,Hz,G,deg,G,m/s,%,rpm,m/s,%\n"
        ",,,,," + ",".join(["100: gps"] * 11) + f",{_CALC}," + ",".join(["200: obd"] * 4) + "\n"
    ),
    row=(
        "{epoch_s:.3f},0,{lap_or_blank},{s.seconds:.3f},{s.distance_m:.4f},0.9,{s.alt_m:.4f},"
        "{s.course_deg:.2f},0.8,1.2,2.0,3.0,{s.lat_deg:.7f},{s.lon_deg:.7f},12.0,{s.speed_mps:.5f},0.5,4.0,"
        "{lateral_g:.5f},-19.2,{s.accel_g[0]:.5f},{s.speed_mps:.5f},90.1,{s.rpm:.1f},{s.speed_mps:.4f},76.8"
    ),
    rate_hz=4,
)
_RACECHRONO_V2 = Drawing(
    head=(
        "This file is created using RaceChrono Pro v6.0.12 ( http://racechrono.com/ ).\n"
        "Format,2\n"
        'Session title,"Ocean"\n'
        "Session type,Lap timing\n"
        "\n"
        "Timestamp (s),Fragment ID,Lap #,Elapsed time (s),Distance (m),Locked satellites,Latitude (deg),"
        "Longitude (deg),Speed (m/s),Altitude (m),Bearing (deg),Longitudinal Acceleration (G),"
        "Lateral Acceleration (G),X-position (m),Y-position (m),RPM (rpm),Throttle Position (%)\n"
    ),
    row=(
        "{epoch_s:.3f},0,{lap_or_blank},{s.seconds:.3f},{s.distance_m:.2f},12,{s.lat_deg:.7f},"
        "{s.lon_deg:.7f},{s.speed_mps:.4f},{s.alt_m:.1f},{s.course_deg:.2f},{s.accel_g[0]:.4f},"
        "{lateral_g:.4f},0.0,0.0,{s.rpm:.0f},41.5"
    ),
    rate_hz=4,
)
_RACECHRONO_V1 = Drawing(
    head=(
        "This file is created using RaceChrono v4.1.5 ( http://www.racechrono.com/ ).\n\n"
        "Session title,Ocean\nSession type,Lap timing\n\n"
        "Lap #,Timestamp (s),Distance (m),Distance (km),Locked satellites,Latitude (deg),Longitude (deg),"
        "Speed (m/s),Speed (kph),Speed (mph),Altitude (m),Bearing (deg),Trap name\n"
    ),
    row=(
        "{lap},{epoch_s:.3f},{s.distance_m:.2f},{distance_km:.3f},11,{s.lat_deg:.6f},{s.lon_deg:.6f},"
        "{s.speed_mps:.2f},{kmh:.2f},{mph:.2f},{s.alt_m:.1f},{s.course_deg:.2f},"
    ),
    rate_hz=4,
)
_HARRYS = Drawing(
    head=(
        "Harry's GPS LapTimer\n"
        "INDEX,LAPINDEX,DATE,TIME,TIME_LAP,LATITUDE,LONGITUDE,SPEED_KPH,SPEED_MPH,HEIGHT_M,HEIGHT_FT,"
        "HEADING_DEG,GPSDIFFERENTIAL[UNKNOWN/2D3D/DGPS/INVALID],GPSFIX[NOFIX/2D/3D/UNKNOWN],SATELLITES,HDOP,"
        "ACCURACY_M,DISTANCE_KM,DISTANCE_MILE,ACCELERATIONSOURCE[CALCULATED/MEASURED/UNDEFINED],LATERALG,"
        "LINEALG,LEAN,RPM,MAF,WHEEL_SPEED_KPH,WHEEL_SPEED_MPH,THROTTLE,GEAR,FUEL,COOLANT_CELSIUS,OIL_CELSIUS,"
        "IAT_CELSIUS,MAP\n"
    ),
    row=(
        "{s.number},{lap},{s.t:%d-%b-%y},{s.t:%H:%M:%S}.00,{lap_s:.6f},{s.lat_deg:.6f},{s.lon_deg:.6f},"
        "{kmh:.6f},{mph:.6f},{s.alt_m:.6f},{feet:.6f},{s.course_deg:.1f},2,2,12,0.6,4.2,{distance_km:.6f},"
        "{distance_mi:.6f},1,{lateral_g:.2f},{s.accel_g[0]:.2f},4.0,{s.rpm:.0f},0.0,{kmh:.6f},{mph:.6f},40.0,"
        "3,0.0,82.0,90.0,21.0,0.0"
    ),
)
_TRACKADDICT = Drawing(
    head=(
        "# RaceRender Data: TrackAddict 4.3.5 on Android 9 [nothing] (Mode: 0)\n"
        "# GPS: Android; Mode: Android\n"
        '"Time","UTC Time","Lap","GPS_Update","GPS_Delay","Latitude","Longitude","Altitude (m)",'
        '"Altitude (ft)","Speed (Km/h)","Heading","Accuracy (m)","Accel X","Accel Y","Accel Z",'
        '"Brake (calculated)"\n'
    ),
    row=(
        "{s.seconds:.3f},{epoch_s:.3f},{lap},1,0.000,{s.lat_deg:.7f},{s.lon_deg:.7f},{s.alt_m:.1f},"
        "{feet:.0f},{kmh:.1f},{s.course_deg:.1f},6.0,{lateral_g:.2f},{s.accel_g[0]:.2f},0.00,0"
    ),
    between={
        12: "# Lap 0: 00:00:12.000", 14: "# Pit Lane Entry", 18: "# Pit Lane Exit",
        24: "# Lap 1: 00:00:12.000", 40: "# Session End",
    },
)  # fmt: skip
_TRACKADDICT_MPH = Drawing(
    head=(
        "# RaceRender Data: TrackAddict 4.3.5 on iOS 12 [nothing] (Mode: 0)\n"
        '"Time","UTC Time","Lap","GPS_Update","GPS_Delay","Latitude","Longitude","Speed (MPH)"\n'
    ),
    row="{s.seconds:.3f},{epoch_s:.3f},1,1,0.000,{s.lat_deg:.7f},{s.lon_deg:.7f},{mph:.2f}",
)
_RACECAPTURE = Drawing(
    head=(
        '"Interval"|"ms"|0|0|1,"Utc"|"ms"|0|0|1,"AccelX"|"G"|-2.0|2.0|25,"AccelY"|"G"|-2.0|2.0|25,'
        '"AccelZ"|"G"|-2.0|2.0|25,"Yaw"|"Deg/Sec"|-300.0|300.0|25,"Pitch"|"Deg/Sec"|-300.0|300.0|25,'
        '"Roll"|"Deg/Sec"|-300.0|300.0|25,"TPS"|"%"|0|100|2,"EngineTemp"|"F"|0|255|1,"OilTemp"|"F"|0|300|1,'
        '"RPM"|""|0|10000|2,"Steering"|""|-100|100|2,"Latitude"|"Degrees"|0.0|0.0|10,'
        '"Longitude"|"Degrees"|0.0|0.0|2,"Speed"|"MPH"|0.0|150.0|2,"Distance"|"Miles"|0.0|0.0|10,'
        '"Altitude"|"M"|0.0|1000.0|2,"GPSSats"|""|0|20|2,"GPSQual"|""|0|3|2,"GPSDOP"|""|0.0|10.0|10,'
        '"LapCount"|""|0|0|2,"LapTime"|"Min"|0.0|0.0|2,"PredTime"|"Min"|0.0|0.0|10,'
        '"ElapsedTime"|"Min"|0.0|0.0|10\n'
    ),
    row=(
        f"{{s.millis}},{{epoch_ms}},{FORCES},{RATES},35,190,201,{{s.rpm:.0f}},4,{{s.lat_deg:.6f}},"
        "{s.lon_deg:.6f},{mph:.2f},{distance_mi:.4f},{s.alt_m:.1f},11,2,1.1,{lap},{lap_min},0.2,0.1"
    ),
)
_RACECAPTURE_1 = Drawing(
    head=(
        '#"AccelX"|"G"|4,"AccelY"|"G"|4,"AccelZ"|"G"|4,"Yaw"|"Deg_Sec"|4,"Latitude"|"Deg"|2,'
        '"Longitude"|"Deg"|2,"Speed"|"MPH"|2,"Time"|"Time"|2,"LapCount"|""|2,"LapTime"|"seconds"|2,'
        '"SplitTime"|"seconds"|2,"Distance"|"miles"|1,"PredTime"|"seconds"|1\n'
    ),
    row=(
        f"{FORCES},{{s.gyro_dps[2]:.2f}},{{s.lat_deg:.6f}},{{s.lon_deg:.6f}},{{mph:.2f}},"
        "{s.t:%H%M%S}.000,{lap},{lap_min},0.1,{distance_mi:.4f},0.2"
    ),
    rate_hz=4,
)
_AIM_HEAD = (
    '"Format","AiM CSV File"\n"Session","Ocean"\n"Date","Sunday, May 4, 2025"\n"Time","10:00 AM"\n'
    '"Sample Rate","4"\n"Duration","10.000"\n"Segment","Session"\n'
    '"Beacon Markers","2.250","6.000","10.000"\n"Segment Times","0:02.250","0:03.750","0:04.000"\n\n'
)
_AIM_NAMES = (
    "Time,GPS Speed,GPS Nsat,GPS LatAcc,GPS LonAcc,GPS Slope,GPS Heading,GPS Gyro,GPS Altitude,"
    "GPS PosAccuracy,GPS SpdAccuracy,GPS Radius,GPS Latitude,GPS Longitude,Engine RPM"
)
_AIM_UNITS = "s,km/h, ,g,g,deg,deg,deg/s,m,mm,km/h,m,deg,deg,rpm"
_AIM_ROW = (
    "{s.seconds:.3f},{kmh:.4f},14,{lateral_g:.4f},{s.accel_g[0]:.4f},1.4,{s.course_deg:.4f},"
    "{s.gyro_dps[2]:.4f},{s.alt_m:.4f},21.1,0.19,250.0,{s.lat_deg:.8f},{s.lon_deg:.8f},{s.rpm:.0f}"
)
_AIM_RS3 = Drawing(
    head=_AIM_HEAD
    + "\n".join('"' + line.replace(",", '","') + '"' for line in (_AIM_NAMES, _AIM_UNITS))
    + "\n\n",
    row='"' + _AIM_ROW.replace(",", '","') + '"',
    rate_hz=4,
    end="\r\n",
)
_AIM_RS3_PADDED = Drawing(
    head=(
        "Format,AiM CSV File,,,\nSession,Ocean,,,\n"
        'Date,"Sunday, May 4, 2025",,,\nTime,10:00 AM,,,\nDuration,61,,,\nBeacon Markers,61,,,\n'
        f"Segment Times,01:01.0,,,\n,,,\n{_AIM_NAMES}\n{_AIM_UNITS}\n{',' * 14}\n"
    ),
    row=_AIM_ROW,
    rate_hz=4,
)
_AIM_RS3_BARE = Drawing(head=f"{_AIM_NAMES}\n", row=_AIM_ROW, rate_hz=4)
_MOTEC_NAMES = (
    '"Time","Distance","GPS Latitude","GPS Longitude","GPS Speed","GPS Altitude","GPS Heading",'
    '"Vehicle Speed","Ground Speed","G Force Long","G Force Lat","G Force Vert","Throttle Pos","Brake Press",'
    '"Gear","Engine RPM","Steered Angle"'
)
_MOTEC_I2 = Drawing(
    head=(
        '"Format","MoTeC CSV File",,,"Workbook",""\n"Venue","Ocean",,,"Worksheet",""\n"Device","ADL"\n'
        '"Log Date","04/05/2025",,,"Origin Time","0.000","s"\n'
        '"Log Time","10:00:00 AM",,,"Start Time","0.000","s"\n"Sample Rate","4.000","Hz"\n'
        '"Duration","9.750","s"\n"Range","entire outing"\n"Beacon Markers","2.324 7.167 "\n\n\n'
        + _MOTEC_NAMES
        + '\n"s","m","deg","deg","km/h","m","deg","km/h","km/h","G","G","G","%","bar","","rpm","deg"\n\n\n'
    ),
    row=(
        '"{s.seconds:.3f}","{s.distance_m:.1f}","{s.lat_deg:.7f}","{s.lon_deg:.7f}","{kmh:.2f}",'
        '"{s.alt_m:.1f}","{s.course_deg:.1f}","{kmh:.1f}","{kmh:.1f}","{s.accel_g[0]:.3f}","{lateral_g:.3f}",'
        '"1.0","35.5","3.74","3","{s.rpm:.0f}","4.5"'
    ),
    rate_hz=4,
    end="\r\n",
)
_DOVEX = Drawing(
    head=(
        "datetime,driver,course,short_name,best_lap_ms,optimal_ms\n"
        "2025-05-04 10:00:00,nobody,Normal,OCN,12345,12300\nlaps_ms\n12345,12987,13001\n"
        + "\n" * 40
        + "timestamp,sats,hdop,lat,lng,speed_mph,altitude_m,heading_deg,h_acc_m,rpm,accel_x,accel_y,accel_z\n"
    ),
    row=(
        "{epoch_ms},12,0.9,{s.lat_deg:.8f},{s.lon_deg:.8f},{mph:.2f},{s.alt_m:.2f},{s.course_deg:.2f},0.35,"
        f"{{s.rpm:.0f}},{FORCES}"
    ),
    rate_hz=5,
)

LAP_TIMER_EXAMPLES: Mapping[str, bytes] = {
    "aim-rs3.csv": _AIM_RS3.written(),
    "aim-rs3.padded.csv": _AIM_RS3_PADDED.written(),
    "aim-rs3.bare.csv": _AIM_RS3_BARE.written(),
    "dovex.dovex": _DOVEX.written(),
    "harrys.csv": _HARRYS.written(),
    "motec-i2.csv": _MOTEC_I2.written(),
    "racecapture.log": _RACECAPTURE.written(),
    "racecapture.first.log": _RACECAPTURE_1.written(),
    "racechrono-v2.csv": _RACECHRONO_V2.written(),
    "racechrono-v2.older.csv": _RACECHRONO_V1.written(),
    "racechrono-v3.csv": _RACECHRONO_V3.written(),
    "trackaddict.csv": _TRACKADDICT.written(),
    "trackaddict.mph.csv": _TRACKADDICT_MPH.written(),
}
"""Names to bytes; the dialect stands before the first point."""
