"""Samples of channels to tables: one for each declared rate, and those of accelerometer and gyroscope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse import schemas
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.spelling import squash
from telemparse.model.messages import Batch
from telemparse.schemas import ChannelNames, NamedChannel

from telemparse_aim.clock import NS_PER_MS
from telemparse_aim.meanings import AXES, MEANINGS, arrow_type, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.model.options import ParseOptions

    from telemparse_aim.clock import Clock
    from telemparse_aim.layout import Definition
    from telemparse_aim.samples import Samples

__all__ = ["Tables"]

_SAMPLES = 1 << 15
# Frames of one instant may come this long after each other: those with many samples wait until they are full.
_LATE_NS = 5_000 * NS_PER_MS
_WHOLE = 3  # axes


@attrs.define(eq=False)
class _Column:
    """Samples of one column that no batch holds yet."""

    ticks_ns: list[Ints] = attrs.field(factory=list)
    values: list[NDArray[Any]] = attrs.field(factory=list)

    def take(self, before_ns: int | None) -> tuple[Ints, NDArray[Any]]:
        """Return the samples before an instant in order of time, and keep the others; all for None."""
        ticks, values = np.concatenate(self.ticks_ns), np.concatenate(self.values)
        due = np.ones(len(ticks), np.bool_) if before_ns is None else ticks < before_ns
        self.ticks_ns, self.values = ([], []) if due.all() else ([ticks[~due]], [values[~due]])
        order = np.argsort(ticks[due], kind="stable")
        return ticks[due][order], values[due][order]


@attrs.define(eq=False)
class _Group:
    """One stream: its columns, and what of them no batch holds yet."""

    stream: str
    fields: dict[str, pa.Field] = attrs.field(factory=dict)
    columns: dict[str, _Column] = attrs.field(factory=dict)
    held: int = 0
    latest_ns: int = -(1 << 62)


@attrs.define
class Tables:
    """Collects samples and yields them as batches of bounded size.

    Args:
        definitions: the last description of each channel.
        options: of the parse; what nobody asks for is not collected.
        suffix: of the streams of a second file.
        clock: of the recording.

    Attributes:
        unreadable: names of channels whose samples nobody knows how to read.
        assumed: (column, unit) where the file states none.
        repeated: samples of an instant that a channel has already.
        lone: samples of a sensor without those of its other axes.
        sensed: samples of sensors.
        unknown_gears: letters that are no gear.
    """

    definitions: Mapping[tuple[int, int, int], Definition]
    options: ParseOptions
    suffix: str
    clock: Clock
    unreadable: dict[str, None] = attrs.field(factory=dict)
    assumed: list[tuple[str, str]] = attrs.field(factory=list)
    repeated: int = 0
    lone: int = 0
    sensed: int = 0
    unknown_gears: int = 0
    _names: ChannelNames = attrs.field(factory=lambda: ChannelNames(meanings=MEANINGS))
    _groups: dict[str, _Group] = attrs.field(factory=dict)
    _places: dict[tuple[int, int, int], tuple[_Group, str, NamedChannel | float] | None] = attrs.field(
        factory=dict
    )
    _sensors: frozenset[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        named = {squash(each.name): each for each in self.definitions.values()}
        streams = [
            AXES[word][0] for word, each in named.items() if word in AXES and each.unit == AXES[word][3]
        ]
        self._sensors = frozenset(stream for stream in streams if streams.count(stream) == _WHOLE)

    def add(self, samples: Samples) -> None:
        """Take samples of a channel."""
        given = samples.definition
        if given.key not in self._places:
            self._places[given.key] = self._place(self.definitions.get(given.key, given))
        place = self._places[given.key]
        if place is None or not len(samples.ticks_ns):
            return
        group, name, meaning = place
        values, unknown = values_of(samples)
        self.unknown_gears += unknown
        if isinstance(meaning, float):
            values = values * meaning
        elif meaning.is_converted:
            values = meaning.converted(values)
        column = group.columns.setdefault(name, _Column())
        column.ticks_ns.append(samples.ticks_ns)
        column.values.append(values)
        group.held += len(values)
        group.latest_ns = max(group.latest_ns, int(samples.ticks_ns.max()))

    def due(self) -> Iterator[Batch]:
        """Yield what is complete, behind all samples of a stretch of the file."""
        for group in self._groups.values():
            if group.held >= _SAMPLES:
                yield from self._flush(group, group.latest_ns - _LATE_NS)

    def rest(self) -> Iterator[Batch]:
        """Yield all that is left."""
        for group in self._groups.values():
            yield from self._flush(group, None)

    def note_unreadable(self, definition: Definition) -> None:
        """Note a channel whose samples nobody knows how to read."""
        self.unreadable[self.definitions.get(definition.key, definition).name] = None

    def _place(self, definition: Definition) -> tuple[_Group, str, NamedChannel | float] | None:
        """Return where the samples of a channel go, None where nobody asks for them."""
        axis = AXES.get(squash(definition.name))
        if axis is not None and axis[0] in self._sensors:
            stream, name, factor, _unit = axis
            return (self._group(stream), name, factor) if self.options.wants(stream) else None
        named = self._names.take(definition.name or f"channel {definition.index}", definition.unit)
        wanted = self.options.channels
        if wanted is not None and not {named.name, named.source_name} & set(wanted):
            return None
        rate_hz = 1e6 / definition.period_us if definition.period_us else None
        stream = "channels." + (
            "main" if rate_hz is None else f"{rate_hz:.6g}hz".replace(".", "_").replace("+", "")
        )
        if not self.options.wants(stream):
            return None
        if named.assumed:
            self.assumed.append((named.name, named.unit))
        group = self._group(stream)
        group.fields[named.name] = named.field(arrow_type(definition, named), rate_hz)
        return group, named.name, named

    def _group(self, stream: str) -> _Group:
        return self._groups.setdefault(stream, _Group(stream))

    def _flush(self, group: _Group, before_ns: int | None) -> Iterator[Batch]:
        taken = {name: column.take(before_ns) for name, column in group.columns.items() if column.ticks_ns}
        group.held = sum(sum(map(len, column.ticks_ns)) for column in group.columns.values())
        once = {name: _once(*samples) for name, samples in taken.items()}
        self.repeated += sum(len(taken[name][0]) - len(once[name][0]) for name in taken)
        if not group.fields:
            yield from self._sensor(group.stream, once)
            return
        ticks_ns = np.unique(
            np.concatenate([ticks for ticks, _values in once.values()] or [np.zeros(0, np.int64)])
        )
        if not len(ticks_ns):
            return
        columns: dict[str, Any] = {"t": self.clock.instants(ticks_ns)}
        fields = {}
        for name, (ticks, values) in once.items():
            fields[name] = group.fields[name]
            columns[name] = _spread(
                values, np.searchsorted(ticks_ns, ticks), len(ticks_ns), fields[name].type
            )
        stream = f"channels{self.suffix}" if self.suffix and group.stream == "channels.main" else group.stream
        stream += self.suffix if stream == group.stream else ""
        data = schemas.build(stream, columns, time_base=self.clock.time_base, fields=fields)
        yield Batch(stream, data)

    def _sensor(self, stream: str, once: Mapping[str, tuple[Ints, NDArray[Any]]]) -> Iterator[Batch]:
        """Yield the instants at which all three axes have a value."""
        ticks_ns = np.zeros(0, np.int64)
        known = {
            name: (ticks[np.isfinite(values)], values[np.isfinite(values)])
            for name, (ticks, values) in once.items()
        }
        counts = [len(ticks) for ticks, _values in known.values()]
        if len(known) == _WHOLE:
            first, *others = (ticks for ticks, _values in known.values())
            ticks_ns = first
            for ticks in others:
                ticks_ns = np.intersect1d(ticks_ns, ticks, assume_unique=True)
        self.sensed += sum(counts)
        self.lone += sum(counts) - len(counts) * len(ticks_ns)
        if len(ticks_ns):
            columns: dict[str, Any] = {"t": self.clock.instants(ticks_ns)}
            for name, (ticks, values) in known.items():
                columns[name] = values[np.searchsorted(ticks, ticks_ns)]
            data = schemas.build(stream, columns, time_base=self.clock.time_base)
            yield Batch(stream + self.suffix, data)


def _once(ticks_ns: Ints, values: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Return the first sample of each instant."""
    first: Mask = np.concatenate([[True], np.diff(ticks_ns) > 0])[: len(ticks_ns)]
    return ticks_ns[first], values[first]


def _spread(values: NDArray[Any], rows: Ints, count: int, kind: pa.DataType) -> pa.Array:
    """Return a column of `count` rows with values in some of them."""
    known = np.zeros(count, np.bool_)
    known[rows] = True if values.dtype.kind != "f" else ~np.isnan(values)
    full = np.zeros(count, values.dtype)
    full[rows] = values
    return to_arrow(np.where(known, full, 0).astype(full.dtype), kind, known)
