"""Units as people write them, and how to get from one to another: the table and nothing else."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["UNITS", "Dimension", "Unit", "conversion", "find_unit"]


@attrs.frozen
class Unit:
    """A unit: value in the dimension's canonical unit = value * scale + offset.

    Args:
        symbol: as the schemas write it (`km/h`).
        dimension: units of one dimension convert into each other.
        scale, offset: to the canonical unit of the dimension.
    """

    symbol: str
    dimension: str
    scale: float = 1.0
    offset: float = 0.0


class Dimension:
    """Names of the dimensions, each with its canonical unit."""

    SPEED = "speed"  # m/s
    LENGTH = "length"  # m
    ANGLE = "angle"  # deg
    ANGLE_RATE = "angle rate"  # rad/s
    ACCELERATION = "acceleration"  # m/s2
    FIELD = "magnetic field"  # uT
    TEMPERATURE = "temperature"  # degC
    PRESSURE = "pressure"  # bar
    RATIO = "ratio"  # %
    VOLTAGE = "voltage"  # V
    CURRENT = "current"  # A
    POWER = "power"  # W
    FREQUENCY = "frequency"  # 1/min
    TIME = "time"  # s
    NUMBER = "number"  # 1
    OTHER = "other"  # known to be a unit, converted by nobody


_D = Dimension
_G = 9.80665  # standard gravity, by definition (CGPM 1901)
_FOOT, _MILE, _NAUTICAL_MILE = 0.3048, 1609.344, 1852.0  # by definition
_PSI_BAR = 0.0689475729
_INHG_BAR = 0.0338638866667

# Symbol, dimension, scale, offset, and the ways to write it (lower case, no blanks, no brackets).
_TABLE: tuple[tuple[str, str, float, float, str], ...] = (
    ("m/s", _D.SPEED, 1.0, 0.0, "m/s mps ms-1 m_s m.s-1 meter/second metres/second meters/second mpersec"),
    ("km/h", _D.SPEED, 1 / 3.6, 0.0, "km/h kmh kph kmph km/hr km/std km_h kmh-1 k/h"),
    ("mph", _D.SPEED, _MILE / 3600, 0.0, "mph mi/h mile/h miles/h mi_h milesperhour"),
    ("kn", _D.SPEED, _NAUTICAL_MILE / 3600, 0.0, "kn kt kts knot knots knoten noeuds nodi nudos"),
    ("ft/s", _D.SPEED, _FOOT, 0.0, "ft/s fps ft_s feet/second"),
    ("ft/min", _D.SPEED, _FOOT / 60, 0.0, "ft/min fpm"),
    ("cm/s", _D.SPEED, 0.01, 0.0, "cm/s cm_s"),
    ("mm/s", _D.SPEED, 0.001, 0.0, "mm/s mm_s"),
    ("m", _D.LENGTH, 1.0, 0.0, "m meter meters metre metres metri metros mt mtr mmsl mamsl"),
    ("km", _D.LENGTH, 1000.0, 0.0, "km kilometer kilometers"),
    ("cm", _D.LENGTH, 0.01, 0.0, "cm"),
    ("mm", _D.LENGTH, 0.001, 0.0, "mm"),
    ("ft", _D.LENGTH, _FOOT, 0.0, "ft feet foot ftmsl ftwgs ftbaro"),
    ("mi", _D.LENGTH, _MILE, 0.0, "mi mile miles"),
    ("nmi", _D.LENGTH, _NAUTICAL_MILE, 0.0, "nmi nm"),
    ("deg", _D.ANGLE, 1.0, 0.0, "deg degree degrees ° grad gradi grados degre degres º angle"),
    ("rad", _D.ANGLE, 57.29577951308232, 0.0, "rad radian radians"),
    ("1e-7 deg", _D.ANGLE, 1e-7, 0.0, "1e-7 1e-7deg deg*1e7 dege7 e7 degx1e7"),
    ("1e-6 deg", _D.ANGLE, 1e-6, 0.0, "1e-6 1e-6deg deg*1e6 dege6 e6 microdeg udeg"),
    ("min of arc", _D.ANGLE, 1 / 60, 0.0, "arcmin minutesofarc"),
    ("rad/s", _D.ANGLE_RATE, 1.0, 0.0, "rad/s rps rad_s rads rad/sec radian/s"),
    (
        "deg/s",
        _D.ANGLE_RATE,
        0.017453292519943295,
        0.0,
        "deg/s dps deg_s degs °/s deg/sec degrees/s deg_sec º/s",
    ),
    ("m/s2", _D.ACCELERATION, 1.0, 0.0, "m/s2 m/s/s m/s^2 mps2 ms2 m_s2 ms-2 m/s**2 mpss m/sec2 m/ss"),
    ("g", _D.ACCELERATION, _G, 0.0, "g gforce g-force gs"),
    ("mg", _D.ACCELERATION, _G / 1000, 0.0, "mg milli-g"),
    ("uT", _D.FIELD, 1.0, 0.0, "ut µt microtesla utesla"),
    ("nT", _D.FIELD, 0.001, 0.0, "nt nanotesla"),
    ("G", _D.FIELD, 100.0, 0.0, "gauss gau"),
    ("mG", _D.FIELD, 0.1, 0.0, "mgauss milligauss"),
    ("degC", _D.TEMPERATURE, 1.0, 0.0, "c degc °c celsius centigrade deg_c ºc grad_c"),
    ("degF", _D.TEMPERATURE, 5 / 9, -160 / 9, "f degf °f fahrenheit deg_f ºf"),
    ("K", _D.TEMPERATURE, 1.0, -273.15, "k kelvin"),
    ("bar", _D.PRESSURE, 1.0, 0.0, "bar bara barg"),
    ("mbar", _D.PRESSURE, 0.001, 0.0, "mbar hpa millibar"),
    ("kPa", _D.PRESSURE, 0.01, 0.0, "kpa"),
    ("Pa", _D.PRESSURE, 1e-5, 0.0, "pa pascal"),
    ("MPa", _D.PRESSURE, 10.0, 0.0, "mpa"),
    ("psi", _D.PRESSURE, _PSI_BAR, 0.0, "psi psia psig"),
    ("inHg", _D.PRESSURE, _INHG_BAR, 0.0, "inhg inchhg hg"),
    ("%", _D.RATIO, 1.0, 0.0, "% pct percent prozent pourcent"),
    ("V", _D.VOLTAGE, 1.0, 0.0, "v volt volts"),
    ("mV", _D.VOLTAGE, 0.001, 0.0, "mv millivolt millivolts"),
    ("A", _D.CURRENT, 1.0, 0.0, "a amp amps ampere"),
    ("mA", _D.CURRENT, 0.001, 0.0, "ma milliamp"),
    ("W", _D.POWER, 1.0, 0.0, "w watt watts"),
    ("kW", _D.POWER, 1000.0, 0.0, "kw kilowatt"),
    ("hp", _D.POWER, 745.699872, 0.0, "hp bhp"),
    ("PS", _D.POWER, 735.49875, 0.0, "ps cv"),
    ("1/min", _D.FREQUENCY, 1.0, 0.0, "rpm 1/min min-1 u/min bpm tr/min giri/min umin r/min"),
    ("Hz", _D.FREQUENCY, 60.0, 0.0, "hz 1/s hertz"),
    ("s", _D.TIME, 1.0, 0.0, "s sec secs second seconds sek sekunden secondes secondi segundos unixtime"),
    ("ms", _D.TIME, 1e-3, 0.0, "ms msec millisecond milliseconds millis millisec"),
    ("us", _D.TIME, 1e-6, 0.0, "us usec microsecond microseconds micros µs"),
    ("ns", _D.TIME, 1e-9, 0.0, "ns nsec nanosecond nanoseconds nanos"),
    ("min", _D.TIME, 60.0, 0.0, "min minute minutes"),
    ("h", _D.TIME, 3600.0, 0.0, "h hr hrs hour hours"),
    ("1", _D.NUMBER, 1.0, 0.0, "1 - # count sats gear enum bool number"),
)
_OTHERS = (
    "nm ftlb l/h l/100km gal/h gph gals gal lb lbs kg kg/h g/s mg/str °crk deg_crk afr lambda mhz khz"
    " ident fsd hh:mm hh:mm:ss yyyy-mm-dd yyy-mm-dd kwh mah ah wh j dbm db px lx ohm bytes nmile"
)

UNITS: Mapping[str, Unit] = {
    **{alias: Unit(alias, Dimension.OTHER) for alias in _OTHERS.split()},
    **{
        alias: Unit(symbol, dimension, scale, offset)
        for symbol, dimension, scale, offset, aliases in _TABLE
        for alias in aliases.split()
    },
}
"""Units by the ways to write them: lower case, without blanks and brackets."""

# Where case alone tells two units apart.
_CASED = {
    "Nm": Unit("N m", Dimension.OTHER), "mG": UNITS["mgauss"], "G": UNITS["g"], "MPa": UNITS["mpa"],
    "mT": Unit("mT", Dimension.FIELD, 1000.0),
}  # fmt: skip
_BRACKETS = re.compile(r"^[\s\[({<\"']+|[\s\])}>\"']+$")
_FOLDED = str.maketrans({"²": "2", "³": "3", "·": "", "μ": "µ", "⁻": "-", "¹": "1", "^": ""})


def find_unit(text: str) -> Unit | None:
    """Return the unit that `text` names (`km/h`, `[KPH]`, `m/s²`, `deg C`), or None."""
    bare = "".join(_BRACKETS.sub("", text).split())
    if bare in _CASED:
        return _CASED[bare]
    folded = bare.translate(_FOLDED).lower()
    unit = UNITS.get(folded)
    if unit is None:
        plain = unicodedata.normalize("NFKD", folded)
        unit = UNITS.get("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return unit


def conversion(source: Unit, dimension: str) -> tuple[float, float] | None:
    """Return (scale, offset) from `source` to the canonical unit of `dimension`, None if it is another kind.

    A plain number fits every dimension unchanged.
    """
    if source.dimension == dimension:
        return source.scale, source.offset
    return (1.0, 0.0) if source.dimension == Dimension.NUMBER else None
