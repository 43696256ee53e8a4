"""Recordings of several files: what belongs together, who reads what, and how the parts agree."""

from __future__ import annotations

import numpy as np
import pytest

import telemparse
from corpus.crossing import crossed_s

# Laps and sectors of each session, and the sum of its lap times in hundredths; by awk.
SESSIONS = {"carole": (13, 52, 88751), "jerez": (7, 28, 81911), "ledenon": (28, 112, 263491)}
SECTORS = 4


def hundredths(text):
    minutes, seconds = text.split(":")
    return 6000 * int(minutes) + round(100 * float(seconds))


def written(path):
    """Return the gate, and (end of the lap, number, lap, sectors) of each line; times in hundredths."""
    head, *lines = (line.split(";") for line in path.read_text("utf-8").splitlines())
    laps = [
        (
            f"{day[6:]}-{day[3:5]}-{day[:2]}T{clock}+00:00",
            int(lap),
            hundredths(time),
            list(map(hundredths, rest[:-1])),
        )
        for day, clock, lap, time, *rest in lines
    ]
    return [float(cell) for cell in head[3:7]], laps


@pytest.fixture(params=SESSIONS)
def session(request, corpus):
    """Return the name of a session, its trace and its laps."""
    folder = corpus / "mychronogps"
    return (
        request.param,
        folder / f"{request.param}-trace-laps.json",
        folder / f"{request.param}-session-laps.txt",
    )


def test_a_session_alone_is_its_laps_and_sectors_to_the_hundredth(session):
    name, _trace, path = session
    gate, laps = written(path)
    result = telemparse.parse(path)
    assert (result.provenance.parser_id, result.metadata["dialect"]) == ("csv", "mychronogps_session")
    table, sectors = result.streams["laps"], result.streams["sectors"]
    assert (table.num_rows, sectors.num_rows, sum(lap[2] for lap in laps)) == SESSIONS[name]
    assert table["device_lap"].to_pylist() == [lap[1] for lap in laps]
    assert table["duration_ns"].to_pylist() == [lap[2] * 10**7 for lap in laps]
    assert sectors["duration_ns"].to_pylist() == [span * 10**7 for lap in laps for span in lap[3]]
    assert sectors["sector_index"].to_pylist() == list(range(SECTORS)) * len(laps)
    ends = result.streams["events"]
    assert [t.isoformat() for t in ends["t"].to_pylist()] == [lap[0] for lap in laps]
    (line,) = result.metadata["gates"]
    assert [line.lat1_deg, line.lon1_deg, line.lat2_deg, line.lon2_deg] == gate
    assert (result.errors, result.warnings) == ((), ())


def test_a_trace_and_its_session_are_one_recording_and_the_others_are_their_own(corpus):
    sets = [[artifact.name for artifact in each] for each in telemparse.group(corpus / "mychronogps")]
    assert sets == [[f"{name}-trace-laps.json", f"{name}-session-laps.txt"] for name in SESSIONS]
    alone = [len(each.artifacts) for each in telemparse.group(corpus / "gnss-imu")]
    assert alone == [1, 1, 1]


@pytest.mark.parametrize("turned", [False, True], ids=["trace first", "session first"])
def test_trace_and_session_give_fixes_and_laps_whatever_their_order(session, turned):
    _name, trace, laps = session
    files = [laps, trace] if turned else [trace, laps]
    found = telemparse.detect(files)
    assert found.winner.parser_id == "json"
    assert [(part.candidate.parser_id, part.candidate.artifacts) for part in found.parts] == [
        ("json", (trace.name,)), ("csv", (laps.name,)),
    ]  # fmt: skip
    result = telemparse.parse(files)
    assert set(result.streams) == {"gnss_pvt", "events", "laps", "sectors"}
    for path in (trace, laps):
        alone = telemparse.parse(path)
        assert all(result.streams[name].equals(table) for name, table in alone.streams.items())
    assert (result.metadata["dialect"], result.metadata["dialect.csv"]) == (
        "mychronogps",
        "mychronogps_session",
    )
    assert [part.parser_id for part in result.provenance.parts] == ["json", "csv"]
    assert result.capabilities.has_device_laps
    assert result.capabilities.has_gnss_position
    assert (result.errors, result.warnings) == ((), ())


def test_from_gate_to_gate_the_trace_takes_as_long_as_the_session_says(session):
    _name, trace, laps = session
    result = telemparse.parse([trace, laps])
    fixes = result.streams["gnss_pvt"]
    finish, *lines = [gate for gate in result.metadata["gates"] if not gate.name.startswith("Pit")]
    (same,) = result.metadata["gates.csv"]
    assert (same.lat1_deg, same.lon2_deg) == (finish.lat1_deg, finish.lon2_deg)
    ends = crossed_s(fixes, finish)
    spans = np.array(result.streams["laps"]["duration_ns"].to_pylist()) / 1e9
    assert len(ends) == len(spans) + 1
    # The device cuts its times to hundredths, so the trace takes up to one longer.
    np.testing.assert_allclose(np.diff(ends), spans, atol=0.02)
    # Where the file says that a lap ended, in whole seconds, its line was crossed, at most a second later.
    stamps = result.streams["events"]["t"].cast("int64").to_numpy() / 1e9
    assert ((ends[1:] - stamps > -0.1) & (ends[1:] - stamps < 1)).all()
    # And nothing places laps any finer.
    assert result.streams["laps"]["t_end"].null_count == len(spans)
    marks = np.sort(np.concatenate([ends, *(crossed_s(fixes, line) for line in lines)]))
    inside = marks[(marks >= ends[0]) & (marks <= ends[-1])]
    parts = np.array(result.streams["sectors"]["duration_ns"].to_pylist()) / 1e9
    np.testing.assert_allclose(np.diff(inside), parts, atol=0.02)


POSITIONS = {"drive-0708-rtk-solution.pos": (2197, "rtklib_pos"), "kf-gins-gnss-rtk.txt": (3413, "kf_gins")}
IMU = "drive-0708-imu.csv"


@pytest.mark.parametrize("turned", [False, True], ids=["positions first", "imu first"])
@pytest.mark.parametrize("name", POSITIONS)
def test_positions_and_an_imu_are_one_recording_read_by_one_parser(corpus, name, turned):
    folder = corpus / "gnss-imu"
    files = [folder / name, folder / IMU]
    files = files[::-1] if turned else files
    found = telemparse.detect(files)
    (part,) = found.parts
    assert (found.winner.parser_id, part.candidate.artifacts) == ("csv", tuple(path.name for path in files))
    result = telemparse.parse(files)
    rows, dialect = POSITIONS[name]
    assert result.streams["gnss_pvt"].num_rows == rows
    assert result.streams["imu_accel"].num_rows == result.streams["imu_gyro"].num_rows == 54860
    for path in files:
        alone = telemparse.parse(path)
        assert all(result.streams[stream].equals(table) for stream, table in alone.streams.items())
    suffix = f".{files[1].stem}"
    told = {result.metadata["dialect"], result.metadata[f"dialect{suffix}"]}
    assert told == {dialect, "imu_bare"}
    # Each says how its own clock is made: nobody has brought the two together.
    assert result.metadata[f"clock{suffix}"] != result.metadata["clock"]
    assert (result.capabilities.has_gnss_position, result.capabilities.imu_dof) == (True, 6)
    assert [record.name for record in result.provenance.artifacts] == [path.name for path in files]
    assert not result.errors
