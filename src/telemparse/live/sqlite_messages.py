"""A queue of messages in a file of SQLite: embedded, durable, for several threads and processes."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from telemparse.errors import CallError
from telemparse.live.faults import QueueUnavailable
from telemparse.live.queues import Delivery, Depth
from telemparse.live.sqlite_files import Access, MessageFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["SqliteMessages"]

_POLL_S = 0.05
# Within this many acknowledgements the pages that backlogs left behind are looked for once.
_TIDY_EVERY = 64
# SQS holds a delivery for no longer than 12 hours either.
_LONGEST_S = 43_200.0

# In the order of their sequence, so that the oldest comes first.
_TAKE = """
UPDATE messages SET attempts = attempts + 1, visible_ns = :until
WHERE sequence IN (SELECT sequence FROM messages WHERE visible_ns <= :now ORDER BY sequence LIMIT :limit)
RETURNING sequence, attempts, put_ns, body
"""
_BURY = """
INSERT INTO dead (sequence, body, put_ns, attempts, dead_ns, reason)
SELECT sequence, body, put_ns, attempts, ?, ? FROM messages WHERE sequence = ? AND attempts = ?
"""
_REVIVE = "INSERT INTO messages (body, put_ns) SELECT body, put_ns FROM dead ORDER BY sequence"
# A receipt is the sequence and the attempt: with the next delivery it is void.
_REMOVE = "DELETE FROM messages WHERE sequence = ? AND attempts = ?"
_SHOW = "UPDATE messages SET visible_ns = ? WHERE sequence = ? AND attempts = ?"


class SqliteMessages:
    """The queue of one file; see `MessageQueue` for what its methods promise.

    Bodies come in the order in which they were put. Those that were delivered and not acknowledged come
    again, before younger ones. After a crash of the machine bodies that were acknowledged just before it
    may come again.

    Args:
        file: is made where it is missing, with its folder.
        visibility_s: seconds for which a delivery is kept from others, at most 43 200.
        max_receives: a body that was delivered so often is to be buried when it comes again, see
            `Delivery`.
        busy_s: how long to wait for others who write before the queue counts as unavailable, in seconds.
    """

    def __init__(
        self, file: Path, *, visibility_s: float = 60.0, max_receives: int = 5, busy_s: float = 5.0
    ) -> None:
        self.max_receives = max_receives
        self._visibility_s = visibility_s
        self._lock = threading.Lock()
        self._arrival = threading.Condition()
        self._closed = False
        self._untidy = 0
        self._file = MessageFile(file, busy_s=busy_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a receive that waits returns."""
        self._closed = True
        with self._arrival:
            self._arrival.notify_all()
        with self._lock:
            self._file.close()

    def put(self, bodies: Sequence[bytes]) -> None:
        """Put bodies at the end, all or none of them; raises QueueUnavailable."""
        if not bodies:
            return
        now = time.time_ns()
        with self._turn(Access.KEEPING) as connection:
            connection.executemany(
                "INSERT INTO messages (body, put_ns) VALUES (?, ?)", [(body, now) for body in bodies]
            )
            _count(connection, len(bodies))
        with self._arrival:
            self._arrival.notify_all()

    def receive(self, limit: int, wait_s: float) -> list[Delivery]:
        """Return deliveries, the oldest first, as soon as there are some; raises QueueUnavailable."""
        until = time.monotonic() + wait_s
        while not self._closed:
            taken = self._take(limit) if self._some_ready() else []
            left_s = until - time.monotonic()
            if taken or left_s <= 0:
                return taken
            # Others put without telling, so the wait is short; who puts in this process ends it.
            with self._arrival:
                if not self._closed:
                    self._arrival.wait(min(_POLL_S, left_s))
        return []

    def acknowledge(self, receipts: Sequence[str]) -> int:
        """Remove delivered bodies for good and return how many; raises QueueUnavailable."""
        if not receipts:
            return 0
        with self._turn(Access.MARKING) as connection:
            removed = sum(connection.execute(_REMOVE, _parts(receipt)).rowcount for receipt in receipts)
            _count(connection, -removed)
        self._tidy()
        return removed

    def extend(self, receipts: Sequence[str], seconds: float) -> int:
        """Keep deliveries from others for so long from now; raises QueueUnavailable."""
        return self._show_at(receipts, time.time_ns() + round(min(seconds, _LONGEST_S) * 1e9))

    def release(self, receipts: Sequence[str]) -> int:
        """Let others have the bodies at once; raises QueueUnavailable."""
        released = self._show_at(receipts, 0)
        with self._arrival:
            self._arrival.notify_all()
        return released

    def bury(self, deliveries: Sequence[Delivery], reason: str) -> int:
        """Move bodies to the dead letters of the same file; raises QueueUnavailable."""
        if not deliveries:
            return 0
        now = time.time_ns()
        with self._turn(Access.KEEPING) as connection:
            buried = 0
            for sequence, attempts in (_parts(delivery.receipt) for delivery in deliveries):
                buried += connection.execute(_BURY, (now, reason, sequence, attempts)).rowcount
                connection.execute(_REMOVE, (sequence, attempts))
            _count(connection, -buried, buried)
        return buried

    def dead_letters(self, limit: int = 100) -> list[tuple[bytes, str]]:
        """Return the oldest dead letters, each with the reason; raises QueueUnavailable."""
        with self._turn(Access.READING) as connection:
            return connection.execute(
                "SELECT body, reason FROM dead ORDER BY sequence LIMIT ?", (limit,)
            ).fetchall()

    def revive(self) -> int:
        """Put all dead letters at the end of the queue again and return how many; raises QueueUnavailable."""
        with self._turn(Access.KEEPING) as connection:
            revived = connection.execute(_REVIVE).rowcount
            connection.execute("DELETE FROM dead")
            _count(connection, revived, -revived)
        with self._arrival:
            self._arrival.notify_all()
        return revived

    def depth(self) -> Depth:
        """Return how full the queue is, without reading all of it; raises QueueUnavailable."""
        now = time.time_ns()
        with self._turn(Access.READING) as connection:
            waiting, dead = connection.execute("SELECT waiting, dead FROM tally").fetchone()
            (held,) = connection.execute(
                "SELECT count(*) FROM messages WHERE visible_ns > 0 AND visible_ns > ?", (now,)
            ).fetchone()
            oldest = connection.execute("SELECT put_ns FROM messages ORDER BY sequence LIMIT 1").fetchone()
        age_s = None if oldest is None else max(0.0, (now - oldest[0]) / 1e9)
        return Depth(ready=waiting - held, in_flight=held, dead=dead, oldest_s=age_s)

    def _some_ready(self) -> bool:
        # Who only looks holds nobody up.
        with self._turn(Access.READING) as connection:
            found = connection.execute(
                "SELECT 1 FROM messages WHERE visible_ns <= ? LIMIT 1", (time.time_ns(),)
            ).fetchone()
        return found is not None

    def _take(self, limit: int) -> list[Delivery]:
        with self._turn(Access.MARKING) as connection:
            # The time of the lease begins when the others let us in.
            now = time.time_ns()
            until = now + round(min(self._visibility_s, _LONGEST_S) * 1e9)
            rows = connection.execute(_TAKE, {"now": now, "until": until, "limit": limit}).fetchall()
        return [
            Delivery(receipt=f"{sequence}.{attempts}", body=body, attempts=attempts, put_ns=put_ns)
            for sequence, attempts, put_ns, body in sorted(rows)
        ]

    def _show_at(self, receipts: Sequence[str], visible_ns: int) -> int:
        if not receipts:
            return 0
        with self._turn(Access.MARKING) as connection:
            shown = [connection.execute(_SHOW, (visible_ns, *_parts(receipt))) for receipt in receipts]
        return sum(each.rowcount for each in shown)

    def _tidy(self) -> None:
        with self._lock:
            self._untidy += 1
            if self._untidy >= _TIDY_EVERY and not self._closed:
                self._untidy = 0
                self._file.shrink()

    @contextmanager
    def _turn(self, access: Access) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise QueueUnavailable(error="the queue is closed")
            with self._file.transaction(access) as connection:
                yield connection


def _parts(receipt: str) -> tuple[int, int]:
    sequence, _, attempts = receipt.partition(".")
    try:
        return int(sequence), int(attempts)
    except ValueError:
        raise CallError("the receipt is none of this queue") from None


def _count(connection: sqlite3.Connection, waiting: int, dead: int = 0) -> None:
    connection.execute("UPDATE tally SET waiting = waiting + ?, dead = dead + ?", (waiting, dead))
