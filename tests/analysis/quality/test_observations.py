"""Observations are what a recording shows, in numbers, and nothing that it does not show."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorded import SECOND, displaced, fixes, found_laps, inertial, lap_table, result, rows_of
from telemparse.analysis import DegradedSpan, Fused, FusionHealth, score
from telemparse.analysis.motions import Method, Motion
from telemparse.analysis.paths import Path
from telemparse.kernels.local_frame import LocalFrame
from telemparse.model.issues import Issue
from telemparse.schemas import build


def observed(source, **more):
    return score(source, **more).observed


def codes(source, **more):
    return {reason.code for reason in score(source, **more).reasons}


def with_column(table, name, values):
    at = table.column_names.index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


# ---- positions


def test_missing_epochs_are_dropout_and_the_longest_stretch_is_the_gap():
    found = observed(rows_of(fixes(), np.r_[0:100, 130:400, 410:600]))
    assert found["gnss_dropout_pct"] == pytest.approx(100 * 40 / 600, abs=1e-3)
    assert found["gnss_longest_gap_s"] == pytest.approx(3.1)


def test_epochs_without_a_fix_are_dropout_too():
    found = observed(result({"gnss_pvt": fixes()}, epochs_without_fix=200))
    assert found["gnss_dropout_pct"] == 25


def stopped(pause_s, *, speed_mps):
    """Return a recording that pauses in the middle, with a speed before and after."""
    speed = np.full(600, 20.0)
    speed[295:305] = speed_mps
    t_ns = np.arange(600) * SECOND // 10 + np.where(np.arange(600) >= 300, round(pause_s * SECOND), 0)
    return fixes(t=t_ns, speed_mps=speed)


def test_a_stop_of_the_recording_where_the_vehicle_stands_is_no_loss():
    assert observed(stopped(120, speed_mps=0.0))["gnss_dropout_pct"] == 0
    assert observed(stopped(30, speed_mps=0.0))["gnss_longest_gap_s"] == 30.1
    assert observed(stopped(120, speed_mps=20.0))["gnss_longest_gap_s"] == 120.1


def test_hours_between_sessions_are_no_loss():
    assert observed(stopped(7_200, speed_mps=20.0))["gnss_dropout_pct"] == 0


def test_a_longer_gap_is_no_smaller_loss():
    shares = [observed(stopped(gap, speed_mps=20.0))["gnss_dropout_pct"] for gap in (5, 40, 70, 200, 299)]
    assert shares == sorted(shares)


def test_uneven_steps_are_jitter_and_coarse_stamps_within_reason_are_none():
    t_ns = np.arange(600) * SECOND // 10
    noise = np.random.default_rng(3).normal(0, 0.03, 600) * SECOND
    assert observed(fixes(t=np.sort(t_ns + noise.astype(np.int64))))["gnss_jitter_pct"] > 20
    assert observed(fixes(t=(t_ns + 3_000_000) // 10_000_000 * 10_000_000))["gnss_jitter_pct"] < 5


def test_the_rate_is_that_of_new_positions():
    table = fixes()
    held = np.arange(600) // 2 * 2
    table = table.set_column(1, table.schema.field(1), table["lat_deg"].take(held))
    table = table.set_column(2, table.schema.field(2), table["lon_deg"].take(held))
    assert observed(table)["gnss_rate_hz"] == pytest.approx(5, abs=0.05)
    parked = with_column(table, "speed_mps", np.zeros(600))
    assert observed(parked)["gnss_rate_hz"] == pytest.approx(10)


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_each_teleport_costs_until_the_cap(count):
    quality = score(displaced(fixes(), np.arange(count) * 60 + 30))
    assert quality.observed["gnss_teleports"] == count
    assert quality.signals["gnss"] == 100 - min(15 * count, 40)


@pytest.mark.parametrize(
    ("column", "poor", "name"),
    [("hdop", 7.0, "gnss_poor_hdop_pct"), ("hacc_m", 9.0, "gnss_poor_hacc_pct"),
     ("sacc_mps", 2.0, "gnss_poor_sacc_pct"), ("sat_count", 4, "gnss_few_satellites_pct"),
     ("fix_type", 2, "gnss_doubtful_fix_pct"), ("quality_flags", 16, "gnss_doubtful_fix_pct"),
     ("quality_flags", 1, "gnss_interpolated_pct"), ("quality_flags", 4, "time_repaired_pct")],
)  # fmt: skip
def test_the_share_of_what_is_poor_is_counted_over_what_is_known(column, poor, name):
    good = {"hdop": 0.8, "hacc_m": 0.5, "sacc_mps": 0.1, "sat_count": 14, "fix_type": 3, "quality_flags": 0}
    values = np.where(np.arange(600) < 150, poor, good[column])
    assert observed(fixes(**{column: values}))[name] == 25


def test_nulls_are_not_counted_as_good_ones():
    values = pa.array([None] * 300 + [9.0] * 150 + [1.0] * 150, pa.float32())
    assert observed(fixes(hdop=values))["gnss_poor_hdop_pct"] == 50


def test_one_position_has_no_rate_and_no_gap():
    quality = score(rows_of(fixes(), [0]))
    assert quality.observed["gnss_rate_hz"] is None
    assert quality.unmeasured["gnss_rate_hz"] == "one epoch has no rate"
    assert quality.observed["gnss_dropout_pct"] == 0
    assert quality.observed["gnss_teleports"] == 0


def test_repeated_and_late_instants_are_counted():
    t_ns = np.arange(600) * SECOND // 10
    t_ns[100:130] = t_ns[99]
    found = observed(fixes(t=t_ns))
    assert found["time_duplicates_pct"] == 5
    t_ns = np.arange(600) * SECOND // 10
    t_ns[100:160] -= 20 * SECOND
    assert observed(fixes(t=t_ns))["time_repaired_pct"] == 10


def test_a_bare_table_of_places_is_judged_by_what_it_has():
    quality = score(fixes().select(["t", "lat_deg", "lon_deg"]))
    assert {reason.code for reason in quality.reasons} == {"GNSS_ACCURACY_UNKNOWN", "GNSS_VELOCITY_MISSING"}


@pytest.mark.parametrize("frame", [LocalFrame(90.0, 0.0), LocalFrame(-17.0, 180.0)])
def test_poles_and_the_antimeridian_are_no_damage(frame):
    angle = np.arange(600) / 30
    lat, lon = frame.geodetic_deg(60 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    table = fixes(lat_deg=lat, lon_deg=(lon + 180) % 360 - 180, course_deg=None)
    assert codes(table) == {"GNSS_VELOCITY_MISSING"}


@given(
    holes=st.lists(st.tuples(st.integers(1, 590), st.integers(1, 100)), max_size=4),
    more=st.tuples(st.integers(1, 590), st.integers(1, 100)),
)
def test_losing_more_epochs_never_raises_a_score(holes, more):
    keep = np.ones(600, np.bool_)
    for start, length in holes:
        keep[start : min(start + length, 599)] = False
    before = score(rows_of(fixes(), keep))
    keep[more[0] : min(sum(more), 599)] = False
    after = score(rows_of(fixes(), keep))
    assert after.overall <= before.overall
    assert after.signals["gnss"] <= before.signals["gnss"]


@given(rows=st.sets(st.integers(1, 58), max_size=8), more=st.integers(1, 58))
def test_more_teleports_never_raise_a_score(rows, more):
    before = score(displaced(fixes(), [10 * row for row in rows]))
    after = score(displaced(fixes(), [10 * row for row in {*rows, more}]))
    assert after.overall <= before.overall


@given(st.integers(0, 600), st.integers(0, 600))
def test_more_poor_fixes_never_raise_a_score(one, other):
    few, many = sorted((one, other))
    scores = [
        score(fixes(hacc_m=np.where(np.arange(600) < count, 30.0, 0.5))).overall for count in (few, many)
    ]
    assert scores[0] >= scores[1]


# ---- inertial streams


def test_a_slow_sensor_and_gaps_are_seen():
    assert codes(inertial(rate_hz=25.0)) == {"IMU_RATE_LOW", "FUSION_SKIPPED_NO_IMU"}
    quality = score(rows_of(inertial(), np.r_[0:1000, 1900:6000]))
    assert quality.observed["imu_longest_gap_s"] == pytest.approx(9.01, abs=0.01)
    assert quality.observed["imu_dropout_pct"] == pytest.approx(15, abs=0.1)
    assert quality.observed["imu_rate_hz"] == pytest.approx(100, rel=0.01)
    assert quality.signals["imu"] == 65


def test_samples_that_came_in_packets_have_the_rate_of_all_of_them():
    table = inertial()
    t_ns = np.arange(6000) // 10 * 10 * SECOND // 100
    found = observed(with_column(table, "t", t_ns))
    assert found["imu_rate_hz"] == pytest.approx(100, rel=0.01)
    assert found["imu_dropout_pct"] == 0


@pytest.mark.parametrize("limit", [19.6, -39.2])
def test_samples_that_stay_at_an_extreme_are_saturated(limit):
    ay = np.array(inertial()["ay_mps2"].to_pylist())
    ay[1000:1060] = limit
    quality = score(with_column(inertial(), "ay_mps2", ay))
    assert quality.observed["imu_saturated_pct"] == 1
    (reason,) = (reason for reason in quality.reasons if reason.code == "IMU_SATURATION")
    assert reason.issue.message == "60 samples of ay_mps2 are at the sensor's limit"


def test_a_single_peak_and_a_sensor_at_rest_are_not_saturated():
    ay = np.array(inertial()["ay_mps2"].to_pylist())
    ay[1000] = 30.0
    assert observed(with_column(inertial(), "ay_mps2", ay))["imu_saturated_pct"] == 0
    assert observed(with_column(inertial(), "ay_mps2", np.zeros(6000)))["imu_saturated_pct"] == 0


def test_flags_of_saturation_count_and_may_be_absent():
    flagged = with_column(inertial(), "quality_flags", np.where(np.arange(6000) < 600, 64, 0))
    assert observed(flagged)["imu_saturated_pct"] == 10
    assert observed(inertial().drop_columns("quality_flags"))["imu_saturated_pct"] == 0


def test_gravity_in_another_unit_or_taken_away_is_implausible():
    table = inertial()
    assert "IMU_IMPLAUSIBLE" in codes(with_column(table, "az_mps2", np.full(6000, 1.0)))
    assert "IMU_IMPLAUSIBLE" in codes(with_column(table, "az_mps2", np.full(6000, 98.1)))
    # Half of the time in curves of 2 g.
    curves = np.where(np.arange(6000) % 200 < 100, 19.6, 0.0)
    assert "IMU_IMPLAUSIBLE" not in codes(with_column(table, "ax_mps2", curves))


def test_a_gyroscope_alone_has_no_gravity_to_look_at():
    quality = score(inertial("imu_gyro"))
    assert quality.unmeasured["imu_gravity_off_mps2"] == "there is no accelerometer"
    assert quality.observed["imu_gyro_missing"] == 1
    assert "no accelerometer" in quality.reasons[0].issue.message


def test_one_sample_has_no_rate():
    assert "imu_rate_hz" in score(rows_of(inertial(), [7])).unmeasured


# ---- both, and what is made of them


def test_signals_that_lie_beside_each_other_in_time_are_not_aligned():
    both = score(result({"gnss_pvt": fixes(), "imu_accel": rows_of(inertial(), slice(0, 1500))}))
    assert both.observed["alignment_overlap_pct"] == pytest.approx(25, abs=0.2)
    assert both.signals["alignment"] == 55
    other = score(result({"gnss_pvt": fixes(), "imu_gyro": inertial("imu_gyro", time_base="relative")}))
    assert other.signals["alignment"] == 0
    assert other.reasons[0].issue.message.endswith("(utc and relative)")


def test_one_position_within_the_inertial_samples_is_covered():
    one = rows_of(fixes(), [5])
    assert observed(result({"gnss_pvt": one, "imu_accel": inertial()}))["alignment_overlap_pct"] == 100


def pose(source="server_fused", **columns):
    count = 100
    whole = {"t": np.arange(count) * SECOND // 10, "x_e_m": np.arange(count) * 1.0, "y_n_m": np.zeros(count)}
    facts = {"origin_lat_deg": 52.0, "origin_lon_deg": 1.0, "origin_alt_m": 0.0, "pose_source": source}
    return pa.Table.from_batches([build("pose", {**whole, **columns}, **facts)])


def test_a_pose_is_as_good_as_it_says_and_less_when_it_says_nothing():
    sure = {
        "pos_std_e_m": np.full(100, 0.3),
        "pos_std_n_m": np.full(100, 0.4),
        "yaw_std_rad": np.full(100, 0.1),
    }
    quality = score(pose(**sure))
    assert quality.signals["fusion"] == 100
    assert quality.observed["fusion_position_sigma_m"] == 0.5
    assert quality.observed["fusion_yaw_sigma_deg"] == 5.73
    silent = score(pose())
    assert silent.signals["fusion"] == 90
    assert set(silent.unmeasured) == {"fusion_position_sigma_m", "fusion_yaw_sigma_deg"}
    assert score(pose().select(["t", "x_e_m", "y_n_m"])).signals["fusion"] == 90
    unsure = {"pos_std_e_m": np.full(100, 30.0), "pos_std_n_m": np.full(100, 40.0)}
    assert score(pose(**unsure)).signals["fusion"] == 60


def test_a_pose_that_was_only_measured_is_not_fused():
    assert score(pose("gnss_measured")).signals["fusion"] is None


def fusion(*issues, source="server_fused", outlier_pct=0.5, degraded_s=0.0, **parameters):
    """Return what a fusion of ten seconds came to."""
    spans = [DegradedSpan(start_ns=0, end_ns=int(degraded_s * SECOND), reason="no fixes", position_std_m=7.5)]
    health = FusionHealth(
        innovation={},
        outlier_pct=outlier_pct,
        noise_factor=1.0,
        force_noise=0.1,
        rate_noise=0.01,
        force_bias=(0.0, 0.0, 0.0),
        rate_bias=(0.0, 0.0, 0.0),
        scale=(0.0, 0.0, 0.0),
        offset_s=0.0,
        offset_std_s=0.001,
        mounting_deg=0.0,
        degraded=tuple(spans if degraded_s else ()),
    )
    sure = {"pos_std_e_m": np.full(100, 0.3), "pos_std_n_m": np.full(100, 0.4)}
    table = pose(source, **sure)
    return Fused(table=table, health=health, issues=issues, parameters=parameters)


def test_a_fusion_is_judged_by_its_pose_and_how_the_filter_fared():
    assert score(fixes(), fused=fusion()).signals["fusion"] == 100
    wild = score(fixes(), fused=fusion(outlier_pct=4.0))
    assert wild.signals["fusion"] == 85
    assert [reason.code for reason in wild.reasons] == ["FUSION_DIVERGED"]
    assert "4 %" in wild.reasons[0].issue.message
    gaps = score(fixes(), fused=fusion(degraded_s=1.0))
    assert gaps.signals["fusion"] == 90
    assert "7.5 m" in gaps.reasons[0].issue.message
    assert score(fixes(), fused=fusion(degraded_s=5.0)).signals["fusion"] == 70


def test_a_fusion_that_was_refused_leaves_no_pose_and_says_why():
    clocks = Issue("TIME_ALIGNMENT_DRIFT", reason="fixes are 900 ms from the samples")
    refused = fusion(clocks, source="gnss_measured", fallback="clocks of two kinds")
    both = score(result({"gnss_pvt": fixes(), "imu_accel": inertial()}), fused=refused)
    assert both.signals["fusion"] is None
    assert "clocks of two kinds" in both.absent["fusion"].message
    assert both.signals["alignment"] == 60
    assert "TIME_ALIGNMENT_DRIFT" in [reason.code for reason in both.reasons]


# ---- laps


def test_the_middle_deviation_of_whole_laps_is_what_counts():
    table = lap_table(duration_std_s=[0.01, 0.2, 0.2, 0.2, 9.0], validity=["OUTLAP", *["VALID"] * 3, "INLAP"])
    quality = score(table)
    assert quality.observed["laps_sigma_s"] == 0.2
    assert quality.signals["laps"] == quality.tasks["lap_timing"] == 75
    assert "0.2 s uncertainty" in quality.top_reasons[0].issue.message


def test_laps_that_do_not_say_how_sure_they_are_lose_nothing_for_it():
    quality = score(lap_table(duration_std_s=None))
    assert quality.observed["laps_sigma_s"] is None
    assert "how sure" in quality.unmeasured["laps_sigma_s"]
    assert quality.signals["laps"] == 100


def test_low_confidence_by_word_or_by_reason_is_one_share():
    low = ["LOW", "HIGH", "HIGH", "HIGH", "HIGH"]
    reasons = [["LOW_CONFIDENCE_CROSSING"], ["LOW_CONFIDENCE_CROSSING"], [], [], None]
    quality = score(lap_table(confidence=low, reasons=reasons))
    assert quality.observed["laps_low_pct"] == 40
    assert quality.signals["laps"] == 90


def test_laps_that_are_all_broken_off_are_judged_as_they_are():
    quality = score(lap_table(validity=["INVALID"] * 5, confidence=["LOW"] * 5))
    assert quality.observed["laps_complete"] == 0
    assert quality.observed["laps_low_pct"] == 100
    assert not quality.features_available["lap_table"]


def motion(gap_s=3.0, **parameters):
    path = Path.of(fixes(t=1_700_000_000 * SECOND + np.arange(600) * SECOND // 10))
    broken = np.zeros(599, np.bool_)
    if gap_s:
        path = attrs.evolve(path, t_ns=path.t_ns + np.where(np.arange(600) > 150, round(gap_s * SECOND), 0))
        broken[150] = True
    return Motion(
        path=path,
        method=Method.SMOOTHED,
        position_m=path.position_m,
        velocity_mps=path.velocity_mps,
        acceleration_mps2=np.zeros((600, 2)),
        broken=broken,
        parameters=parameters,
    )


def test_a_gap_within_a_lap_is_measured_on_the_path():
    table = lap_table(reasons=[[], ["GAP_WITHIN_LAP"], [], [], []])
    quality = score(fixes(), laps=found_laps(table, motion()))
    (reason,) = (reason for reason in quality.reasons if reason.code == "GAP_WITHIN_LAP")
    assert reason.issue.message == "lap 2 has a gap of 3.1 s"
    assert quality.observed["laps_gap_pct"] == 20


def test_a_gap_of_a_device_s_lap_has_no_known_length():
    (reason,) = score(lap_table(reasons=[["GAP_WITHIN_LAP"], [], [], [], []])).reasons
    assert reason.issue.message == "lap 1 has a gap of unknown s"


def test_velocity_that_contradicts_positions_is_told_by_the_motion():
    clock = {"drift_m": 2.4, "lag_s": 0.13, "scale": 0.97}
    quality = score(fixes(), laps=found_laps(lap_table(), motion(velocity_clock=clock)))
    (reason,) = quality.reasons
    assert reason.code == "GNSS_VELOCITY_DOUBTFUL"
    assert reason.issue.message == "positions drift by 2.4 m in 3 s from the measured velocity"
    assert reason.issue.evidence["lag_s"] == 0.13


def test_a_drift_that_was_left_nothing_to_compare_is_the_one_before_the_correction():
    clock = {"drift_m": None, "raw_drift_m": 1.7}
    quality = score(fixes(), laps=found_laps(lap_table(), motion(velocity_clock=clock)))
    assert quality.observed["gnss_velocity_drift_m"] == 1.7


@pytest.mark.parametrize("parameters", [{}, {"velocity_clock": {"drift_m": float("nan")}}])
def test_a_drift_that_nobody_knows_is_unmeasured(parameters):
    quality = score(fixes(), laps=found_laps(lap_table(), motion(**parameters)))
    assert quality.unmeasured["gnss_velocity_drift_m"] == "velocity and position could not be compared"


def test_a_count_of_laps_that_is_not_certain_costs_as_the_finder_says():
    issue = Issue("LAP_DETECTION_UNSTABLE", counts="11 or 12")
    quality = score(fixes(), laps=found_laps(lap_table(), issues=(issue,)))
    assert quality.signals["laps"] == 75
    assert "11 or 12" in quality.top_reasons[0].issue.message
