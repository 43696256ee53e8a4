"""Bytes that are read: of a session of a million rows, those of one lap and of no other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemparse.storage import LapTelemetry, SessionStore, SessionTelemetry
from telemparse.storage.session_parquet import SessionFile

LAPS, ROWS = 10, 110_000


class Counting:
    """A file that counts the bytes that are read from it."""

    closed = False

    def __init__(self, file):
        self._file = file
        self.bytes = 0

    def read(self, size=-1):
        data = self._file.read(size)
        self.bytes += len(data)
        return data

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    dice = np.random.default_rng(1)
    laps = []
    for number in range(1, LAPS + 1):
        time_s = np.arange(ROWS) / 1000 + (number - 1) * ROWS / 1000
        columns = {"time": time_s, "speed": np.round(30 + 20 * np.sin(time_s), 2)}
        columns |= {name: dice.random(ROWS) for name in ("lat", "long", "rpm", "throttle")}
        laps.append(LapTelemetry(lap_number=number, table=pa.table(columns)))
    folder = tmp_path_factory.mktemp("sessions")
    SessionStore(folder).write(1, SessionTelemetry.from_laps(laps, source_type="vbo"))
    return folder / "1.parquet"


def read_bytes(place, lap_number, columns=None):
    """Return how many bytes are read for a lap, those of the footer apart, and the table."""
    with place.open("rb", buffering=0) as file:
        counting = Counting(file)
        session = SessionFile(counting, "1")
        before = counting.bytes
        table = session.read_lap(lap_number, columns)
        return counting.bytes - before, table


def data_bytes(place, names=None):
    footer = pq.read_metadata(place)
    columns = [footer.row_group(group).column(place) for group in range(footer.num_row_groups)
               for place in range(footer.num_columns)]  # fmt: skip
    return sum(
        each.total_compressed_size for each in columns if names is None or each.path_in_schema in names
    )


@pytest.mark.slow
@pytest.mark.parametrize("lap_number", [1, 5, 10])
def test_of_ten_laps_one_is_read_with_no_more_than_its_own_bytes(place, lap_number):
    count, table = read_bytes(place, lap_number)
    assert table.num_rows == ROWS
    assert 0.5 / LAPS < count / data_bytes(place) <= 1.3 / LAPS


@pytest.mark.slow
def test_of_a_lap_only_the_columns_asked_for_are_read(place):
    count, table = read_bytes(place, 5, ["speed", "time"])
    assert table.column_names == ["speed", "time"]
    assert 0 < count <= 1.3 / LAPS * data_bytes(place, {"speed", "time"})


@pytest.mark.slow
def test_laps_and_channels_are_told_without_reading_a_row(place):
    with place.open("rb", buffering=0) as file:
        counting = Counting(file)
        session = SessionFile(counting, "1")
        assert len(session.metadata.laps) == LAPS
    assert counting.bytes < 100_000
