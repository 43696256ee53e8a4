"""Track points to the stream channels.main: heart rate, cadence, power, and whatever else a point carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.gpx.leaves import LAT, LON, TIME, Role, leaf_of, plain_name
from telemparse.formats.gpx.values import numbers
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.xml_walk import local_name
from telemparse.schemas import build, channel_field
from telemparse.schemas.checking import to_mask

if TYPE_CHECKING:
    from telemparse.formats.gpx.clock import Times
    from telemparse.formats.gpx.losses import Losses
    from telemparse.formats.gpx.values import Numbers
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_points import Block
    from telemparse.kernels.xml_walk import Path

__all__ = ["Channels"]

_MOST = 512
_NAMED = 20
_UNITS = {"magvar": "deg", "geoidheight": "m", "ageofdgpsdata": "s"}  # GPX 1.1 schema, wptType


@attrs.define
class _Own:
    """A value that keeps its own name: a number or a text, as its first value in the document is.

    Args:
        name: of its channel.
        numeric: numbers go to the channel; a text among them goes to `<name>_text`.
    """

    name: str
    numeric: bool


@attrs.define
class Channels:
    """The channels of a document; they appear as points bring them, and stay.

    Attributes:
        fields: of the channels so far, in order of appearance.
        skipped: names that came after the 512th.
    """

    fields: dict[str, pa.Field] = attrs.field(factory=dict)
    skipped: dict[str, int] = attrs.field(factory=dict)
    _own: dict[Path, _Own | None] = attrs.field(factory=dict)

    def batch(
        self, block: Block, times: Times, gnss: dict[str, Numbers], losses: Losses
    ) -> pa.RecordBatch | None:
        """Return the points of a block that carry any channel, None where none does."""
        arrays: dict[str, pa.Array] = {}
        known = numbers(block, Role.CHANNEL)
        for name, column in sorted(known.items(), key=lambda item: _appearance(item[1].valid, item[0])):
            losses.add(name, column.unreadable, times.first, block.offsets)
            if column.valid.any():
                source = _source(block, name)
                self.fields.setdefault(
                    name, channel_field(name, pa.float64(), unit=column.leaf.unit, source_name=source)
                )
                arrays[name] = to_arrow(column.values, pa.float64(), column.valid)
        texts = {path: text for path, text in block.columns.items() if _is_own(path)}
        for column in (*gnss.values(), *known.values()):
            for path, rows in column.shadowed.items():
                if rows.any():
                    texts[path] = _only(block.columns[path], rows)
        self._add_own(texts, arrays)
        return self._built(arrays, times)

    def _add_own(self, texts: dict[Path, pa.StringArray], arrays: dict[str, pa.Array]) -> None:
        for path, text in sorted(texts.items(), key=lambda item: _appearance(validity(item[1]), item[0])):
            written = validity(text)
            if not written.any():
                continue
            if path not in self._own:
                self._own[path] = self._named(path, text[int(np.flatnonzero(written)[0])].as_py())
            own = self._own[path]
            if own is None:
                self.skipped[plain_name(path)] = self.skipped.get(plain_name(path), 0) + int(written.sum())
                continue
            if not own.numeric:
                arrays[own.name] = text
                continue
            values, valid = floats(text)
            if valid.any():
                arrays[own.name] = to_arrow(values, pa.float64(), valid)
            if (written & ~valid).any():
                name = f"{own.name}_text"
                self.fields.setdefault(
                    name, channel_field(name, pa.string(), source_name=local_name(path[-1]))
                )
                arrays[name] = _only(text, written & ~valid)

    def _named(self, path: Path, first_value: str) -> _Own | None:
        if len(self.fields) >= _MOST:
            return None
        base = name = plain_name(path)
        number = 1
        # `x_text` is kept free too, for texts among the numbers of `x`.
        while {name, f"{name}_text"} & self.fields.keys() or name in ("t", *_taken()):
            number += 1
            name = f"{base}_{number}"
        numeric = bool(floats(pa.array([first_value], pa.string()))[1][0])
        kind = pa.float64() if numeric else pa.string()
        unit = _UNITS.get(base) if len(path) == 1 else None
        self.fields[name] = channel_field(name, kind, unit=unit, source_name=_words(path))
        return _Own(name, numeric)

    def _built(self, arrays: dict[str, pa.Array], times: Times) -> pa.RecordBatch | None:
        if not arrays:
            return None
        some = np.zeros(len(times.t_ns), np.bool_)
        for array in arrays.values():
            some |= validity(array)
        columns: dict[str, Any] = {"t": to_arrow(times.t_ns, pa.int64())}
        for name, field in self.fields.items():
            columns[name] = arrays[name] if name in arrays else pa.nulls(len(some), field.type)
        if not some.all():
            mask = to_mask(some)
            columns = {name: column.filter(mask) for name, column in columns.items()}
        return build("channels.main", columns, time_base=times.time_base, fields=self.fields)

    def names_skipped(self) -> list[str]:
        """Return the first names of channels that there was no room for."""
        return list(self.skipped)[:_NAMED]


def _taken() -> tuple[str, ...]:
    """Names that only values of known meaning may have."""
    return ("heart_rate_bpm", "cadence_rpm", "power_w", "air_temp_c", "water_temp_c", "depth_m")


def _is_own(path: Path) -> bool:
    return path not in (LAT, LON, TIME) and leaf_of(path) is None


def _appearance(rows: Mask, name: object) -> tuple[int, object]:
    """Order columns by their first row, then by name: the same however the document is cut."""
    return (int(np.argmax(rows)) if rows.any() else len(rows), name)


def _only(text: pa.StringArray, rows: Mask) -> pa.StringArray:
    chosen = np.where(rows, np.arange(len(rows)), -1)
    return text.take(to_arrow(np.maximum(chosen, 0), pa.int64(), rows))


def _source(block: Block, column: str) -> str:
    """Return the element name of the best path that a column came from."""
    paths = sorted(
        (len(path), path) for path in block.columns if (leaf := leaf_of(path)) and leaf.column == column
    )
    return local_name(paths[0][1][-1])


def _words(path: Path) -> str:
    return local_name(path[-1]) if not path[-1].startswith("#") else local_name(path[-2])
