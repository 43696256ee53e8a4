"""Series of time: what is drawn stands in the table, no extreme is lost, and nulls break lines."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.analysis import downsample
from telemparse.service.series import SeriesRefused, time_series

TIME = pa.timestamp("ns", "UTC")
S = 1_000_000_000


def table_of(t_ns, **columns):
    return pa.table({"t": pa.array(t_ns, TIME), **columns})


def drive(begin_ns, rows, rate_hz=25, seed=0):
    """Return an even stream with a speed that wanders."""
    rng = np.random.default_rng(seed)
    t_ns = begin_ns + np.arange(rows) * (S // rate_hz)
    speed = (40 + 15 * np.sin(np.arange(rows) / 50) + rng.normal(0, 1, rows)).astype(np.float32)
    return table_of(t_ns, speed_mps=pa.array(speed))


@st.composite
def tables(draw):
    """Draw rows with steps of all kinds (none, usual, long), and values with nulls, NaN and infinity."""
    rows = draw(st.integers(0, 260))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    steps = chance.choice(
        [0, S // 25, S // 25, S // 25, S, 90 * S], rows, p=[0.1, 0.4, 0.2, 0.24, 0.04, 0.02]
    )
    values = chance.normal(0, 10, rows).round(draw(st.integers(0, 3)))
    holes = chance.random(rows) < draw(st.sampled_from([0.0, 0.05, 0.5, 1.0]))
    odd = chance.random(rows) < draw(st.sampled_from([0.0, 0.1]))
    values[odd] = chance.choice([math.nan, math.inf, -math.inf], int(odd.sum()))
    t_ns = 1_700_000_000_000_000_000 + np.cumsum(steps)
    return table_of(t_ns, speed_mps=pa.array(values, mask=holes))


def known(table):
    """Return instants and values that can be drawn, of a table in order of time."""
    found = pl.from_arrow(table).with_columns(pl.col("t").cast(pl.Int64))
    return found.filter(pl.col("speed_mps").is_not_null() & pl.col("speed_mps").is_finite())


@given(table=tables(), points=st.integers(16, 80), ends=st.tuples(st.floats(-5, 300), st.floats(-5, 300)))
def test_no_extreme_of_a_window_is_lost_and_no_more_points_come_than_were_asked_for(
    shelf, table, points, ends
):
    session_id = shelf.session({("gnss_pvt", "L0"): table}, group_rows=64)
    begin_s, end_s = ends
    found = time_series(
        shelf.pipeline, session_id, columns=["speed_mps"], begin_s=begin_s, end_s=end_s, max_points=points,
        level="L0",
    ) if table.num_rows else None  # fmt: skip
    if found is None:
        with pytest.raises(SeriesRefused, match="STREAM_UNKNOWN"):
            time_series(shelf.pipeline, session_id)
        return
    origin = found.origin_ns
    first, last = origin + round(begin_s * S), origin + round(end_s * S)
    t_ns = pl.col("t")
    inside = known(table).filter((t_ns >= first) & (t_ns <= last))
    series = found.series[0]
    drawn = [(t, value) for t, value in zip(series.t_s, series.values, strict=True) if not math.isnan(value)]
    assert len(drawn) <= points
    assert len(series.values) <= 2 * points + 1
    assert (np.diff(series.t_s) >= 0).all()
    there = {((t - origin) / S, value) for t, value in inside.iter_rows()}
    assert set(drawn) <= there
    if inside.height:
        assert min(value for _t, value in drawn) == inside["speed_mps"].min()
        assert max(value for _t, value in drawn) == inside["speed_mps"].max()
        assert {drawn[0][0], drawn[-1][0]} == {(inside["t"][0] - origin) / S, (inside["t"][-1] - origin) / S}
    else:
        assert not drawn


@given(table=tables().filter(lambda table: table.num_rows), points=st.integers(16, 80))
def test_two_points_without_a_break_between_them_have_no_null_and_no_gap_between_them(shelf, table, points):
    session_id = shelf.session({("gnss_pvt", "L0"): table})
    found = time_series(shelf.pipeline, session_id, columns=["speed_mps"], max_points=points, level="L0")
    series = found.series[0]
    seconds = (table["t"].cast(pa.int64()).to_numpy() - found.origin_ns) / S
    values = table["speed_mps"].to_numpy()
    lacking = seconds[~np.isfinite(values)]
    pairs = itertools.pairwise(zip(series.t_s.tolist(), series.values.tolist(), strict=True))
    for (first, value), (second, other) in pairs:
        if math.isnan(value) or math.isnan(other):
            continue
        assert not ((lacking > first) & (lacking < second)).any()
        steps = np.diff(seconds[(seconds >= first) & (seconds <= second)])
        assert (steps <= 1.0).all()  # ten steps of 25 Hz are less than that


@given(table=tables().filter(lambda table: table.num_rows), seed=st.integers(0, 99))
def test_rows_out_of_order_are_drawn_like_the_same_rows_in_order(shelf, table, seed):
    t_ns = table["t"].cast(pa.int64()).to_numpy()
    table = table.filter(pa.array(np.append(True, np.diff(t_ns) > 0)))  # ties have no order
    mixed = table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))
    ids = [shelf.session({("gnss_pvt", "L0"): each}, group_rows=50) for each in (table, mixed)]
    window = {"columns": ["speed_mps"], "begin_s": 1.0, "end_s": 60.0, "max_points": 20}
    plain, sorted_ = (time_series(shelf.pipeline, each, **window).to_dict()["series"] for each in ids)
    assert plain == sorted_


@given(
    rows=st.sampled_from([30, 400, 3000]),
    window=st.tuples(st.floats(0, 100), st.floats(0, 130)),
    points=st.integers(16, 400),
)
def test_auto_takes_the_coarsest_level_that_fills_the_chart(shelf, begin_ns, rows, window, points):
    begin, span = window
    recorded = drive(begin_ns, rows)
    levels = {"L0": recorded, "L1": downsample(recorded, "ds_10hz"), "L2": downsample(recorded, "ds_1hz")}
    session_id = shelf.session({("gnss_pvt", level): table for level, table in levels.items()})
    found = time_series(
        shelf.pipeline,
        session_id,
        columns=["speed_mps"],
        begin_s=begin,
        end_s=begin + span,
        max_points=points,
    )
    first, last = (found.origin_ns + round(end * S) for end in (begin, begin + span))
    stamps = {level: table["t"].cast(pa.int64()).to_numpy() for level, table in levels.items()}
    counts = {level: int(((t >= first) & (t <= last)).sum()) for level, t in stamps.items()}
    expected = next((level for level in ("L2", "L1") if counts[level] >= points), "L0")
    assert (found.level, found.rows) == (expected, counts[expected])


def test_a_window_has_the_rows_that_polars_finds_there(shelf, begin_ns):
    recorded = drive(begin_ns, 3000)
    session_id = shelf.session({("gnss_pvt", "L0"): recorded}, group_rows=500)
    found = time_series(
        shelf.pipeline, session_id, columns=["speed_mps"], begin_s=30.0, end_s=50.0, max_points=10_000
    )
    t = pl.col("t").cast(pl.Int64)
    inside = pl.from_arrow(recorded).filter((t >= begin_ns + 30 * S) & (t <= begin_ns + 50 * S))
    assert found.rows == inside.height == 501
    assert found.series[0].values.tolist() == inside["speed_mps"].to_list()
    assert (found.begin_s, found.end_s, found.origin_ns) == (30.0, 50.0, begin_ns)


def test_json_plain_values_and_arrow_say_the_same(shelf, begin_ns):
    steps = np.arange(3000) * (S // 25)
    steps[2000:] += 60 * S
    values = pa.array([None if 500 <= row < 520 else row % 37 / 8 for row in range(3000)], pa.float32())
    session_id = shelf.session({("gnss_pvt", "L0"): table_of(begin_ns + steps, speed_mps=values)})
    found = time_series(shelf.pipeline, session_id, columns=["speed_mps"], max_points=100)
    document = found.to_dict()
    told = document["series"][0]
    assert document["origin_ns"] == str(begin_ns)
    assert told["t_s"] == found.series[0].t_s.tolist()
    assert [math.nan if value is None else value for value in told["values"]] == pytest.approx(
        found.series[0].values.tolist(), nan_ok=True
    )
    table = pa.ipc.open_stream(found.to_arrow()).read_all()
    assert ((table["t"].cast(pa.int64()).to_numpy() - begin_ns) / S).tolist() == told["t_s"]
    assert table["speed_mps"].to_pylist() == pytest.approx(told["values"])
    assert None in told["values"]
    facts = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    assert (facts["run_id"], facts["level"], facts["rows"]) == (found.run_id, "L0", "3000")


def test_a_stretch_without_rows_breaks_the_line(shelf, begin_ns):
    steps = np.concatenate([np.arange(100), np.arange(100) + 400]) * (S // 25)
    session_id = shelf.session({("gnss_pvt", "L0"): table_of(begin_ns + steps, speed_mps=np.ones(200))})
    series = time_series(shelf.pipeline, session_id, columns=["speed_mps"]).series[0]
    assert np.flatnonzero(np.isnan(series.values)).tolist() == [100]
    assert series.t_s[99] < series.t_s[100] < series.t_s[101]


def test_several_columns_have_their_own_points_and_share_the_rows_of_a_table(shelf, begin_ns):
    table = drive(begin_ns, 2000).append_column("alt_m", pa.array(np.arange(2000.0)[::-1] ** 2))
    session_id = shelf.session({("gnss_pvt", "L0"): table})
    found = time_series(
        shelf.pipeline, session_id, columns=["speed_mps", "alt_m", "speed_mps"], max_points=50
    )
    assert [series.name for series in found.series] == ["speed_mps", "alt_m"]
    shared = pa.ipc.open_stream(found.to_arrow()).read_all()
    assert shared["alt_m"].null_count == 0
    instants = set(((shared["t"].cast(pa.int64()).to_numpy() - begin_ns) / S).tolist())
    assert instants == {t for series in found.series for t in series.t_s.tolist()}


def test_columns_that_only_a_coarse_level_has_are_read_there(shelf, begin_ns):
    recorded = drive(begin_ns, 500)
    tables = {("gnss_pvt", "L0"): recorded, ("gnss_pvt", "L1"): downsample(recorded, "ds_10hz")}
    session_id = shelf.session(tables)
    found = time_series(shelf.pipeline, session_id, columns=["speed_mps_max"], max_points=5000)
    assert (found.level, found.rows) == ("L1", tables["gnss_pvt", "L1"].num_rows)
    with pytest.raises(SeriesRefused) as refused:
        time_series(shelf.pipeline, session_id, columns=["speed_mps", "nothing"])
    assert (refused.value.code, refused.value.status) == ("COLUMN_UNKNOWN", 422)
    assert refused.value.evidence["column"] == "nothing"


def test_a_lap_is_a_window(shelf, begin_ns, new_lap):
    laps = [
        new_lap(3, begin_ns + 10 * S, begin_ns + 20 * S),
        new_lap(4, begin_ns + 20 * S, begin_ns + 31 * S),
    ]
    session_id = shelf.session({("gnss_pvt", "L0"): drive(begin_ns, 1000)}, laps=laps, bases={"laps": "utc"})
    tables = {
        ("gnss_pvt", "L0"): drive(begin_ns, 1000),
        ("laps.smoothed", "L0"): pa.table({"lap_number": [3, 4]}),
    }
    session_id = shelf.session(tables, laps=laps)
    found = time_series(shelf.pipeline, session_id, columns=["speed_mps"], lap=3)
    assert (found.begin_s, found.end_s, found.rows) == (10.0, 20.0, 251)
    both = time_series(shelf.pipeline, session_id, columns=["speed_mps"], lap=3, begin_s=15.0, end_s=99.0)
    assert (both.begin_s, both.end_s, both.rows) == (15.0, 20.0, 126)
    for lap in (5, 0, -1, 2**70):
        with pytest.raises(SeriesRefused) as refused:
            time_series(shelf.pipeline, session_id, lap=lap)
        assert (refused.value.code, refused.value.status) == ("LAP_UNKNOWN", 404)


def test_a_lap_of_another_clock_is_no_window(shelf, begin_ns, new_lap):
    tables = {
        ("channels.main", "L0"): table_of([0, S, 2 * S], rpm=[1.0, 2.0, 3.0]),
        ("laps", "L0"): pa.table({"lap_number": [1]}),
    }
    laps = [new_lap(1, begin_ns, begin_ns + S, "laps"), new_lap(2, None, None, "laps")]
    session_id = shelf.session(tables, laps=laps, bases={"channels.main": "relative"})
    assert time_series(shelf.pipeline, session_id, stream="channels.main").origin_ns == 0
    for lap in (1, 2):
        with pytest.raises(SeriesRefused, match="LAP_UNKNOWN"):
            time_series(shelf.pipeline, session_id, stream="channels.main", lap=lap)


def test_an_empty_window_is_an_answer_without_points(shelf, begin_ns):
    session_id = shelf.session({("gnss_pvt", "L0"): drive(begin_ns, 100)})
    for begin_s, end_s in ((50.0, 60.0), (3.0, 2.0), (-math.inf, -1.0), (1e300, math.inf)):
        found = time_series(shelf.pipeline, session_id, begin_s=begin_s, end_s=end_s)
        assert (found.rows, [len(series.values) for series in found.series]) == (0, [0])
        assert pa.ipc.open_stream(found.to_arrow()).read_all().num_rows == 0
        assert found.to_dict()["series"][0]["values"] == []


def test_time_counts_from_the_first_stream_of_the_same_clock(shelf, begin_ns):
    tables = {
        ("gnss_pvt", "L0"): drive(begin_ns + 5 * S, 10),
        ("imu_accel", "L0"): table_of([begin_ns, begin_ns + S], ax_mps2=[1.0, 2.0]),
        ("channels.main", "L0"): table_of([7, 8], rpm=[1.0, 2.0]),
    }
    session_id = shelf.session(tables, bases={"channels.main": "relative"})
    fixes = time_series(shelf.pipeline, session_id, columns=["speed_mps"])
    assert (fixes.origin_ns, fixes.begin_s, fixes.series[0].t_s[0]) == (begin_ns, 5.0, 5.0)
    assert time_series(shelf.pipeline, session_id, stream="channels.main").origin_ns == 7


def test_threads_that_ask_at_the_same_time_get_what_one_gets(shelf, begin_ns):
    ids = [
        shelf.session({("gnss_pvt", "L0"): drive(begin_ns, 5000, seed=seed)}, group_rows=700)
        for seed in range(3)
    ]

    def ask(number):
        request = {"begin_s": number / 2, "end_s": number / 2 + 90.0, "max_points": 100}
        return time_series(shelf.pipeline, ids[number % 3], **request).to_json()

    with ThreadPoolExecutor(6) as threads:
        together = [*threads.map(ask, range(60))]
    assert together == [ask(number) for number in range(60)]


def test_a_level_that_has_just_enough_rows_fills_the_chart(shelf, begin_ns):
    recorded = drive(begin_ns, 1000)
    levels = {"L0": recorded, "L1": downsample(recorded, "ds_10hz"), "L2": downsample(recorded, "ds_1hz")}
    session_id = shelf.session({("gnss_pvt", level): table for level, table in levels.items()})
    for points, level in ((levels["L2"].num_rows, "L2"), (levels["L2"].num_rows + 1, "L1")):
        assert time_series(shelf.pipeline, session_id, max_points=points).level == level
