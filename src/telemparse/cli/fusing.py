"""`telemparse fuse`: fixes and inertial samples into one pose, written beside the recording's tables."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import telemparse
from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command, exit_for
from telemparse.cli.recordings import each, gather
from telemparse.cli.terminal import apart, console
from telemparse.errors import CallError, MissingExtra

if TYPE_CHECKING:
    from telemparse.analysis.fusion.parameters import FusionOptions
    from telemparse.cli.fusion_findings import FusionFindings
    from telemparse.cli.recordings import Recording

__all__ = ["fuse"]

_AXES = 3
_SLOWEST_HZ = 0.001
_USUAL_HZ = 100.0

_Folder = Annotated[
    str,
    typer.Option(
        "--out", "-o", metavar="DIR", show_default=False, help="Folder to write to; made when absent."
    ),
]
_Lever = Annotated[
    str | None,
    typer.Option(
        "--lever", metavar="X,Y,Z", show_default=False,
        help="Where the antenna is, seen from the unit: metres forwards, left, up. 0,0,0 when absent.",
    ),
]  # fmt: skip
_Rate = Annotated[float, typer.Option("--rate", metavar="HZ", help="Most rows a second of the pose.")]
_Sideways = Annotated[
    float | None,
    typer.Option(
        "--sideways", metavar="MPS", show_default=False,
        help="Hold the vehicle to its nose: how fast it usually slips sideways, m/s. Free when absent.",
    ),
]  # fmt: skip
_Wheels = Annotated[
    bool, typer.Option("--wheels", help="Let wheel_speed_* of the vehicle's channels count as well.")
]
_NoMagnetometer = Annotated[
    bool, typer.Option("--no-magnetometer", help="Do not let the magnetometer count.")
]


@command
def fuse(
    paths: arguments.Paths,
    *,
    out: _Folder,
    lever: _Lever = None,
    rate: _Rate = _USUAL_HZ,
    sideways: _Sideways = None,
    wheels: _Wheels = False,
    no_magnetometer: _NoMagnetometer = False,
    file_format: arguments.OutFormat = arguments.Format.PARQUET,
    compression: arguments.OutCompression = arguments.Compression.ZSTD,
    as_json: arguments.Json = False,
    timezone: arguments.Timezone = None,
    columns: arguments.Columns = None,
    together: arguments.Together = False,
    parser: arguments.Parser = None,
    prefer: arguments.Prefer = None,
    isolation: arguments.Where = None,
    timeout: arguments.Timeout = None,
    max_memory: arguments.MaxMemory = None,
    max_decompressed: arguments.MaxDecompressed = None,
) -> Exit:
    """Fuse GNSS and IMU: velocity, course and attitude, also where fixes are missing.

    The recording is written as `parse` writes it, with the stream pose; a pose that the device fused
    itself is kept as pose.onboard_fused. What cannot be fused gets the pose of the receiver alone, and
    the words say why; that is no error. One recording is written to DIR itself; of several each gets a
    folder below it.
    """
    options = arguments.options_of(
        columns=columns, isolation=isolation, timezone=timezone, parser=parser, prefer=prefer or None,
        timeout_s=timeout, max_memory_bytes=max_memory, max_decompressed_bytes=max_decompressed,
    )  # fmt: skip
    arguments.check(options, file_format, compression)
    chosen = _chosen(lever, rate, sideways, wheels=wheels, magnetometer=not no_magnetometer)
    recordings, gathered = gather(paths, together=together)

    def handle(recording: Recording) -> Exit:
        from telemparse.cli.fusion_findings import FusionFindings

        with apart():
            result = telemparse.parse(recording.artifacts, options, on_error="return")
            found = FusionFindings.of(result, chosen)
            folder = Path(out) / recording.folder
            files = _write(found, folder, file_format, compression) if found.pose is not None else {}
        if as_json:
            from telemparse.cli.documents import emit
            from telemparse.cli.fusion_documents import fusion_document

            emit(fusion_document(recording.paths, found, files))
        else:
            from telemparse.cli.fusion_display import show_fusion

            show_fusion(console(), recording.label, found, folder if files else None)
        return exit_for(issue.code for issue in result.errors)

    return max(gathered, each(recordings, handle))


def _write(
    found: FusionFindings, folder: Path, file_format: arguments.Format, compression: arguments.Compression
) -> dict[str, Path]:
    """Write a recording with its pose and return the file of each stream."""
    from telemparse import writers

    manifest = writers.write(found.whole, folder, format=file_format.value, compression=compression.value)
    return {record.name: folder / record.file for record in manifest.streams}


def _chosen(
    lever: str | None, rate: float, sideways: float | None, *, wheels: bool, magnetometer: bool
) -> FusionOptions:
    """Return what the options of a call choose, before any recording is touched.

    Raises CallError for values that cannot be right, MissingExtra without the extra `analysis`.
    """
    if not math.isfinite(rate) or rate < _SLOWEST_HZ:
        raise CallError(f"--rate takes rows a second, {_SLOWEST_HZ:g} or more, and not {rate:g}")
    if sideways is not None and not (math.isfinite(sideways) and sideways > 0):
        raise CallError(f"--sideways takes a speed above 0 in m/s, and not {sideways:g}")
    arm = (0.0, 0.0, 0.0) if lever is None else _arm(lever)
    if find_spec("scipy") is None:
        raise MissingExtra("analysis", "scipy")
    from telemparse.analysis.fusion.parameters import FusionOptions

    return FusionOptions(
        lever_m=arm, rate_hz=rate, sideways_mps=sideways, wheels=wheels, magnetometer=magnetometer
    )


def _arm(text: str) -> tuple[float, float, float]:
    try:
        values = [float(word) for word in text.split(",")]
    except ValueError:
        values = []
    if len(values) != _AXES or not all(map(math.isfinite, values)):
        raise CallError(f"--lever takes three numbers of metres, forwards, left, up, and not {text!r}")
    forwards, left, up = values
    return forwards, left, up
