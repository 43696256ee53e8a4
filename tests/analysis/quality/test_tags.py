"""Tagging sets the flags that need a whole stream, on a new table that says so."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from recorded import SECOND, displaced, fixes, inertial, lap_table, rows_of
from telemparse.analysis import tag
from telemparse.errors import CallError
from telemparse.schemas import QualityFlag, build


def column(table, name):
    return np.array(table[name].to_pylist())


def test_teleports_get_their_bit_and_keep_the_others():
    table = displaced(fixes(quality_flags=np.full(600, 16)), [100, 300])
    tagged = tag(table)
    flags = column(tagged, "quality_flags")
    assert np.flatnonzero(flags & QualityFlag.TELEPORT).tolist() == [100, 300]
    assert ((flags & 16) == 16).all()
    assert tagged.drop_columns("quality_flags").equals(table.drop_columns("quality_flags"))
    assert tagged.schema.field("quality_flags") == table.schema.field("quality_flags")
    assert column(table, "quality_flags").max() == 16


def test_the_new_table_names_what_made_it():
    facts = tag(displaced(fixes(), [100])).schema.metadata
    assert facts[b"technique"] == b"tag"
    assert json.loads(facts[b"parameters"]) == {"flag": "TELEPORT", "rows": 1}
    assert facts[b"interpolated_share"] == b"0.0"
    assert facts[b"stream"] == b"gnss_pvt"
    assert b"telemparse_version" in facts


def test_tagging_twice_is_tagging_once():
    once = tag(displaced(fixes(), [100]))
    assert tag(once).equals(once, check_metadata=True)


def test_rows_that_do_not_rise_in_time_are_not_mixed_up():
    t_ns = np.arange(600) * SECOND // 10
    t_ns[50] = t_ns[49]
    t_ns[60] = t_ns[40]
    tagged = tag(displaced(fixes(t=t_ns), [100]))
    assert np.flatnonzero(column(tagged, "quality_flags") & QualityFlag.TELEPORT).tolist() == [100]


def test_samples_at_a_limit_get_their_bit():
    table = inertial()
    ax = column(table, "ax_mps2")
    ax[100:110], ax[200] = 19.6, 19.6
    table = pa.Table.from_batches(
        [
            build(
                "imu_accel",
                {**{name: table[name].combine_chunks() for name in table.column_names}, "ax_mps2": ax},
            )
        ]
    )
    flags = column(tag(table), "quality_flags")
    assert np.flatnonzero(flags & QualityFlag.SATURATED).tolist() == list(range(100, 110))


@pytest.mark.parametrize("stream", ["imu_accel", "imu_gyro"])
def test_a_sensor_within_its_range_is_not_saturated(stream):
    assert not column(tag(inertial(stream)), "quality_flags").any()


@pytest.mark.parametrize("table", [fixes(0), inertial(seconds=0), rows_of(fixes(), [5])])
def test_no_rows_and_one_row_have_no_tag(table):
    assert not column(tag(table), "quality_flags").any()
    assert tag(table).schema.metadata[b"technique"] == b"tag"


@pytest.mark.parametrize(
    "table", [lap_table(), fixes().drop_columns("quality_flags"), fixes().select(["t", "quality_flags"]), 5]
)
def test_what_cannot_be_tagged_is_refused(table):
    with pytest.raises(CallError):
        tag(table)
