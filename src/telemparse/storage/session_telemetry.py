"""A session in memory: one table with the columns of the store, its laps and its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

from telemparse.storage.session_assembly import assembled
from telemparse.storage.session_failures import SessionMissing
from telemparse.storage.session_tables import channel_count, check_table, laps_of
from telemparse.storage.session_values import LapTelemetry, SessionMetadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.storage.session_values import StoredLap

__all__ = ["SessionTelemetry"]


@attrs.frozen(kw_only=True, eq=False)
class SessionTelemetry:
    """All rows of a session, as `SessionStore.write` takes and `read` returns them.

    `from_laps` and `SessionStore.from_result` make one.

    Args:
        table: `lap_number` and `time`, the standard channels, then auxiliary ones; rows in order of time.
        metadata: facts; counts and laps are those of the table.
    """

    table: pa.Table
    metadata: SessionMetadata

    @classmethod
    def of(cls, table: pa.Table, metadata: SessionMetadata) -> SessionTelemetry:
        """Return a session of a table; counts and laps of the metadata are taken from it.

        Raises SessionFailed (`SCHEMA_VIOLATION`, `STORE_COLUMNS_CLASH`) for a table that is no session's.
        """
        check_table(table)
        counted = attrs.evolve(
            metadata, channel_count=channel_count(table), total_points=table.num_rows, laps=laps_of(table)
        )
        return cls(table=table, metadata=counted)

    @classmethod
    def from_laps(
        cls, laps: Iterable[LapTelemetry], *, source_type: str, start_ns: int | None = None
    ) -> SessionTelemetry:
        """Return a session of laps, each with a table of its own.

        A table has a column `time` (seconds since the start of the session, rising over all laps) and any
        others. Columns with the name of a standard one, and auxiliary ones, are converted by the `unit` in
        the metadata of their field: a speed in km/h to m/s, an acceleration in m/s² to g. A column without
        a unit has the store's, or that of the other laps. A column that a lap does not have is null there.

        Args:
            laps: in order of time; several of number 0 may lie before, between and after the others.
            source_type: what the laps come from (`vbo`, `bosch`, ...).
            start_ns: instant of `time` 0, ns since 1970-01-01 UTC; None where nobody knows.

        Raises SessionFailed: `STORE_COLUMNS_CLASH` for names that are equal or differ by capitals only,
        `STORE_UNITS_MIXED` for a unit of another kind, `SCHEMA_VIOLATION` for times that are unknown or run
        backwards, lap numbers below 0, and types that are neither numbers nor words.
        """
        table = assembled(tuple(laps))
        metadata = SessionMetadata(
            source_type=source_type,
            channel_count=0,
            total_points=0,
            laps=(),
            start_ns=start_ns,
            time_base=None if start_ns is None else "utc",
        )
        return cls.of(table, metadata)

    @property
    def source_type(self) -> str:
        """`vbo`, `bosch`, ..., or `merged`."""
        return self.metadata.source_type

    @property
    def laps(self) -> tuple[StoredLap, ...]:
        """Laps in order of time, with the stretches outside laps (number 0)."""
        return self.metadata.laps

    def lap(self, lap_number: int) -> LapTelemetry:
        """Return the rows of a lap, or (0) all rows outside laps.

        Raises SessionMissing (`STORE_LAP_UNKNOWN`) where there is no such lap.
        """
        pieces = [lap for lap in self.laps if lap.lap_number == lap_number]
        if not pieces:
            numbers = sorted({lap.lap_number for lap in self.laps})
            raise SessionMissing(
                "STORE_LAP_UNKNOWN", session=self.metadata.session_id, lap_number=lap_number, laps=numbers
            )
        tables = [self.table.slice(piece.first_row, piece.rows) for piece in pieces]
        return LapTelemetry(lap_number=lap_number, table=pa.concat_tables(tables))
