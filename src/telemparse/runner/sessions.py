"""Sessions as callers see them: values with what became of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from telemparse.runner.stages import StageOutcome
    from telemparse.runner.states import ArtifactState, RunState, SessionState

__all__ = ["ArtifactFacts", "FailureFacts", "Session", "SessionPage"]


@attrs.frozen(kw_only=True)
class ArtifactFacts:
    """A file of a session: name, size in bytes, hash, and whether its bytes are still kept."""

    id: str
    name: str
    byte_size: int
    sha256: str
    status: ArtifactState
    discarded_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class FailureFacts:
    """Why a session is FAILED or PARTIAL: a stable code, a sentence, and what to do."""

    code: str
    message: str
    hint: str = ""


@attrs.frozen(kw_only=True)
class Session:
    """What has become of a recording.

    Args:
        id: of the session.
        tenant_id, driver_id: its owner.
        name: as it was handed in, or the name of its first file.
        status: see `SessionState`.
        start_time_utc, end_time_utc: of the data; those of its creation until a run has succeeded, and where
            the data knows no date.
        track: name of the catalogue's track, None without one.
        created_at, updated_at: of the session.
        run_id: current run, None after deletion.
        run_status: of that run.
        parser_id, parser_version, telemparse_version, schema_version: that it was read with; None before.
        stages: outcomes of the run so far, by stage.
        artifacts: files, in order.
        device: `family`, `model` and `serial` as far as the recording names them, empty where it does not.
        failure: why it is FAILED or PARTIAL, else None.
        laps: number of laps from line to line, those that analysis found, else the device's; None where
            they were not looked for.
        best_lap_s: shortest valid lap, seconds, None without one.
        quality: 0 to 100, None where there is nothing to judge, or before it was judged.
        quality_label: word for it, None without.
        features_available, feature_reasons: as the quality says.
        materialisation_status: `SKIPPED` until something materialises.
    """

    id: str
    tenant_id: str
    driver_id: str
    name: str
    status: SessionState
    start_time_utc: dt.datetime
    end_time_utc: dt.datetime
    track: str | None
    created_at: dt.datetime
    updated_at: dt.datetime
    run_id: str | None
    run_status: RunState | None
    parser_id: str | None
    parser_version: str | None
    telemparse_version: str | None
    schema_version: int | None
    stages: Mapping[str, StageOutcome]
    artifacts: tuple[ArtifactFacts, ...]
    device: Mapping[str, str]
    failure: FailureFacts | None
    laps: int | None
    best_lap_s: float | None
    quality: float | None
    quality_label: str | None
    features_available: Mapping[str, bool]
    feature_reasons: Mapping[str, str]
    materialisation_status: str | None

    @property
    def is_dated(self) -> bool:
        """True when its times are those of the data, and not of its creation."""
        return self.start_time_utc != self.created_at

    @property
    def is_settled(self) -> bool:
        """True when nothing more happens to it by itself."""
        return self.status.is_settled

    def to_dict(self) -> dict[str, Any]:
        """Return the session as plain values for JSON; instants in ISO 8601."""
        document = attrs.asdict(self, recurse=False)
        for name in ("start_time_utc", "end_time_utc", "created_at", "updated_at"):
            document[name] = document[name].isoformat()
        return {
            **document,
            "status": str(self.status),
            "run_status": None if self.run_status is None else str(self.run_status),
            "processing_run_id": document.pop("run_id"),
            "stages": {name: outcome.to_dict() for name, outcome in self.stages.items()},
            "artifacts": [_plain(attrs.asdict(each)) for each in self.artifacts],
            "device": dict(self.device),
            "failure": None if self.failure is None else attrs.asdict(self.failure),
            "features_available": dict(self.features_available),
            "feature_reasons": dict(self.feature_reasons),
        }


@attrs.frozen(kw_only=True)
class SessionPage:
    """Some sessions, the newest first, and the cursor that continues them (None at the end)."""

    sessions: tuple[Session, ...]
    cursor: str | None


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    discarded = document["discarded_at"]
    return {
        **document,
        "status": str(document["status"]),
        "discarded_at": None if discarded is None else discarded.isoformat(),
    }
