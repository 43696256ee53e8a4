"""Publication: the manifest of a run, and the rows that make its session one that people see."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa

from telemparse.runner.intake import RECORDING
from telemparse.runner.jobs import new_id
from telemparse.runner.ledger import dataset_id, insert_new
from telemparse.runner.runs import failed_stages
from telemparse.runner.stages import Stage, StageOutcome, StageState
from telemparse.runner.stamps import utc_now
from telemparse.runner.states import ArtifactState, RunState, SessionState
from telemparse.runner.tools import Step
from telemparse.writers.layout import MANIFEST
from telemparse.writers.manifest import Manifest, StreamRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from telemparse.runner.chains import Chain
    from telemparse.runner.ledger import Ledger
    from telemparse.runner.runs import Run
    from telemparse.runner.tools import Tools

__all__ = ["publication"]

_LIMIT_BYTES = 64 * 1024 * 1024
_NS_PER_US = 1000
_SERIAL_CHARACTERS = 128
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def publication(chain: Chain) -> Step:
    """Put the run's manifest into the store, and return what publishes the session."""
    tools, ledger = chain.tools, chain.ledger
    begun, run, stages = time.perf_counter(), ledger.run, ledger.stages
    chain.held.check()
    told = {"stage": str(Stage.PUBLISH_SESSION), "run_id": run.id}
    tools.events.emit("stage_started", session_id=run.session_id, **told)
    recording = chain.recording
    if recording is None:
        content = tools.storage.read(run.place.prefix + RECORDING, limit_bytes=_LIMIT_BYTES)
        recording = Manifest.decode(content)
    manifest = _whole(recording, stages)
    whole = chain.room(str(Stage.PUBLISH_SESSION)) / MANIFEST
    whole.write_bytes(manifest.encode())
    tools.storage.give(whole, run.place.manifest())
    keys = list(tools.storage.keys(run.place.prefix))
    # The raw files are given up soon: what was made of them must outlast a power cut.
    # Files that stages wrote were flushed when they were written; their names were not.
    tools.storage.settle({key.rpartition("/")[0]: key for key in sorted(keys)}.values())
    tools.events.emit("outputs_promoted", **told)
    is_partial = bool(recording.errors or failed_stages(stages))
    ledger.add(
        Stage.PUBLISH_SESSION,
        StageOutcome(state=StageState.DONE, elapsed_s=time.perf_counter() - begun),
        status=RunState.SUCCEEDED,
        output_dataset_ids=_dataset_ids(run, manifest, keys),
        finished_at=utc_now(),
        **_told(recording),
    )

    def write(connection: Connection) -> None:
        _show_session(connection, tools, ledger, recording, is_partial=is_partial)

    def after() -> None:
        tools.events.emit(
            "stage_done", session_id=run.session_id, elapsed_s=time.perf_counter() - begun, **told
        )

    return Step(write=write, after=after)


def _dataset_ids(run: Run, manifest: Manifest, keys: Iterable[str]) -> list[str]:
    """Return the keys of all datasets of a run, in order of their places."""
    streams = {run.place.stream(record.name): ("L0", record.name) for record in manifest.streams}
    for level in ("L1", "L2"):
        streams |= {run.place.stream(record.name, level): (level, record.name) for record in manifest.streams}
    return [dataset_id(run.id, *streams[key]) for key in sorted(keys) if key in streams]


def _told(recording: Manifest) -> dict[str, Any]:
    """Return the columns that say what could not be read, none where all could."""
    first = next(iter(recording.errors), None)
    if first is None:
        return {}
    return {"error_code": first.code, "error_detail": first.message, "error_hint": first.hint}


def _whole(recording: Manifest, stages: Mapping[str, StageOutcome]) -> Manifest:
    """Return the manifest of all that lies in the run's folder, with the findings of all stages."""
    found = [StreamRecord(**{**file, "columns": tuple(file["columns"])})
             for outcome in stages.values() for file in outcome.files]  # fmt: skip
    later = [
        issue
        for name, outcome in stages.items()
        if name not in (Stage.ARTIFACT_CLASSIFY, Stage.PARSE_RAW)
        for issue in outcome.issues
    ]
    errors = [issue for issue in later if issue["severity"] == "error"]
    warnings = [issue for issue in later if issue["severity"] != "error"]
    result = {
        **recording.result,
        "warnings": [*recording.result["warnings"], *warnings],
        "errors": [*recording.result["errors"], *errors],
    }
    return attrs.evolve(recording, streams=(*recording.streams, *found), result=result)


def _show_session(
    connection: Connection, tools: Tools, ledger: Ledger, recording: Manifest, *, is_partial: bool
) -> None:
    tables = tools.database.tables
    sessions, artifacts, run, quality = tables.sessions, tables.artifacts, ledger.run, ledger.quality
    values: dict[str, Any] = {
        "status": SessionState.PARTIAL if is_partial else SessionState.READY,
        "current_run_id": run.id,
        "features_available": quality.get("features_available", {}),
        "feature_reasons": quality.get("feature_reasons", {}),
        "device_id": _device(connection, tools, run, recording),
        "updated_at": utc_now(),
    }
    span = _span(recording)
    if span is not None:
        values["start_time_utc"], values["end_time_utc"] = span
    laps = ledger.stages.get(Stage.DETECT_LAPS)
    if laps is not None and laps.facts.get("gate_source") == "catalogue_default":
        values["track"] = laps.facts.get("track")
    connection.execute(
        sessions.update()
        .where(sessions.c.id == run.session_id, sessions.c.status != SessionState.DELETED)
        .values(**values)
    )
    connection.execute(
        artifacts.update()
        .where(artifacts.c.id.in_([each.id for each in run.artifacts]))
        .where(artifacts.c.status != ArtifactState.DELETED)
        .values(status=ArtifactState.CANONICALISED)
    )


def _span(recording: Manifest) -> tuple[dt.datetime, dt.datetime] | None:
    """Return when the data begins and ends; None where no stream knows its date."""
    ends = [
        (record.t_first_ns, record.t_last_ns)
        for record in recording.streams
        if record.time_base == "utc" and record.t_first_ns is not None and record.t_last_ns is not None
    ]
    if not ends:
        return None
    try:
        return _instant(min(first for first, _last in ends)), _instant(max(last for _first, last in ends))
    except OverflowError:  # a clock of the year 10 000 and later
        return None


def _instant(t_ns: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=t_ns // _NS_PER_US)


def _serial(device: Any) -> str:
    """Return the serial number that a parser found; few formats have one, and most parsers leave it there."""
    serial = device.get("serial") if isinstance(device, dict) else None
    return "" if serial in (None, 0) else str(serial)[:_SERIAL_CHARACTERS]


def _device(connection: Connection, tools: Tools, run: Run, recording: Manifest) -> str | None:
    """Return the key of the device that recorded; None where nothing is known of it."""
    outcome = recording.outcome
    facts = {
        "family": outcome.device_family or "",
        "model": outcome.device_model or "",
        "serial": _serial(outcome.metadata.get("device")),
    }
    if not any(facts.values()):
        return None
    devices = tools.database.tables.devices
    owned = {"tenant_id": run.place.tenant_id, "driver_id": run.place.driver_id, **facts}
    same = sa.select(devices.c.id).where(*(devices.c[name] == value for name, value in owned.items()))
    known: str | None = connection.scalar(same)
    if known is not None:
        return known
    insert_new(connection, tools.database, devices, [{"id": new_id(), "created_at": utc_now(), **owned}])
    kept: str | None = connection.scalar(same)
    return kept
