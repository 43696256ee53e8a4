"""Streams that no canonical one is made for: a channel group each, under the stream's own key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse import schemas
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import strings
from telemparse.kernels.units import find_unit

from telemparse_gpmf.layouts import LayoutError, layout_of, units_of
from telemparse_gpmf.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints
    from telemparse.model.messages import Batch

    from telemparse_gpmf.layouts import Column, Layout
    from telemparse_gpmf.records import Strand
    from telemparse_gpmf.sinks import Moment

__all__ = ["MULTIPLE", "ChannelSink", "channel_fields", "is_text"]

MULTIPLE = frozenset({"FACE", "HUES", "SCEN"})
"""Streams with a record a sample, of as many things as were seen at its instant."""

# What the values of a sample are (GPMF introduction, tables of HERO7 and HERO8; names within the streams).
_PARTS: Mapping[str, str] = {
    "CORI": "w x y z", "IORI": "w x y z", "GRAV": "x y z", "WRGB": "r g b", "HUES": "hue weight",
    "SCEN": "scene probability", "WNDM": "enabled level", "MWET": "wet all_microphones confidence",
    "AALP": "rms peak", "ACCL": "x y z", "GYRO": "x y z", "MAGN": "x y z",
}  # fmt: skip
_ARROW: Mapping[str, pa.DataType] = {
    "b": pa.int32(), "B": pa.int32(), "s": pa.int32(), "S": pa.int32(), "l": pa.int32(), "L": pa.int64(),
    "j": pa.int64(), "J": pa.uint64(), "f": pa.float32(),
}  # fmt: skip


def is_text(strand: Strand) -> bool:
    """Tell whether the samples of a stream are one text, which is a fact and no channel."""
    return all(record.kind == "c" for record in strand.samples)


def _kind(column: Column) -> pa.DataType:
    if column.is_word:
        return pa.string()
    return _ARROW.get(column.kind, pa.float64()) if column.divisor == 1 else pa.float64()


def channel_fields(strand: Strand, layout: Layout) -> dict[str, pa.Field]:
    """Return the field of each value in a sample."""
    key, count = strand.key, len(layout.columns)
    stem = schemas.snake_case(key) or "channel"
    parts = _PARTS.get(key, "").split()
    if len(parts) != count:
        parts = [str(number) for number in range(1, count + 1)]
    units = units_of(strand, count)
    fields = {}
    for part, unit, column in zip(parts, units, layout.columns, strict=True):
        known = find_unit(unit) if unit else None
        name = stem if count == 1 else f"{stem}_{part}"
        fields[name] = schemas.channel_field(
            name,
            _kind(column),
            unit=known.symbol if known is not None else unit,
            source_name=key if count == 1 else f"{key}.{part}",
            source_unit=unit,
        )
    return fields


@attrs.frozen
class _Samples:
    """Columns as stored, and which sample each of their rows belongs to; each of shape (n,)."""

    columns: dict[str, NDArray[Any]]
    owners: Ints
    offset: int


@attrs.define(kw_only=True)
class ChannelSink(Sink[_Samples]):
    """Takes one stream.

    Args:
        layout: of its samples; those that are laid out in another way go to another group.
        fields: of its columns.
        several: it has a record a sample.
    """

    layout: Layout
    fields: dict[str, pa.Field]
    several: bool

    def read(self, strand: Strand, moment: Moment) -> tuple[_Samples, int, int]:
        """Return the samples of a payload."""
        if any(layout_of(strand, record) != self.layout for record in strand.samples):
            raise LayoutError("records of one payload are laid out in several ways")
        counts = [record.repeat for record in strand.samples]
        whole = self.layout.read(strand.samples)
        owners = np.repeat(np.arange(len(counts)), counts) if self.several else np.arange(len(whole))
        columns = {
            name: _native(whole[f"f{number}"], column)
            for number, (name, column) in enumerate(zip(self.fields, self.layout.columns, strict=True))
        }
        samples = _Samples(columns, owners, strand.samples[0].offset)
        return samples, len(counts) if self.several else len(whole), moment.t_ns

    def put(self, t_ns: Ints, held: _Samples) -> Iterator[Batch]:
        """Gather the rows."""
        if len(held.owners):
            self.rows.add({"t": t_ns[held.owners], **held.columns})
        yield from ()

    def batch(self, columns: dict[str, NDArray[Any]]) -> pa.RecordBatch:
        """Return rows of the group; what is no number is null."""
        ready: dict[str, Any] = {"t": columns.pop("t")}
        for name, values in columns.items():
            kind = self.fields[name].type
            if pa.types.is_string(kind):
                ready[name] = strings(values.tolist())
            elif values.dtype.kind == "f":
                ready[name] = to_arrow(values, kind, np.isfinite(values))
            else:
                ready[name] = to_arrow(values, kind)
        return schemas.build("channels.main", ready, time_base=self.time_base, fields=self.fields)


def _native(values: NDArray[Any], column: Column) -> NDArray[Any]:
    """Return a column in the machine's own order, scaled."""
    if column.kind == "G":
        return np.array([bytes(value).hex() for value in values.tolist()], "U32")
    if column.is_word:
        return np.char.rstrip(np.char.decode(values, "latin-1"), "\0 ")
    if column.divisor == 1:
        return values.astype(values.dtype.newbyteorder("="))
    with np.errstate(over="ignore"):
        return values.astype(np.float64) / column.divisor
