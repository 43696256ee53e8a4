"""Header words of phone apps, drones, robots and their exporters, in the tables' own spelling.

They come behind the common words of a quantity: a file that has both means the common one. An axis stands
behind the words of a sensor (`accelerometerAccelerationX`).
"""

from __future__ import annotations

__all__ = ["APP_AXES", "APP_WORDS", "FIRST_WORDS"]

APP_WORDS = {
    "gps_week": "gpsw gpstweek",
    "gps_tow": "gpsttow",
    "nanosecond": "utcnano nano nanosecond nanoseconds",
    # SensorLog, AndroSensor, DJI flight records, DatCon, OwnTracks
    "t": (
        "loggingtime yyyymoddhhmisssss yyyymmddhhmisssss tst locationtimestampsince1970 osdflytime "
        "clockoffsettime timesincestartin timesincestart"
    ),
    "date": "customdate rtcdate gpstdate jstdate",
    "time": "customupdatetime gpst jst",
    # `OSD.latitude` of DJI, `field.latitude` of ROS, `GPS_coord[0]` of Betaflight, `GPS(0):Lat` of DatCon
    "lat_deg": "locationlatitude osdlatitude fieldlatitude gpscoord0 gps0lat",
    "lon_deg": "locationlongitude osdlongitude fieldlongitude gpscoord1 gps0long gps0lon",
    "alt_m": (
        "altitudeamsl locationaltitude osdaltitude fieldaltitude gps0heightmsl enhancedaltitude "
        "altitudeabovemeansealevel"
    ),
    "speed_mps": (
        "locationspeed osdhspeed hspeed horizontalspeed gps2dspeed gps2d gpsvels enhancedspeed "
        "velocitysmooth speedmeterspersecond"
    ),
    "course_deg": (
        "locationcourse locationorientation osddirectionoftravel directionoftravel gpsgroundcourse "
        "groundcourse gcrs headmot headingofmotion"
    ),
    "vel_n_mps": "osdxspeed",
    "vel_e_mps": "osdyspeed",
    "vel_d_mps": "osdzspeed",
    "hacc_m": "locationhorizontalaccuracy locationaccuracy",
    "vacc_m": "locationverticalaccuracy",
    "sacc_mps": "locationspeedaccuracy",
    "sat_count": "satused gpscount gpsnumsat osdgpsnum gpsnum gpssiv gps0numsv",
}
"""Words by the name of the quantity that they mean."""

FIRST_WORDS = {"alt_m": "gpsaltmsl hmsl", "course_deg": "gpscourseoverground"}
"""Words that come before the common ones: the height above the sea; the course, not where a nose points."""

APP_AXES = {
    "accel": "accelerometeracceleration fieldlinearacceleration accelerometerms2",
    "gyro": "gyrorotation fieldangularvelocity gyrorad",
    "mag": "fieldmagneticfield",
}
"""Words of sensors by role; each has an axis behind it."""
