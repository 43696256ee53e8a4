"""Message record: the channels of the recording, and its positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view
from telemparse.schemas import FixChanges, build

from telemparse_fit.base_types import Kind
from telemparse_fit.channels import Found
from telemparse_fit.groups import Column
from telemparse_fit.profile import RECORD, Profile

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_fit.groups import Key
    from telemparse_fit.moments import Moment
    from telemparse_fit.rows import Table

__all__ = ["Accumulators", "Fixes", "channels_of", "degrees", "scaled"]

_LAT, _LON, _ALTITUDE, _SPEED, _ACCURACY = 0, 1, 2, 6, 31
_ENHANCED_SPEED, _ENHANCED_ALTITUDE = 73, 78
_RESPIRATION, _ENHANCED_RESPIRATION = 99, 108
_COMPRESSED, _DISTANCE = 8, 5
_TIMESTAMP = 253
_OF_POSITION = frozenset({_LAT, _LON, _ACCURACY, _TIMESTAMP})
# Component fields (FIT profile, "record"): bits that count on and go round.
_ACCUMULATED = {18: (8, Profile("total_cycles"), 19), 28: (16, Profile("accumulated_power", "W"), 29)}
_SEMICIRCLES = 180 / 2**31
_FURTHEST_LAT_DEG = 90.0


def scaled(values: Any, profile: Profile) -> Any:
    """Return stored values in the unit of their field."""
    if (profile.scale, profile.offset) == (1.0, 0.0):
        return values
    return values / profile.scale - profile.offset


def degrees(semicircles: Any) -> Floats:
    """Return degrees of semicircles (FIT profile: 2**31 of them are 180 degrees)."""
    return np.asarray(semicircles * _SEMICIRCLES, np.float64)


@attrs.define
class Accumulators:
    """Counters of few bits that go round, by field: their sums go on from piece to piece."""

    _last: dict[int, tuple[int, int]] = attrs.field(factory=dict)

    def add(self, number: int, counts: Ints, known: Mask, bits: int) -> Ints:
        """Return the sums, shape (n,); the first count begins them."""
        sums = np.zeros(len(counts), np.int64)
        chosen = counts[known].astype(np.int64)
        if len(chosen):
            last, total = self._last.get(number, (int(chosen[0]), int(chosen[0])))
            steps = np.diff(chosen, prepend=last) & ((1 << bits) - 1)
            sums[known] = total + np.cumsum(steps)
            self._last[number] = (int(chosen[-1]), int(sums[known][-1]))
        return sums


def channels_of(table: Table, accumulators: Accumulators) -> list[Found]:
    """Return the channels of records; of a plain and an enhanced field the enhanced one counts."""
    found: list[Found] = []
    for key, column in table.columns.items():
        if key.developer is not None:
            found.append(_developers(key, column))
        elif key.number in _OF_POSITION:
            continue
        elif key.number == _COMPRESSED and key.kind is Kind.BYTES:
            found += _compressed(column, accumulators)
        elif key.number in _ACCUMULATED and key.kind is Kind.WHOLE and not key.is_array:
            found.append(_native(key, column))
            bits, profile, plain = _ACCUMULATED[key.number]
            summed = Column(accumulators.add(key.number, column.values, column.known, bits), column.known)
            identity = ("record", plain, Kind.WHOLE)
            found.append(Found(identity, profile.name, profile.unit, Kind.WHOLE, summed, is_second=True))
        else:
            found.append(_native(key, column))
    # An enhanced field has more bits: it goes before the plain one.
    return _merged(sorted(found, key=lambda channel: channel.is_second))


_PAIRS = {_SPEED: _ENHANCED_SPEED, _ALTITUDE: _ENHANCED_ALTITUDE, _RESPIRATION: _ENHANCED_RESPIRATION}
_PLAIN = {enhanced: plain for plain, enhanced in _PAIRS.items()}


def _native(key: Key, column: Column) -> Found:
    number = _PLAIN.get(key.number, key.number)
    profile = RECORD.get(number)
    element = f"_{key.element + 1}" if key.is_array else ""
    if profile is None or key.kind not in (Kind.WHOLE, Kind.FLOAT):
        name = profile.name if profile is not None else f"unknown_{key.number}"
        return Found(key, f"{name}{element}", "", key.kind, column)
    # A float is stored as it is meant.
    form = RECORD[key.number] if key.kind is Kind.WHOLE else Profile(profile.name, profile.unit)
    values = scaled(column.values, form)
    if number == _RESPIRATION:
        values = values.astype(np.float64)  # as its enhanced form
    kind = Kind.FLOAT if values.dtype.kind == "f" else key.kind
    identity = key if key.is_array else ("record", number, kind)
    return Found(
        identity, f"{profile.name}{element}", profile.unit, kind, Column(values, column.known),
        is_second=key.number in _PAIRS,
    )  # fmt: skip


def _developers(key: Key, column: Column) -> Found:
    words = key.described
    name = words.name if words is not None and words.name else f"developer_{key.developer}_{key.number}"
    element = f"_{key.element + 1}" if key.is_array else ""
    values, kind = column.values, key.kind
    if words is not None and (words.scale, words.offset) != (1.0, 0.0) and kind in (Kind.WHOLE, Kind.FLOAT):
        values, kind = values / words.scale - words.offset, Kind.FLOAT
    return Found(
        (key, kind), f"{name}{element}", words.units if words is not None else "", kind,
        Column(values, column.known),
    )  # fmt: skip


def _compressed(column: Column, accumulators: Accumulators) -> list[Found]:
    """Return speed and distance of three bytes: 12 bits of 1/100 m/s, 12 bits of 1/16 m that go round."""
    width = 6  # hexadecimal digits
    known = column.known & (np.array([len(text) for text in column.values.tolist()]) == width)
    whole = [
        int(text, 16) if fine else 0
        for text, fine in zip(column.values.tolist(), known.tolist(), strict=True)
    ]
    packed = np.array(whole, np.int64)
    first, second, third = packed >> 16, packed >> 8 & 0xFF, packed & 0xFF
    speed = (first | (second & 0x0F) << 8) / 100
    distance = accumulators.add(_COMPRESSED, second >> 4 | third << 4, known, 12) / 16
    speed_channel = Found(
        ("record", _SPEED, Kind.FLOAT), "speed", "m/s", Kind.FLOAT, Column(speed, known), is_second=True
    )
    distance_channel = Found(
        ("record", _DISTANCE, Kind.FLOAT),
        "distance",
        "m",
        Kind.FLOAT,
        Column(distance, known),
        is_second=True,
    )
    return [speed_channel, distance_channel]


def _merged(found: list[Found]) -> list[Found]:
    """Join channels of one identity: a later one of the same table fills what the first does not know."""
    joined: dict[Any, Found] = {}
    for channel in found:
        first = joined.get(channel.key)
        if first is None:
            joined[channel.key] = channel
            continue
        values = np.where(first.column.known, first.column.values, channel.column.values)
        column = Column(values, first.column.known | channel.column.known)
        joined[channel.key] = attrs.evolve(first, column=column)
    return list(joined.values())


@attrs.define
class Fixes:
    """Makes positions of one source.

    Attributes:
        stream: without the suffix of the file.
        changes: epochs with and without a fix.
        out_of_range: latitudes beyond a pole, with their first places in the file.
    """

    stream: str
    changes: FixChanges
    out_of_range: int = 0
    places: list[int] = attrs.field(factory=list)

    def rows(
        self, semicircles: tuple[Column, Column], has: Mask, t_ns: Ints, places: Ints, more: dict[str, Column]
    ) -> tuple[pa.RecordBatch | None, list[Moment]]:
        """Return positions, None where there are none, and the events of the fix.

        Args:
            semicircles: latitude and longitude, each of shape (n,).
            has: rows that speak of a position, shape (n,).
            t_ns: instants, shape (n,).
            places: of the messages in the file, shape (n,).
            more: further columns of `gnss_pvt`.
        """
        lat, lon = semicircles
        lat_deg, lon_deg = degrees(lat.values), degrees(lon.values)
        fixed = lat.known & lon.known & ((lat.values != 0) | (lon.values != 0))
        beyond = fixed & (np.abs(lat_deg) > _FURTHEST_LAT_DEG)
        if beyond.any():
            self.out_of_range += int(np.count_nonzero(beyond))
            self.places = [*self.places, *places[beyond][:3].tolist()][:3]
            fixed &= ~beyond
        fixed &= has
        events = self._events(t_ns[has], places[has], fixed[has])
        if not fixed.any():
            return None, events
        columns: dict[str, Any] = {"t": t_ns, "lat_deg": lat_deg, "lon_deg": lon_deg}
        for name, column in more.items():
            columns[name] = np.where(column.known, column.values, np.nan)
        if not fixed.all():
            columns = {name: values[fixed] for name, values in columns.items()}
        return build("gnss_pvt", columns, time_base=self.changes.time_base), events

    def _events(self, t_ns: Ints, places: Ints, fixed: Mask) -> list[Moment]:
        # Places for instants: the events are put among those of other messages, in the order of the file.
        batch = self.changes.events(places, fixed)
        if batch is None:
            return []
        at = numpy_view(batch.column("t"))
        instants = t_ns[np.searchsorted(places, at)]
        words = batch.column("event_type").cast(pa.string()).to_pylist()
        return [
            (place, t, word, None, "{}")
            for place, t, word in zip(at.tolist(), instants.tolist(), words, strict=True)
        ]
