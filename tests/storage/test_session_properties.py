"""Any session of numbers and words is read as it was written, in each way to store it."""

from __future__ import annotations

import math
import tempfile

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse.storage import LapTelemetry, SessionStore, SessionTelemetry
from telemparse.storage.session_columns import FIXED

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
VALUES = st.one_of(
    st.tuples(st.just(pa.float64()), st.just(st.none() | st.floats())),
    st.tuples(st.just(pa.float32()), st.just(st.none() | st.floats(width=32))),
    st.tuples(st.just(pa.int64()), st.just(st.none() | st.integers(-(2**63), 2**63 - 1))),
    st.tuples(st.just(pa.uint8()), st.just(st.none() | st.integers(0, 255))),
    st.tuples(st.just(pa.bool_()), st.just(st.none() | st.booleans())),
    st.tuples(st.just(pa.string()), st.just(st.none() | st.text(st.characters(codec="utf-8"), max_size=5))),
)


@st.composite
def sessions(draw):
    """Draw laps with the same columns, a lap of which may be empty."""
    names = draw(st.lists(NAMES, unique_by=str.lower, max_size=4))
    names = [name for name in names if name.lower() not in FIXED]
    columns = {**{name: draw(VALUES) for name in names}, "speed": (pa.float64(), st.none() | st.floats())}
    laps, time_s = [], 0.0
    for number in range(draw(st.integers(0, 4))):
        rows = draw(st.integers(0, 12))
        steps = draw(st.lists(st.floats(0, 1e6), min_size=rows, max_size=rows))
        times = [time_s := time_s + step for step in steps]
        arrays = {
            name: pa.array(draw(st.lists(values, min_size=rows, max_size=rows)), kind)
            for name, (kind, values) in columns.items()
        }
        laps.append(
            LapTelemetry(lap_number=number, table=pa.table({"time": pa.array(times, pa.float64()), **arrays}))
        )
    return SessionTelemetry.from_laps(laps, source_type="vbo")


def plain(value):
    """Return a value as a session holds it."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(sessions(), st.sampled_from(["snappy", "zstd"]), st.sampled_from(["float64", "source"]))
def test_what_is_written_is_read(session, compression, types):
    with tempfile.TemporaryDirectory() as folder:
        store = SessionStore(folder, compression=compression, types=types)
        store.write("s", session)
        read = store.read("s")
        assert read.table.column_names == session.table.column_names
        for name in read.table.column_names:
            values = [plain(value) for value in session.table[name].to_pylist()]
            assert read.table[name].to_pylist() == values
        assert read.laps == session.laps
        for lap in {each.lap_number for each in read.laps}:
            assert store.read_lap("s", lap).table.equals(read.lap(lap).table)
