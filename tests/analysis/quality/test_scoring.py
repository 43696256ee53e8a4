"""A score says what was observed, what it costs, what to do about it, and what is not there."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorded import SECOND, displaced, fixes, found_laps, inertial, lap_table, result, rows_of
from telemparse.analysis import find_laps, score
from telemparse.analysis.quality.observed import seen, unseen
from telemparse.analysis.quality.penalties import Charge, Penalty, Side
from telemparse.analysis.quality.penalty_tables import PenaltyTable
from telemparse.analysis.quality.scoring import judge
from telemparse.analysis.quality.subjects import FEATURES, SUBJECTS, Signal, Task, label_of
from telemparse.errors import CallError
from telemparse.model.codes import CODES
from telemparse.model.issues import Issue
from telemparse.testing.simulate import NoVelocity, simulate

WHOLE = {
    "gnss_pvt": fixes(),
    "imu_accel": inertial(),
    "imu_gyro": inertial("imu_gyro"),
    "laps": lap_table(),
}


def codes(quality):
    return [reason.code for reason in quality.reasons]


def test_a_perfect_recording_has_full_scores_and_all_features():
    quality = score(result(WHOLE))
    assert quality.overall == 100
    assert quality.label == "Excellent"
    assert quality.signals == {"gnss": 100, "imu": 100, "alignment": 100, "fusion": None, "laps": 100}
    assert quality.tasks == dict.fromkeys(Task, 100)
    assert quality.reasons == ()
    assert quality.features_available == {feature.name: True for feature in FEATURES}
    assert quality.feature_reasons == {}


@pytest.mark.parametrize(
    ("number", "word"),
    [(100, "Excellent"), (90, "Excellent"), (89.9, "Good"), (75, "Good"), (74.9, "Fair"), (55, "Fair"),
     (54, "Poor"), (35, "Poor"), (34.9, "Unusable"), (0, "Unusable")],
)  # fmt: skip
def test_labels_begin_at_their_numbers(number, word):
    assert label_of(number) == word


def test_an_empty_result_has_no_score_no_label_and_no_feature():
    quality = score(result({}))
    assert quality.overall is None
    assert quality.label is None
    assert set(quality.signals.values()) == {None}
    assert set(quality.tasks.values()) == {None}
    assert not any(quality.features_available.values())
    assert set(quality.feature_reasons) == {feature.name for feature in FEATURES}
    assert set(quality.absent) == set(SUBJECTS)
    assert {issue.code for issue in quality.absent.values()} == {"SIGNAL_ABSENT"}


@pytest.mark.parametrize("table", [fixes(0), inertial(seconds=0), lap_table(0)])
def test_a_table_without_rows_is_a_signal_that_is_not_there(table):
    assert score(table).overall is None


def test_an_inertial_recording_is_judged_as_what_it_is_and_serves_no_task():
    quality = score(result({"imu_accel": inertial(), "imu_gyro": inertial("imu_gyro")}))
    assert quality.signals == {"gnss": None, "imu": 100, "alignment": None, "fusion": None, "laps": None}
    assert set(quality.tasks.values()) == {None}
    assert quality.overall == 100
    assert not any(quality.features_available.values())
    assert "no positions" in quality.feature_reasons["racing_line"]


def test_laps_alone_are_timed_but_have_no_line():
    quality = score(lap_table())
    assert quality.tasks == {"lap_timing": 100, "racing_line": None, "segments": None, "comparison": None}
    assert quality.features_available["lap_table"]
    assert not quality.features_available["comparison"]


def test_positions_alone_serve_all_tasks_and_say_that_nobody_looked_for_laps():
    quality = score(fixes())
    assert quality.tasks == dict.fromkeys(Task, 100)
    assert quality.signals["laps"] is None
    assert "not looked for" in quality.absent["laps"].message
    assert quality.features_available["lap_table"]


def test_laps_that_were_looked_for_in_vain_shut_what_needs_them():
    why = Issue("LAPS_NOT_FOUND", reason="the trace does not close")
    quality = score(fixes(), laps=found_laps(lap_table(0), issues=(why,)))
    assert quality.signals["laps"] is None
    assert "the trace does not close" in quality.absent["laps"].message
    assert quality.features_available == {
        "lap_table": False, "racing_line": True, "segments": True, "comparison": False,
    }  # fmt: skip
    assert quality.feature_reasons["lap_table"] == "LAPS_NOT_FOUND: no laps found: the trace does not close"
    assert score(fixes(), laps=found_laps(lap_table(0))).absent["laps"].message.endswith("no laps found")


def test_one_lap_is_a_table_and_no_comparison():
    quality = score(fixes(), laps=found_laps(lap_table(2, validity=["VALID", "INLAP"])))
    assert quality.features_available["lap_table"]
    assert quality.feature_reasons["comparison"] == "LAPS_NOT_FOUND: 1 complete laps, of 2 that it needs"


def test_found_laps_count_before_the_device_s_own():
    unsure = found_laps(lap_table(duration_std_s=np.full(5, 0.4)))
    assert score(result(WHOLE)).signals["laps"] == 100
    assert score(result(WHOLE), laps=unsure).signals["laps"] == 75


def test_a_reason_has_its_code_what_was_observed_its_points_and_a_remedy():
    table = rows_of(fixes(), np.r_[0:200, 250:600])
    (reason,) = score(table).reasons
    assert reason.code == "GNSS_GAPS_HIGH"
    # Two rows that say the same are one reason.
    assert reason.penalties == ("dropout", "gap")
    assert reason.observed == {"gnss_dropout_pct": 8.333, "gnss_longest_gap_s": 5.1}
    assert reason.taken == dict.fromkeys(("gnss", *Task), 20)
    assert reason.points == 20
    assert reason.remedy == CODES["GNSS_GAPS_HIGH"].hint
    assert reason.issue.message == "8.333 % of the recording has no position, longest gap 5.1 s"
    assert score(table).signals["gnss"] == 80


def test_the_heaviest_reasons_come_first_and_five_of_them_are_the_top():
    poor = np.where(np.arange(600) < 500, 50.0, 0.5)
    table = fixes(rate_hz=1.0, seconds=600, hacc_m=poor, hdop=poor, sacc_mps=poor, course_deg=None)
    quality = score(displaced(rows_of(table, np.r_[0:100, 150:600]), [50, 250]))
    points = [reason.points for reason in quality.reasons]
    assert points == sorted(points, reverse=True)
    assert len(points) == 7
    assert quality.top_reasons == quality.reasons[:5]


def test_what_only_tells_is_no_top_reason():
    quality = score(result({"gnss_pvt": fixes(time_base="relative")}))
    assert codes(quality) == ["TIME_RELATIVE"]
    assert quality.top_reasons == ()
    assert quality.overall == 100


def test_what_cannot_be_measured_is_null_with_a_reason_and_costs_only_where_it_is_expected():
    quality = score(fixes(sat_count=None, fix_type=None, hdop=None))
    assert quality.observed["gnss_few_satellites_pct"] is None
    assert quality.unmeasured["gnss_poor_hdop_pct"] == "the recording has no hdop"
    assert quality.overall == 100
    silent = score(fixes(hdop=None, hacc_m=None))
    assert codes(silent) == ["GNSS_ACCURACY_UNKNOWN"]
    assert silent.overall == 95


def test_a_lap_table_opens_earlier_than_a_line():
    table = fixes(seconds=600, rate_hz=1.0, course_deg=None)
    quality = score(table)
    assert quality.tasks == {"lap_timing": 70, "racing_line": 60, "segments": 60, "comparison": 60}
    assert quality.features_available["lap_table"]
    assert quality.feature_reasons["racing_line"] == (
        "racing_line is 60, below 75: GNSS_RATE_LOW, GNSS_VELOCITY_MISSING"
    )


def test_bytes_that_do_not_match_override_every_number():
    broken = Issue("INTEGRITY_HASH_MISMATCH", artifact="a.zip")
    quality = score(result(WHOLE, warnings=(broken,)))
    assert quality.overall == 100
    assert quality.label == "Unusable"
    assert not any(quality.features_available.values())
    assert quality.feature_reasons["lap_table"] == (
        "INTEGRITY_HASH_MISMATCH: a.zip does not match its stored checksum"
    )
    assert [reason.code for reason in quality.critical] == ["INTEGRITY_HASH_MISMATCH"]
    assert quality.top_reasons == quality.critical


def test_counted_rows_are_no_clock():
    table = fixes(seconds=60, rate_hz=1.0, time_base="index")
    quality = score(table)
    assert quality.label == "Unusable"
    assert quality.feature_reasons["lap_table"].startswith("TIME_BASE_BROKEN: ")
    # Rows at a declared rate are one.
    assert score(fixes(time_base="index")).label == "Excellent"


def test_rows_of_one_instant_are_no_clock():
    assert score(fixes(t=np.full(600, 5 * SECOND))).label == "Unusable"


def test_times_that_are_mostly_repaired_are_no_clock():
    assert score(fixes(quality_flags=np.full(600, 4))).label == "Unusable"
    assert "TIME_BASE_BROKEN" not in codes(score(fixes(quality_flags=np.arange(600) % 5 // 4 * 4)))


def test_users_change_points_and_rows_and_the_version_says_so():
    table = PenaltyTable.default().with_penalty("accuracy_missing", 60)
    quality = score(fixes(hdop=None, hacc_m=None), table=table)
    assert quality.overall == 40
    assert quality.table_version == "2+changed"
    assert score(fixes()).table_version == "2"
    row = Penalty(name="mine", observation="gnss_rate_hz", side="below", threshold=20, points=30,
                  code="GNSS_RATE_LOW", concerns=["segments"])  # fmt: skip
    strict = score(fixes(), table=PenaltyTable.default().with_row(row))
    assert strict.tasks["segments"] == 70
    assert strict.tasks["racing_line"] == 100


def test_the_overall_score_is_at_most_ten_above_the_lowest_task():
    table = PenaltyTable.default().with_row(
        Penalty(
            name="mine",
            observation="gnss_rate_hz",
            side="below",
            threshold=20,
            points=50,
            code="GNSS_RATE_LOW",
            concerns=["segments"],
        )
    )
    assert score(fixes(), table=table).overall == 60


def test_the_plain_document_is_json_and_complete():
    document = score(fixes(hdop=None, hacc_m=None)).to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["overall"] == 95
    assert document["signals"]["imu"] is None
    assert document["absent"]["imu"]["code"] == "SIGNAL_ABSENT"
    assert document["top_reasons"][0]["code"] == "GNSS_ACCURACY_UNKNOWN"
    assert document["top_reasons"][0]["remedy"]
    assert set(document) == {
        "overall", "label", "signals", "tasks", "absent", "top_reasons", "reasons", "observed", "unmeasured",
        "features_available", "feature_reasons", "table_version",
    }  # fmt: skip


def test_the_summary_shows_scores_what_is_absent_features_and_reasons():
    text = str(score(rows_of(fixes(), np.r_[0:100, 195:600])))
    assert "overall         80  Good" in text
    assert "imu              -  no imu to judge: the recording holds no inertial stream" in text
    assert "  lap_table     available" in text
    assert "       -20 GNSS_GAPS_HIGH: 15.833 % of the recording has no position" in text
    assert CODES["GNSS_GAPS_HIGH"].hint in text


def test_the_summary_names_what_is_critical_and_what_is_nothing():
    assert "critical TIME_BASE_BROKEN" in str(score(fixes(t=np.full(600, 5 * SECOND))))
    empty = str(score(result({})))
    assert empty.startswith("overall          -  nothing to judge")
    assert "reasons" not in empty


def test_numbers_are_cut_to_what_people_read_and_small_ones_keep_theirs():
    found = seen(0.00012345, share_pct=8.33333, period_ms=100.0, count=np.int64(3), reason="why")
    assert found.value == 0.000123
    assert found.evidence == {"share_pct": 8.333, "period_ms": 100, "count": 3, "reason": "why"}
    assert str(found.evidence["period_ms"]) == "100"
    assert seen(0.0).value == 0


@pytest.mark.parametrize("source", [pa.table({"a": [1]}), 7, None])
def test_what_is_no_recording_is_refused(source):
    with pytest.raises(CallError):
        score(source)


# ---- properties of the scores

ROWS = PenaltyTable.default().rows
NUMBERS = st.one_of(st.none(), st.floats(0, 1e6), st.floats(0, 120), st.sampled_from([0, 1, 5, 95, 100]))
OBSERVATIONS = st.fixed_dictionaries(dict.fromkeys(sorted({row.observation for row in ROWS}), NUMBERS))
ABSENCES = st.sets(st.sampled_from(Signal))


def judged(numbers, absences=frozenset(), table=None):
    found = {
        name: unseen("not there") if number is None else seen(number) for name, number in numbers.items()
    }
    why = dict.fromkeys(absences, "not there")
    return judge(found, why, table or PenaltyTable.default())


@given(numbers=OBSERVATIONS, absences=ABSENCES)
def test_scores_lie_within_0_and_100_and_the_overall_rule_holds(numbers, absences):
    quality = judged(numbers, absences)
    scores = [*quality.signals.values(), *quality.tasks.values(), quality.overall]
    assert all(0 <= number <= 100 for number in scores if number is not None)
    served = [number for number in quality.tasks.values() if number is not None]
    if served:
        assert quality.overall <= min(served) + 10
        assert quality.overall <= max(served)
    assert {name for name, number in quality.signals.items() if number is None} == absences
    assert set(quality.absent) == {
        name for name in SUBJECTS if {**quality.signals, **quality.tasks}[name] is None
    }
    assert set(quality.feature_reasons) == {
        name for name, open_ in quality.features_available.items() if not open_
    }


@given(
    numbers=OBSERVATIONS,
    name=st.sampled_from(sorted({row.observation for row in ROWS})),
    by=st.floats(0, 1e5),
)
def test_a_worse_observation_never_raises_a_score_nor_opens_a_feature(numbers, name, by):
    sides = {row.side for row in ROWS if row.observation == name}
    assert len(sides) == 1
    if numbers[name] is None:
        return
    worse = numbers[name] + by if sides == {Side.ABOVE} else max(numbers[name] - by, 0)
    before, after = judged(numbers), judged({**numbers, name: worse})
    assert after.overall <= before.overall
    for subject in SUBJECTS:
        ours, theirs = ({**quality.signals, **quality.tasks}[subject] for quality in (before, after))
        assert theirs <= ours
    for feature in FEATURES:
        assert before.features_available[feature.name] >= after.features_available[feature.name]


@given(numbers=OBSERVATIONS)
def test_the_points_of_the_reasons_are_what_is_missing_from_the_scores(numbers):
    quality = judged(numbers)
    for subject, number in {**quality.signals, **quality.tasks}.items():
        taken = sum(reason.taken.get(subject, 0) for reason in quality.reasons)
        assert number == max(100 - taken, 0)


def test_each_penalty_of_the_table_is_found_by_what_it_is_for():
    for row in ROWS:
        beyond = row.threshold + 1 if row.side is Side.ABOVE else row.threshold - 1e-3
        quality = judged({row.observation: beyond})
        mine = next(reason for reason in quality.reasons if row.name in reason.penalties)
        assert mine.critical == (row.charge is Charge.CRITICAL)
        assert mine.code == row.code
        assert set(mine.taken) >= set(row.concerns)
        assert row.name not in {
            name for reason in judged({row.observation: row.threshold}).reasons for name in reason.penalties
        }


def test_without_a_smoothed_motion_there_are_no_segments_to_be_had():
    run = simulate("kart", seed=1, laps=3, disturbances=[NoVelocity()])
    quality = score(run.gnss, laps=find_laps(run.gnss, run.gate))
    assert quality.features_available["lap_table"]
    assert not quality.features_available["segments"]
    assert quality.feature_reasons["segments"] == (
        "SEGMENTS_NOT_FOUND: the motion is not smoothed: the receiver's velocity is not known"
    )
    smooth = simulate("kart", seed=1, laps=3)
    assert score(smooth.gnss, laps=find_laps(smooth.gnss, smooth.gate)).features_available["segments"]
