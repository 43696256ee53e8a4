"""What a store says of a session: its laps, channels, streams, warnings, and the facts in its footer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "LapTelemetry", "SessionMetadata", "StoredChannel", "StoredLap", "StoredStream", "StoredWarning",
]  # fmt: skip

_NS_PER_S = 1_000_000_000


@attrs.frozen(kw_only=True, eq=False)
class LapTelemetry:
    """The rows of one lap.

    Args:
        lap_number: 1 or more; 0 for what lies outside laps.
        table: columns as `SessionTelemetry` has them, `time` in seconds since the start of the session.
    """

    lap_number: int
    table: pa.Table


@attrs.frozen(kw_only=True)
class StoredLap:
    """A lap of a session, or (number 0) one of the stretches outside laps.

    Args:
        lap_number: 1 or more, 0 outside laps; a session can have several stretches of number 0.
        first_row: of the session, from 0.
        rows: how many.
        first_s, last_s: `time` of its first and of its last row.
    """

    lap_number: int
    first_row: int
    rows: int
    first_s: float
    last_s: float


@attrs.frozen(kw_only=True)
class StoredChannel:
    """A channel of a session.

    Args:
        name: of its column.
        unit: of its values, empty where nobody says.
        type: Arrow type of the column in the file, as Arrow writes it (`double`).
        source_name: as the recording calls it, None where nobody says or nothing is stored.
        source_stream: canonical stream that it comes from, likewise.
        origin: honesty label (`measured`, `derived`, ...), likewise.
        standard: True for the columns that every session has, False for an auxiliary one.
    """

    name: str
    unit: str
    type: str
    source_name: str | None
    source_stream: str | None
    origin: str | None
    standard: bool


@attrs.frozen(kw_only=True)
class StoredStream:
    """A stream of the recording that a session was made of.

    Args:
        stream: canonical name.
        rows: how many it has.
        rows_met: how many of them lie on an instant that the session has a row for. Where it is fewer than
            `rows`, what the session holds between those instants was made from them by the method.
    """

    stream: str
    rows: int
    rows_met: int


@attrs.frozen(kw_only=True)
class StoredWarning:
    """A finding about the recording or its laps: a code of the registry and its words."""

    code: str
    message: str


@attrs.frozen(kw_only=True)
class SessionMetadata:
    """Facts of a session, as its footer keeps them.

    Args:
        session_id: name in the store; None before it is written.
        imported_at: when it was written first, UTC; None before.
        source_type: `vbo`, `bosch`, ...; `merged` where streams of different instants or several
            recordings became one table.
        channel_count: columns that hold a value, `lap_number` and `time` not counted.
        total_points: rows.
        laps: in order of time, with the stretches outside laps (number 0).
        merge_method: `linear`, `nearest` or `previous`; None where no value was made.
        merge_base: stream whose instants the rows have; None where all streams had the same.
        streams: that the session was made of, none where it was made of laps.
        left_out: streams that hold no samples (`events`, `sectors`) or no rows, by name.
        columns_without_values: of the streams; they are not stored, as `<stream>/<column>`.
        start_ns: instant of `time` 0, ns since 1970-01-01 UTC; None where the clock is not UTC.
        time_base: clock of the recording (`utc`, `relative`, ...); None where nobody says.
        warnings: findings of the parse and of the laps.
        telemparse_version: that made the session; None where it was made of laps.
    """

    session_id: str | None = None
    imported_at: dt.datetime | None = None
    source_type: str
    channel_count: int
    total_points: int
    laps: tuple[StoredLap, ...]
    merge_method: str | None = None
    merge_base: str | None = None
    streams: tuple[StoredStream, ...] = ()
    left_out: tuple[str, ...] = ()
    columns_without_values: tuple[str, ...] = ()
    start_ns: int | None = None
    time_base: str | None = None
    warnings: tuple[StoredWarning, ...] = ()
    telemparse_version: str | None = None

    @property
    def start(self) -> dt.datetime | None:
        """Instant of `time` 0 in UTC, to the microsecond; None where the clock is not UTC."""
        if self.start_ns is None:
            return None
        whole, ns = divmod(self.start_ns, _NS_PER_S)
        return dt.datetime.fromtimestamp(whole, dt.UTC) + dt.timedelta(microseconds=ns // 1000)
