"""Stages over a parsed recording: what each does, and when it has nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.analysis.downsampling import downsample
from telemparse.analysis.timings import timing
from telemparse.errors import CallError
from telemparse.runner.stages import Stage
from telemparse.schemas.checking import check
from telemparse.schemas.registry import is_stream
from telemparse.writers.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pyarrow as pa

    from telemparse.model.issues import Issue
    from telemparse.runner.recordings import Recording

__all__ = ["STAGES", "Found"]


@attrs.frozen(kw_only=True)
class Found:
    """What a stage found.

    Args:
        reason: why it has nothing to do with this recording, else empty.
        issues: findings with registry codes.
        facts: figures and words by name.
        levels: names of the folders that it wrote.
    """

    reason: str = ""
    issues: tuple[Issue, ...] = ()
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    levels: tuple[str, ...] = ()


def _normalise_units(recording: Recording, _folder: Path) -> Found:
    """Prove that the tables are canonical: parsers hand over SI units, and the border has looked once."""
    violations = [
        issue
        for stream, table in recording.streams.items()
        for issue in check(stream, table)[1]
        if issue.code == "SCHEMA_VIOLATION"
    ]
    return Found(issues=tuple(violations), facts={"streams": len(recording.streams)})


def _time_align(recording: Recording, _folder: Path) -> Found:
    """Say how the clocks of the streams stand; canonical rows are never moved."""
    clocks = {
        stream: _clock(table)
        for stream, table in recording.streams.items()
        if "t" in table.column_names and stream.partition(".")[0] != "events"
    }
    return Found(facts={"clocks": clocks, "clock_match": _match(recording)})


def _clock(table: pa.Table) -> dict[str, Any]:
    found = timing(table)
    base = (table.schema.metadata or {}).get(b"time_base", b"").decode()
    return {
        "time_base": base, "rate_hz": found.nominal_hz, "jitter_s": found.jitter_s,
        "drift_ppm": found.drift_ppm, "duplicates": found.duplicates, "out_of_order": found.out_of_order,
        "gap_share": found.gaps.share,
    }  # fmt: skip


def _match(recording: Recording) -> dict[str, Any] | None:
    """Return how channels stand to the fixes, where their stamps are of another clock and both know speed."""
    from telemparse.analysis.clock_matching import match_clocks

    fixes = recording.streams.get("gnss_pvt")
    if fixes is None:
        return None
    base = _base(fixes)
    for stream, table in recording.streams.items():
        if stream.partition(".")[0] != "channels" or _base(table) == base:
            continue
        try:
            match = match_clocks(fixes, table)
        except CallError:  # it knows no speed
            continue
        facts = attrs.asdict(match, filter=lambda field, _value: field.name != "issues")
        return {"stream": stream, "uncertain": match.uncertain, **facts}
    return None


def _base(table: pa.Table) -> bytes:
    facts: Mapping[bytes, bytes] = table.schema.metadata or {}
    return facts.get(b"time_base", b"")


def _downsample(recording: Recording, folder: Path) -> Found:
    timed = {
        name: table
        for name, table in recording.streams.items()
        if "t" in table.column_names
        and name.partition(".")[0] not in ("events", "laps", "sectors", "segments")
    }
    if not timed:
        return Found(reason="no stream has samples in time")
    levels = {"L1": recording.settings["level_l1"], "L2": recording.settings["level_l2"]}
    for name, level in levels.items():
        tables = {stream: downsample(table, level) for stream, table in timed.items()}
        write(attrs.evolve(recording.result, streams=tables), folder / name)
    return Found(facts={"levels": levels}, levels=tuple(levels))


def _fuse(recording: Recording, folder: Path) -> Found:
    missing = [name for name in ("gnss_pvt", "imu_accel") if name not in recording.streams]
    if missing:
        return Found(reason=f"the recording has no {' and no '.join(missing)}")
    fused = recording.fused
    if fused is None or fused.table is None:
        return Found(issues=() if fused is None else fused.issues, reason="" if fused else "nothing to fuse")
    stream = "pose" if "pose" not in recording.streams else "pose.server_fused"
    return Found(
        issues=fused.issues,
        facts={
            "pose": stream,
            "source": fused.source,
            "health": attrs.asdict(fused.health) if fused.health else None,
        },
        levels=_beside(recording, folder, {stream: fused.table}),
    )


def _detect_laps(recording: Recording, folder: Path) -> Found:
    if "gnss_pvt" not in recording.streams:
        return Found(reason="the recording has no gnss_pvt")
    laps = recording.laps
    method = "smoothed" if laps.motion is None else str(laps.motion.method)
    tables = {f"laps.{method}": laps.table, f"sectors.{method}": laps.sectors}
    written = {name: table for name, table in tables.items() if table.num_rows and is_stream(name)}
    return Found(
        issues=laps.issues,
        facts={
            "laps": len(laps), "method": method,
            "gate_source": None if laps.gate is None else laps.gate.source,
            "gate_name": None if laps.gate is None else laps.gate.name,
            "track": laps.diagnostics.get("track"),
            # Its ends are positions: data of the session, which no log tells.
            "gate": laps.gate,
        },
        levels=_beside(recording, folder, written),
    )  # fmt: skip


def _beside(recording: Recording, folder: Path, tables: Mapping[str, pa.Table]) -> tuple[str, ...]:
    """Write streams that join the recording's own."""
    if not tables:
        return ()
    write(attrs.evolve(recording.result, streams=tables), folder / "L0")
    return ("L0",)


def _quality(recording: Recording, _folder: Path) -> Found:
    return Found(facts={"quality": recording.quality.to_dict()})


STAGES: Mapping[str, Callable[[Recording, Path], Found]] = {
    Stage.NORMALISE_UNITS: _normalise_units,
    Stage.TIME_ALIGN: _time_align,
    Stage.DOWNSAMPLE: _downsample,
    Stage.FUSE_GNSS_IMU: _fuse,
    Stage.DETECT_LAPS: _detect_laps,
    Stage.QUALITY: _quality,
}
"""By stage, what the sandbox does for it."""
