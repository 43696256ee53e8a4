"""The penalties of this version of the library, row by row."""

from __future__ import annotations

from telemparse.analysis.quality.penalties import Charge, Penalty, Side
from telemparse.analysis.quality.subjects import SUBJECTS, Signal, Task

__all__ = ["ROWS", "VERSION"]

VERSION = "2"

_TASKS = tuple(Task)
_LINES = (Task.RACING_LINE, Task.SEGMENTS, Task.COMPARISON)
_GNSS = (Signal.GNSS, *_TASKS)
_IMU = (Signal.IMU, Signal.FUSION)
_TIMES = (Signal.LAPS, Task.LAP_TIMING, Task.COMPARISON)


def _rows(concerns: tuple[str, ...], *rows: tuple[str, str, Side, float, float, str]) -> tuple[Penalty, ...]:
    """Return rows that concern the same ones: name, observation, side, threshold, points, code."""
    return tuple(
        Penalty(
            name=name,
            observation=observation,
            side=side,
            threshold=threshold,
            points=points,
            code=code,
            concerns=concerns,
        )
        for name, observation, side, threshold, points, code in rows
    )


_UP, _DOWN = Side.ABOVE, Side.BELOW

ROWS: tuple[Penalty, ...] = (
    # What no number outweighs.
    Penalty(
        name="hash_mismatch",
        observation="source_hash_mismatch",
        threshold=0,
        charge=Charge.CRITICAL,
        code="INTEGRITY_HASH_MISMATCH",
        concerns=SUBJECTS,
    ),
    Penalty(
        name="time_broken",
        observation="time_broken",
        threshold=0,
        charge=Charge.CRITICAL,
        code="TIME_BASE_BROKEN",
        concerns=SUBJECTS,
    ),
    Penalty(
        name="teleports",
        observation="gnss_teleports",
        threshold=0,
        points=15,
        charge=Charge.EACH,
        cap=40,
        code="GNSS_TELEPORT_EVENTS",
        concerns=_GNSS,
    ),
    # Rows of one observation add up.
    *_rows(
        _GNSS,
        ("dropout", "gnss_dropout_pct", _UP, 5, 10, "GNSS_GAPS_HIGH"),
        ("dropout_large", "gnss_dropout_pct", _UP, 20, 20, "GNSS_GAPS_HIGH"),
        ("dropout_most", "gnss_dropout_pct", _UP, 50, 30, "GNSS_GAPS_HIGH"),
        ("gap", "gnss_longest_gap_s", _UP, 2, 10, "GNSS_GAPS_HIGH"),
        ("gap_long", "gnss_longest_gap_s", _UP, 10, 10, "GNSS_GAPS_HIGH"),
        ("jitter", "gnss_jitter_pct", _UP, 10, 10, "GNSS_JITTER_HIGH"),
        ("rate", "gnss_rate_hz", _DOWN, 4.5, 10, "GNSS_RATE_LOW"),
        ("rate_low", "gnss_rate_hz", _DOWN, 1.8, 10, "GNSS_RATE_LOW"),
        ("rate_very_low", "gnss_rate_hz", _DOWN, 0.45, 40, "GNSS_RATE_LOW"),
        ("interpolated", "gnss_interpolated_pct", _UP, 10, 10, "GNSS_INTERPOLATED"),
        ("accuracy_missing", "gnss_accuracy_unknown", _UP, 0, 5, "GNSS_ACCURACY_UNKNOWN"),
        ("dilution", "gnss_poor_hdop_pct", _UP, 10, 10, "GNSS_FIX_POOR"),
        ("satellites", "gnss_few_satellites_pct", _UP, 10, 5, "GNSS_FIX_POOR"),
        ("accuracy", "gnss_poor_hacc_pct", _UP, 10, 10, "GNSS_FIX_POOR"),
        ("accuracy_poor", "gnss_poor_hacc_pct", _UP, 50, 15, "GNSS_FIX_POOR"),
        ("speed_accuracy", "gnss_poor_sacc_pct", _UP, 10, 10, "GNSS_FIX_POOR"),
        ("fix_doubtful", "gnss_doubtful_fix_pct", _UP, 5, 10, "GNSS_FIX_POOR"),
        ("fix_poor", "gnss_doubtful_fix_pct", _UP, 25, 20, "GNSS_FIX_POOR"),
    ),
    # Lines, segments and differences need the motion between the fixes; a lap time needs it at the line.
    *_rows(_LINES, ("rate_of_lines", "gnss_rate_hz", _DOWN, 1.8, 10, "GNSS_RATE_LOW")),
    *_rows(
        _TASKS,
        ("velocity_missing", "gnss_velocity_missing_pct", _UP, 10, 10, "GNSS_VELOCITY_MISSING"),
        ("velocity_doubtful", "gnss_velocity_drift_m", _UP, 1.0, 10, "GNSS_VELOCITY_DOUBTFUL"),
    ),
    *_rows(
        (Signal.GNSS, Signal.IMU, Signal.ALIGNMENT, *_TASKS),
        ("time_repaired", "time_repaired_pct", _UP, 1, 5, "TIME_NOT_MONOTONIC"),
        ("time_repaired_often", "time_repaired_pct", _UP, 10, 15, "TIME_NOT_MONOTONIC"),
        ("time_repeated", "time_duplicates_pct", _UP, 1, 5, "TIME_DUPLICATES_DROPPED"),
    ),
    # A clock without a date times laps as well as any other.
    *_rows((Signal.ALIGNMENT,), ("time_relative", "time_relative", _UP, 0, 0, "TIME_RELATIVE")),
    *_rows(
        _IMU,
        ("imu_rate", "imu_rate_hz", _DOWN, 45, 15, "IMU_RATE_LOW"),
        ("imu_rate_low", "imu_rate_hz", _DOWN, 18, 25, "IMU_RATE_LOW"),
        ("imu_dropout", "imu_dropout_pct", _UP, 5, 10, "IMU_GAPS_HIGH"),
        ("imu_gap", "imu_longest_gap_s", _UP, 0.5, 10, "IMU_GAPS_HIGH"),
        ("imu_saturated", "imu_saturated_pct", _UP, 0.1, 10, "IMU_SATURATION"),
        ("imu_saturated_often", "imu_saturated_pct", _UP, 2, 20, "IMU_SATURATION"),
        ("imu_axes", "imu_gyro_missing", _UP, 0, 15, "FUSION_SKIPPED_NO_IMU"),
        ("imu_gravity", "imu_gravity_off_mps2", _UP, 2, 20, "IMU_IMPLAUSIBLE"),
    ),
    *_rows(
        (Signal.ALIGNMENT, Signal.FUSION),
        ("overlap", "alignment_overlap_pct", _DOWN, 95, 15, "ALIGNMENT_OVERLAP_LOW"),
        ("overlap_half", "alignment_overlap_pct", _DOWN, 50, 30, "ALIGNMENT_OVERLAP_LOW"),
        ("overlap_none", "alignment_overlap_pct", _DOWN, 1, 55, "ALIGNMENT_OVERLAP_LOW"),
        ("clocks_uncertain", "alignment_uncertain", _UP, 0, 40, "TIME_ALIGNMENT_DRIFT"),
    ),
    *_rows(
        (Signal.FUSION,),
        ("pose_sigma_missing", "fusion_sigma_unknown", _UP, 0, 10, "FUSION_UNCERTAIN"),
        ("pose_sigma", "fusion_position_sigma_m", _UP, 2, 10, "FUSION_UNCERTAIN"),
        ("pose_sigma_large", "fusion_position_sigma_m", _UP, 10, 30, "FUSION_UNCERTAIN"),
        ("pose_degraded", "fusion_degraded_pct", _UP, 5, 10, "FUSION_UNCERTAIN"),
        ("pose_degraded_often", "fusion_degraded_pct", _UP, 25, 20, "FUSION_UNCERTAIN"),
        ("fusion_outliers", "fusion_outlier_pct", _UP, 2, 15, "FUSION_DIVERGED"),
    ),
    *_rows(
        _TIMES,
        ("lap_sigma", "laps_sigma_s", _UP, 0.05, 10, "LOW_CONFIDENCE_CROSSING"),
        ("lap_sigma_large", "laps_sigma_s", _UP, 0.15, 15, "LOW_CONFIDENCE_CROSSING"),
        ("lap_sigma_huge", "laps_sigma_s", _UP, 0.5, 25, "LOW_CONFIDENCE_CROSSING"),
        ("lap_confidence", "laps_low_pct", _UP, 20, 10, "LOW_CONFIDENCE_CROSSING"),
        ("lap_confidence_low", "laps_low_pct", _UP, 50, 15, "LOW_CONFIDENCE_CROSSING"),
        ("lap_gaps", "laps_gap_pct", _UP, 10, 10, "GAP_WITHIN_LAP"),
        ("lap_gaps_often", "laps_gap_pct", _UP, 50, 15, "GAP_WITHIN_LAP"),
        ("lap_count", "laps_unstable", _UP, 0, 25, "LAP_DETECTION_UNSTABLE"),
    ),
)
