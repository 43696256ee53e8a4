"""Words by which loggers name canonical vehicle channels.

English, and the common German, French, Italian and Spanish terms. They are written without case, accents,
blanks and signs, the most telling one of a channel first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHANNEL_WORDS", "ChannelMeaning", "channel_meaning"]


@attrs.frozen
class ChannelMeaning:
    """What a channel's name says that it measures.

    Args:
        name: canonical channel (`telemparse.schemas.KNOWN_CHANNELS`).
        dimension: that its unit must have, `Dimension.NUMBER` for a count.
        default: unit where the source states none, as its documents say; None where nobody says.
    """

    name: str
    dimension: str
    default: str | None = None


def channel_meaning(name: str) -> ChannelMeaning | None:
    """Return what a channel's name means in any spelling (`Throttle Pos`, `THROTTLE_POS`), or None."""
    return _MEANINGS.get(squash(name))


CHANNEL_WORDS: tuple[tuple[str, str, str], ...] = (
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
            "acceleratore throttlepct throttlepositionmanifold"
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
        (
            "oiltemp oiltemperature oeltemperatur oltemperatur temphuile e1oilt engineoiltemp "
            "engineoiltemperature"
        ),
    ),
    (
        "coolant_temp_c",
        Dimension.TEMPERATURE,
        (
            "coolanttemp coolanttemperature watertemp watertemperature ect enginecoolanttemp "
            "enginecoolanttemperature "
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
"""Canonical name, dimension and words of each channel."""

_MEANINGS: Mapping[str, ChannelMeaning] = {
    word: ChannelMeaning(name, dimension)
    # Canonical names speak for themselves; of two channels with one word the first listed has it.
    for name, dimension, words in reversed(CHANNEL_WORDS)
    for word in (squash(name), *words.split())
}
