"""A path holds what the table measured, in rising time, and says what it does not know."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pytest

from telemparse.analysis.paths import Path, fixes_of
from telemparse.errors import CallError
from telemparse.kernels.local_frame import LocalFrame
from telemparse.schemas import build

SECOND = 1_000_000_000
FRAME = LocalFrame(52.0, 1.0, 100.0)


def table(t_s, east_m=None, north_m=None, *, frame=FRAME, time_base="utc", **columns):
    """Return a `gnss_pvt` table of places in a frame's plane."""
    count = len(t_s)
    east = np.zeros(count) if east_m is None else np.asarray(east_m, float)
    north = np.zeros(count) if north_m is None else np.asarray(north_m, float)
    lat, lon = frame.geodetic_deg(np.stack([east, north], axis=1))
    t_ns = np.array([round(t * SECOND) for t in t_s], np.int64)
    batch = build("gnss_pvt", {"t": t_ns, "lat_deg": lat, "lon_deg": lon, **columns}, time_base=time_base)
    return pa.Table.from_batches([batch])


def test_places_lie_in_the_plane_of_the_frame_given():
    path = Path.of(table([0, 1, 2], [0, 30, 60], [0, -40, -80]), frame=FRAME)
    assert path.frame is FRAME
    assert path.position_m == pytest.approx(np.array([[0, 0], [30, -40], [60, -80]]), abs=1e-5)
    assert path.t_ns.tolist() == [0, SECOND, 2 * SECOND]
    assert path.t_s.tolist() == [0.0, 1.0, 2.0]


def test_without_a_frame_the_plane_touches_in_the_middle_at_the_usual_height():
    heights = pa.array([90.0, None, 110.0, 100.0, 9_000.0])
    path = Path.of(table([0, 1, 2, 3, 4], [0, 30, 60, 80, 100], alt_m=heights))
    assert path.frame.alt_m == 105.0
    assert path.position_m[:, 0] == pytest.approx(np.array([-50, -20, 10, 30, 50]), rel=1e-3, abs=1e-3)


def test_a_path_across_the_antimeridian_is_one_path():
    frame = LocalFrame(-17.0, 179.9999)
    path = Path.of(table([0, 1, 2], [-40, 0, 40], frame=frame))
    assert np.diff(path.position_m[:, 0]) == pytest.approx([40.0, 40.0], abs=1e-3)


def test_a_path_over_a_pole_is_one_path():
    path = Path.of(table([0, 1, 2], [-40, 0, 40], frame=LocalFrame(90.0, 0.0)))
    assert np.hypot(*np.diff(path.position_m, axis=0).T) == pytest.approx([40.0, 40.0], abs=1e-3)


def test_measured_velocity_comes_first_and_speed_with_course_fills_its_nulls():
    path = Path.of(
        table(
            [0, 1, 2, 3],
            vel_n_mps=pa.array([3.0, None, None, 1.0], pa.float32()),
            vel_e_mps=pa.array([4.0, None, 5.0, None], pa.float32()),
            speed_mps=pa.array([9.0, 10.0, 10.0, None], pa.float32()),
            course_deg=pa.array([0.0, 90.0, 180.0, 0.0], pa.float32()),
        ),
        frame=FRAME,
    )
    expected = np.array([[4, 3], [10, 0], [0, -10], [np.nan, np.nan]])
    assert path.velocity_mps == pytest.approx(expected, abs=1e-5, nan_ok=True)
    assert path.speed_mps == pytest.approx([9, 10, 10, np.nan], nan_ok=True)


def test_speed_is_that_of_the_velocity_where_no_speed_was_measured():
    path = Path.of(table([0], vel_n_mps=np.array([3.0]), vel_e_mps=np.array([-4.0])))
    assert path.speed_mps == pytest.approx([5.0])
    assert path.has_velocity


def test_what_was_not_measured_is_nan_or_unknown():
    path = Path.of(table([0, 1]))
    for values in (path.velocity_mps, path.speed_mps, path.hacc_m, path.sacc_mps):
        assert np.isnan(values).all()
    assert path.fix_type.tolist() == [-1, -1]
    assert path.flags.tolist() == [0, 0]
    assert not path.has_velocity


def test_accuracies_fix_types_and_flags_come_with_their_nulls():
    path = Path.of(
        table(
            [0, 1],
            hacc_m=pa.array([0.5, None], pa.float32()),
            sacc_mps=pa.array([None, 0.25], pa.float32()),
            fix_type=pa.array([None, 7], pa.uint8()),
            quality_flags=pa.array([0, 2**31], pa.uint32()),
        )
    )
    assert path.hacc_m == pytest.approx([0.5, np.nan], nan_ok=True)
    assert path.sacc_mps == pytest.approx([np.nan, 0.25], nan_ok=True)
    assert path.fix_type.tolist() == [-1, 7]
    assert path.flags.tolist() == [0, 2**31]


@pytest.mark.parametrize(("known", "has"), [(9, True), (8, False)])
def test_nine_of_ten_epochs_with_a_velocity_are_a_velocity(known, has):
    north = pa.array([1.0] * known + [None] * (10 - known), pa.float32())
    path = Path.of(table(range(10), vel_n_mps=north, vel_e_mps=north))
    assert path.has_velocity is has


def test_rows_that_do_not_rise_in_time_are_left_out():
    speeds = np.array([0.0, 1, 2, 3, 4, 5])
    path = Path.of(table([10, 11, 11, 9, 11.5, 11.2], range(6), speed_mps=speeds), frame=FRAME)
    assert path.t_s.tolist() == [0.0, 1.0, 1.5]
    assert path.speed_mps.tolist() == [0.0, 1.0, 4.0]
    assert path.position_m[:, 0] == pytest.approx([0, 1, 4], abs=1e-5)


def test_a_table_in_many_chunks_is_the_same_path():
    whole = table(range(6), range(6), speed_mps=pa.array([1, None, 3, 4, None, 6], pa.float32()))
    pieces = pa.concat_tables([whole.slice(0, 2), whole.slice(2, 1), whole.slice(3)])
    one, many = Path.of(whole, frame=FRAME), Path.of(pieces, frame=FRAME)
    assert np.array_equal(one.position_m, many.position_m)
    assert np.array_equal(one.speed_mps, many.speed_mps, equal_nan=True)


def test_the_usual_step_decides_what_is_a_gap():
    fast, slow = Path.of(table([0, 0.1, 0.2, 5.0])), Path.of(table([0, 5, 10, 15]))
    assert fast.period_s == pytest.approx(0.1)
    assert fast.step_s == pytest.approx([0.1, 0.1, 4.8])
    assert fast.gap_s == 1.0
    assert slow.gap_s == 12.5


def test_one_epoch_is_a_path_without_a_period():
    path = Path.of(table([7]))
    assert len(path) == 1
    assert np.isnan(path.period_s)
    assert path.gap_s == 1.0
    assert len(path.step_s) == 0


def test_a_part_of_a_path_stays_in_its_plane():
    path = Path.of(table(range(5), range(5), fix_type=np.arange(5)), frame=FRAME)
    part = path.part(path.t_s >= 3)
    assert part.frame is path.frame
    assert part.t_ns.tolist() == [3 * SECOND, 4 * SECOND]
    assert part.fix_type.tolist() == [3, 4]
    for field in attrs.fields(Path):
        value = getattr(part, field.name)
        assert not isinstance(value, np.ndarray) or len(value) == 2


def test_the_time_base_is_that_of_the_table():
    assert Path.of(table([0], time_base="relative")).time_base == "relative"
    assert Path.of(table([0]).replace_schema_metadata(None)).time_base == "utc"


def test_a_table_of_three_columns_is_enough():
    path = Path.of(table([0, 1], [0, 5]).select(["t", "lat_deg", "lon_deg"]), frame=FRAME)
    assert path.position_m[:, 0] == pytest.approx([0, 5], abs=1e-5)
    assert path.flags.tolist() == [0, 0]


@attrs.frozen
class Result:
    """What a path needs of a result."""

    streams: dict


def test_a_result_gives_its_positions():
    fixes = table([0, 1])
    assert fixes_of(Result({"gnss_pvt": fixes})) is fixes
    assert len(Path.of(Result({"gnss_pvt": fixes}))) == 2


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (Result({}), "no stream gnss_pvt"),
        (table([0]).drop_columns(["lat_deg", "lon_deg"]), "lat_deg, lon_deg"),
        (table([0]).slice(0, 0), "no rows"),
        ({"t": [1]}, "columns t, lat_deg, lon_deg"),
        (
            table([0]).set_column(0, "t", pa.array([0], pa.timestamp("ms", "UTC"))),
            "nanoseconds",
        ),
    ],
)
def test_what_holds_no_positions_is_refused_with_the_reason(source, problem):
    with pytest.raises(CallError, match=problem):
        Path.of(source)
