"""The ledger of a run: what its stages came to, collected until it is written down in one transaction."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner.stamps import utc_now
from telemparse.runner.states import RunState
from telemparse.runner.words import json_text
from telemparse.schemas.fields import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table, Update

    from telemparse.runner.database import Database
    from telemparse.runner.runs import Run
    from telemparse.runner.stages import StageOutcome
    from telemparse.writers.manifest import StreamRecord

__all__ = ["Ledger", "dataset_id", "insert_new"]


@attrs.define
class Ledger:
    """What is to be written down of a run.

    Only who holds a job of the run writes, so that the stages in the database are those of `run`.

    Args:
        run: as it stands in the database.
    """

    run: Run
    _outcomes: dict[str, StageOutcome] = attrs.field(factory=dict)
    _datasets: list[dict[str, Any]] = attrs.field(factory=list)
    _laps: dict[str, Sequence[Mapping[str, Any]]] = attrs.field(factory=dict)
    _values: dict[str, Any] = attrs.field(factory=dict)

    @property
    def stages(self) -> dict[str, StageOutcome]:
        """Outcomes so far, those not yet written included."""
        return {**self.run.stages, **self._outcomes}

    @property
    def quality(self) -> Mapping[str, Any]:
        """Document of the quality, empty before it was judged."""
        found: Mapping[str, Any] = self._values.get("quality_summary") or self.run.quality
        return found

    @property
    def has_news(self) -> bool:
        """True where something is to be written."""
        return bool(self._outcomes or self._values)

    def add(self, stage: str, outcome: StageOutcome, **values: Any) -> None:
        """Take note of what a stage came to, and of columns of the run.

        The outcome is kept as the database would give it back, so that what is made of it does not depend
        on who made it, this worker or the next.
        """
        self._outcomes[stage] = type(outcome).from_dict(json.loads(json_text(outcome.to_dict())))
        self._values |= values

    def add_datasets(self, level: str, records: Iterable[StreamRecord]) -> None:
        """Take note of the files of a level: `L0` for those at the rate of the recording."""
        run = self.run
        named = None if level == "L0" else level
        for record in records:
            self._datasets.append(
                {
                    "id": dataset_id(run.id, level, record.name), "session_id": run.session_id,
                    "run_id": run.id, "stream": record.name, "level": level,
                    "storage_path": run.place.stream(record.name, named), "sha256": record.sha256,
                    "byte_size": record.bytes, "row_count": record.rows, "rate_hz": record.rate_hz,
                    "time_base": record.time_base, "t_first_ns": record.t_first_ns,
                    "t_last_ns": record.t_last_ns, "schema_version": SCHEMA_VERSION,
                }
            )  # fmt: skip

    def add_laps(self, stream: str, laps: Sequence[Mapping[str, Any]]) -> None:
        """Take note of the laps of a stream."""
        own = {"run_id": self.run.id, "session_id": self.run.session_id, "stream": stream}
        self._laps[stream] = [{**own, **lap} for lap in laps]

    def write(self, connection: Connection, database: Database, **values: Any) -> None:
        """Write all of it, with further columns of the run; what an earlier attempt wrote stays."""
        tables = database.tables
        runs = tables.runs
        if self._datasets:
            insert_new(connection, database, tables.datasets, self._datasets)
        laps = [lap for rows in self._laps.values() for lap in rows]
        if laps:
            insert_new(connection, database, tables.laps, laps)
        fields = {
            "status": RunState.RUNNING,
            "stages": {name: outcome.to_dict() for name, outcome in self.stages.items()},
            **self._values,
            **values,
        }
        statement = _change(runs, tuple(sorted(fields)))
        connection.execute(statement, {"its_id": self.run.id, "begun": utc_now(), **fields})

    def settle(self) -> None:
        """Take note that `write` was committed: the run stands so, and nothing is left to write."""
        self.run = attrs.evolve(self.run, stages=self.stages, quality=self.quality)
        self._outcomes, self._datasets, self._laps, self._values = {}, [], {}, {}


@lru_cache
def _change(runs: Table, columns: tuple[str, ...]) -> Update:
    """Return the statement that changes columns of a run that is not over."""
    own = sa.bindparam("its_id", type_=runs.c.id.type)
    begun = sa.bindparam("begun", type_=runs.c.started_at.type)
    return (
        runs.update()
        .where(runs.c.id == own, runs.c.status.in_((RunState.QUEUED, RunState.RUNNING)))
        .values(
            started_at=sa.func.coalesce(runs.c.started_at, begun),
            **{name: sa.bindparam(name, type_=runs.c[name].type) for name in columns},
        )
    )


def dataset_id(run_id: str, level: str, stream: str) -> str:
    """Return the key of a dataset, the same in every attempt."""
    return str(uuid.uuid5(uuid.UUID(run_id), f"{level}/{stream}"))


def insert_new(
    connection: Connection, database: Database, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, and leave those that are there as they are."""
    if database.is_postgres:
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    connection.execute(insert(table).on_conflict_do_nothing(), list(rows))
