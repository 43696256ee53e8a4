"""Columns of a channel group: named as they first bring a value, and kept from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.texts import only, strings
from telemparse.schemas import ChannelNames, build

from telemparse_fit.base_types import Kind
from telemparse_fit.profile import MEANINGS, RECORD

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from telemparse.kernels.arrays import Ints, Mask
    from telemparse.schemas import NamedChannel

    from telemparse_fit.groups import Column

__all__ = ["ChannelGroup", "Found"]

_MOST_COLUMNS = 1000
_CANONICAL = (
    (3, Kind.WHOLE), (4, Kind.WHOLE), (5, Kind.FLOAT), (6, Kind.FLOAT), (7, Kind.WHOLE),
)  # fmt: skip
_TYPES = {
    Kind.WHOLE: pa.int64(), Kind.UNSIGNED_64: pa.uint64(), Kind.FLOAT: pa.float64(), Kind.TEXT: pa.string(),
    Kind.BYTES: pa.string(),
}  # fmt: skip


@attrs.frozen
class Found:
    """A channel as it stands in a table.

    Args:
        key: what tells it from others.
        name, unit: as the profile or a developer calls it.
        kind: of the values.
        column: its values.
        is_second: another channel of the same key goes before it.
    """

    key: Hashable
    name: str
    unit: str
    kind: Kind
    column: Column
    is_second: bool = False


@attrs.define
class ChannelGroup:
    """One group of a recording.

    Attributes:
        fields: of the columns so far.
        skipped: names of channels beyond the most that a group holds; the first ones.
        beyond: how many these are.
    """

    fields: dict[str, pa.Field] = attrs.field(factory=dict)
    skipped: list[str] = attrs.field(factory=list)
    beyond: int = 0
    _names: ChannelNames = attrs.field(factory=lambda: ChannelNames(MEANINGS))
    _known: dict[Hashable, NamedChannel | None] = attrs.field(factory=dict)
    _canonical: dict[Hashable, NamedChannel] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        # A developer's "Speed" beside the device's own must not get the canonical name by coming first.
        for number, kind in _CANONICAL:
            profile = RECORD[number]
            self._canonical["record", number, kind] = self._names.take(profile.name, profile.unit)

    def batch(
        self, stream_base: str, t_ns: Ints, found: Sequence[Found], rows: Mask | None = None
    ) -> pa.RecordBatch | None:
        """Return the rows in which any channel is known, None where there are none.

        Args:
            stream_base: time base.
            t_ns: instants, shape (n,).
            found: channels of the table, each of shape (n,).
            rows: that may come out, None for all.
        """
        firsts = []
        some = np.zeros(len(t_ns), np.bool_)
        for order, channel in enumerate(found):
            known = channel.column.known if rows is None else channel.column.known & rows
            first = int(np.argmax(known)) if len(known) else 0
            if len(known) and known[first]:
                some |= known
                firsts.append((first, order, channel))
        if not firsts:
            return None
        # In the order of their first values, so that it does not matter how a file is cut.
        firsts.sort(key=lambda item: item[:2])
        columns: dict[str, Any] = {}
        for _first, _order, channel in firsts:
            named = self._named(channel)
            if named is not None:
                columns[named.name] = _arrow(channel, named, some)
        if not columns:
            return None
        count = int(np.count_nonzero(some))
        columns["t"] = to_arrow(t_ns if count == len(t_ns) else t_ns[some], pa.int64())
        for name, field in self.fields.items():
            if name not in columns:
                columns[name] = pa.nulls(count, field.type)
        return build("channels.main", columns, time_base=stream_base, fields=self.fields)

    def _named(self, channel: Found) -> NamedChannel | None:
        if channel.key in self._known:
            return self._known[channel.key]
        if len(self.fields) >= _MOST_COLUMNS:
            self.beyond += 1
            if len(self.skipped) < 3:
                self.skipped.append(channel.name)
            if len(self._known) < 8 * _MOST_COLUMNS:
                self._known[channel.key] = None
            return None
        named = self._canonical.pop(channel.key, None) or self._names.take(channel.name, channel.unit)
        self._known[channel.key] = named
        kind = pa.float64() if named.is_converted and channel.kind in _NUMBERS else _TYPES[channel.kind]
        self.fields[named.name] = named.field(kind)
        return named


_NUMBERS = (Kind.WHOLE, Kind.UNSIGNED_64, Kind.FLOAT)


def _arrow(channel: Found, named: NamedChannel, some: Mask) -> pa.Array:
    values, known = channel.column.values, channel.column.known
    if not some.all():
        values, known = values[some], known[some]
    if channel.kind not in _NUMBERS:
        return only(strings([text or "" for text in values.tolist()]), known)
    if named.is_converted:
        values = named.converted(values)
        return to_arrow(values, pa.float64(), known)
    return to_arrow(values, _TYPES[channel.kind], known)
