"""Footers: few are kept, however many are looked at, and they skip row groups."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis import downsample
from telemparse.service.series.footers import Footers

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000


@pytest.fixture(scope="module")
def datasets(shelf, begin_ns):
    table = pa.table(
        {"t": pa.array(begin_ns + np.arange(1000) * (S // 25), TIME), "speed_mps": np.ones(1000)}
    )
    ids = [
        shelf.session(
            {("gnss_pvt", "L0"): table, ("gnss_pvt", "L2"): downsample(table, "ds_1hz")}, group_rows=100
        )
        for _each in range(4)
    ]
    return [dataset for session_id in ids for dataset in shelf.pipeline.datasets(session_id)]


def test_the_footers_that_were_looked_at_last_are_kept(shelf, datasets):
    footers = Footers(most=3)
    storage = shelf.pipeline.storage
    first = footers.of(storage, datasets[0])
    for dataset in datasets[1:3]:
        footers.of(storage, dataset)
    assert footers.of(storage, datasets[0]) is first
    for dataset in datasets[3:]:
        footers.of(storage, dataset)
    assert len(footers) == 3
    assert footers.of(storage, datasets[0]) is not first


def test_footers_take_no_more_than_their_bytes(shelf, datasets):
    size = Footers().of(shelf.pipeline.storage, datasets[0]).metadata.serialized_size
    footers = Footers(most_bytes=2 * size)
    for dataset in datasets:
        if dataset.level == "L0":
            footers.of(shelf.pipeline.storage, dataset)
    assert len(footers) == 2
    tiny = Footers(most_bytes=1)
    assert tiny.of(shelf.pipeline.storage, datasets[0]).rows.sum() == 1000
    assert len(tiny) == 0


def test_row_groups_outside_of_a_window_are_skipped(shelf, datasets, begin_ns):
    footer = Footers().of(shelf.pipeline.storage, datasets[0])
    assert footer.groups(begin_ns + 4 * S, begin_ns + 8 * S) == [1, 2]
    assert footer.groups(begin_ns - 9, begin_ns - 1) == []
    assert footer.most_rows(begin_ns + 4 * S, begin_ns + 8 * S) == 200


def test_a_window_has_no_more_rows_of_bins_than_bins(shelf, datasets, begin_ns):
    coarse = next(dataset for dataset in datasets if dataset.level == "L2")
    footer = Footers().of(shelf.pipeline.storage, coarse)
    assert footer.bins_hz == 1
    assert 4 <= footer.most_rows(begin_ns, begin_ns + 3 * S) <= 5
    assert footer.most_rows(begin_ns, begin_ns + 3000 * S) == footer.rows.sum()
