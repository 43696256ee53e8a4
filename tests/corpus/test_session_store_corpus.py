"""Real recordings as sessions: half the bytes of JSON arrays at most, and values as they were measured."""

from __future__ import annotations

import json
import math

import pytest

import telemparse
from telemparse.analysis import find_laps
from telemparse.errors import ParseFailed
from telemparse.kernels.arrays import numpy_view
from telemparse.storage import SessionFailed, SessionStore
from telemparse.storage.session_columns import BY_CANONICAL_NAME

# File: source type, rows, laps with rows.
TABLE = {
    "vbo/racechrono-massa-finalese-laps.vbo": ("vbo", 10_390, []),
    "vbo/racelogic-vbox3i-imu-100hz.vbo": ("vbo", 1833, []),
    "vbo/racelogic-video-hd2-road-america-run01-stale-gate.vbo": ("vbo", 5675, []),
    "vbo/racelogic-video-hd2-road-america-run04-laps.vbo": ("vbo", 10_401, [1]),
    "vbo/speedangle-converted-grattan.vbo": ("vbo", 6080, []),
    "aim-csv/racestudio3-fsae-217-headerless.csv": ("aim", 1100, []),
    "aim-csv/racestudio3-fsae-219.csv": ("aim", 1220, []),
    "aim-csv/racestudio3-mychron-kart-laps.csv": ("aim", 503, [1]),
    "aim-xrk/aim-gps-laps.xrk": ("merged", 63_837, list(range(1, 12))),
    "motec-csv/gran-turismo-60hz-20230404-laps.csv": ("motec", 11_700, [1]),
    "motec-ld/gran-turismo-20230404.ld": ("motec_ld", 11_699, []),
    "motec-ld/motec-adl-calder-2005.ld": ("merged", 45_400, [1, 2, 3, 4]),
}


@pytest.fixture(scope="module", params=TABLE)
def recording(request, corpus, tmp_path_factory):
    result = telemparse.parse(corpus / request.param)
    folder = tmp_path_factory.mktemp("sessions")
    SessionStore(folder).write("s", SessionStore.from_result(result))
    return request.param, result, folder


def json_bytes(session):
    """Return the size of the session's values as JSON: an array a lap and column, none without a value."""
    laps = []
    for lap in session.laps:
        table = session.table.slice(lap.first_row, lap.rows).drop_columns(["lap_number"])
        arrays = {
            name: table[name].to_pylist() for name in table.column_names if table[name].null_count < lap.rows
        }
        laps.append({"lap_number": lap.lap_number, **arrays})
    return len(json.dumps(laps, separators=(",", ":")))


def test_a_session_takes_half_the_bytes_of_json_arrays_at_most(recording):
    _name, _result, folder = recording
    size = (folder / "s.parquet").stat().st_size
    assert size <= 0.5 * json_bytes(SessionStore(folder).read("s"))


def test_a_session_has_the_rows_and_laps_of_the_recording(recording):
    name, _result, folder = recording
    facts = SessionStore(folder).metadata("s")
    laps = sorted({lap.lap_number for lap in facts.laps} - {0})
    assert (facts.source_type, facts.total_points, laps) == TABLE[name]


def test_each_value_on_an_instant_of_the_session_is_that_of_the_canonical_table(recording):
    _name, result, folder = recording
    store = SessionStore(folder)
    session = store.read("s")
    time_ns = [round(second * 1e9) for second in session.table["time"].to_pylist()]
    start_ns = min(
        int(numpy_view(table["t"])[0])
        for name, table in result.streams.items()
        if name.partition(".")[0] not in {"events", "laps", "sectors"}
    )
    rows = {ns: row for row, ns in reversed(list(enumerate(time_ns)))}
    compared = 0
    for channel in store.channels("s")[2:]:
        if channel.source_stream is None:
            continue
        table = result.streams[channel.source_stream]
        source = _source(channel, table)
        values = session.table[channel.name].to_pylist()
        divisor = BY_CANONICAL_NAME[source].divisor if channel.standard else 1.0
        stamps = numpy_view(table["t"]) - start_ns
        before = None
        for stamp, value in zip(stamps.tolist(), table[source].to_pylist(), strict=True):
            row = rows.get(stamp)
            if row is None or stamp == before:  # a second row on one instant stands in the next row
                continue
            before = stamp
            if isinstance(value, int | float):
                assert math.isclose(values[row], value / divisor, rel_tol=1e-15), (channel.name, row)
            else:
                assert values[row] == value, (channel.name, row)
            compared += 1
    assert compared > 1000


def test_laps_that_were_found_in_the_positions_number_the_rows(corpus):
    result = telemparse.parse(corpus / "vbo/racechrono-massa-finalese-laps.vbo")
    laps = find_laps(result)
    session = SessionStore.from_result(result, laps)
    found = {lap.lap_number: lap for lap in session.laps if lap.lap_number}
    assert list(found) == laps.table["lap_number"].to_pylist()
    assert len(found) > 5
    for number, duration_ns in zip(found, laps.table["duration_ns"].to_pylist(), strict=True):
        # Of 10 rows a second, the first and the last one lie less than a step within the lap.
        span_s = found[number].last_s - found[number].first_s
        assert duration_ns / 1e9 - 0.2 <= span_s <= duration_ns / 1e9


def _source(channel, table):
    """Return the column of the canonical table that a channel was made of."""
    if channel.standard:
        return next(name for name, column in BY_CANONICAL_NAME.items() if column.name == channel.name)
    own = [name for name in table.column_names if channel.name.startswith(name)]
    return max(own, key=len)


# They hold no samples: a route, a file cut in its head, sentences without a fix.
WITHOUT_SAMPLES = ("route-only.gpx", "iracing-invalid.ibt", "pyubx2-nmea-bad-ending.log")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_recording_with_samples_becomes_a_session_that_reads_as_it_was_written(corpus, tmp_path):
    store = SessionStore(tmp_path, compression="zstd", types="source")
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.name != "SOURCES.tsv"]
    stored, without = 0, {}
    for number, recording in enumerate(telemparse.group(files)):
        try:
            result = telemparse.parse(recording)
        except ParseFailed as failed:
            result = failed.result
        try:
            session = SessionStore.from_result(result)
        except SessionFailed as failed:
            without[recording.artifacts[0].name] = failed.code
            continue
        store.write(number, session)
        again = store.read(number)
        assert again.table.num_rows == session.table.num_rows
        assert again.table["time"].equals(session.table["time"])
        assert again.table["lap_number"].equals(session.table["lap_number"])
        assert again.laps == session.laps
        stored += 1
    assert without == dict.fromkeys(WITHOUT_SAMPLES, "NO_STREAMS")
    assert stored >= 75
    assert len(store.sessions()) == stored
