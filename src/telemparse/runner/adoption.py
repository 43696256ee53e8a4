"""Adoption: a new run that begins from the canonical tables of an older one, when the raw files are gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from telemparse.runner.failures import Failure, StageFailed
from telemparse.runner.intake import RECORDING
from telemparse.runner.lap_records import lap_records
from telemparse.runner.stages import Stage, StageOutcome, StageState
from telemparse.runner.states import RunState
from telemparse.storage.layout import RunPlace
from telemparse.writers.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from telemparse.runner.database import Database
    from telemparse.runner.ledger import Ledger
    from telemparse.runner.tools import Held, Tools

__all__ = ["adopt", "base_of"]

_LIMIT_BYTES = 64 * 1024 * 1024


def base_of(connection: Connection, database: Database, session_id: str) -> str | None:
    """Return the newest run of a session that succeeded, None without one."""
    runs = database.tables.runs.c
    found: str | None = connection.scalar(
        sa.select(runs.id)
        .where(runs.session_id == session_id, runs.status == RunState.SUCCEEDED)
        .order_by(runs.created_at.desc(), runs.id.desc())
        .limit(1)
    )
    return found


def adopt(tools: Tools, held: Held, ledger: Ledger, room: Path) -> None:
    """Copy the recording of the run's base into its own place, and note what stands for its parse."""
    begun, run = time.perf_counter(), ledger.run
    base_id = str(run.options["base_run_id"])
    base = RunPlace(run.place.tenant_id, run.place.driver_id, run.session_id, base_id)
    content = tools.storage.read(base.prefix + RECORDING, limit_bytes=_LIMIT_BYTES)
    manifest = Manifest.decode(content)
    for number, record in enumerate(manifest.streams):
        held.check()
        source = tools.storage.local_path(base.stream(record.name))
        if source is None:
            source = room / f"adopted-{number}"
            tools.storage.fetch(base.stream(record.name), source, sha256=record.sha256)
        stored = tools.storage.put(source, run.place.stream(record.name))
        if stored.sha256 != record.sha256:
            raise StageFailed(Failure.coded("INTEGRITY_HASH_MISMATCH", artifact=record.file,
                                            expected=record.sha256, found=stored.sha256))  # fmt: skip
    tools.storage.put(content, run.place.prefix + RECORDING)
    facts = {"streams": {record.name: record.rows for record in manifest.streams}, "base_run_id": base_id}
    outcome = StageOutcome(state=StageState.DONE, facts=facts, elapsed_s=time.perf_counter() - begun)
    part = manifest.outcome.provenance.parts[0]
    ledger.add(
        Stage.PARSE_RAW, outcome, parser_id=part.parser_id, parser_version=part.parser_version,
        telemparse_version=manifest.telemparse_version, schema_version=manifest.schema_version,
    )  # fmt: skip
    ledger.add_datasets("L0", manifest.streams)
    for record in manifest.streams:
        if record.name.partition(".")[0] == "laps":
            ledger.add_laps(record.name, lap_records(tools.storage, run.place.stream(record.name)))
