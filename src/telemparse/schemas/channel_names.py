"""Names and units of a logger's channels: canonical where name and unit say so, else the source's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.kernels.channel_words import channel_meaning
from telemparse.kernels.spelling import squash
from telemparse.kernels.unique_names import UniqueNames
from telemparse.kernels.units import Dimension, conversion, find_unit
from telemparse.schemas.channels import KNOWN_CHANNELS, channel_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats
    from telemparse.kernels.channel_words import ChannelMeaning

__all__ = ["ChannelNames", "NamedChannel", "snake_case"]

_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ODD = re.compile(r"\W+")


@attrs.frozen
class NamedChannel:
    """A channel under the name and in the unit of its column: value * scale + offset.

    Args:
        name: of the column, canonical or the source's own in snake_case, unique in its recording.
        unit: of the column's values; empty where nobody says.
        source_name: as the source writes it.
        source_unit: as the source writes it.
        scale, offset: from the source's values to the column's.
        assumed: the source states no unit, and what its documents say is taken.
    """

    name: str
    unit: str
    source_name: str
    source_unit: str
    scale: float = 1.0
    offset: float = 0.0
    assumed: bool = False

    @property
    def is_canonical(self) -> bool:
        """The name is one of `KNOWN_CHANNELS`."""
        return self.name in KNOWN_CHANNELS

    @property
    def is_converted(self) -> bool:
        """The source counts in another unit."""
        return (self.scale, self.offset) != (1.0, 0.0)

    def converted(self, values: NDArray[Any]) -> Floats:
        """Return values of the source, shape (n,), in the unit of the column, as float64."""
        return values * self.scale + self.offset

    def field(self, kind: pa.DataType, rate_hz: float | None = None) -> pa.Field:
        """Return the field of the column (`channel_field`) for values of a type and at a declared rate."""
        return channel_field(
            self.name,
            kind,
            unit=self.unit,
            source_name=self.source_name,
            source_unit=self.source_unit,
            rate_hz=rate_hz,
        )


@attrs.define
class ChannelNames:
    """Names the channels of one recording, each name once.

    Args:
        meanings: what names mean in this format, squashed (`telemparse.kernels.spelling.squash`); None says
            that a name is no canonical channel here. Other names mean what `channel_meaning` says.
        reserved: names that stand for something else, beside `t`.
    """

    meanings: Mapping[str, ChannelMeaning | None] = attrs.field(factory=dict)
    reserved: frozenset[str] = frozenset()
    _names: UniqueNames = attrs.field(init=False, repr=False)
    _canonical: set[str] = attrs.field(factory=set, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # A source's own name must not pass for a canonical one in another unit.
        self._names = UniqueNames({"t", *self.reserved, *KNOWN_CHANNELS})

    def take(self, source_name: str, source_unit: str = "") -> NamedChannel:
        """Return the next channel of the recording under a name that no other one has.

        A known name is canonical if its unit is of the right kind; where none is stated, if the format's
        documents give one or the channel needs none (counts, `rpm`). All others keep name and unit.
        """
        known = self._meaning(source_name)
        if known is not None and known.name not in self._canonical:
            unit = find_unit(source_unit) if source_unit.strip() else None
            assumed = unit is None and not source_unit.strip()
            if assumed and known.default is not None:
                unit = find_unit(known.default)
            factors = conversion(unit, known.dimension) if unit is not None else None
            if factors is None and assumed and known.dimension in _NEEDS_NONE:
                factors, assumed = (1.0, 0.0), False
            if factors is not None:
                self._canonical.add(known.name)
                target = KNOWN_CHANNELS[known.name].unit
                return NamedChannel(known.name, target, source_name, source_unit, *factors, assumed)
        unit = find_unit(source_unit)
        name = self._names.take(snake_case(source_name) or "channel")
        return NamedChannel(name, unit.symbol if unit else source_unit.strip(), source_name, source_unit)

    def _meaning(self, source_name: str) -> ChannelMeaning | None:
        word = squash(source_name)
        return self.meanings[word] if word in self.meanings else channel_meaning(word)


_NEEDS_NONE = frozenset({Dimension.NUMBER, Dimension.FREQUENCY})


def snake_case(name: str) -> str:
    """Return a name in small letters, `_` between words: `EngineRPM` and `Engine-RPM` are `engine_rpm`."""
    return _ODD.sub("_", _EDGE.sub("_", name)).strip("_").lower()
