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
from telemparse.runner.stages import SESSION_STAGES, Stage, StageOutcome, StageState
from telemparse.writers.layout import MANIFEST
from telemparse.writers.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from telemparse.runner.chains import Chain
    from telemparse.runner.runs import Run
    from telemparse.runner.tools import Step, Tools

__all__ = ["process"]

_OWN = "L0"


@attrs.frozen(kw_only=True)
class _Walk:
    """A run on its way through the stages: the folder of its recording, and one for what stages write."""

    chain: Chain
    room: Path
    place: Path


def process(chain: Chain) -> Step:
    """Do the stages that the run has not been through, and return how it is published."""
    tools, held, ledger = chain.tools, chain.held, chain.ledger
    run = ledger.run
    told = {"run_id": run.id, "session_id": run.session_id}
    with tools.workroom() as room:
        if Stage.PARSE_RAW not in ledger.stages:
            adopt(tools, held, ledger, room)
        walk = _Walk(chain=chain, room=room, place=_recording(tools, run, room))
        for stage in SESSION_STAGES:
            if stage in ledger.stages:
                continue
            held.check()
            tools.events.emit("stage_started", stage=str(stage), **told)
            outcome = _go_through(walk, stage)
            tools.events.emit(
                f"stage_{outcome.state.lower()}", stage=str(stage), code=outcome.code or None,
                elapsed_s=outcome.elapsed_s, calls_s=outcome.calls_s, **told,
            )  # fmt: skip
            if chain.is_due:
                chain.save()
        held.check()
        tools.events.emit("stage_started", stage=str(Stage.PUBLISH_SESSION), **told)
        return publication(tools, ledger)


def _recording(tools: Tools, run: Run, room: Path) -> Path:
    """Return the folder of the recording's own files; they are fetched where the store is elsewhere."""
    manifest_key = run.place.prefix + RECORDING
    local = tools.storage.local_path(manifest_key)
    if local is not None:
        return local.parent
    place = room / "recording"
    place.mkdir()
    tools.storage.fetch(manifest_key, place / RECORDING)
    for record in Manifest.decode((place / RECORDING).read_bytes()).streams:
        target = place / record.file
        target.parent.mkdir(exist_ok=True)
        tools.storage.fetch(run.place.stream(record.name), target, sha256=record.sha256)
    return place


def _go_through(walk: _Walk, stage: Stage) -> StageOutcome:
    """Do one stage and note what it came to."""
    if stage is Stage.MATERIALISE:
        # A gated stage: what materialises is configured one day, and nothing is by now.
        outcome = StageOutcome(state=StageState.SKIPPED, reason="no materialiser is configured")
        walk.chain.ledger.add(stage, outcome)
        return outcome
    begun = time.perf_counter()
    folder = walk.room / stage
    folder.mkdir()
    try:
        answer = _asked(walk, stage, folder)
    except ChildFailed as failed:
        failure = Failure.of_stage(stage, failed)
        if stage.is_required:
            raise StageFailed(failure) from failed
        outcome = StageOutcome(
            state=StageState.FAILED, code=failure.code, message=failure.message,
            elapsed_s=time.perf_counter() - begun,
        )  # fmt: skip
        walk.chain.ledger.add(stage, outcome)
        return outcome
    manifests = {
        level: Manifest.decode((folder / level / MANIFEST).read_bytes()) for level in answer["levels"]
    }
    for level, manifest in manifests.items():
        _promote(walk, folder / level, level, manifest)
    if manifests:
        walk.chain.tools.events.emit("outputs_promoted", stage=str(stage), run_id=walk.chain.ledger.run.id)
    outcome = _outcome(answer, manifests, time.perf_counter() - begun)
    quality = outcome.facts.get("quality")
    if quality is None:
        walk.chain.ledger.add(stage, outcome)
        return outcome
    # What a column of its own holds need not stand here as well.
    outcome = attrs.evolve(outcome, facts={"overall": quality["overall"]})
    walk.chain.ledger.add(stage, outcome, quality_summary=quality)
    return outcome


def _asked(walk: _Walk, stage: Stage, folder: Path) -> Any:
    settings = walk.chain.tools.settings
    paths = {"quality_table": settings.quality_table, "tracks": settings.tracks}
    request = {
        "key": walk.chain.ledger.run.id,
        "stage": str(stage),
        "place": str(walk.place),
        "manifest": RECORDING,
        "options": dict(walk.chain.ledger.run.options),
        "settings": {
            "level_l1": settings.level_l1,
            "level_l2": settings.level_l2,
            **{name: None if path is None else str(path.resolve()) for name, path in paths.items()},
        },
    }
    return walk.chain.tools.sandbox.call(
        "telemparse.runner.session_tasks:stage", request, folder,
        timeout_s=settings.stage_timeout_s, guarded=False, stop=walk.chain.held.abort,
    )  # fmt: skip


def _promote(walk: _Walk, folder: Path, level: str, manifest: Manifest) -> None:
    """Put a level's files into the store, its manifest last; those beside the recording's own have none."""
    named = None if level == _OWN else level
    storage, ledger = walk.chain.tools.storage, walk.chain.ledger
    place = ledger.run.place
    for record in manifest.streams:
        walk.chain.held.check()
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
