"""The page of quality tells of each observation and each feature."""

from __future__ import annotations

from pathlib import Path

from recorded import fixes, inertial, lap_table, result
from telemparse.analysis import PenaltyTable, score
from telemparse.analysis.quality.subjects import FEATURES, LABELS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "quality.md").read_text(encoding="utf-8")


def test_every_observation_stands_on_the_page() -> None:
    streams = {"gnss_pvt": fixes(), "imu_accel": inertial(), "laps": lap_table()}
    names = {*score(result(streams)).observed, *(row.observation for row in PenaltyTable.default().rows)}
    assert sorted(name for name in names if f"`{name}`" not in PAGE) == []


def test_every_label_and_every_feature_stand_there_with_their_numbers() -> None:
    assert [word for least, word in LABELS if f"| {least} | {word} |" not in PAGE] == []
    opens = [f"| `{feature.name}` | `{feature.task}` of {feature.least}" for feature in FEATURES]
    assert [line for line in opens if line not in PAGE] == []
