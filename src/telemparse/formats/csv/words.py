"""The tables of header words: English, and the common German, French, Italian and Spanish terms.

Words are written without case, accents, blanks and signs, the most telling one of a quantity first.
"""

from __future__ import annotations

from telemparse.kernels.units import Dimension

__all__ = ["AIDS", "GNSS", "TIME", "TRIADS"]

TIME = (
    (
        "t",
        (
            "timestamp datetime utctimestamp timeutc utctime utcdatetime datetimeutc timestamputc isotime "
            "isodatetime dateandtime datumzeit datumuhrzeit zeitstempel horodatage datahora dataora "
            "fechahora marcatemporal dateheure utc unixtime epoch epochtime unixtimestamp posixtime "
            "gpstimestamp gpsdatetime gnsstime gpstime time t zeit temps tempo tiempo ts sampletime logtime "
            "elapsed elapsedtime laufzeit timemillisecond timemilliseconds millis uptime sessiontime "
            "localdatetime systemtime devicetime rtctime datetimelocal relativetime relativzeit"
        ),
    ),
    (
        "date",
        (
            "date utcdate dateutc gpsdate datum fecha jour giorno data dia localdate lcldate datelocal "
            "dateyymmdd yymmdd ddmmyy yyyymmdd datelcl"
        ),
    ),
    (
        "year",
        "year utcyear gpsyear jahr annee anno",
    ),
    (
        "month",
        "month utcmonth gpsmonth monat mois mese mes",
    ),
    (
        "day",
        "day utcday gpsday tag dayofmonth",
    ),
    (
        "time",
        (
            "timeofday utctimeofday uhrzeit heure ora orario hora localtime lcltime timelocal timehhmmss "
            "hhmmss clock"
        ),
    ),
    (
        "hour",
        "hour hours utchour gpshour stunde stunden heures ore horas hr",
    ),
    (
        "minute",
        "minute minutes utcminute gpsminute min minuten minuti minutos",
    ),
    (
        "second",
        "second seconds utcsecond gpssecond sekunde sekunden seconde secondes secondi segundos sec",
    ),
    (
        "millisecond",
        "millisecond milliseconds millisekunde millisekunden msec ms",
    ),
    (
        "nanosecond",
        "",
    ),
    (
        "utc_offset",
        "utcoffset utcofst tzoffset timezoneoffset gmtoffset utcoff zoneoffset",
    ),
    (
        "tick",
        "mstoday mathelapsedtime",
    ),
    (
        "gps_week",
        "gpsweek weeknumber gpsweeknumber gpswk",
    ),
    (
        "gps_tow",
        "gpstow tow itow secondsofweek gpssecondsofweek sow gpssow timeofweek",
    ),
)

GNSS = (
    (
        "lat_deg",
        Dimension.ANGLE,
        (
            "gpslatitude gpslat gnsslatitude gnsslat latitude lat latitudedeg latdeg breitengrad geobreite "
            "breite geographischebreite latitud latitudine positionlat latituden ylat poslat latwgs84"
        ),
    ),
    (
        "lon_deg",
        Dimension.ANGLE,
        (
            "gpslongitude gpslon gpslong gpslng gnsslongitude gnsslon longitude lon lng long longitudedeg "
            "londeg longtitude laengengrad langengrad geolaenge laenge lange geographischelaenge longitud "
            "longitudine positionlong positionlon poslon lonwgs84 longitudee"
        ),
    ),
    (
        "alt_m",
        Dimension.LENGTH,
        (
            "gpsaltitude gpsalt gnssaltitude gnssalt gpsheight altitudemsl altmsl altitude alt elevation ele "
            "elev height hoehe hohe gpshohe gpshoehe altitud altitudine quota elevazione altura hauteur hmsl "
            "heightmsl altitudeabovesealevel"
        ),
    ),
    (
        "speed_mps",
        Dimension.SPEED,
        (
            "gpsspeed gnssspeed gpsgroundspeed groundspeed gpsvelocity speedoverground sog gndspd gspeed "
            "gpsspd gpsgeschwindigkeit speed velocity vel geschwindigkeit vitesse velocita velocidad speed2d "
            "spd tempo gnssgvel kph mph kmh"
        ),
    ),
    (
        "course_deg",
        Dimension.ANGLE,
        (
            "gpscourse gpsheading gpsbearing gpstrack courseoverground cog trackangle trueheading "
            "courseheading heading course bearing kurs cap rotta rumbo richtung track trk hdg fahrtrichtung "
            "direction"
        ),
    ),
    (
        "vel_n_mps",
        Dimension.SPEED,
        "veln velnorth vn northvelocity velocitynorth gpsveln nedveln northspeed velocityn",
    ),
    (
        "vel_e_mps",
        Dimension.SPEED,
        "vele veleast ve eastvelocity velocityeast gpsvele nedvele eastspeed velocitye",
    ),
    (
        "vel_d_mps",
        Dimension.SPEED,
        "veld veldown vd downvelocity velocitydown gpsveld nedveld downspeed velocityd",
    ),
    (
        "vel_u_mps",
        Dimension.SPEED,
        "velu velup vu upvelocity velocityup verticalspeedup gpsverticalspeed",
    ),
    (
        "hacc_m",
        Dimension.LENGTH,
        (
            "hacc horizontalaccuracy gpsaccuracy gpsposaccuracy posaccuracy positionaccuracy accuracy "
            "haccuracy genauigkeit precision gpsposacc gnsshacc"
        ),
    ),
    (
        "vacc_m",
        Dimension.LENGTH,
        "vacc verticalaccuracy vaccuracy altitudeaccuracy gnssvacc",
    ),
    (
        "sacc_mps",
        Dimension.SPEED,
        "sacc speedaccuracy gpsspdaccuracy velocityaccuracy saccuracy",
    ),
    (
        "hdop",
        Dimension.NUMBER,
        "hdop gpshdop horizontaldop gpsdop",
    ),
    (
        "vdop",
        Dimension.NUMBER,
        "vdop gpsvdop verticaldop",
    ),
    (
        "pdop",
        Dimension.NUMBER,
        "pdop gpspdop positiondop",
    ),
    (
        "sat_count",
        Dimension.NUMBER,
        (
            "satcount numsats numsat satellites gpssatellites gpssats gpsnsat nsat nsats numsv nsv sats sat "
            "svs satelliten anzahlsatelliten satellitesused usedsatellites satsused satellitenanzahl "
            "numsatellites gpssat lockedsatellites siv nsatusedview satelliti satelites nsatused gnsssats"
        ),
    ),
    (
        "fix_type",
        Dimension.NUMBER,
        "fixtype gpsfixtype gnssfixtype",
    ),
)

AIDS = (
    (
        "lat_hemisphere",
        (
            "ns n_s latns latref latitudens latitudehemisphere lathemisphere latdir latitudedirection "
            "northsouth latitudedir latituderef gpslatituderef"
        ),
    ),
    (
        "lon_hemisphere",
        (
            "ew e_w lonew lonref longitudeew longitudehemisphere lonhemisphere londir longitudedirection "
            "eastwest longitudedir longituderef gpslongituderef"
        ),
    ),
    (
        "fix",
        (
            "fix gpsfix gnssfix gpsfixed fixmode fixstatus gpsstatus gnssstatus valid gpsvalid fixvalid "
            "fixok gnssfixok validity fixquality gpsquality gpsqual gpsfixquality"
        ),
    ),
    (
        "gnss_update",
        "gpsupdate gnssupdate",
    ),
    (
        "declination",
        "",
    ),
    (
        "event",
        "",
    ),
)


TRIADS = (
    (
        "accel",
        Dimension.ACCELERATION,
        "mps2",
        "a",
        "a acc accel acceleration accelerometer gforce imuaccel imuacc accl g_force beschleunigung",
    ),
    (
        "gyro",
        Dimension.ANGLE_RATE,
        "rps",
        "g",
        (
            "g gyro gyr gyroscope rotationrate rateofrotation angularvelocity angularrate omega w imugyro "
            "gyroscop"
        ),
    ),
    (
        "mag",
        Dimension.FIELD,
        "ut",
        "m",
        "m mag magnet magnetometer magneticfield magfield compass imumag",
    ),
)
