"""Compaction: hours of raw messages become canonical tables, each message once, or nothing looks done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raw_hours import START_NS, first_hour, message, put, put_lines, tables_of
from telemparse.live import compaction, spools
from telemparse.live.aggregation import aggregate
from telemparse.live.compact_files import locked
from telemparse.live.compaction import compact
from telemparse.live.faults import LiveFault
from telemparse.live.raw_layout import HOUR_NS
from telemparse.schemas.checking import check
from telemparse.writers.reading import read

_FIX = {"latitude": 48.1, "longitude": 11.5, "speed_kmh": 36.0, "engine_rpm": 900}


def _vehicle(root, vehicle="veh-1", hour=0):
    return read(tables_of(root, "canonical", hour) / f"vehicle={vehicle}")


def _files(root):
    return {
        path: path.read_bytes()
        for path in (root / "canonical").rglob("*")
        if path.is_file() and path.name[0] != "."
    }


def test_a_vehicles_hour_is_a_recording_that_our_own_reader_reads(tmp_path):
    put(tmp_path, *(message(n, payload=_FIX) for n in range(3)), message(3, vehicle="veh-2"))
    report = compact(tmp_path)
    assert (report.hours, report.compacted, report.messages, report.duplicates) == (1, 1, 4, 0)
    assert report.rows == {"channels.main": 4, "gnss_pvt": 3}
    result = _vehicle(tmp_path)
    assert result.ok
    assert result.metadata["vehicle_id"] == "veh-1"
    assert result.metadata["hour_start"] == "2025-10-09T09:00:00.000Z"
    assert [t.value for t in result.streams["gnss_pvt"].column("t").to_pylist()] == [
        START_NS + n * 1_000_000_000 for n in range(3)
    ]
    for name, table in result.streams.items():
        checked, problems = check(name, table)
        assert (problems, checked.num_rows) == ([], 3)
    assert _vehicle(tmp_path, "veh-2").streams["channels.main"].to_pydict()["rpm"] == [1003]


def test_databases_read_the_tables_of_all_vehicles_together(tmp_path):
    put(
        tmp_path,
        *(message(n, vehicle=f"veh-{n % 2}", payload=_FIX) for n in range(10)),
        message(4000, payload=_FIX),
    )
    compact(tmp_path)
    pattern = tmp_path / "canonical" / "**" / "gnss_pvt.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select vehicle, count(*), avg(speed_mps) from read_parquet(?, hive_partitioning=true)"
            " group by vehicle order by vehicle",
            [str(pattern)],
        ).fetchall()
    assert rows == [("veh-0", 5, 10.0), ("veh-1", 6, 10.0)]
    frame = pl.scan_parquet(str(pattern), hive_partitioning=True).collect()
    assert frame["lat_deg"].to_list() == [48.1] * 11


def test_repetitions_are_left_out_also_over_the_edge_of_the_hour(tmp_path):
    put(tmp_path, message(0), message(0, arrival_s=2), message(1), message(3, arrival_s=3599))
    put(tmp_path, message(0, arrival_s=1, payload={"engine_rpm": 5}), message(3, arrival_s=3601))
    report = compact(tmp_path)
    assert (report.messages, report.duplicates, report.conflicts) == (3, 3, 1)
    assert _vehicle(tmp_path).streams["channels.main"].to_pydict()["rpm"] == [1000, 1001, 1003]
    assert not (tables_of(tmp_path, "canonical", 1) / "vehicle=veh-1").exists()
    assert [issue.code for issue in report.issues] == ["MESSAGES_DUPLICATED"]


def test_compacting_again_changes_nothing(tmp_path):
    put(tmp_path, message(0), message(3600))
    compact(tmp_path)
    before = _files(tmp_path)
    report = compact(tmp_path)
    assert (report.hours, report.compacted, report.messages) == (2, 0, 2)
    assert _files(tmp_path) == before


def test_an_hour_with_new_parts_is_made_anew(tmp_path):
    put(tmp_path, message(0), message(9000))
    compact(tmp_path)
    put(tmp_path, message(1))
    report = compact(tmp_path)
    assert (report.compacted, report.messages) == (1, 3)
    assert _vehicle(tmp_path).streams["channels.main"].num_rows == 2


def test_tables_that_went_away_are_made_anew(tmp_path):
    put(tmp_path, message(0))
    compact(tmp_path)
    (tables_of(tmp_path, "canonical") / "vehicle=veh-1" / "manifest.json").unlink()
    assert compact(tmp_path).compacted == 1
    assert _vehicle(tmp_path).ok


def test_tables_stay_when_raw_parts_are_gone(tmp_path):
    (part,) = put(tmp_path, message(0))
    put(tmp_path, message(1))
    compact(tmp_path)
    before = _files(tmp_path)
    part.unlink()
    put(tmp_path, message(2))
    report = compact(tmp_path)
    assert (report.compacted, report.orphaned, report.uncounted_parts, report.messages) == (0, 1, 1, 2)
    assert _files(tmp_path) == before


def test_only_hours_that_are_asked_for_are_compacted(tmp_path):
    put(tmp_path, message(0), message(3600), message(7200))
    report = compact(tmp_path, since_ns=START_NS + HOUR_NS, until_ns=START_NS + 2 * HOUR_NS)
    assert (report.hours, report.messages) == (1, 1)
    assert not tables_of(tmp_path, "canonical").exists()


def test_damaged_lines_and_warnings_of_the_tables_are_counted(tmp_path):
    put_lines(
        first_hour(tmp_path), message(0, payload={"x": 1}).line(), b"{", message(1, payload={"x": "a"}).line()
    )
    for _time in range(2):
        report = compact(tmp_path)
        assert (report.messages, report.damaged_lines) == (2, 1)
        assert [issue.code for issue in report.issues] == ["RAW_LINES_DAMAGED"]
        assert report.codes == {"SIGNAL_KINDS_MIXED": 1}


def test_a_vehicle_with_the_name_of_a_folder_stays_in_its_own(tmp_path):
    put(tmp_path, message(0, vehicle=".."), message(1, vehicle="."), message(2, vehicle="a:b"))
    compact(tmp_path)
    folder = tables_of(tmp_path, "canonical")
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert names == ["vehicle=.", "vehicle=..", "vehicle=a:b"]


def test_lines_that_go_to_the_disk_make_the_same_tables(tmp_path, monkeypatch):
    for root in (tmp_path / "a", tmp_path / "b"):
        put(root, *(message(n, vehicle=f"veh-{n % 7}", payload=_FIX) for n in range(200)))
    compact(tmp_path / "a")
    monkeypatch.setattr(spools, "HELD_BYTES", 2000)
    monkeypatch.setattr(compaction, "Spool", lambda folder: spools.Spool(folder, held_bytes=2000))
    assert compact(tmp_path / "b").messages == 200
    for number in range(7):
        one, other = (_vehicle(root, f"veh-{number}") for root in (tmp_path / "a", tmp_path / "b"))
        assert all(table.equals(other.streams[name]) for name, table in one.streams.items())
    left = [path.name for path in tables_of(tmp_path / "b", "canonical").iterdir()]
    assert sorted(left) == [".lock", "hour.json", *(f"vehicle=veh-{number}" for number in range(7))]


def test_an_hour_that_another_process_compacts_is_left_to_it(tmp_path):
    put(tmp_path, message(0), message(3600))
    with locked(tables_of(tmp_path, "canonical")) as ours:
        assert ours
        report = compact(tmp_path)
    assert (report.hours, report.compacted, report.busy) == (1, 1, 1)
    assert compact(tmp_path).messages == 2


def test_a_full_disk_is_said_and_nothing_looks_done(tmp_path, monkeypatch):
    put(tmp_path, message(0), message(1, vehicle="veh-2"))
    made = []

    def fail(result, place):
        if made:
            raise OSError(28, "No space left on device")
        made.append(place)
        return write(result, place)

    write = compaction.write
    monkeypatch.setattr(compaction, "write", fail)
    with pytest.raises(LiveFault, match="No space left") as caught:
        compact(tmp_path)
    assert caught.value.code == "TABLES_UNAVAILABLE"
    assert not (tables_of(tmp_path, "canonical") / "hour.json").exists()
    monkeypatch.undo()
    assert (compact(tmp_path).compacted, len(made)) == (1, 1)


_KILLED = """
import os, signal, sys
from telemparse.live import compaction
left = int(sys.argv[2])
write = compaction.write
def die(result, place):
    global left
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return write(result, place)
compaction.write = die
compaction.Spool = lambda folder: compaction_spool(folder, held_bytes=300)
from telemparse.live.spools import Spool as compaction_spool
compaction.compact(sys.argv[1])
"""


@pytest.mark.parametrize("tables", [0, 2])
def test_a_compaction_that_is_killed_leaves_nothing_that_looks_done(tmp_path, tables):
    put(tmp_path, *(message(n, vehicle=f"veh-{n % 4}") for n in range(20)))
    compact(tmp_path)
    put(tmp_path, *(message(n, vehicle=f"veh-{n % 4}") for n in range(20, 40)))
    child = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), str(tables)], check=False, env=os.environ, timeout=120
    )
    assert child.returncode == -signal.SIGKILL
    folder = tables_of(tmp_path, "canonical")
    assert not (folder / "hour.json").exists()
    assert any(path.name.startswith(".unfinished-") for path in folder.iterdir())
    report = compact(tmp_path)
    assert (report.compacted, report.messages) == (1, 40)
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock", "hour.json", *(f"vehicle=veh-{number}" for number in range(4))
    ]  # fmt: skip


def test_tables_of_vehicles_that_no_message_is_of_are_removed(tmp_path):
    put(tmp_path, message(0))
    stray = tables_of(tmp_path, "canonical") / "vehicle=gone"
    stray.mkdir(parents=True)
    compact(tmp_path)
    assert not stray.exists()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"v": 1}', '{"v": 2}', "[" * 100_000])
def test_a_damaged_manifest_of_an_hour_is_made_anew(tmp_path, content):
    put(tmp_path, message(0))
    compact(tmp_path)
    place = tables_of(tmp_path, "canonical") / "hour.json"
    place.write_text(content)
    assert compact(tmp_path).compacted == 1
    assert json.loads(place.read_text())["v"] == 1


_VALUES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=4)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
)  # fmt: skip
# Names without a canonical meaning: what such a signal says comes back digit for digit.
_SENT = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.integers(0, 5000),
        st.dictionaries(st.sampled_from("xyz"), _VALUES, min_size=1),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sent=_SENT, data=st.data())
def test_each_message_counts_once_and_all_values_are_there(sent, data):
    messages = [
        message(n, vehicle=vehicle, payload=payload, t_s=n, arrival_s=arrival_s)
        for n, (vehicle, arrival_s, payload) in enumerate(sent)
    ]
    lines = data.draw(st.lists(st.sampled_from(messages), max_size=12).map(lambda more: [*messages, *more]))
    lines = data.draw(st.permutations(lines))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=3)))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True):
            put(root, *lines[start:end])
            if data.draw(st.booleans()):
                aggregate(root)
                compact(root)
        counted, compacted = aggregate(root), compact(root)
        per_vehicle = {
            vehicle: sum(each.vehicle_id == vehicle for each in messages)
            for vehicle in sorted({v for v, _, _ in sent})
        }
        assert counted.vehicles == per_vehicle
        assert (counted.messages, compacted.messages) == (len(messages), len(messages))
        assert counted.duplicates == compacted.duplicates == len(lines) - len(messages)
        assert counted.conflicts == compacted.conflicts == 0
        kept = _kept(root)
        for each in messages:
            said = {name: value for name, value in each.payload.items() if value is not None}
            row = kept.pop((each.vehicle_id, each.t_ns))
            # A whole number that no float holds exactly stands among the texts.
            exact = {
                name: str(value) if type(row.get(name)) is str else value for name, value in said.items()
            }
            assert row == exact
        assert kept == {}


def _kept(root):
    """Return the values of all messages by vehicle and instant."""
    found = {}
    for folder in (root / "canonical").glob("*/*/*/*/vehicle=*"):
        table = read(folder).streams["channels.main"]
        for row in table.to_pylist():
            payload = found.setdefault((folder.name.removeprefix("vehicle="), row.pop("t").value), {})
            payload |= {name: value for name, value in row.items() if value is not None}
            for name in [name for name in payload if name[1:] in ("_text", "_flag")]:
                payload[name[0]] = payload.pop(name)
    return found


def test_parquet_says_unit_source_and_origin_of_every_channel(tmp_path):
    put(tmp_path, message(0, payload={"vehicle_speed_kmh": 36, "door": "open"}, can_id="0x1"))
    compact(tmp_path)
    (path,) = (tmp_path / "canonical").rglob("channels/main.parquet")
    for field in pq.read_schema(path):
        keys = (
            {b"unit", b"origin"}
            if field.name == "t"
            else {b"unit", b"origin", b"source_name", b"source_unit"}
        )
        assert keys <= field.metadata.keys()
