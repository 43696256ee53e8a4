"""Navigation messages of a piece as tables, on one clock; those of one epoch are joined by time of week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse_ubx.messages import NO_TOW, PAYLOADS, TOW_PLACES, WIDE_PVT, Kind, name_of
from telemparse_ubx.weeks import NO_BASE, WEEK_MS, base_of, dates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints, Mask

    from telemparse_ubx.frames import Frames
    from telemparse_ubx.losses import Losses
    from telemparse_ubx.weeks import WeekClock

__all__ = ["Table", "Tables", "read_tables"]

_UTC_VALID, _TOW_WEEK_GPS, _WEEK_SOL = 0x04, 0x03, 0x0C
_HEAD_VEHICLE = 0x20


@attrs.frozen
class Table:
    """Messages of one kind, each array of shape (n,).

    Args:
        rows: their payloads.
        records: which messages with a time of week they are, in the piece.
        t_ns: instants in UTC that they name themselves.
        dated: which of them name one.
    """

    rows: NDArray[Any]
    records: Ints
    t_ns: Ints
    dated: Mask


@attrs.frozen
class Tables:
    """The messages of a piece that have a time of week, in the order of the log, each array of shape (n,).

    Args:
        codes: which messages they are.
        offsets: in the artifact.
        unrolled_ms: since the beginning of the log's first week, or of its clock.
        bases: ms of GPS time of that, as it is known there.
        tables: by kind.
    """

    codes: Ints
    offsets: Ints
    unrolled_ms: Ints
    bases: Ints
    tables: dict[Kind, Table]


def read_tables(frames: Frames, clock: WeekClock, losses: Losses) -> Tables:
    """Return what the frames of a piece say of time and place; the clock goes on."""
    places = TOW_PLACES[frames.codes]
    rows = np.flatnonzero((places != NO_TOW) & (frames.lengths > 0))
    rows = rows[_are_long_enough(frames, rows, losses)]
    layout = np.dtype("<u4")
    words = np.ndarray((max(len(frames.buffer) - 3, 0),), layout, frames.buffer, strides=(1,))
    tow_ms = words[frames.starts[rows] + 6 + places[rows]].astype(np.int64)
    good = tow_ms < WEEK_MS
    if not good.all():
        losses.lose_rows("time of week beyond a week", frames.offsets(rows[~good]))
        rows, tow_ms = rows[good], tow_ms[good]
    codes = frames.codes[rows]
    unrolled_ms = clock.unrolled(tow_ms)
    told_ms = np.full(len(rows), NO_BASE, np.int64)
    passed = (unrolled_ms - tow_ms) // WEEK_MS
    tables = {}
    for kind in PAYLOADS:
        which = np.flatnonzero(codes == kind)
        if len(which):
            table = _table(kind, frames, rows[which], which)
            tables[kind] = table
            told_ms[which] = _bases(kind, table, unrolled_ms[which], passed[which])
    return Tables(codes, frames.offsets(rows), unrolled_ms, clock.bases(told_ms), tables)


def _are_long_enough(frames: Frames, rows: Ints, losses: Losses) -> Mask:
    codes, lengths = frames.codes[rows], frames.lengths[rows]
    good = lengths >= _NEEDED[codes]
    for code in np.unique(codes[~good]).tolist() if not good.all() else ():
        losses.shorten(name_of(code), frames.offsets(rows[~good & (codes == code)]))
    return good


_NEEDED = np.zeros(1 << 16, np.int64)
for _kind, _payload in PAYLOADS.items():
    _NEEDED[_kind] = _payload.itemsize


def _table(kind: Kind, frames: Frames, rows: Ints, records: Ints) -> Table:
    payloads = _pvt(frames, rows) if kind is Kind.NAV_PVT else frames.payloads(rows, PAYLOADS[kind])
    if kind in (Kind.NAV_PVT, Kind.HNR_PVT):
        t_ns, dated = dates(payloads)
    elif kind is Kind.NAV_TIMEUTC:
        t_ns, dated = dates(payloads, _UTC_VALID)
    else:
        t_ns, dated = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    return Table(payloads, records, t_ns, dated)


def _pvt(frames: Frames, rows: Ints) -> NDArray[Any]:
    """Return payloads of UBX-NAV-PVT as of today; of old ones, what was reserved is 0."""
    wide = frames.lengths[rows] >= WIDE_PVT.itemsize
    if wide.all():
        return frames.payloads(rows, WIDE_PVT)
    payloads = np.zeros(len(rows), WIDE_PVT)
    payloads[wide] = frames.payloads(rows[wide], WIDE_PVT)
    old = frames.payloads(rows[~wide], PAYLOADS[Kind.NAV_PVT])
    for name in old.dtype.names or ():
        payloads[name][~wide] = old[name]
    payloads["flags"][~wide] &= ~np.uint8(_HEAD_VEHICLE)
    payloads["flags3"][~wide] = 0
    return payloads


def _bases(kind: Kind, table: Table, unrolled_ms: Ints, passed: Ints) -> Ints:
    """Return when the count of ms began, as messages tell it, `NO_BASE` where they do not."""
    if kind is Kind.NAV_SOL or kind is Kind.NAV_TIMEGPS:
        flags, needed = (
            (table.rows["flags"], _WEEK_SOL) if kind is Kind.NAV_SOL else (table.rows["valid"], _TOW_WEEK_GPS)
        )
        weeks = table.rows["week"].astype(np.int64)
        return np.where((flags & needed == needed) & (weeks > 0), (weeks - passed) * WEEK_MS, NO_BASE)
    return base_of(unrolled_ms, table.t_ns, table.dated)
