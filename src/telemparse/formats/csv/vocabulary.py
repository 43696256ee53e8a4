"""The words that column headers use, and the canonical quantity that each one means."""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["QUANTITIES", "Quantity", "Role", "meaning_of", "squash"]


class Role(enum.Enum):
    """What a quantity is for."""

    TIME = "time"
    GNSS = "gnss"
    AID = "aid"
    """Says something about other columns of the row: hemisphere, validity, events."""
    ACCEL = "accel"
    GYRO = "gyro"
    MAG = "mag"
    CHANNEL = "channel"


@attrs.frozen
class Quantity:
    """A canonical quantity.

    Args:
        name: column of its stream, canonical channel, or name of a time part.
        role: what it is for.
        dimension: of its unit; None where values are words.
        words: ways to write it in a header, squashed, the most telling first: a file with both
            `gps speed` and `speed` means the first one.
    """

    name: str
    role: Role
    dimension: str | None
    words: tuple[str, ...]


_TIME = (
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
        "time",
        (
            "timeofday utctimeofday uhrzeit heure ora orario hora localtime lcltime timelocal timehhmmss "
            "hhmmss clock"
        ),
    ),
    (
        "hour",
        "hour hours stunde stunden heures ore horas hr",
    ),
    (
        "minute",
        "minute minutes minuten minuti minutos",
    ),
    (
        "second",
        "second seconds sekunde sekunden seconde secondes secondi segundos sec",
    ),
    (
        "millisecond",
        "millisecond milliseconds millisekunde millisekunden msec ms",
    ),
    (
        "utc_offset",
        "utcoffset utcofst tzoffset timezoneoffset gmtoffset utcoff zoneoffset",
    ),
    (
        "tick",
        "",
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

_GNSS = (
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
            "londeg laengengrad langengrad geolaenge laenge lange geographischelaenge longitud longitudine "
            "positionlong positionlon poslon lonwgs84 longitudee"
        ),
    ),
    (
        "alt_m",
        Dimension.LENGTH,
        (
            "gpsaltitude gpsalt gnssaltitude gpsheight altitudemsl altmsl altitude alt elevation ele height "
            "hoehe hohe gpshohe gpshoehe altitud altitudine quota elevazione altura hauteur hmsl heightmsl "
            "altitudeabovesealevel"
        ),
    ),
    (
        "speed_mps",
        Dimension.SPEED,
        (
            "gpsspeed gnssspeed gpsgroundspeed groundspeed gpsvelocity speedoverground sog gndspd gspeed "
            "gpsspd gpsgeschwindigkeit speed velocity vel geschwindigkeit vitesse velocita velocidad speed2d "
            "spd tempo"
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
            "haccuracy genauigkeit precision gpsposacc"
        ),
    ),
    (
        "vacc_m",
        Dimension.LENGTH,
        "vacc verticalaccuracy vaccuracy altitudeaccuracy",
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
            "numsatellites gpssat siv nsatusedview satelliti satelites nsatused gnsssats"
        ),
    ),
    (
        "fix_type",
        Dimension.NUMBER,
        "fixtype gpsfixtype gnssfixtype",
    ),
)

_AIDS = (
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


def _axis_words(axis: str, prefixes: str) -> Iterator[str]:
    for prefix in prefixes.split():
        yield f"{prefix}{axis}"
        yield f"{axis}{prefix}"


_TRIADS = (
    (
        Role.ACCEL,
        Dimension.ACCELERATION,
        "mps2",
        "a",
        "a acc accel acceleration accelerometer gforce imuaccel imuacc accl g_force beschleunigung",
    ),
    (
        Role.GYRO,
        Dimension.ANGLE_RATE,
        "rps",
        "g",
        "g gyro gyr gyroscope rotationrate angularvelocity angularrate omega w imugyro gyroscop",
    ),
    (
        Role.MAG,
        Dimension.FIELD,
        "ut",
        "m",
        "m mag magnet magnetometer magneticfield magfield compass imumag",
    ),
)

_CHANNELS = (
    (
        "distance_m",
        Dimension.LENGTH,
        (
            "distance dist distanz strecke distancia distanza distancetravelled distancetraveled odometer "
            "mileage cumulativedistance"
        ),
    ),
    (
        "speed_mps",
        Dimension.SPEED,
        (
            "vehiclespeed wheelspeed obdspeed carspeed canspeed ecuspeed fahrzeuggeschwindigkeit roadspeed "
            "vitessevehicule speedobd drivenspeed"
        ),
    ),
    (
        "rpm",
        Dimension.FREQUENCY,
        (
            "rpm enginespeed enginerpm motordrehzahl drehzahl regimemoteur regime giri girimotore "
            "revoluciones e1rpm enginerevs motorrpm"
        ),
    ),
    (
        "throttle_pct",
        Dimension.RATIO,
        (
            "throttle throttlepos throttleposition tps gaspedal gas drosselklappe accelerateur acelerador "
            "acceleratore throttlepct"
        ),
    ),
    (
        "brake_pct",
        Dimension.RATIO,
        "brake brakepos brakeposition brakepedal bremse bremspedal frein freno brakepct",
    ),
    (
        "brake_pressure_bar",
        Dimension.PRESSURE,
        "brakepressure brakepress bremsdruck pressionfrein presionfreno pressionefreno brakepres",
    ),
    (
        "gear",
        Dimension.NUMBER,
        "gear gearposition gang vitesseengagee marcia marcha currentgear",
    ),
    (
        "steering_deg",
        Dimension.ANGLE,
        "steering steeringangle steerangle steeredangle lenkwinkel steeringwheelangle volant sterzo",
    ),
    (
        "accel_lat_mps2",
        Dimension.ACCELERATION,
        (
            "accellat lateralacceleration lateralacc lateralaccel latacc lataccel lateralg latg gforcelat "
            "querbeschleunigung gpslatacc glat latac accelerationlat"
        ),
    ),
    (
        "accel_long_mps2",
        Dimension.ACCELERATION,
        (
            "accellong longitudinalacceleration longitudinalacc longitudinalaccel longacc longaccel lonacc "
            "longitudinalg longg gforcelong inlineacc inlineg linealg laengsbeschleunigung "
            "langsbeschleunigung gpslonacc glong accelerationlong"
        ),
    ),
    (
        "accel_vert_mps2",
        Dimension.ACCELERATION,
        ("accelvert verticalacceleration verticalacc verticalaccel vertacc verticalg vertg gforcevert gvert"),
    ),
    (
        "yaw_rate_rps",
        Dimension.ANGLE_RATE,
        "yawrate gierrate gpsyawrate gpsgyro",
    ),
    (
        "wheel_speed_fl_mps",
        Dimension.SPEED,
        "wheelspeedfl wheelspeedfrontleft frontleftwheelspeed wheelspdfl wsfl",
    ),
    (
        "wheel_speed_fr_mps",
        Dimension.SPEED,
        "wheelspeedfr wheelspeedfrontright frontrightwheelspeed wheelspdfr wsfr",
    ),
    (
        "wheel_speed_rl_mps",
        Dimension.SPEED,
        "wheelspeedrl wheelspeedrearleft rearleftwheelspeed wheelspdrl wsrl",
    ),
    (
        "wheel_speed_rr_mps",
        Dimension.SPEED,
        "wheelspeedrr wheelspeedrearright rearrightwheelspeed wheelspdrr wsrr",
    ),
    (
        "clutch_pct",
        Dimension.RATIO,
        "clutch kupplung embrayage frizione embrague clutchpos clutchposition",
    ),
    (
        "fuel_level_pct",
        Dimension.RATIO,
        "fuellevel tankfuellstand fuel",
    ),
    (
        "oil_temp_c",
        Dimension.TEMPERATURE,
        "oiltemp oiltemperature oeltemperatur oltemperatur temphuile e1oilt engineoiltemp",
    ),
    (
        "coolant_temp_c",
        Dimension.TEMPERATURE,
        (
            "coolanttemp coolanttemperature watertemp watertemperature ect enginecoolanttemp "
            "kuehlmitteltemperatur wassertemperatur tempeau coolant"
        ),
    ),
    (
        "oil_pressure_bar",
        Dimension.PRESSURE,
        "oilpressure oilpress oeldruck oldruck pressionhuile e1oilp engineoilpressure",
    ),
    (
        "battery_v",
        Dimension.VOLTAGE,
        "battery batteryvoltage battvoltage vbat battv batteriespannung batterie batteryvolts ubatt",
    ),
    (
        "lambda",
        Dimension.NUMBER,
        "lambda lambda1",
    ),
    (
        "heart_rate_bpm",
        Dimension.FREQUENCY,
        (
            "heartrate hr heartratebpm herzfrequenz puls frequencecardiaque frequenzacardiaca "
            "frecuenciacardiaca bpm pulse"
        ),
    ),
    (
        "cadence_rpm",
        Dimension.FREQUENCY,
        "cadence cad trittfrequenz kadenz cadenza cadencia",
    ),
    (
        "power_w",
        Dimension.POWER,
        "power watts leistung puissance potenza potencia poweroutput",
    ),
)


def _quantities() -> Iterator[Quantity]:
    for name, words in _TIME:
        yield Quantity(name, Role.TIME, Dimension.TIME, tuple(words.split()))
    for name, dimension, words in _GNSS:
        yield Quantity(name, Role.GNSS, dimension, tuple(words.split()))
    for name, words in _AIDS:
        yield Quantity(name, Role.AID, None, tuple(words.split()))
    for role, dimension, suffix, letter, prefixes in _TRIADS:
        for axis in "xyz":
            yield Quantity(f"{letter}{axis}_{suffix}", role, dimension, tuple(_axis_words(axis, prefixes)))
    for name, dimension, words in _CHANNELS:
        yield Quantity(name, Role.CHANNEL, dimension, tuple(words.split()))


QUANTITIES: Mapping[tuple[str, Role], Quantity] = {(entry.name, entry.role): entry for entry in _quantities()}
"""Every quantity by name and role: `speed_mps` is one of the receiver and one of the vehicle."""


def squash(text: str) -> str:
    """Return a header word without case, accents, blanks and signs: `Längengrad (°)` becomes `langengrad`."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]", "", plain.lower())


_MEANINGS: Mapping[str, tuple[Quantity, int]] = {
    word: (quantity, rank)
    # Canonical names speak for themselves; of two quantities with one word the first listed has it.
    for quantity in reversed(list(QUANTITIES.values()))
    for rank, word in reversed(
        list(enumerate([squash(quantity.name), *(squash(word) for word in quantity.words)]))
    )
}


def meaning_of(word: str) -> tuple[Quantity, int] | None:
    """Return the quantity that a squashed word means and its rank (0 is most telling), or None."""
    return _MEANINGS.get(word)
