"""The first three jobs of a run: are the files those that came, what are they, and what is in them."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import telemparse
from telemparse.isolation import ChildFailed
from telemparse.model.codes import Severity
from telemparse.model.documents import issue_document, issue_from
from telemparse.runner.failures import Failure, StageFailed
from telemparse.runner.jobs import NewJob
from telemparse.runner.lap_records import lap_records
from telemparse.runner.stages import Stage, StageOutcome, StageState
from telemparse.runner.states import JobType
from telemparse.runner.tools import Step
from telemparse.schemas.fields import SCHEMA_VERSION
from telemparse.writers.layout import MANIFEST
from telemparse.writers.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.runner.chains import Chain
    from telemparse.runner.ledger import Ledger
    from telemparse.runner.runs import Run
    from telemparse.runner.tools import Tools

__all__ = ["RECORDING", "classify", "parse", "validate"]

RECORDING = "recording.json"
"""Manifest of what was parsed; `manifest.json` follows when all else is there."""


def validate(chain: Chain) -> Step:
    """Compare the bytes in the store with what was handed in."""
    begun, tools, ledger = time.perf_counter(), chain.tools, chain.ledger
    run = ledger.run
    for artifact in run.artifacts:
        chain.held.check()
        key = artifact.storage_path
        found = None if key is None else tools.storage.byte_size(key)
        if key is None or found is None:
            raise StageFailed(Failure.coded("ARTIFACT_DISCARDED", artifact=artifact.name))
        if found > tools.settings.max_file_size_bytes:
            limit = tools.settings.max_file_size_bytes
            raise StageFailed(
                Failure.coded(
                    "ARTIFACT_TOO_LARGE", of_input=True, artifact=artifact.name, bytes=found, limit=limit
                )
            )
        if found == 0:
            raise StageFailed(Failure.coded("ARTIFACT_EMPTY", of_input=True, artifact=artifact.name, bytes=0))
        digest = tools.storage.digest(key)
        if (found, digest) != (artifact.byte_size, artifact.sha256):
            evidence: dict[str, Any] = {"expected": artifact.sha256, "found": digest, "bytes": found}
            raise StageFailed(
                Failure.coded("INTEGRITY_HASH_MISMATCH", of_input=True, artifact=artifact.name, **evidence)
            )
    facts = {"artifacts": len(run.artifacts), "bytes": sum(each.byte_size for each in run.artifacts)}
    outcome = _done(begun, facts=facts)
    ledger.add(Stage.ARTIFACT_VALIDATE, outcome)
    return _step(tools, ledger, Stage.ARTIFACT_VALIDATE, outcome, JobType.ARTIFACT_CLASSIFY)


def classify(chain: Chain) -> Step:
    """Say what the files are; nobody's files end here."""
    begun, tools, ledger = time.perf_counter(), chain.tools, chain.ledger
    answer = _sandboxed(chain, "telemparse.runner.tasks:classify", Stage.ARTIFACT_CLASSIFY)
    issues = [issue_from(document) for document in answer["issues"]]
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if not answer["parts"]:
        raise StageFailed(Failure.of_issue(errors[0] if errors else issues[0]))
    first = answer["parts"][0]
    outcome = _done(
        begun, calls_s=answer["calls_s"], facts={"parts": answer["parts"]}, issues=tuple(answer["issues"])
    )
    ledger.add(Stage.ARTIFACT_CLASSIFY, outcome, parser_id=first["parser_id"])
    return _step(tools, ledger, Stage.ARTIFACT_CLASSIFY, outcome, JobType.PARSE_RAW)


def parse(chain: Chain) -> Step:
    """Turn the files into canonical Parquet, and put that into the store."""
    begun, tools, ledger = time.perf_counter(), chain.tools, chain.ledger
    run = ledger.run
    answer = _sandboxed(chain, "telemparse.runner.tasks:parse", Stage.PARSE_RAW)
    room = chain.room(Stage.PARSE_RAW)
    content = (room / MANIFEST).read_bytes()
    manifest = Manifest.decode(content)
    if not manifest.streams:
        raise StageFailed(Failure.of_issue(manifest.errors[0] if manifest.errors else manifest.warnings[0]))
    for record in manifest.streams:
        chain.held.check()
        tools.storage.give(room / record.file, run.place.stream(record.name), sha256=record.sha256)
    chain.recording = manifest
    digest = hashlib.sha256(content).hexdigest()
    tools.storage.give(room / MANIFEST, run.place.prefix + RECORDING, sha256=digest)
    tools.events.emit("outputs_promoted", stage=str(Stage.PARSE_RAW), run_id=run.id)
    laps = _device_laps(tools, run, manifest)
    outcome = _done(
        begun,
        calls_s=answer["calls_s"],
        issues=tuple(issue_document(issue) for issue in (*manifest.errors, *manifest.warnings)),
        facts={"streams": {record.name: record.rows for record in manifest.streams}},
    )
    part = manifest.outcome.provenance.parts[0]
    ledger.add(
        Stage.PARSE_RAW, outcome, parser_id=part.parser_id, parser_version=part.parser_version,
        telemparse_version=telemparse.__version__, schema_version=SCHEMA_VERSION,
    )  # fmt: skip
    ledger.add_datasets("L0", manifest.streams)
    for stream, records in laps.items():
        ledger.add_laps(stream, records)
    return _step(tools, ledger, Stage.PARSE_RAW, outcome, JobType.PROCESS_SESSION)


def _device_laps(tools: Tools, run: Run, manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    """Return the laps that the device timed, by stream."""
    streams = [record.name for record in manifest.streams if record.name.partition(".")[0] == "laps"]
    return {stream: lap_records(tools.storage, run.place.stream(stream)) for stream in streams}


def _files(chain: Chain) -> Iterator[dict[str, Any]]:
    """Yield where the sandbox finds each file; one that is not on this machine is fetched, once."""
    tools = chain.tools
    for number, artifact in enumerate(chain.ledger.run.artifacts):
        if artifact.storage_path is None:
            raise StageFailed(Failure.coded("ARTIFACT_DISCARDED", artifact=artifact.name))
        place = tools.storage.local_path(artifact.storage_path)
        if place is None:
            place = chain.room("artifacts") / str(number)
            if not place.exists():
                chain.finisher.turn()  # this may take long
                tools.storage.fetch(artifact.storage_path, place, sha256=artifact.sha256)
        yield {"name": artifact.name, "path": str(place)}


def _sandboxed(chain: Chain, target: str, stage: Stage) -> Any:
    """Ask the sandbox for a stage; what it may write to is the folder of that stage."""
    tools = chain.tools
    request = {"artifacts": list(_files(chain)), "options": chain.ledger.run.options.get("parse", {})}
    try:
        return tools.sandbox.call(
            target, request, chain.room(stage),
            timeout_s=tools.settings.parser_timeout_s, stop=chain.held.abort, meanwhile=chain.breathe,
        )  # fmt: skip
    except ChildFailed as failed:
        raise StageFailed(Failure.of_parser(failed)) from failed


def _done(begun: float, **fields: Any) -> StageOutcome:
    return StageOutcome(state=StageState.DONE, elapsed_s=time.perf_counter() - begun, **fields)


def _step(tools: Tools, ledger: Ledger, stage: Stage, outcome: StageOutcome, then: JobType) -> Step:
    """Return what is written when a job of the intake succeeds, and the job that follows."""
    run = ledger.run
    follower = NewJob(
        job_type=then, run_id=run.id, payload={"session_id": run.session_id},
        max_attempts=tools.settings.max_attempts,
    )  # fmt: skip
    tools.events.emit(
        "stage_done", stage=str(stage), run_id=run.id, session_id=run.session_id,
        elapsed_s=outcome.elapsed_s, calls_s=outcome.calls_s,
    )  # fmt: skip
    return Step(then=follower)
