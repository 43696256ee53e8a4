"""Calls of a database's driver, each a transaction of its own: for what is done all the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.runner.database import unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

__all__ = ["DriverCalls"]


@attrs.frozen
class DriverCalls:
    """Statements in the words of the driver; SQLAlchemy only lends its connections.

    Args:
        engine: its connections commit every statement.
    """

    engine: Engine

    @property
    def driver(self) -> Any:
        """The driver's module, with its exceptions."""
        return self.engine.dialect.loaded_dbapi

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows.

        Raises DatabaseUnavailable, after which the next call begins with a new connection; and what the
        driver says of a statement that cannot be right.
        """
        with unavailable(self.driver):
            lent = self.engine.raw_connection()
            try:
                connection: Any = lent.driver_connection
                rows: list[tuple[Any, ...]] = connection.execute(statement, parameters).fetchall()
            except BaseException:
                lent.invalidate()
                # After a restart of the server the others are broken as well, and would say so one by one.
                self.engine.dispose()
                raise
            lent.close()
            return rows
