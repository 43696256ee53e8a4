"""The job `process_session`: stage after stage over the parsed recording, then the session is published."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.isolation import ChildFailed
from telemparse.runner.adoption import adopt
from telemparse.runner.failures import Failure, StageFailed
from telemparse.runner.intake import RECORDING
from telemparse.runner.lap_records import lap_records
from telemparse.runner.publication import publication
from telemparse.runner.stage_answers import StageAnswers
from telemparse.runner.stages import SESSION_STAGES, Stage, StageOutcome, StageState
from telemparse.runner.tools import Step
from telemparse.writers.layout import MANIFEST
from telemparse.writers.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from telemparse.runner.chains import Chain

__all__ = ["process"]

_OWN = "L0"


def process(chain: Chain) -> Step:
    """Do the stages that the run has not been through, and return how it is published."""
    tools, held, ledger = chain.tools, chain.held, chain.ledger
    run = ledger.run
    told = {"run_id": run.id, "session_id": run.session_id}
    if Stage.PARSE_RAW not in ledger.stages:
        adopt(tools, held, ledger, chain.room("adopted"))
    left = [stage for stage in SESSION_STAGES if stage not in ledger.stages]
    asked = [stage for stage in left if stage is not Stage.MATERIALISE]
    place, room = _recording(chain), chain.room("stages")
    with StageAnswers(chain=chain, place=place, room=room, stages=asked) as answers:
        for stage in left:
            held.check()
            tools.events.emit("stage_started", stage=str(stage), **told)
            outcome = _go_through(answers, stage)
            tools.events.emit(
                f"stage_{outcome.state.lower()}", stage=str(stage), code=outcome.code or None,
                elapsed_s=outcome.elapsed_s, calls_s=outcome.calls_s, **told,
            )  # fmt: skip
            chain.save_when_due()
    return Step(finish=lambda: publication(chain))


def _recording(chain: Chain) -> Path:
    """Return the folder of the recording's own files; they are fetched where the store is elsewhere."""
    tools, run = chain.tools, chain.ledger.run
    manifest_key = run.place.prefix + RECORDING
    local = tools.storage.local_path(manifest_key)
    if local is not None:
        return local.parent
    place = chain.room("recording")
    tools.storage.fetch(manifest_key, place / RECORDING)
    for record in Manifest.decode((place / RECORDING).read_bytes()).streams:
        target = place / record.file
        target.parent.mkdir(exist_ok=True)
        tools.storage.fetch(run.place.stream(record.name), target, sha256=record.sha256)
    return place


def _go_through(answers: StageAnswers, stage: Stage) -> StageOutcome:
    """Do one stage and note what it came to."""
    chain = answers.chain
    ledger = chain.ledger
    if stage is Stage.MATERIALISE:
        # A gated stage: what materialises is configured one day, and nothing is by now.
        outcome = StageOutcome(state=StageState.SKIPPED, reason="no materialiser is configured")
        ledger.add(stage, outcome)
        return outcome
    begun, folder = time.perf_counter(), answers.room / stage
    try:
        answer = answers.next()
    except ChildFailed as failed:
        failure = Failure.of_stage(stage, failed)
        if stage.is_required:
            raise StageFailed(failure) from failed
        outcome = StageOutcome(
            state=StageState.FAILED, code=failure.code, message=failure.message,
            elapsed_s=time.perf_counter() - begun,
        )  # fmt: skip
        ledger.add(stage, outcome)
        return outcome
    manifests = {
        level: Manifest.decode((folder / level / MANIFEST).read_bytes()) for level in answer["levels"]
    }
    for level, manifest in manifests.items():
        _promote(chain, folder / level, level, manifest)
    if manifests:
        chain.tools.events.emit("outputs_promoted", stage=str(stage), run_id=ledger.run.id)
    outcome = _outcome(answer, manifests, time.perf_counter() - begun)
    quality = outcome.facts.get("quality")
    if quality is None:
        ledger.add(stage, outcome)
        return outcome
    # What a column of its own holds need not stand here as well.
    outcome = attrs.evolve(outcome, facts={"overall": quality["overall"]})
    ledger.add(stage, outcome, quality_summary=quality)
    return outcome


def _promote(chain: Chain, folder: Path, level: str, manifest: Manifest) -> None:
    """Put a level's files into the store, its manifest last; those beside the recording's own have none."""
    named = None if level == _OWN else level
    storage, ledger = chain.tools.storage, chain.ledger
    place = ledger.run.place
    for record in manifest.streams:
        chain.held.check()
        key = place.stream(record.name, named)
        storage.give(folder / record.file, key, sha256=record.sha256)
        if level == _OWN and record.name.partition(".")[0] == "laps":
            ledger.add_laps(record.name, lap_records(storage, key))
    if named is not None:
        storage.give(folder / MANIFEST, place.manifest(named))
    ledger.add_datasets(level, manifest.streams)


def _outcome(answer: Mapping[str, Any], manifests: Mapping[str, Manifest], elapsed_s: float) -> StageOutcome:
    own = manifests[_OWN].streams if _OWN in manifests else ()
    return StageOutcome(
        state=StageState.SKIPPED if answer["reason"] else StageState.DONE,
        reason=answer["reason"],
        issues=tuple(answer["issues"]),
        files=tuple(attrs.asdict(record) for record in own),
        facts=answer["facts"],
        elapsed_s=elapsed_s,
        calls_s=answer["calls_s"],
    )
