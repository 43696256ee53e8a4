"""The file of a queue in SQLite: made, opened, looked after, and its transactions."""

from __future__ import annotations

import enum
import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from telemparse.live.faults import QueueUnavailable
from telemparse.live.folders import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Access", "MessageFile"]

# "tpmq" in the file's header: a file of something else is left alone.
_KIND = 0x74706D71
_VERSION = 1
_RETRY_S = 0.01
_WAL_LIMIT = 67_108_864
_KEPT_PAGES = 2_048
_SHRINK_PAGES = 4_096

# AUTOINCREMENT never gives a sequence twice, so an old receipt cannot mean a new message. The tally saves
# counting, which would read every message.
_TABLES = """
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    body BLOB NOT NULL,
    put_ns INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    visible_ns INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX messages_in_flight ON messages (visible_ns) WHERE visible_ns > 0;
CREATE TABLE dead (
    sequence INTEGER PRIMARY KEY,
    body BLOB NOT NULL,
    put_ns INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    dead_ns INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE tally (waiting INTEGER NOT NULL, dead INTEGER NOT NULL);
INSERT INTO tally VALUES (0, 0);
"""


class Access(enum.Enum):
    """What a transaction is for.

    MARKING is for changes that a crash of the machine may undo: a message that was taken or acknowledged
    comes again then, and is counted once. The next KEEPING puts them on the disk too.
    """

    READING = ("BEGIN", "NORMAL")
    MARKING = ("BEGIN IMMEDIATE", "NORMAL")
    KEEPING = ("BEGIN IMMEDIATE", "FULL")


class MessageFile:
    """A connection to the file, opened anew after a failure; not safe to use from two threads at once.

    Args:
        file: is made where it is missing, with its folder.
        busy_s: how long to wait for others who write, in seconds.
    """

    def __init__(self, file: Path, *, busy_s: float) -> None:
        self._path = file
        self._busy_s = busy_s
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        with self.transaction(Access.READING):
            pass

    def close(self) -> None:
        """Let go of the file; the next transaction would open it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    @contextmanager
    def transaction(self, access: Access) -> Iterator[sqlite3.Connection]:
        """Give a connection in a transaction: all of it is committed, or nothing.

        Args:
            access: what is done in it.

        Raises QueueUnavailable where the file is locked for long, full, read-only, damaged or none of ours.
        """
        try:
            connection = self._opened()
            begin, synchronous = access.value
            try:
                # Between two transactions this costs nothing; within one it would do nothing.
                connection.execute(f"PRAGMA synchronous = {synchronous}")
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # Whoever is refused the commit has to let go of what is held; where that fails too, the
                # connection is closed below.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except (sqlite3.Error, OSError) as error:
            # After an error of the disk a connection may believe what is not so.
            self.close()
            words = error.strerror if isinstance(error, OSError) else str(error)
            raise QueueUnavailable(error=words) from error

    def shrink(self) -> None:
        """Give some pages back that are free, where there are many; a failure of it does no harm."""
        if self._connection is None:
            return
        with suppress(sqlite3.Error):
            (free,) = self._connection.execute("PRAGMA freelist_count").fetchone()
            if free > _KEPT_PAGES:
                # By `execute` Python takes one step of the statement, which is one page.
                self._connection.executescript(f"PRAGMA incremental_vacuum({_SHRINK_PAGES})")

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._inode != self._identity():
            # The file was deleted or put aside. What is written to it now, nobody would find.
            self.close()
        if self._connection is None:
            self._connection = self._open()
            self._inode = self._identity()
        return self._connection

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)  # noqa: PTH116  (called with every transaction; the path is a Path)
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _open(self) -> sqlite3.Connection:
        make_folder(self._path.parent)
        connection = sqlite3.connect(
            self._path, timeout=self._busy_s, isolation_level=None, check_same_thread=False
        )
        try:
            self._settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _settle(self, connection: sqlite3.Connection) -> None:
        made = _is_made(connection)
        # Before the first table, or the file could not give pages back later.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _turn_to_wal(connection, self._busy_s)
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
        if made:
            return
        connection.execute("BEGIN IMMEDIATE")
        # Somebody else may have made the tables while we waited.
        if not _is_made(connection):
            for statement in _TABLES.split(";")[:-1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_KIND}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")


def _is_made(connection: sqlite3.Connection) -> bool:
    """Return False for a file without tables; a file with other tables than ours is refused."""
    # Tables first: whoever makes them commits them with the header.
    if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
        return False
    header = tuple(
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if header != (_KIND, _VERSION):
        raise sqlite3.DatabaseError("the file is not a queue of messages, or of another version")
    return True


def _turn_to_wal(connection: sqlite3.Connection, busy_s: float) -> None:
    # Who finds a file in another mode asks for all of it, and SQLite refuses at once, without waiting,
    # where another writes: two who open a new file at the same time. The last one to close a file holds
    # all of it for a moment too.
    until = time.monotonic() + busy_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)
        else:
            return
