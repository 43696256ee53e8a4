"""Channels of a GPS to the stream gnss_pvt: which of their samples are epochs, and which of those fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import attrs
import numpy as np

from telemparse.kernels.units import Dimension
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import FixChanges, build

from telemparse_motec.gps_sources import POSITION, sources_of, validity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_motec.channels import Channel
    from telemparse_motec.clock import Clock
    from telemparse_motec.gps_sources import Source

__all__ = ["Receiver", "receiver_of"]

_ROWS = 1 << 16
_PLACES = 3


_CIRCLE = 360.0


@attrs.define
class Receiver:
    """The GPS of a log.

    Args:
        sources: by column, all of one rate.
        validity: a channel of that rate that says whether there is a fix.

    Attributes:
        epochs, without_fix: samples that are epochs, and those of them without a position.
        events: loss and return of the fix.
    """

    sources: Mapping[str, Source]
    validity: Channel | None
    epochs: int = 0
    without_fix: int = 0
    events: list[pa.RecordBatch] = attrs.field(factory=list)
    _odd: dict[str, tuple[int, list[int]]] = attrs.field(factory=dict)

    @property
    def channels(self) -> list[Channel]:
        """The channels that it takes."""
        return [source.channel for source in self.sources.values()]

    @property
    def rate_hz(self) -> int:
        """Rate at which the logger asks the receiver."""
        return self.sources["lat_deg"].channel.block.rate_hz

    @property
    def _count(self) -> int:
        # A position is both of its channels.
        return min(self.sources[name].channel.count for name in POSITION)

    def assumed_units(self) -> list[tuple[Channel, str]]:
        """Return the channels whose unit nobody states, with what is taken."""
        return [
            (source.channel, source.meaning.default)
            for source in self.sources.values()
            if not source.channel.named.source_unit and source.meaning.dimension != Dimension.NUMBER
        ]

    def messages(self, file: BinaryIO, clock: Clock, artifact: str, suffix: str) -> Iterator[Message]:
        """Yield positions; the loss and return of the fix gather in `events`.

        A logger that asks more often than the receiver answers repeats an answer. From how long runs of
        equal positions mostly are follows how many samples are one epoch; the others are left out.
        """
        hold = self._hold(file)
        changes = FixChanges(time_base=clock.time_base)
        since, before = 0, None
        repeated = 0
        for first in range(0, self._count, _ROWS):
            values = self._values(file, first)
            position = np.stack([values["lat_deg"], values["lon_deg"]])
            rows = first + np.arange(position.shape[1])
            begins = rows[_changes(position, before)]
            if begins.size:
                starts = np.concatenate([[since], begins])
                runs = starts[np.searchsorted(begins, rows, side="right")]
                since = int(begins[-1])
            else:
                runs = np.full(len(rows), since)
            before = position[:, -1]
            epochs = (rows - runs) % hold == 0
            repeated += int(np.count_nonzero(~epochs))
            t_ns = clock.instants(first, len(rows), self.rate_hz)
            yield from self._block(
                {name: column[epochs] for name, column in values.items()},
                rows[epochs],
                t_ns[epochs],
                (clock, changes, suffix),
            )
        self.epochs, self.without_fix = changes.epochs, changes.without_fix
        if repeated:
            yield Meta(f"gnss_samples_repeated{suffix}", repeated)
        for name, (count, places) in self._odd.items():
            source = self.sources[name].channel
            width = source.block.width
            loci = [str(Locus(artifact, offset=source.block.begin + row * width)) for row in places]
            place = Locus(artifact, offset=source.block.begin + places[0] * width)
            yield Issue("VALUE_OUT_OF_RANGE", place, column=source.block.name, count=count, loci=loci)

    def _values(self, file: BinaryIO, first: int, names: frozenset[str] | None = None) -> dict[str, Floats]:
        """Return all columns, or some, of one length in canonical units; NaN is unknown."""
        count = min(_ROWS, self._count - first)
        found = {}
        for name, source in self.sources.items():
            if names is not None and name not in names:
                continue
            values = source.channel.source_values(file, first, count)
            with np.errstate(all="ignore"):
                found[name] = values * source.scale + source.offset
        if self.validity is not None and names is None:
            found["valid"] = self.validity.source_values(file, first, count)
        least = min(len(found["lat_deg"]), len(found["lon_deg"]))
        return {
            name: np.concatenate([values[:least], np.full(max(least - len(values), 0), np.nan)])
            for name, values in found.items()
        }

    def _hold(self, file: BinaryIO) -> int:
        """Return how many samples the logger mostly takes of one epoch."""
        longest = max(2 * self.rate_hz, 2)
        lengths = np.zeros(longest + 1, np.int64)
        before, since = None, 0
        for first in range(0, self._count, _ROWS):
            values = self._values(file, first, POSITION)
            position = np.stack([values["lat_deg"], values["lon_deg"]])
            begins = first + np.flatnonzero(_changes(position, before))
            before = position[:, -1]
            runs = np.diff(begins, prepend=since)
            since = int(begins[-1]) if begins.size else since
            lengths += np.bincount(runs[runs <= longest], minlength=longest + 1)
        lengths[0] = 0
        total = int(lengths.sum())
        if not total:
            return 1
        median = int(np.searchsorted(np.cumsum(lengths), total / 2))
        if median <= 1:
            return 1
        usual = lengths[: 2 * median + 1]
        # Of 10 answers in 25 samples runs are two and three long by turns.
        return int(np.ceil((usual * np.arange(len(usual))).sum() / usual.sum()))

    def _block(
        self, values: dict[str, Floats], rows: Ints, t_ns: Ints, around: tuple[Clock, FixChanges, str]
    ) -> Iterator[Message]:
        clock, changes, suffix = around
        possible = self._possible(values, rows)
        lat, lon = values["lat_deg"], values["lon_deg"]
        fixed = ~(np.isnan(lat) | np.isnan(lon)) & ~((lat == 0) & (lon == 0))
        for name in ("valid", "sat_count"):
            if name in values:
                fixed &= values[name] != 0
        events = changes.events(t_ns, fixed)
        if events is not None:
            self.events.append(events)
        keep = fixed & possible
        if not keep.any():
            return
        columns: dict[str, Any] = {"t": t_ns[keep]}
        columns |= {name: column[keep] for name, column in values.items() if name != "valid"}
        columns["lon_deg"] = np.where(columns["lon_deg"] == _CIRCLE / 2, -_CIRCLE / 2, columns["lon_deg"])
        if "sat_count" in columns:
            columns["sat_count"] = np.rint(columns["sat_count"])
        if "course_deg" in columns:
            course = columns["course_deg"].astype(np.float32)
            columns["course_deg"] = np.where(course >= _CIRCLE, np.float32(0), course)
        yield Batch(f"gnss_pvt{suffix}", build("gnss_pvt", columns, time_base=clock.time_base))

    def _possible(self, values: dict[str, Floats], rows: Ints) -> Mask:
        """Take out what cannot be; return the rows whose position can be, shape (n,)."""
        possible = np.ones(len(rows), np.bool_)
        for name, source in self.sources.items():
            meaning, column = source.meaning, values[name]
            with np.errstate(all="ignore"):
                narrow = column if name in _EXACT else column.astype(np.float32)
                odd = (column < meaning.low) | (column > meaning.high) | np.isinf(narrow)
            if not odd.any():
                continue
            count, places = self._odd.get(name, (0, []))
            places += rows[odd][: _PLACES - len(places)].tolist()
            self._odd[name] = (count + int(np.count_nonzero(odd)), places)
            if name in POSITION:
                possible &= ~odd
            else:
                values[name] = np.where(odd, np.nan, column)
        return possible


_EXACT = frozenset({"lat_deg", "lon_deg", "alt_m"})


def _changes(position: Floats, before: Floats | None) -> Mask:
    """Return the samples, shape (n,), whose position differs from the one before; NaN equals NaN."""
    first = position[:, :1] if before is None else before[:, np.newaxis]
    earlier = np.concatenate([first, position[:, :-1]], axis=1)
    same = (position == earlier) | (np.isnan(position) & np.isnan(earlier))
    return np.asarray(~same.all(axis=0))


def receiver_of(channels: Sequence[Channel]) -> Receiver | None:
    """Return the GPS among the channels, None where there is no latitude with a longitude of its rate."""
    sources = sources_of(channels)
    if sources is None:
        return None
    return Receiver(sources, validity_of(channels, sources["lat_deg"].channel.block.rate_hz))
