"""Header cells taken apart: the quantity's word, the unit, and a channel name for what nobody knows."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import attrs

from telemparse.formats.csv.vocabulary import Role, meaning_of, squash
from telemparse.kernels.units import UNITS, find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.formats.csv.vocabulary import Quantity
    from telemparse.kernels.units import Unit

__all__ = ["DEVICE_CELL", "Barred", "Heading", "read_barred", "read_heading", "snake_case"]

# `speed (km/h)`, `Speed[mph]`, `Speed {kn}`: the last bracket is the unit.
_BRACKETED = re.compile(r"^(?P<name>[^\[({]*?)\s*[\[({]\s*(?P<unit>[^\])}]*?)\s*[\])}]\s*$")
# `Speed (OBD)(km/h)`: so is the last of two.
_BRACKETED_TWICE = re.compile(r"^(?P<name>[^\[({]*[\[({][^\])}]*[\])}])\s*[\[({](?P<unit>[^\])}]*)[\])}]$")
# `Vehicle Speed (km/h) *OBD`: behind the unit stands where the value comes from.
_SOURCED = re.compile(r"^(?P<cell>.*[\])}])\s*\*(?P<source>[A-Za-z]{2,8})$")
# `Speed, km/h` and `speed km/h`, `alt_m`, `accel_x_g`: the last one to three words may be a unit.
_WORDS = re.compile(r"[\s_\-,:]+")
# `AP Info:[model][vehicle][map]`: a logger that tells about itself in a header cell (Cobb Accessport).
DEVICE_CELL = re.compile(r"^(?P<label>[^:\[\]]{1,40}):(?P<facts>(?:\[[^\[\]]*\])+)$")
# `"Speed"|"MPH"|0.0|150.0|10`, with or without the quotes that a reader has taken away.
_BARRED = re.compile(
    r'#?"?(?P<name>[^"|]{1,80})"?\|"?(?P<unit>[^"|]{0,40})"?(?:\|[+-]?\d{1,12}(?:\.\d{0,6})?){0,2}'
    r"\|(?P<rate>\d{1,6}(?:\.\d{0,6})?)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_LONGEST_UNIT_WORDS = 3
_NAME_LENGTH = 80


@attrs.frozen
class Heading:
    """One header cell, read.

    Args:
        text: the cell as written, without blanks at its ends.
        quantity: what its word means, or None.
        rank: how telling the word is; 0 is most.
        unit: that the cell names, or None.
        unit_text: the unit as written.
        base: the cell without its unit.
    """

    text: str
    quantity: Quantity | None = None
    rank: int = 0
    unit: Unit | None = None
    unit_text: str = ""
    base: str = ""


def read_heading(cell: str) -> Heading:
    """Return what a header cell says."""
    text = cell.strip().strip('"').strip()
    special = _special(text)
    if special is not None:
        return special
    bracket = _BRACKETED.match(text)
    if bracket:
        base, unit_text = bracket["name"], bracket["unit"]
        inner = _known(base)
        whole = _known(text)
        # `datetime(utc)`: the bracket is no unit but part of the name.
        quantity, rank = (
            (whole if find_unit(unit_text) is None and whole[0] else inner) if whole[0] else inner
        )
        if quantity is None:
            quantity, rank, unit, short = _suffixed(base)
            if quantity is not None and not unit_text:
                return Heading(text, quantity, rank, unit, "", base)
        return Heading(text, quantity, rank, find_unit(unit_text), unit_text, base or text)
    quantity, rank = _known(text)
    if quantity is not None:
        _same, _rank, unit, short = _suffixed(text)
        # `speed_mps` is a canonical name that states its unit; `KPH` is nothing but one.
        own = unit if _same is quantity else find_unit(text)
        own = own if own is not None and own.dimension == quantity.dimension else None
        return Heading(text, quantity, rank, own, "", text)
    quantity, rank, unit, short = _suffixed(text)
    if quantity is not None:
        return Heading(text, quantity, rank, unit, text[len(short) :].strip("_- ,"), text)
    unit, short = _bare_suffix(text)
    return Heading(text, None, 0, unit, text[len(short) :].strip("_- ,") if unit else "", text)


def _special(text: str) -> Heading | None:
    """Return what a cell says that holds more than a name and a unit, None for any other."""
    device = DEVICE_CELL.match(text)
    if device:
        return Heading(text, base=device["label"])
    sourced = _SOURCED.match(text)
    if sourced:
        return _of_source(read_heading(sourced["cell"]), text, sourced["source"])
    twice = _BRACKETED_TWICE.match(text)
    if twice and find_unit(twice["unit"]) is not None and not _known(text)[0]:
        quantity, rank = _known(twice["name"])
        return Heading(text, quantity, rank, find_unit(twice["unit"]), twice["unit"].strip(), twice["name"])
    return None


def _of_source(heading: Heading, text: str, source: str) -> Heading:
    """Return a heading with the source behind it: the speed that a bus tells is the vehicle's."""
    quantity, rank = _known(f"{heading.base} {source}")
    if quantity is None and (heading.quantity is None or heading.quantity.role is not Role.GNSS):
        quantity, rank = heading.quantity, heading.rank
    return attrs.evolve(heading, text=text, quantity=quantity, rank=rank)


@attrs.frozen
class Barred:
    """A header whose cells hold more than names, taken apart.

    Args:
        names, units: as written, one each.
        rates: samples a second.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    rates: tuple[float, ...]


def read_barred(cells: Sequence[str]) -> Barred | None:
    """Return the parts of `"Name"|"unit"|...|rate` cells, or None where not every cell is one."""
    found = [_BARRED.fullmatch(cell.strip()) for cell in cells]
    parts = [each for each in found if each is not None]
    if not parts or len(parts) < len(found):
        return None
    return Barred(
        tuple(part["name"].strip() for part in parts),
        tuple(part["unit"].strip() for part in parts),
        tuple(float(part["rate"]) for part in parts),
    )


def _known(text: str) -> tuple[Quantity | None, int]:
    found = meaning_of(squash(text))
    return found if found is not None else (None, 0)


def _splits(text: str) -> list[tuple[str, str]]:
    """Return the ways to cut a unit off the end, longest unit first: (name, unit)."""
    cuts = [match.span() for match in _WORDS.finditer(text)] + [
        (m.start(), m.start()) for m in _CAMEL.finditer(text)
    ]
    return [
        (text[:start], text[end:])
        for start, end in sorted(cuts)[-_LONGEST_UNIT_WORDS - 1 :]
        if start and end < len(text)
    ]


def _unit_word(text: str) -> Unit | None:
    """Return the unit that the words at the end of a name mean; `m_s2` and `km h` are written with joints."""
    return UNITS.get("_".join(_WORDS.split(text.lower()))) or find_unit(text)


def _suffixed(text: str) -> tuple[Quantity | None, int, Unit | None, str]:
    for name, tail in _splits(text):
        unit = _unit_word(tail)
        quantity, rank = _known(name)
        if unit is not None and quantity is not None and quantity.dimension in (unit.dimension, None):
            return quantity, rank, unit, name
    return None, 0, None, text


def _bare_suffix(text: str) -> tuple[Unit | None, str]:
    """Return a unit that an unknown name ends in, behind a joint."""
    for name, tail in _splits(text):
        unit = _unit_word(tail)
        if unit is not None and unit.symbol != "1" and not tail.isdigit() and text[len(name)] in " _-,:":
            return unit, name
    return None, text


def snake_case(text: str) -> str:
    """Return a channel name: lower-case words of letters and digits joined by `_`, at most 80 characters.

    Accents go, `°` and `%` become `deg` and `pct`; what leaves nothing becomes `column`.
    """
    text = text.replace("%", " pct ").replace("°", " deg ").replace("ß", "ss")
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", _CAMEL.sub("_", text)))
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:_NAME_LENGTH].strip("_")
    return name or "column"
