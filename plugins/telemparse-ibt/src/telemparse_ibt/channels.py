"""Vehicle channels: a column for each variable, a group for each rate.

Variables of several elements are of two kinds. If the file says that their count is one of time, the
elements are samples within the tick, the last of them at its instant: in real files it equals the variable
of the same name without `_ST`. They make a group of their own at count times the rate. Of the others, each
element is a channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from telemparse.kernels.arrays import Ints, to_arrow
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions
from telemparse.schemas import NamedChannel, build

from telemparse_ibt.naming import named, names
from telemparse_ibt.records import Records
from telemparse_ibt.variables import Variable

__all__ = ["ChannelGroup", "channel_groups"]

_TYPES = {
    "char": pa.string(),
    "bool": pa.uint8(),
    "int": pa.int32(),
    "bitfield": pa.uint32(),
    "float": pa.float32(),
    "double": pa.float64(),
}


@attrs.frozen
class Column:
    """One channel: its variable, which element of it (None for all), and how it is named."""

    variable: Variable
    element: int | None
    channel: NamedChannel

    @property
    def type(self) -> pa.DataType:
        """Arrow type of the column."""
        own = _TYPES[self.variable.kind.word]
        return pa.float64() if self.channel.is_converted and pa.types.is_integer(own) else own

    def array(self, records: Records, unfinite: dict[str, int]) -> pa.Array:
        """Return the values of some records, shape (n,) or (n * count,); NaN and infinities are null.

        Args:
            records: shape (n,).
            unfinite: how many values of a channel are none, by its name; it grows.
        """
        values: NDArray[Any] = records[self.variable.key]
        if self.variable.is_text:
            return strings([value.decode("cp1252", "replace") for value in values.tolist()])
        if values.ndim == 2:
            values = values.reshape(-1) if self.element is None else values[:, self.element]
        if self.variable.kind.word == "bool":
            return to_arrow(values != 0, self.type)
        if values.dtype.kind != "f":
            return to_arrow(
                self.channel.converted(values) if self.channel.is_converted else values, self.type
            )
        if self.channel.is_converted:
            with np.errstate(invalid="ignore", over="ignore"):
                values = self.channel.converted(values.astype(np.float64)).astype(values.dtype)
        known = np.isfinite(values)
        if not known.all():
            name = self.channel.name
            unfinite[name] = unfinite.get(name, 0) + int(np.count_nonzero(~known))
        return to_arrow(values, self.type, known)


@attrs.frozen
class ChannelGroup:
    """The channels of one rate.

    Args:
        stream: its name.
        columns: of the group that are asked for.
        rate_hz: None where nobody says.
        count: samples in each record.
    """

    stream: str
    columns: tuple[Column, ...]
    rate_hz: float | None
    count: int
    _fields: dict[str, pa.Field] = attrs.field(init=False, repr=False)

    @_fields.default
    def _make_fields(self) -> dict[str, pa.Field]:
        return {
            column.channel.name: column.channel.field(column.type, self.rate_hz) for column in self.columns
        }

    def batch(self, records: Records, t_ns: Ints, time_base: str, unfinite: dict[str, int]) -> Batch:
        """Return the rows of some records, shape (n * count,).

        Args:
            records: shape (n,).
            t_ns: their instants, shape (n,).
            time_base: of the instants.
            unfinite: how many values of a channel are none, by its name; it grows.
        """
        if self.count > 1 and self.rate_hz:
            before_ns = np.rint(np.arange(self.count - 1, -1, -1) * (NS_PER_S / self.rate_hz)).astype(
                np.int64
            )
            t_ns = (t_ns[:, None] - before_ns).reshape(-1)
        columns: dict[str, Any] = {"t": t_ns}
        columns |= {column.channel.name: column.array(records, unfinite) for column in self.columns}
        return Batch(self.stream, build("channels", columns, time_base=time_base, fields=self._fields))


def channel_groups(
    variables: Iterable[Variable], tick_rate_hz: int | None, options: ParseOptions, suffix: str
) -> Iterator[ChannelGroup]:
    """Yield the groups of a file that are asked for, each with the channels that are asked for.

    One group is `channels.main`; several are named by their rates.

    Args:
        variables: that become channels.
        tick_rate_hz: of the file; without one, the samples of a tick become channels of their own.
        options: `streams` and `channels` are followed.
        suffix: behind the names of streams.
    """
    groups: dict[int, list[Column]] = {}
    taken = names()
    for variable in variables:
        whole = variable.count == 1 or variable.is_text or (variable.is_timed and tick_rate_hz is not None)
        count = variable.count if variable.is_timed and whole and not variable.is_text else 1
        for element in (None,) if whole else range(variable.count):
            column = Column(variable, element, named(taken, variable, element))
            groups.setdefault(count, []).append(column)
    wanted = None if options.channels is None else set(options.channels)
    for count, columns in sorted(groups.items()):
        rate_hz = None if tick_rate_hz is None else tick_rate_hz * count
        own = suffix[1:]
        single = own or "main"
        stream = f"channels.{single if len(groups) == 1 else '_'.join(filter(None, (f'{rate_hz}hz', own)))}"
        chosen = [
            column
            for column in columns
            if wanted is None or {column.channel.name, column.channel.source_name} & wanted
        ]
        if chosen and options.wants(stream):
            yield ChannelGroup(stream, tuple(chosen), rate_hz, count)
