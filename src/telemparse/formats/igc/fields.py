"""Values of the fields that I and J records define, gathered over the records of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telemparse.formats.igc.extensions import Aim
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.fixed_width import MOST_DIGITS, numbers, windows
from telemparse.kernels.gather import spans
from telemparse.schemas import KNOWN_CHANNELS, channel_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.formats.igc.extensions import Definition, Field
    from telemparse.formats.igc.tally import Tally
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.fixed_width import LineIndex

__all__ = ["FieldReader", "Values"]

_BLANK = 0x20


@attrs.frozen
class Values:
    """Numbers of a column, shape (n,), with a mask of valid ones."""

    values: Floats
    valid: Mask


@attrs.define
class FieldReader:
    """Reads the fields of one kind of record, B or K; channels appear as definitions name them, and stay.

    Args:
        letter: of the record that defines, I or J.

    Attributes:
        channels: fields of the channels so far, in order of appearance.
    """

    letter: str
    channels: dict[str, pa.Field] = attrs.field(factory=dict)

    def read(
        self, index: LineIndex, rows: Ints, groups: list[tuple[Definition, Mask]], tally: Tally, lines: Ints
    ) -> tuple[dict[str, Values], dict[str, pa.Array]]:
        """Return the columns of gnss_pvt and the channels of a block.

        Args:
            index: of the block's lines.
            rows: which of them are the records, shape (n,).
            groups: the definitions that hold in the block, each with a mask of its records, shape (n,).
            tally: counts cells that are no number where one must be, and records that are too short.
            lines: numbers of the records' lines, shape (n,).
        """
        gnss: dict[str, Values] = {}
        found: dict[str, Values] = {}
        texts: dict[str, pa.Array] = {}
        for definition, mask in groups:
            lengths = index.ends[rows] - index.starts[rows]
            if definition.fields:
                tally.add(f"short {self.letter}", mask & (lengths < definition.end), lines)
            seen: dict[str, int] = {}
            for field in definition.fields:
                seen[field.code] = seen.get(field.code, 0) + 1
                aim = field.meaning.aim if field.meaning else Aim.CHANNEL
                if aim in (Aim.CLOCK, Aim.POSITION) and seen[field.code] == 1:
                    continue
                whole = mask & (lengths >= field.end)
                if aim is Aim.GNSS and self.letter == "I" and seen[field.code] == 1:
                    self._known(index, rows, whole, field, gnss, tally, lines)
                else:
                    self._channel(index, rows, whole, field, seen[field.code], (found, texts), tally, lines)
        arrays = {name: to_arrow(v.values, self.channels[name].type, v.valid) for name, v in found.items()}
        return gnss, {**arrays, **texts}

    def digits(
        self, index: LineIndex, rows: Ints, groups: list[tuple[Definition, Mask]], code: str
    ) -> tuple[Ints, Ints, Mask]:
        """Return digits of LAD, LOD or TDS with 10 to the power of their number, and which are unreadable."""
        value, power = np.zeros(len(rows), np.int64), np.ones(len(rows), np.int64)
        bad = np.zeros(len(rows), np.bool_)
        for definition, mask in groups:
            field = definition.of(code)
            if field is None or field.end - field.begin > _MOST_FRACTION:
                continue
            whole = np.flatnonzero(mask & (index.ends[rows] - index.starts[rows] >= field.end))
            cells = windows(index.buffer, index.starts[rows[whole]] + field.begin, field.end - field.begin)
            got, valid = numbers(cells)
            valid &= got >= 0
            value[whole] = np.where(valid, got, 0)
            power[whole] = np.where(valid, 10 ** (field.end - field.begin), 1)
            bad[whole] = ~valid
        return value, power, bad

    def _cells(
        self, index: LineIndex, rows: Ints, whole: Mask, field: Field
    ) -> tuple[Ints, Ints, Mask, Mask]:
        """Return places of the records that have the field, its numbers, which are valid, which are blank."""
        places = np.flatnonzero(whole)
        cells = windows(index.buffer, index.starts[rows[places]] + field.begin, field.end - field.begin)
        value, valid = numbers(cells)
        return places, value, valid, (cells == _BLANK).all(axis=1)

    def _known(  # noqa: PLR0917  (a step of `read`)
        self, index: LineIndex, rows: Ints, whole: Mask, field: Field, into: dict[str, Values], tally: Tally,
        lines: Ints,
    ) -> None:  # fmt: skip
        assert field.meaning is not None  # noqa: S101  (it has an aim)
        places, value, valid, blank = self._cells(index, rows, whole, field)
        column = _column(into, field.meaning.name, len(rows))
        column.values[places] = np.where(valid, value * field.scale, np.nan)
        column.valid[places] = valid
        tally.add(field.meaning.name, ~valid & ~blank, lines[places])

    def _channel(  # noqa: PLR0917  (a step of `read`)
        self, index: LineIndex, rows: Ints, whole: Mask, field: Field, number: int,
        into: tuple[dict[str, Values], dict[str, pa.Array]], tally: Tally, lines: Ints,
    ) -> None:  # fmt: skip
        numeric = field.end - field.begin <= MOST_DIGITS
        name = self._name(field, number, numeric=numeric)
        found, texts = into
        if not numeric:
            texts[name] = _joined(texts.get(name), _texts(index, rows, whole, field))
            return
        places, value, valid, blank = self._cells(index, rows, whole, field)
        column = _column(found, name, len(rows))
        column.values[places] = np.where(valid, value * field.scale, np.nan)
        column.valid[places] = valid
        odd = np.zeros(len(rows), np.bool_)
        odd[places] = ~valid & ~blank
        if field.meaning is not None:
            tally.add(name, odd, lines)
        elif odd.any():
            words = f"{name}_text"
            self.channels.setdefault(words, channel_field(words, pa.string(), source_name=field.code))
            texts[words] = _joined(texts.get(words), _texts(index, rows, odd, field))

    def _name(self, field: Field, number: int, *, numeric: bool) -> str:
        base = field.meaning.name if field.meaning else field.code.lower().replace(" ", "_").replace("-", "_")
        base = f"{base}_field" if field.meaning is None and base in _TAKEN else base
        base = base if number == 1 else f"{base}_{number}"
        name = base if numeric else f"{base}_words"
        if name not in self.channels:
            meaning = field.meaning
            self.channels[name] = channel_field(
                name,
                pa.float64() if numeric else pa.string(),
                unit=meaning.unit if meaning else None,
                source_name=field.code,
                source_unit=meaning.source_unit if meaning else None,
            )
        return name


_MOST_FRACTION = 9
_TAKEN: Mapping[str, object] = {"t": None, **KNOWN_CHANNELS}


def _column(into: dict[str, Values], name: str, rows: int) -> Values:
    if name not in into:
        into[name] = Values(np.full(rows, np.nan), np.zeros(rows, np.bool_))
    return into[name]


def _texts(index: LineIndex, rows: Ints, wanted: Mask, field: Field) -> pa.Array:
    """Return the cells as text where wanted, null elsewhere, shape (n,); bytes beyond ASCII become `?`."""
    places, width = np.flatnonzero(wanted), field.end - field.begin
    cells = windows(index.buffer, index.starts[rows[places]] + field.begin, width)
    plain = np.where(cells < 0x80, cells, ord("?")).astype(np.uint8).ravel()  # noqa: PLR2004  (ASCII)
    begins = np.arange(len(places)) * width
    order = np.zeros(len(rows), np.int64)
    order[places] = np.arange(len(places))
    return spans(plain, begins, begins + width).take(to_arrow(order, pa.int64(), wanted))


def _joined(before: pa.Array | None, now: pa.Array) -> pa.Array:
    """Return texts of two definitions, which never hold for the same record."""
    return now if before is None else pc.coalesce(before, now)
