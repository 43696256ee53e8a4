"""Track points to the stream channels.main: heart rate, cadence, power, and whatever else a point carries."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.trackpoints.lexicon import Role, Unplaced, plain_name
from telemparse.formats.trackpoints.values import Numbers, numbers
from telemparse.kernels.arrays import to_arrow, validity
from telemparse.kernels.casts import floats
from telemparse.kernels.texts import only, strings
from telemparse.kernels.xml_outline import local_name
from telemparse.schemas import build, channel_field
from telemparse.schemas.checking import to_mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.trackpoints.clock import Times
    from telemparse.formats.trackpoints.lexicon import Lexicon
    from telemparse.formats.trackpoints.losses import Losses
    from telemparse.formats.trackpoints.positions import Fixes
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path

__all__ = ["Channels"]

_MOST = 128
_NAMED = 20
_WORDS = "#text"  # step behind the path of a number, for the texts among its values


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

    Args:
        lexicon: of the format.

    Attributes:
        fields: of the channels so far, in order of appearance.
        skipped: how many found no room, and the first of their names.
    """

    lexicon: Lexicon
    fields: dict[str, pa.Field] = attrs.field(factory=dict)
    skipped: int = 0
    names_skipped: list[str] = attrs.field(factory=list)
    _unnamed: set[Path] = attrs.field(factory=set)
    _own: dict[Path, _Own | None] = attrs.field(factory=dict)

    def batch(
        self, block: Block, times: Times, gnss: dict[str, Numbers], fixes: Fixes, losses: Losses
    ) -> pa.RecordBatch | None:
        """Return the points of a block that carry any channel, None where none does."""
        known = numbers(block, self.lexicon, Role.CHANNEL)
        texts = self._texts(block, [*gnss.values(), *known.values()], fixes)
        for path in block.dropped:
            self._skip(path)
        queue = _Queue()
        for column in known.values():
            losses.add(column.leaf.column, column.unreadable, times.first, block.offsets)
            queue.put(column.valid, column.path, column)
        for path, text in texts.items():
            queue.put(validity(text), path, text)
        arrays: dict[str, pa.Array] = {}
        for row, path, values in queue:
            if isinstance(values, Numbers):
                self._add_known(values, arrays)
            elif path[-1:] == (_WORDS,):
                self._add_words(path[:-1], values, arrays)
            else:
                words = self._add_own(path, values, row, arrays)
                queue.put(words, (*path, _WORDS), values)
        return self._built(arrays, times)

    def _texts(self, block: Block, known: list[Numbers], fixes: Fixes) -> dict[Path, pa.StringArray]:
        """Return the values that keep their own name: unknown ones, and known ones that found no place."""
        texts = {path: text for path, text in block.columns.items() if self._is_own(path)}
        for column in known:
            for path, rows in column.shadowed.items():
                if rows.any():
                    texts[path] = only(block.columns[path], rows)
        if self.lexicon.unplaced is Unplaced.EPOCH and not fixes.usable.all():
            self._keep_unplaced(block, fixes, texts)
        return texts

    def _keep_unplaced(self, block: Block, fixes: Fixes, texts: dict[Path, pa.StringArray]) -> None:
        """Keep what belongs to a fix, where there is none, under its own name."""
        for path, text in block.columns.items():
            leaf = self.lexicon.leaf_of(path)
            if leaf is None or leaf.role is not Role.GNSS:
                continue
            rows = ~fixes.usable & validity(text)
            if path in texts:
                rows |= validity(texts[path])
            if rows.any():
                texts[path] = only(text, rows)

    def _is_own(self, path: Path) -> bool:
        known = (self.lexicon.lat, self.lexicon.lon, self.lexicon.time)
        return (
            path not in known and path[-1:] not in self.lexicon.noise and self.lexicon.leaf_of(path) is None
        )

    def _add_known(self, column: Numbers, arrays: dict[str, pa.Array]) -> None:
        leaf = column.leaf
        if leaf.column not in self.fields:
            source = local_name(column.path[-1])
            self.fields[leaf.column] = channel_field(
                leaf.column, pa.float64(), unit=leaf.unit, source_name=source
            )
        arrays[leaf.column] = to_arrow(column.values, pa.float64(), column.valid)

    def _add_own(self, path: Path, text: pa.StringArray, row: int, arrays: dict[str, pa.Array]) -> Mask:
        """Take a value that keeps its own name; return the rows whose text is no number as it should be."""
        if path not in self._own:
            self._own[path] = self._named(path, text[row].as_py())
        own = self._own[path]
        nothing = np.zeros(len(text), np.bool_)
        if own is None:
            self._skip(path)
            return nothing
        if not own.numeric:
            arrays[own.name] = text
            return nothing
        values, valid = floats(text)
        if valid.any():
            arrays[own.name] = to_arrow(values, pa.float64(), valid)
        return validity(text) & ~valid

    def _add_words(self, path: Path, text: pa.StringArray, arrays: dict[str, pa.Array]) -> None:
        """Keep texts among the numbers of a channel in one of their own."""
        own = self._own[path]
        if own is not None:
            name = f"{own.name}_text"
            self.fields.setdefault(name, channel_field(name, pa.string(), source_name=_words(path)))
            arrays[name] = only(text, validity(text) & ~floats(text)[1])

    def _skip(self, path: Path) -> None:
        self.skipped += path not in self._unnamed
        if len(self._unnamed) < _MOST:
            self._unnamed.add(path)
            if len(self.names_skipped) < _NAMED:
                self.names_skipped.append(plain_name(path))

    def _named(self, path: Path, first_value: str) -> _Own | None:
        if len(self.fields) >= _MOST:
            return None
        base = name = plain_name(path)
        number = 1
        # `x_text` is kept free too, for texts among the numbers of `x`.
        while {name, f"{name}_text"} & self.fields.keys() or name in ("t", *_taken()):
            number += 1
            name = f"{base}_{number}"
        numeric = bool(floats(strings([first_value]))[1][0])
        kind = pa.float64() if numeric else pa.string()
        leaf = self.lexicon.leaf_of(path)
        unit = self.lexicon.units.get(base) if len(path) == 1 else None
        unit = leaf.unit if leaf is not None and self.lexicon.unplaced is Unplaced.EPOCH else unit
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


def _taken() -> tuple[str, ...]:
    """Names that only values of known meaning may have."""
    return ("heart_rate_bpm", "cadence_rpm", "power_w", "air_temp_c", "water_temp_c", "depth_m")


@attrs.define
class _Queue:
    """Columns in the order of their first rows, so that it does not matter how a document is cut."""

    _heap: list[tuple[int, Path, Any]] = attrs.field(factory=list)

    def put(self, rows: Mask, path: Path, values: Numbers | pa.StringArray) -> None:
        """Add a column that has values in these rows, if there are any; no two have one path."""
        if rows.any():
            heapq.heappush(self._heap, (int(np.argmax(rows)), path, values))

    def __iter__(self) -> Iterator[tuple[int, Path, Any]]:
        while self._heap:
            yield heapq.heappop(self._heap)


def _words(path: Path) -> str:
    """Return the source's own word for a value."""
    steps = [step for step in path if not step.startswith("#")]
    return local_name(steps[-1]) if steps else ""
