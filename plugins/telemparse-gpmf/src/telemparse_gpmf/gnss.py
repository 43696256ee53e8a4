"""GPS5 and GPS9 to the stream gnss_pvt: fixes, their instants, and the epochs that have none."""

# GPMF introduction, tables of HERO5 (GPS5, GPSU, GPSF, GPSP) and later cameras; of GPS9 the names of its
# columns that the stream itself carries: latitude, longitude, altitude, 2D and 3D speed, days since 2000,
# seconds of the day, dilution of precision, fix.

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse import schemas
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days
from telemparse.model.messages import Batch
from telemparse.schemas import FixChanges, QualityFlag

from telemparse_gpmf.layouts import LayoutError, layout_of
from telemparse_gpmf.rows import Rows
from telemparse_gpmf.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_gpmf.records import Record, Strand
    from telemparse_gpmf.sinks import Moment

__all__ = ["RECEIVERS", "GnssSink", "anchor_of"]

RECEIVERS = ("GPS9", "GPS5")
"""Streams of the receiver, the better one first."""

_COLUMNS = {"GPS9": 9, "GPS5": 5}
_2000_NS = 946_684_800 * NS_PER_S
_FIRST_DAY, _LAST_DAY = 1461, 36_525  # 2004 to 2099, of which the camera's receivers can speak
_STAMP = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?")
_FAR_NS = 2 * NS_PER_S
_NO_FIX, _FIXES = 0, (2, 3)
_UNKNOWN_FIX = 255
_MAX_LAT, _MAX_LON = 90.0, 180.0
_MOST_EVENTS = 4096
_SPEED_3D = schemas.channel_field(
    "speed_3d_mps", pa.float32(), unit="m/s", source_name="GPS 3D speed", source_unit="m/s"
)


@attrs.frozen
class _Epochs:
    """Samples of a receiver in one payload, each of shape (n,).

    Args:
        values: latitude, longitude, altitude, 2D speed, 3D speed, shape (n, 5).
        dop: NaN where it is not stated.
        fix: 0 none, 2 2D, 3 3D, 255 not stated.
        own_ns: instants that the samples carry themselves; None for GPS5.
        dated: which of those can be.
        ellipsoidal: altitudes are above the ellipsoid.
        offset: in the file.
        repaired: the payload's instant could not be used.
    """

    values: Floats
    dop: Floats
    fix: Ints
    own_ns: Ints | None
    dated: Mask
    ellipsoidal: bool
    offset: int
    repaired: bool = False


def anchor_of(strand: Strand) -> int | None:
    """Return the UTC instant of a stream's first sample, None where it has no fix or no instant."""
    if not strand.samples or not strand.samples[0].repeat:
        return None
    if strand.key == "GPS5":
        return _gpsu_ns(strand) if strand.whole("GPSF") in {*_FIXES, None} else None
    try:
        values = _values(strand, strand.samples[0])[:1]
    except LayoutError:
        return None
    own_ns, dated = _own_instants(values)
    return int(own_ns[0]) if dated[0] and values[0, 8] in _FIXES else None


def _gpsu_ns(strand: Strand) -> int | None:
    """Return GPSU (yymmddhhmmss.sss, years 20xx) in ns."""
    match = _STAMP.fullmatch(strand.text("GPSU"))
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    days, valid = civil_days(*(np.array([part], np.int64) for part in (2000 + year, month, day)))
    since_2000 = int(days[0]) - _2000_NS // DAY_NS
    clock = hour < 24 and minute < 60 and second <= 60
    if not (valid[0] and clock and _FIRST_DAY <= since_2000 <= _LAST_DAY):
        return None
    fraction_ns = int((match[7] or "0").ljust(9, "0"))
    return int(days[0]) * DAY_NS + (hour * 3600 + minute * 60 + second) * NS_PER_S + fraction_ns


def _values(strand: Strand, record: Record) -> Floats:
    """Return scaled values, shape (n, 5) or (n, 9)."""
    layout, wanted = layout_of(strand, record), _COLUMNS[strand.key]
    if len(layout.columns) < wanted or any(column.is_word for column in layout.columns[:wanted]):
        raise LayoutError(f"samples of a receiver do not have {wanted} values")
    stored = layout.read([record])
    return np.stack(
        [
            stored[f"f{number}"].astype(np.float64) / column.divisor
            for number, column in enumerate(layout.columns[:wanted])
        ],
        axis=1,
    )


def _own_instants(values: Floats) -> tuple[Ints, Mask]:
    """Return the instants of GPS9 samples and which of them can be."""
    days, seconds = values[:, 5], values[:, 6]
    dated = (days >= _FIRST_DAY) & (days <= _LAST_DAY) & (seconds >= 0) & (seconds < 86_401)
    whole = np.where(dated, days, 0).astype(np.int64)
    # Seconds come in thousandths; the microsecond keeps the float's dust out.
    of_day_us = np.rint(np.where(dated, seconds, 0) * 1e6).astype(np.int64)
    return _2000_NS + whole * DAY_NS + of_day_us * 1000, dated


@attrs.define(kw_only=True)
class GnssSink(Sink[_Epochs]):
    """Takes the stream of a receiver.

    Args:
        key: GPS9 or GPS5.
        speed_stream: channel group for the 3D speed.
        event_stream: for loss and return of the fix.

    Attributes:
        changes: counts epochs, and those without a fix.
        repaired: samples whose own instant could not be used.
    """

    key: str
    speed_stream: str
    event_stream: str
    changes: FixChanges = attrs.field(init=False)
    repaired: int = 0
    _speeds: Rows = attrs.field(factory=Rows)
    _events: list[pa.RecordBatch] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.changes = FixChanges(self.time_base)

    def read(self, strand: Strand, moment: Moment) -> tuple[_Epochs, int, int]:
        """Return the epochs and the instant of the first one: GPSU's with a fix, else the camera's."""
        record = strand.samples[0]
        values = np.concatenate([_values(strand, each) for each in strand.samples])
        ellipsoidal = strand.text("GPSA") != "MSLV"  # older cameras do not say; GPS5 of HERO5 is WGS 84
        if self.key == "GPS9":
            own_ns, dated = _own_instants(values)
            fix = np.where(np.isin(values[:, 8], (_NO_FIX, *_FIXES)), values[:, 8], _UNKNOWN_FIX)
            epochs = _Epochs(
                values[:, :5],
                values[:, 7],
                fix.astype(np.int64),
                own_ns,
                dated,
                ellipsoidal,
                record.offset,
            )
            return epochs, len(values), moment.t_ns
        stated = strand.whole("GPSF")
        one_fix = stated if stated in {_NO_FIX, *_FIXES} else _UNKNOWN_FIX
        precision = strand.whole("GPSP")
        dop = np.nan if precision is None else precision / 100
        gpsu_ns = anchor_of(strand) if self.time_base == "utc" else None
        usable = gpsu_ns is not None and abs(gpsu_ns - moment.t_ns) <= _FAR_NS
        n = len(values)
        epochs = _Epochs(
            values,
            np.full(n, dop),
            np.full(n, one_fix, np.int64),
            None,
            np.zeros(n, np.bool_),
            ellipsoidal,
            record.offset,
            repaired=one_fix != _NO_FIX and not usable and self.time_base == "utc",
        )
        return epochs, n, gpsu_ns if usable and gpsu_ns is not None else moment.t_ns

    def put(self, t_ns: Ints, held: _Epochs) -> Iterator[Batch]:
        """Gather the epochs with a fix; the others are counted, and what changes is an event."""
        flags = np.zeros(len(t_ns), np.uint32)
        late = np.full(len(t_ns), held.repaired)
        if held.own_ns is not None and self.time_base == "utc":
            with_fix = held.fix != _NO_FIX
            usable = held.dated & with_fix & (np.abs(held.own_ns - t_ns) <= 5 * NS_PER_S)
            late = with_fix & ~usable
            t_ns = np.where(usable, held.own_ns, t_ns)
        self.repaired += int(late.sum())
        flags |= np.where(late, int(QualityFlag.TIME_REPAIRED), 0).astype(np.uint32)
        lat, lon = held.values[:, 0], held.values[:, 1]
        there = np.isfinite(lat) & np.isfinite(lon) & (np.abs(lat) <= _MAX_LAT) & (np.abs(lon) <= _MAX_LON)
        fixed = (held.fix != _NO_FIX) & there & ((lat != 0) | (lon != 0))
        impossible = ~there & (held.fix != _NO_FIX)
        self.losses.rows(impossible, held.offset)
        seen = ~impossible
        events = self.changes.events(t_ns[seen], fixed[seen])
        if events is not None:
            self._events.append(events)
        if len(self._events) >= _MOST_EVENTS:
            yield from self._happened()
        flags |= np.where(held.fix == _UNKNOWN_FIX, int(QualityFlag.FIX_DOUBTFUL), 0).astype(np.uint32)
        alt, speed, speed_3d = held.values[:, 2], held.values[:, 3], held.values[:, 4]
        if held.ellipsoidal:
            flags |= np.where(np.isfinite(alt), int(QualityFlag.ALTITUDE_ELLIPSOIDAL), 0).astype(np.uint32)
        self.rows.add(
            {
                "t": t_ns[fixed],
                "lat_deg": lat[fixed],
                "lon_deg": np.where(lon == _MAX_LON, -_MAX_LON, lon)[fixed],
                "alt_m": np.where(np.isfinite(alt), alt, np.nan)[fixed],
                "speed_mps": self._allowed("speed_mps", speed, fixed, held.offset),
                "pdop": self._allowed("pdop", held.dop, fixed, held.offset),
                "fix_type": held.fix[fixed],
                "quality_flags": flags[fixed],
            }
        )
        self._speeds.add(
            {"t": t_ns[fixed], "speed_3d_mps": self._allowed("speed_3d_mps", speed_3d, fixed, held.offset)}
        )

    def _allowed(self, column: str, values: Floats, fixed: Mask, offset: int) -> Floats:
        """Return values with a fix; those that cannot be are NaN and counted."""
        values = values[fixed]
        with np.errstate(over="ignore", invalid="ignore"):
            good = np.isfinite(values.astype(np.float32)) & (values >= 0)
        self.losses.values(column, int((~good & ~np.isnan(values)).sum()), offset)
        return np.where(good, values, np.nan)

    def finish(self) -> Iterator[Batch]:
        """Give what is left, and what happened to the fix."""
        yield from super().finish()
        yield from self._happened()

    def _happened(self) -> Iterator[Batch]:
        if self._events:
            # One dictionary of event types for all of them.
            events = pa.Table.from_batches(self._events).unify_dictionaries()
            self._events.clear()
            yield Batch(self.event_stream, events)

    def flush(self) -> Iterator[Batch]:
        """Give the rows so far, and the 3D speeds beside them."""
        yield from super().flush()
        if self._speeds.count:
            columns = self._speeds.drain()
            batch = schemas.build(
                "channels.main", columns, time_base=self.time_base, fields={"speed_3d_mps": _SPEED_3D}
            )
            yield Batch(self.speed_stream, batch)

    def batch(self, columns: dict[str, NDArray[Any]]) -> pa.RecordBatch:
        """Return rows of gnss_pvt."""
        fix = columns.pop("fix_type")
        known = fix != _UNKNOWN_FIX
        ready: dict[str, Any] = {**columns, "fix_type": to_arrow(np.where(known, fix, 0), pa.uint8(), known)}
        return schemas.build("gnss_pvt", ready, time_base=self.time_base)
