"""What is read from a file and how: only columns of wanted streams, each in a type that C code takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from telemparse.formats.csv.assignment import TYPED_SHARE, speed_is_assumed
from telemparse.formats.csv.cells import CellKind
from telemparse.formats.csv.columns import Columns
from telemparse.formats.csv.epochs import EpochWatch
from telemparse.formats.csv.fixes import FixWatch
from telemparse.formats.csv.gates import GateWatch
from telemparse.formats.csv.lap_book import LapBook
from telemparse.formats.csv.positions import Positions, angle_form
from telemparse.formats.csv.receiver import Receiver, standing_flags
from telemparse.formats.csv.streams import IMU_STREAMS, Streams, channel_kind
from telemparse.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.formats.csv.assignment import Assignment, Channel, Measured
    from telemparse.formats.csv.clocking import Found
    from telemparse.formats.csv.layout import Layout
    from telemparse.formats.csv.ledger import Ledger
    from telemparse.formats.csv.source_column import Column
    from telemparse.model.options import ParseOptions

__all__ = ["feeding", "make_streams", "planned_streams", "reading_kinds", "select"]

_POSITION = ("lat_deg", "lon_deg")
_LARGEST_BYTE = 255


def select(assignment: Assignment, options: ParseOptions) -> frozenset[str]:
    """Cut the assignment down to what the options ask for; return the base names of streams that are left."""
    if options.channels is not None:
        asked = set(options.channels)
        assignment.channels = [
            channel for channel in assignment.channels if asked & {channel.name, channel.source.column.source}
        ]
    if options.streams is None:
        return frozenset(SCHEMAS)
    return frozenset(name.partition(".")[0] for name in options.streams)


def planned_streams(assignment: Assignment, wanted: frozenset[str]) -> list[str]:
    """Return the streams that the file can give, `channels.main` last."""
    names = ["gnss_pvt"] if assignment.gnss else []
    names += [IMU_STREAMS[role] for role in assignment.triads]
    names += ["channels.main"] if assignment.channels else []
    return [name for name in names if name.partition(".")[0] in wanted]


def reading_kinds(
    assignment: Assignment, found: Found, wanted: frozenset[str], texts: frozenset[int]
) -> dict[int, pa.DataType]:
    """Return the Arrow type of each column to read, by source index in order; of some it is always text."""
    kinds: dict[int, pa.DataType] = {}
    if wanted & {"gnss_pvt", "events"}:
        kinds.update(_receiver_kinds(assignment, wanted))
    for role, axes in assignment.triads.items():
        if IMU_STREAMS[role] in wanted:
            kinds.update({measured.column.index: _number_kind(measured, pa.float32()) for measured in axes})
    if "channels" in wanted:
        kinds.update({c.source.column.index: _channel_reading(c) for c in assignment.channels})
    for column in assignment.watched.values():
        numeric = not column.pair and column.profile.share(CellKind.NUMBER) >= TYPED_SHARE
        kinds.setdefault(column.index, pa.float64() if numeric else pa.string())
    kinds.update(found.kinds)
    return {index: pa.string() if index in texts else kind for index, kind in sorted(kinds.items())}


def _receiver_kinds(assignment: Assignment, wanted: frozenset[str]) -> dict[int, pa.DataType]:
    kinds = {column.index: _aid_kind(column) for column in assignment.aids.values()}
    # Losses and returns of the fix are events: positions are read for them too.
    names = list(assignment.gnss) if "gnss_pvt" in wanted else [n for n in _POSITION if n in assignment.gnss]
    for name in names:
        measured = assignment.gnss[name]
        kinds[measured.column.index] = _number_kind(measured, SCHEMAS["gnss_pvt"].field(name).type)
    # To be turned by the declination, or its unit is still to be found: sums and products need all digits.
    unsettled = {"speed_mps"} if speed_is_assumed(assignment) else set()
    unsettled |= {"course_deg"} if "declination" in assignment.aids else set()
    for name in unsettled & set(names):
        index = assignment.gnss[name].column.index
        kinds[index] = pa.string() if kinds[index] == pa.string() else pa.float64()
    return kinds


def _channel_reading(channel: Channel) -> pa.DataType:
    return _number_kind(channel.source, channel_kind(channel)) if channel.numeric else pa.string()


def _aid_kind(column: Column) -> pa.DataType:
    name = column.quantity.name if column.quantity else ""
    numeric = name in ("gnss_update", "declination") and column.profile.share(CellKind.NUMBER) >= TYPED_SHARE
    return pa.float64() if numeric else pa.string()


def _number_kind(measured: Measured, kind: pa.DataType) -> pa.DataType:
    """Return the type to read a numeric column with: its own where nothing is to be converted."""
    profile = measured.column.profile
    if measured.column.pair or (profile.filled and profile.share(CellKind.NUMBER) < TYPED_SHARE):
        return pa.string()
    if pa.types.is_integer(kind):
        small = (
            profile.filled and profile.decimals == 0 and all(0 <= v <= _LARGEST_BYTE for v in profile.numbers)
        )
        return kind if small else pa.float64()
    return kind if measured.scale == 1.0 and measured.offset == 0.0 else pa.float64()


def make_streams(
    assignment: Assignment,
    found: Found,
    *,
    dialect: CsvDialect,
    layout: Layout,
    ledger: Ledger,
    wanted: frozenset[str],
    names: Callable[[str], str],
) -> Streams:
    """Return the builder of a file's batches.

    Raises UnclearAngles when the coordinates can be read in several ways.
    """
    columns = Columns(layout.decimal, ledger)
    receiver = None
    if assignment.gnss:
        lat, lon = (assignment.gnss[name] for name in _POSITION)
        positions = Positions(
            lat=lat,
            lon=lon,
            lat_letters=assignment.aids.get("lat_hemisphere"),
            lon_letters=assignment.aids.get("lon_hemisphere"),
            form=angle_form(lat, lon),
            decimal=layout.decimal,
        )
        fix = FixWatch(dialect.fix, assignment.aids.get("fix"))
        receiver = Receiver(
            assignment,
            positions,
            fix,
            standing_flags(dialect),
            EpochWatch.of(assignment.watched, layout.decimal),
            columns,
        )
    book = LapBook.of(dialect, layout, assignment.watched, found.clock)
    gates = GateWatch.of(dialect, layout)
    return Streams(assignment, found.clock, columns, receiver, book, gates, dialect.events, wanted, names)


def feeding(assignment: Assignment) -> Iterable[tuple[str, Measured]]:
    """Yield (canonical name, column) of everything but the clock, for the metadata."""
    yield from assignment.gnss.items()
    for axes in assignment.triads.values():
        for measured in axes:
            if measured.column.quantity is not None:
                yield measured.column.quantity.name, measured
    for channel in assignment.channels:
        yield channel.name, channel.source
