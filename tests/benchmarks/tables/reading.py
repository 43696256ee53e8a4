"""Reading a big file beside the peers of its format, and what a whole result keeps in memory."""

from __future__ import annotations

import dataclasses
import shutil

from benchmarks.bench import Bench
from benchmarks.inputs import bench_input
from benchmarks.values import MB, Bar, Input, Job, Measurement, Section

MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Race:
    """One format: its file, the peers, and how far ahead of whom telemparse must be.

    Args:
        name: of the format.
        file: that all read.
        peers: beside telemparse.
        ahead: (peer, factor): CPU of the peer over ours must be at least this.
        behind: (peer, factor): our CPU over the peer's must be at most this.
        convert_mb: largest peak memory of `telemparse.convert`, in MB.
    """

    name: str
    file: Input
    peers: tuple[Job, ...]
    ahead: tuple[tuple[str, float], ...] = ()
    behind: tuple[tuple[str, float], ...] = ()
    convert_mb: float = 150


def _peer(label: str, script: str, distribution: str, *also: str, arguments: tuple[str, ...] = ()) -> Job:
    return Job(
        label, script, label.partition(" ")[0].strip(","), (distribution, *also), distribution, arguments
    )


def _gpsbabel(form: str) -> Job:
    return Job("gpsbabel", "gpsbabel_convert.py", version_of="", arguments=(form,))


GPSBABEL = shutil.which("gpsbabel") is not None

RACES = (
    Race(
        "CSV",
        bench_input("csv", 1_000_000),
        (
            _peer("pyarrow.csv typed", "pyarrow_csv.py", "pyarrow"),
            _peer("polars", "polars_csv.py", "polars"),
            _peer("pandas, engine c", "pandas_csv.py", "pandas", "pyarrow", arguments=("c",)),
            _peer("pandas, engine pyarrow", "pandas_csv.py", "pandas", "pyarrow", arguments=("pyarrow",)),
        ),
        behind=(("pyarrow.csv typed", 1.6),),
        convert_mb=220,
    ),
    Race(
        "GPX",
        bench_input("gpx", 200_000),
        (
            _peer("gpxpy", "gpxpy_parse.py", "gpxpy"),
            _peer("pyogrio (GDAL)", "pyogrio_read.py", "pyogrio"),
            _peer("activity-parser", "activity_parser_parse.py", "activity-parser"),
            *([_gpsbabel("gpx")] if GPSBABEL else []),
        ),
        ahead=(("gpxpy", 30), ("pyogrio (GDAL)", 1.5)),
    ),
    Race(
        "VBO",
        bench_input("vbo", 200_000),
        (_peer("pandas raw columns", "pandas_vbo.py", "pandas"),),
        behind=(("pandas raw columns", 2.0),),
        convert_mb=220,
    ),
    Race(
        "TCX",
        bench_input("tcx", 100_000),
        (
            _peer("tcxreader", "tcxreader_read.py", "tcxreader"),
            _peer("python-tcxparser", "tcxparser_read.py", "python-tcxparser"),
            *([_gpsbabel("gtrnctr")] if GPSBABEL else []),
        ),
        ahead=(("tcxreader", 20),),
    ),
    Race(
        "NMEA",
        bench_input("nmea", 200_000),
        (
            _peer("pynmea2", "pynmea2_read.py", "pynmea2"),
            _peer("pynmeagps", "pynmeagps_read.py", "pynmeagps"),
            *([_gpsbabel("nmea")] if GPSBABEL else []),
        ),
        ahead=(("pynmea2", 15),),
    ),
    Race(
        "UBX",
        bench_input("ubx", 200_000),
        (_peer("pyubx2", "pyubx2_read.py", "pyubx2"),),
        ahead=(("pyubx2", 100),),
    ),
    Race(
        "FIT",
        bench_input("fit", 200_000),
        (
            _peer("fitdecode", "fitdecode_read.py", "fitdecode"),
            _peer("fitparse", "fitparse_read.py", "fitparse"),
            _peer("garmin-fit-sdk", "garmin_sdk_read.py", "garmin-fit-sdk"),
            _peer("pyfitparsernative (Rust)", "pyfitparsernative_read.py", "pyfitparsernative"),
        ),
        ahead=(("fitdecode", 50), ("pyfitparsernative (Rust)", 5)),
    ),
    Race(
        "KML",
        bench_input("kml", 400_000),
        (
            Job("lxml iterparse, a loop", "lxml_kml.py", version_of="lxml"),
            *([_gpsbabel("kml")] if GPSBABEL else []),
        ),
    ),
    Race(
        "IGC",
        bench_input("igc", 200_000),
        (
            # It imports dateutil, and does not say so.
            _peer("aerofiles", "aerofiles_read.py", "aerofiles", "python-dateutil"),
            *([_gpsbabel("igc")] if GPSBABEL else []),
        ),
    ),
    Race(
        "JSON",
        bench_input("json", 200_000),
        (
            Job("json.load, a loop", "json_loop.py", version_of=""),
            _peer("pandas, read_json", "pandas_json.py", "pandas", "pyarrow", arguments=("array",)),
        ),
    ),
    Race(
        "JSON, a list in a document",
        bench_input("jsondoc", 200_000),
        (Job("json.load, a loop", "json_loop.py", version_of=""),),
    ),
    Race(
        "NDJSON",
        bench_input("ndjson", 200_000),
        (
            Job("json.loads, a loop", "json_loop.py", version_of=""),
            _peer("pandas, read_json", "pandas_json.py", "pandas", "pyarrow", arguments=("lines",)),
            _peer("polars, read_ndjson", "polars_ndjson.py", "polars"),
        ),
    ),
)
PARSE = Job("telemparse", "telemparse_parse.py")
CONVERT = Job("telemparse.convert", "telemparse_convert.py")


def sections(bench: Bench) -> list[Section]:
    """Run every race and return its table."""
    return [_section(bench, race) for race in RACES]


def _section(bench: Bench, race: Race) -> Section:
    path = bench.file(race.file)
    measured = bench.in_turn((PARSE, *race.peers, CONVERT), race.file)
    ours = measured[PARSE.label]
    rows = tuple(_row(label, run, ours) for label, run in measured.items())
    size = path.stat().st_size
    note = (
        f"`{race.file.name}`, {size / MB:.1f} MB. CPU seconds of the read alone; the memory is that of the"
        " whole process. The ratio is CPU over that of telemparse, whose result is complete: recognised,"
        " checked against the schema, ordered, hashed, with provenance."
    )
    return Section(
        f"Reading {race.name}",
        note,
        ("reader", "version", "CPU s", "wall s", "peak MB", "ratio"),
        rows,
        tuple(_bars(race, measured)),
    )


def _row(label: str, run: Measurement, ours: Measurement) -> tuple[str, ...]:
    if run.failure:
        return (label, run.version, run.failure, "", "", "")
    ratio = f"{run.cpu_s / ours.cpu_s:.2f}" if ours.cpu_s else ""
    return (label, run.version, f"{run.cpu_s:.3f}", f"{run.wall_s:.3f}", f"{run.peak_bytes / MB:.0f}", ratio)


def _bars(race: Race, measured: dict[str, Measurement]) -> list[Bar]:
    ours, convert = measured[PARSE.label], measured[CONVERT.label]
    bars = []
    if ours.failure or convert.failure:
        return bars
    for peer, factor in race.ahead:
        if not measured[peer].failure:
            ratio = measured[peer].cpu_s / ours.cpu_s
            bars.append(Bar(f"{race.name}: CPU of {peer} over ours", ratio, factor, "x", at_least=True))
    for peer, factor in race.behind:
        if not measured[peer].failure:
            bars.append(
                Bar(f"{race.name}: our CPU over {peer}", ours.cpu_s / measured[peer].cpu_s, factor, "x")
            )
    limit = ours.base_bytes + 3 * ours.facts["decoded_bytes"] + 64 * MIB
    bars.append(Bar(f"{race.name}: peak memory of a whole result", ours.peak_bytes / MB, limit / MB, "MB"))
    bars.append(Bar(f"{race.name}: peak memory of convert", convert.peak_bytes / MB, race.convert_mb, "MB"))
    return bars
