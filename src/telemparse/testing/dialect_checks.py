"""Examinations of what a dialect says of itself: names, units, formats, and the files that it is told by.

Each examination of a dialect looks at its own question alone: a file that is not recognised is told by the
examination of recognition and passed over by the others, so that one mistake is one broken promise.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from telemparse.extension.column_specs import FORMATS
from telemparse.formats.csv.headers import snake_case
from telemparse.formats.csv.specs import read_spec
from telemparse.formats.csv.vocabulary import QUANTITIES, Role
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import conversion
from telemparse.model.detection import Rung
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.testing.dialect_subject import DialectReading, DialectSubject

__all__ = ["declares_itself", "recognises_its_own", "refuses_others"]

_NEAR = 0.85
# What a misspelt name may have been meant for. The vocabulary of vehicles is left to its canonical names: a
# `core_temperature` is no slip for the coolant's.
_WORDS = {
    squash(word): quantity.name
    for quantity in QUANTITIES.values()
    for word in (*(quantity.words if quantity.role in (Role.GNSS, Role.TIME) else ()), quantity.name)
}
_NAMED = 3


def declares_itself(subject: DialectSubject) -> None:
    """The dialect can be recognised, and what it says of columns is understood."""
    if not subject.dialect.has_fingerprint:
        raise Broken("no header, first_columns, preamble or shape is declared")
    odd = [f"{key!r}: {words}" for key, words in _misunderstood(subject.dialect)]
    if odd:
        raise Broken("; ".join(odd))


def _misunderstood(dialect: CsvDialect) -> Iterator[tuple[str | int, str]]:
    for key, text in dialect.columns.items():
        words = _odd_name(text) or _odd_tail(text)
        if words:
            yield key, f"{text!r} {words}"


def _odd_name(text: str) -> str:
    """Return what is wrong with a name that no quantity has: it must be plainly one of the author's own."""
    spec = read_spec(text)
    if spec.quantity is not None or not spec.name:
        return ""
    near = difflib.get_close_matches(squash(spec.name), _WORDS, n=1, cutoff=_NEAR)
    if near:
        return f"names no canonical quantity; {_WORDS[near[0]]} is near"
    return (
        "" if snake_case(spec.name) == spec.name else "is neither canonical nor a channel name in snake_case"
    )


def _odd_tail(text: str) -> str:
    """Return what is wrong with a unit or a format."""
    spec, tail = read_spec(text), text.partition(":")[2].strip().rstrip("?")
    if spec.quantity is None or not tail:
        return ""
    name, dimension = spec.quantity.name, spec.quantity.dimension
    if spec.quantity.role is Role.TIME:
        allowed = FORMATS[name]
        return "" if tail in allowed else f"is a {name}, which takes {', '.join(allowed) or 'no format'}"
    if name == "declination" and spec.unit is not None and spec.unit.symbol == "deg":
        return ""
    if dimension is None:
        return f"is a {name}, which is words and has no unit"
    fits = spec.unit is not None and conversion(spec.unit, dimension) is not None
    return "" if fits else f"is a {name}, and {tail} is no unit of {dimension}"


def recognises_its_own(subject: DialectSubject) -> None:
    """Each sample is told to be CSV of this dialect, at MARKER."""
    name = subject.dialect.name
    for reading in subject.readings if subject.dialect.has_fingerprint else ():
        if name not in reading.fits:
            raise Broken(f"{reading.name} is not recognised: {_missing(subject.dialect, reading)}")
        if reading.fits[0] != name:
            raise Broken(f"{reading.name} is read as {reading.fits[0]}, which asks for as much or more")
        winner = reading.found.winner
        if winner is None or winner.parser_id != "csv" or not winner.rung >= Rung.MARKER:
            raise Broken(f"{reading.name} goes to another parser: {reading.found.explain()}")


def _missing(dialect: CsvDialect, reading: DialectReading) -> str:
    """Return the parts of the fingerprint that a file lacks."""
    layout = reading.layout
    if layout is None:
        return "it is no table"
    lacking = [f"no column {name}" for name in sorted(dialect.header) if reading.column(name) is None]
    first = [squash(name) for name in dialect.first_columns]
    if first and [squash(name) for name in layout.header or ()][: len(first)] != first:
        lacking.append(f"the header does not begin with {', '.join(dialect.first_columns)}")
    text = "\n".join(layout.preamble)
    lacking += [f"no {phrase!r} before the data" for phrase in dialect.preamble if phrase not in text]
    return "; ".join(lacking) or f"its {layout.width} columns are not of the shape"


def refuses_others(subject: DialectSubject) -> None:
    """No file of others and no table of common columns is taken for one of this dialect."""
    taken = [name for name, data in subject.strangers.items() if subject.takes(data)]
    if taken:
        more = f"; and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
        raise Broken(f"it also takes {'; '.join(taken[:_NAMED])}{more}")
