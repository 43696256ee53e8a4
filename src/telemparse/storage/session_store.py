"""The session store: a folder with one Parquet file a session, read whole, lap by lap or column by column."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex

import attrs

from telemparse.errors import CallError
from telemparse.storage.failures import StorageFailed
from telemparse.storage.session_columns import FIXED, field_facts
from telemparse.storage.session_failures import SessionMissing
from telemparse.storage.session_files import (
    failures_told,
    flush_folder,
    opened,
    replaced,
    session_file,
    session_name,
    session_names,
    swept,
)  # fmt: skip
from telemparse.storage.session_merging import merged_session
from telemparse.storage.session_parquet import MOST_BYTES, SessionFile, write_session
from telemparse.storage.session_tables import channel_count, stored_table
from telemparse.storage.session_telemetry import SessionTelemetry
from telemparse.storage.session_values import LapTelemetry, StoredChannel

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from telemparse.model.results import ParseResult
    from telemparse.storage.session_sampling import Method
    from telemparse.storage.session_values import SessionMetadata, StoredLap

__all__ = ["SessionStore"]

_COMPRESSIONS = ("snappy", "zstd")
_TYPES = ("float64", "source")
_STALE_S = 3600.0


class SessionStore:
    """Sessions in a folder, one Parquet file each: `<folder>/<session_id>.parquet`.

    Any number of processes may read and write at once: a file is written beside its place and takes it whole,
    so that a reader has the old or the new session. Session ids are whole numbers from 0, or letters, digits
    and `._@+-`.

    Args:
        folder: made with the first session.
        compression: `snappy`, or `zstd` for smaller files.
        types: `float64` stores all numbers as 64-bit floats; `source` keeps the narrower types of the
            recording. A column of words, or of whole numbers beyond 2^53, keeps its type in both.
        max_bytes: of memory that one read may come to, 8 for each value; more is refused before it is read.

    Raises CallError for another compression, other types or a limit below 1.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        compression: Literal["snappy", "zstd"] = "snappy",
        types: Literal["float64", "source"] = "float64",
        max_bytes: int = MOST_BYTES,
    ) -> None:
        if compression not in _COMPRESSIONS:
            raise CallError(f"compression must be one of {', '.join(_COMPRESSIONS)}, not {compression!r}")
        if types not in _TYPES:
            raise CallError(f"types must be one of {', '.join(_TYPES)}, not {types!r}")
        if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
            raise CallError(f"max_bytes must be a whole number from 1 on, not {max_bytes!r}")
        self._max_bytes = max_bytes
        self._folder = Path(folder)
        self._compression: str = compression
        self._types: Literal["float64", "source"] = types

    @staticmethod
    def from_result(
        result: ParseResult,
        laps: Any = None,
        *,
        method: Method = "linear",
        time_base: str = "fastest",
        distance: Literal["source", "path"] = "source",
    ) -> SessionTelemetry:
        """Return a parsed recording as a session, all streams of samples merged onto one time base.

        Where all streams have the same instants nothing is merged. Else values on an instant of their own
        stream are taken as they are, and others are made between two samples that are no farther apart than
        three of their usual distances (at least 0.25 s); nothing is made beyond the first and the last one.
        The metadata of each column tells its stream, the method and the share of made values.

        Args:
            result: of `telemparse.parse`.
            laps: a canonical table of laps, or what `find_laps` returned; None takes the stream `laps` of
                the result. A row with `t_start` <= t < `t_end` belongs to the lap; where laps overlap by 2 s
                or less, to the one that begins last. What cannot be placed is a warning of the metadata.
            method: `linear`, `nearest` or `previous`, for floats. Words, whole numbers, gears and flags have
                the value before, or with `nearest` the nearest one.
            time_base: `fastest` takes the instants of the stream with the highest rate, and those of others
                where it has no rows near; or the name of the stream whose instants are taken, no others.
            distance: `source` takes what the recording has; `path` adds up the way between its positions
                (origin `derived`, straight over gaps).

        Raises CallError for a method, time base or distance that is none, and for laps that are no table;
        SessionFailed with `NO_STREAMS` for a recording without samples, `STORE_CLOCKS_DIFFER` for streams or
        laps with different clocks, `SCHEMA_VIOLATION` for laps that share a number.
        """
        return merged_session(result, laps, method=method, time_base=time_base, distance=distance)

    def write(self, session_id: SupportsIndex | str, session: SessionTelemetry) -> None:
        """Store a session, in place of one that has its name; when this returns it is on the disk.

        Args:
            session_id: its name.
            session: rows and facts. NaN and infinities are stored as null.

        Raises CallError for a name that is none, SessionFailed for a table that is none of a session,
        StorageFailed (`STORAGE_FULL`, `STORAGE_REFUSED`, `STORAGE_UNAVAILABLE`) where the file cannot be
        written; what was there before stays then.
        """
        name = session_name(session_id)
        checked = SessionTelemetry.of(session.table, session.metadata)
        table = stored_table(checked.table, self._types)
        metadata = attrs.evolve(
            checked.metadata,
            session_id=name,
            imported_at=checked.metadata.imported_at or dt.datetime.now(dt.UTC),
            channel_count=channel_count(table),
        )
        with replaced(self._folder, name) as file:
            write_session(file, table, metadata, self._compression)
        with suppress(StorageFailed):  # the session is stored
            swept(self._folder, _STALE_S)

    def read(self, session_id: SupportsIndex | str) -> SessionTelemetry:
        """Return a whole session.

        Raises SessionMissing (`STORE_SESSION_UNKNOWN`, also a LookupError), SessionFailed
        (`STORE_FILE_DAMAGED`, `STORE_FILE_FOREIGN`, `ARTIFACT_TOO_LARGE`), StorageFailed, CallError for a
        name that is none. So do all methods that read a session.
        """
        with self._opened(session_id) as file:
            return SessionTelemetry(table=file.read(), metadata=file.metadata)

    def read_lap(
        self, session_id: SupportsIndex | str, lap_number: int, columns: Sequence[str] | None = None
    ) -> LapTelemetry:
        """Return the rows of one lap; of the file no more than its footer and that lap is read.

        Args:
            session_id: its name.
            lap_number: 1 or more; 0 for all that lies outside laps.
            columns: names, in the order wanted; None for all.

        Raises SessionMissing (`STORE_LAP_UNKNOWN`, whose evidence `laps` names those that are there), and
        CallError for a column that is not there.
        """
        with self._opened(session_id) as file:
            return LapTelemetry(lap_number=lap_number, table=file.read_lap(lap_number, columns))

    def metadata(self, session_id: SupportsIndex | str) -> SessionMetadata:
        """Return the facts of a session; only the footer is read."""
        with self._opened(session_id) as file:
            return file.metadata

    def laps(self, session_id: SupportsIndex | str) -> tuple[StoredLap, ...]:
        """Return the laps of a session in order of time, with the stretches outside laps (number 0)."""
        return self.metadata(session_id).laps

    def channels(self, session_id: SupportsIndex | str) -> tuple[StoredChannel, ...]:
        """Return the channels of a session in the order of their columns, `lap_number` and `time` too."""
        with self._opened(session_id) as file:
            facts = {field.name: field_facts(field) for field in file.schema}
            return tuple(
                StoredChannel(
                    name=field.name,
                    unit=facts[field.name].get("unit", ""),
                    type=str(field.type),
                    source_name=facts[field.name].get("source_name"),
                    source_stream=facts[field.name].get("source_stream"),
                    origin=facts[field.name].get("origin"),
                    standard=field.name in FIXED,
                )
                for field in file.schema
            )

    def sessions(self) -> tuple[str, ...]:
        """Return the names of all sessions in order; no file is opened."""
        return session_names(self._folder)

    def exists(self, session_id: SupportsIndex | str) -> bool:
        """Tell whether there is a session of this name; its file is not read."""
        return session_file(self._folder, session_name(session_id)) is not None

    def delete(self, session_id: SupportsIndex | str) -> bool:
        """Delete a session; return whether there was one. Who reads it at the moment reads on."""
        name = session_name(session_id)
        with failures_told(name):
            place = session_file(self._folder, name)
            if place is None:
                return False
            try:
                place.unlink()
            except FileNotFoundError:  # somebody else was faster
                return False
            flush_folder(self._folder)
        return True

    def sweep(self, older_than_s: float = _STALE_S) -> int:
        """Remove what killed writers left and nobody has touched for so long; return how many files.

        `write` does so by itself with what is an hour old.
        """
        return swept(self._folder, older_than_s)

    @contextmanager
    def _opened(self, session_id: SupportsIndex | str) -> Iterator[SessionFile]:
        name = session_name(session_id)
        with opened(self._folder, name) as file:
            if file is None:
                raise SessionMissing("STORE_SESSION_UNKNOWN", session=name)
            yield SessionFile(file, name, self._max_bytes)
