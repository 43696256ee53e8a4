"""The session store: sizes beside JSON arrays and pandas' Parquet, and one lap beside the whole session."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import telemparse
from benchmarks.bench import Bench
from benchmarks.values import MB, Bar, Section
from telemparse.storage import LapTelemetry, SessionStore, SessionTelemetry
from telemparse.storage.session_parquet import SessionFile

_KINDS = ("vbo/*.vbo", "aim-csv/*.csv", "aim-xrk/*.xrk", "motec-csv/*.csv", "motec-ld/*.ld")
_LAPS, _LAP_ROWS, _RATE_HZ = 10, 120_000, 100
_ROUNDS = 7
_MOST_SHARE, _MOST_LAP_SHARE, _LEAST_RATIO = 50.0, 1.3, 5.0
_SOME = ["time", "speed", "throttle", "brake"]


def sections(_bench: Bench) -> list[Section]:
    """Write the recordings of the corpus and a simulated session, and read one of its laps."""
    with tempfile.TemporaryDirectory() as folder:
        synthetic = _synthetic()
        return [_sizes(Path(folder), synthetic), _reading(Path(folder), synthetic)]


def _sizes(folder: Path, synthetic: SessionTelemetry) -> Section:
    sessions = {f"simulated, {_LAPS} laps": synthetic}
    corpus = os.environ.get("TELEMPARSE_CORPUS")
    for place in [place for kind in _KINDS for place in sorted(Path(corpus).glob(kind))] if corpus else ():
        sessions[f"`{place.name}`"] = SessionStore.from_result(telemparse.parse(place))
    rows, shares = [], []
    for name, session in sessions.items():
        plain = SessionStore(folder / "plain")
        typed = SessionStore(folder / "typed", compression="zstd", types="source")
        for store in (plain, typed):
            store.write("s", session)
        arrays, short = _json_bytes(plain.read("s")), _json_bytes(typed.read("s"))
        plain.read("s").table.to_pandas().to_parquet(folder / "pandas.parquet")
        snappy, zstd = ((folder / name / "s.parquet").stat().st_size for name in ("plain", "typed"))
        frames = (folder / "pandas.parquet").stat().st_size
        shares.append(100 * snappy / arrays)
        rows.append(
            (
                name,
                session.source_type,
                f"{session.table.num_rows:,}",
                f"{arrays / MB:.2f}",
                f"{short / MB:.2f}",
                *(f"{size / MB:.3f} ({100 * size / arrays:.1f} %)" for size in (frames, snappy, zstd)),
                f"{100 * snappy / short:.1f} %, {100 * zstd / short:.1f} %",
            )
        )
    note = (
        "MB; in brackets the share of the JSON arrays. JSON: an array for each column of each lap, without"
        " blanks, numbers as Python writes them, columns without a value left out. *JSON* has the values as"
        " the usual store holds them, 64-bit floats; *short JSON* has 32-bit floats of the source with as few"
        " digits as they need. *pandas*: `DataFrame.to_parquet` with its defaults. *store* is the session"
        " store as it comes (snappy, 64-bit floats), *typed* has `compression='zstd', types='source'`. The"
        " bar takes the worst recording and the smaller JSON."
    )
    return Section(
        "Sizes of sessions",
        note,
        (
            "recording",
            "source type",
            "rows",
            "JSON",
            "short JSON",
            "pandas",
            "store",
            "typed",
            "of short JSON",
        ),
        tuple(rows),
        (Bar("session store: share of JSON arrays, worst recording", max(shares), _MOST_SHARE, "%"),),
    )


def _json_bytes(session: SessionTelemetry) -> int:
    size = 2
    for lap in session.laps:
        table = session.table.slice(lap.first_row, lap.rows)
        known = [name for name in table.column_names[1:] if table[name].null_count < lap.rows]
        arrays = {name: _values(table[name]) for name in known}
        lap_size = len(json.dumps({"lap_number": lap.lap_number, **arrays}, separators=(",", ":")))
        size += lap_size + 1
    return size


def _values(column: pa.ChunkedArray) -> list[object]:
    if not pa.types.is_float32(column.type):
        return list(column.to_pylist())
    # The shortest text of a 32-bit float, not the long one of its 64-bit twin.
    return [None if value is None else float(str(np.float32(value))) for value in column.to_pylist()]


def _synthetic() -> SessionTelemetry:
    """Return laps of 20 minutes at 100 Hz: smooth channels, rounded as loggers round them, and noise."""
    dice = np.random.default_rng(10)
    laps = []
    for number in range(1, _LAPS + 1):
        t = np.arange(_LAP_ROWS) / _RATE_HZ
        turn = 2 * np.pi * t / t[-1]
        wave = np.sin(40 * turn)
        columns = {
            "time": t + (number - 1) * _LAP_ROWS / _RATE_HZ,
            "distance": np.cumsum(30 + 10 * wave) / _RATE_HZ,
            "lat": 44 + 0.01 * np.sin(turn) + dice.normal(0, 1e-7, _LAP_ROWS),
            "long": 11 + 0.01 * np.cos(turn) + dice.normal(0, 1e-7, _LAP_ROWS),
            "speed": np.round(30 + 10 * wave + dice.normal(0, 0.05, _LAP_ROWS), 2),
            "rpm": np.round(6000 + 2000 * wave + dice.normal(0, 20, _LAP_ROWS)),
            "throttle": np.round(np.clip(50 + 60 * wave, 0, 100), 1),
            "brake": np.round(np.clip(-60 * wave, 0, 100), 1),
            "gear": np.round(4 + wave),
            "steering": np.round(90 * np.cos(40 * turn) + dice.normal(0, 0.5, _LAP_ROWS), 1),
            "glat": np.float32(1.5 * np.cos(40 * turn) + dice.normal(0, 0.02, _LAP_ROWS)),
            "glong": np.float32(wave + dice.normal(0, 0.02, _LAP_ROWS)),
            "oil_temp": np.round(90 + dice.normal(0, 0.2, _LAP_ROWS), 1),
        }
        laps.append(LapTelemetry(lap_number=number, table=pa.table(columns)))
    return SessionTelemetry.from_laps(laps, source_type="simulated")


class _Counting:
    """A file that counts the bytes that are read from it."""

    closed = False

    def __init__(self, place: Path) -> None:
        self._file = place.open("rb", buffering=0)
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.bytes += len(data)
        return data

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def _read_bytes(place: Path, columns: list[str] | None) -> int:
    """Return how many bytes a lap takes from the file, those of the footer apart."""
    counting = _Counting(place)
    session = SessionFile(counting, "s")
    before = counting.bytes
    session.read_lap(5, columns)
    counting.__getattr__("close")()
    return counting.bytes - before


def _timed_s(reads: dict[str, Callable[[], object]]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in reads}
    for _round in range(_ROUNDS):
        for name, read in reads.items():
            start = time.perf_counter()
            read()
            taken[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}


def _reading(folder: Path, synthetic: SessionTelemetry) -> Section:
    rows, bars = [], []
    for compression, types in (("snappy", "float64"), ("zstd", "source")):
        store = SessionStore(folder / compression, compression=compression, types=types)
        store.write("s", synthetic)
        place = folder / compression / "s.parquet"
        footer = pq.read_metadata(place)
        data = sum(
            footer.row_group(group).column(column).total_compressed_size
            for group in range(footer.num_row_groups)
            for column in range(footer.num_columns)
        )
        taken = _timed_s(
            {
                "all": lambda store=store: store.read("s"),
                "lap": lambda store=store: store.read_lap("s", 5),
                "some": lambda store=store: store.read_lap("s", 5, _SOME),
            }
        )
        sizes = {"all": data, "lap": _read_bytes(place, None), "some": _read_bytes(place, _SOME)}
        names = {"all": "the session", "lap": "one lap", "some": f"{len(_SOME)} columns of one lap"}
        rows += [
            (
                f"{compression}, {types}",
                words,
                f"{sizes[what] / MB:.2f}",
                f"{100 * sizes[what] / data:.1f} %",
                f"{taken[what] * 1000:.1f}",
                f"{taken['all'] / taken[what]:.1f}",
            )
            for what, words in names.items()
        ]
        if compression == "snappy":
            share = sizes["lap"] * _LAPS / data
            bars = [
                Bar("session store: bytes of one lap, in tenths of all", share, _MOST_LAP_SHARE, ""),
                Bar(
                    "session store: a lap faster than the session",
                    taken["all"] / taken["lap"],
                    _LEAST_RATIO,
                    "times",
                    at_least=True,
                ),
            ]
    note = (
        f"A simulated session of {_LAPS} laps and {_LAPS * _LAP_ROWS:,} rows in {synthetic.table.num_columns}"
        " columns. Bytes are counted at the file, those of the footer apart. Times are medians of"
        f" {_ROUNDS} turns with the file in the page cache, opening and the footer with its checks included."
    )
    return Section(
        "Reading one lap",
        note,
        ("store", "read", "MB", "of the data", "ms", "times faster"),
        tuple(rows),
        tuple(bars),
    )
