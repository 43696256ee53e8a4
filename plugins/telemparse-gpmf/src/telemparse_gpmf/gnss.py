"""GPS5 and GPS9 to the stream gnss_pvt: fixes, and the epochs that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse import schemas
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.messages import Batch
from telemparse.schemas import FixChanges, QualityFlag

from telemparse_gpmf.epochs import FIXES, NO_FIX, UNKNOWN_FIX, Epochs, anchor_of, own_instants, values_of
from telemparse_gpmf.rows import Rows
from telemparse_gpmf.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Ints, Mask

    from telemparse_gpmf.records import Strand
    from telemparse_gpmf.sinks import Moment

__all__ = ["GnssSink"]

_FAR_NS = 2 * NS_PER_S
_MAX_LAT, _MAX_LON = 90.0, 180.0
_MOST_EVENTS = 4096
_SPEED_3D = schemas.channel_field(
    "speed_3d_mps", pa.float32(), unit="m/s", source_name="GPS 3D speed", source_unit="m/s"
)


@attrs.define(kw_only=True)
class GnssSink(Sink[Epochs]):
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

    def read(self, strand: Strand, moment: Moment) -> tuple[Epochs, int, int]:
        """Return the epochs and the instant of the first one: GPSU's with a fix, else the camera's."""
        record = strand.samples[0]
        values = np.concatenate([values_of(strand, each) for each in strand.samples])
        ellipsoidal = strand.text("GPSA") != "MSLV"  # older cameras do not say; GPS5 of HERO5 is WGS 84
        if self.key == "GPS9":
            own_ns, dated = own_instants(values)
            fix = np.where(np.isin(values[:, 8], (NO_FIX, *FIXES)), values[:, 8], UNKNOWN_FIX)
            epochs = Epochs(
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
        one_fix = stated if stated in {NO_FIX, *FIXES} else UNKNOWN_FIX
        precision = strand.whole("GPSP")
        dop = np.nan if precision is None else precision / 100
        gpsu_ns = anchor_of(strand) if self.time_base == "utc" else None
        usable = gpsu_ns is not None and abs(gpsu_ns - moment.t_ns) <= _FAR_NS
        n = len(values)
        epochs = Epochs(
            values,
            np.full(n, dop),
            np.full(n, one_fix, np.int64),
            None,
            np.zeros(n, np.bool_),
            ellipsoidal,
            record.offset,
            repaired=one_fix != NO_FIX and not usable and self.time_base == "utc",
        )
        return epochs, n, gpsu_ns if usable and gpsu_ns is not None else moment.t_ns

    def put(self, t_ns: Ints, held: Epochs) -> Iterator[Batch]:
        """Gather the epochs with a fix; the others are counted, and what changes is an event."""
        flags = np.zeros(len(t_ns), np.uint32)
        late = np.full(len(t_ns), held.repaired)
        if held.own_ns is not None and self.time_base == "utc":
            with_fix = held.fix != NO_FIX
            usable = held.dated & with_fix & (np.abs(held.own_ns - t_ns) <= 5 * NS_PER_S)
            late = with_fix & ~usable
            t_ns = np.where(usable, held.own_ns, t_ns)
        self.repaired += int(late.sum())
        flags |= np.where(late, int(QualityFlag.TIME_REPAIRED), 0).astype(np.uint32)
        lat, lon = held.values[:, 0], held.values[:, 1]
        there = np.isfinite(lat) & np.isfinite(lon) & (np.abs(lat) <= _MAX_LAT) & (np.abs(lon) <= _MAX_LON)
        fixed = (held.fix != NO_FIX) & there & ((lat != 0) | (lon != 0))
        impossible = ~there & (held.fix != NO_FIX)
        self.losses.rows(impossible, held.offset)
        seen = ~impossible
        events = self.changes.events(t_ns[seen], fixed[seen])
        if events is not None:
            self._events.append(events)
        if len(self._events) >= _MOST_EVENTS:
            yield from self._happened()
        flags |= np.where(held.fix == UNKNOWN_FIX, int(QualityFlag.FIX_DOUBTFUL), 0).astype(np.uint32)
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
        known = fix != UNKNOWN_FIX
        ready: dict[str, Any] = {**columns, "fix_type": to_arrow(np.where(known, fix, 0), pa.uint8(), known)}
        return schemas.build("gnss_pvt", ready, time_base=self.time_base)
