"""Stages of the pipeline: their names, their order, and which of them a session cannot do without."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Self

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SESSION_STAGES", "Stage", "StageOutcome", "StageState"]


class Stage(enum.StrEnum):
    """One step of a run; the first three are jobs, the others steps of `process_session`."""

    ARTIFACT_VALIDATE = "artifact_validate"
    ARTIFACT_CLASSIFY = "artifact_classify"
    PARSE_RAW = "parse_raw"
    NORMALISE_UNITS = "normalise_units"
    TIME_ALIGN = "time_align"
    DOWNSAMPLE = "downsample"
    FUSE_GNSS_IMU = "fuse_gnss_imu"
    DETECT_LAPS = "detect_laps"
    QUALITY = "quality"
    MATERIALISE = "materialise"
    PUBLISH_SESSION = "publish_session"

    @property
    def is_required(self) -> bool:
        """True where a session without it has failed; without another it is partial."""
        return self not in _OPTIONAL


_OPTIONAL = frozenset(
    {Stage.DOWNSAMPLE, Stage.FUSE_GNSS_IMU, Stage.DETECT_LAPS, Stage.QUALITY, Stage.MATERIALISE}
)

SESSION_STAGES = (
    Stage.NORMALISE_UNITS,
    Stage.TIME_ALIGN,
    Stage.DOWNSAMPLE,
    Stage.FUSE_GNSS_IMU,
    Stage.DETECT_LAPS,
    Stage.QUALITY,
    Stage.MATERIALISE,
)
"""Steps of `process_session` before it publishes, in order."""


class StageState(enum.StrEnum):
    """What a stage came to."""

    DONE = "DONE"
    SKIPPED = "SKIPPED"
    """Its gate was shut: the recording lacks what it needs, and `reason` says what."""
    FAILED = "FAILED"


@attrs.frozen(kw_only=True)
class StageOutcome:
    """What a stage came to, as the run keeps it.

    Args:
        state: done, skipped or failed.
        reason: why it was skipped, else empty.
        code, message: of the failure, else empty.
        issues: documents of what was found on the way.
        files: documents of the streams that it wrote at the rate of the recording.
        facts: figures and words by name.
        elapsed_s: wall clock that it took.
        calls_s: share of that within the library's own calls.
    """

    state: StageState
    reason: str = ""
    code: str = ""
    message: str = ""
    issues: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    elapsed_s: float = 0.0
    calls_s: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values, empty ones left out."""
        document = {
            "status": str(self.state), "reason": self.reason, "code": self.code, "message": self.message,
            "issues": list(self.issues), "files": list(self.files), "facts": dict(self.facts),
            "elapsed_s": round(self.elapsed_s, 6), "calls_s": round(self.calls_s, 6),
        }  # fmt: skip
        return {name: value for name, value in document.items() if value or name == "status"}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the outcome of a document."""
        fields = dict(document)
        return cls(
            state=StageState(fields.pop("status")),
            issues=tuple(fields.pop("issues", ())),
            files=tuple(fields.pop("files", ())),
            **fields,
        )
