"""Real recordings are judged without a fuss: scores, reasons, no jumps that were not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import telemparse
from telemparse.analysis import score
from telemparse.errors import ParseFailed

if TYPE_CHECKING:
    from pathlib import Path

    from telemparse.analysis import Quality
    from telemparse.model.results import ParseResult

# 12 m within 0.1 s at a speed of 16 m/s.
JUMPS = {"garmin-virb-ultra-30.fit": 1}


def parsed(recording: telemparse.ArtifactSet) -> ParseResult:
    try:
        return telemparse.parse(recording)
    except ParseFailed as failure:
        return failure.result


@pytest.fixture(scope="module")
def qualities(corpus: Path) -> dict[str, Quality]:
    files = [path for path in corpus.rglob("*") if path.is_file() and path.name != "SOURCES.tsv"]
    results = {recording.artifacts[0].name: parsed(recording) for recording in telemparse.group(files)}
    return {name: score(result) for name, result in results.items()}


@pytest.mark.slow
def test_no_real_recording_jumps_but_the_one_that_does(qualities: dict[str, Quality]) -> None:
    jumps = {name: quality.observed.get("gnss_teleports", 0) for name, quality in qualities.items()}
    assert len(jumps) > 50
    assert {name: count for name, count in jumps.items() if count} == JUMPS


@pytest.mark.slow
def test_scores_of_real_recordings_are_numbers_with_reasons(qualities: dict[str, Quality]) -> None:
    for name, quality in qualities.items():
        document = json.loads(json.dumps(quality.to_dict(), allow_nan=False))
        numbers = [
            number for number in (*quality.signals.values(), *quality.tasks.values()) if number is not None
        ]
        assert all(0 <= number <= 100 for number in numbers), name
        assert (quality.overall is None) == (not numbers), name
        assert quality.overall is None or quality.overall == 100 or quality.top_reasons, name
        assert "?" not in "".join(reason["message"] for reason in document["reasons"]), name
        assert str(quality).startswith("overall"), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("okc-tillotson-kart-laps.dovex", 90),
        ("jerez-trace-laps.json", 90),
        ("racelogic-example-brakestop.vbb", 90),
        ("taupo-race1-lap4-laps.rcz", 75),
        ("aim-gps-laps.xrk", 90),
    ],
)
def test_good_loggers_open_every_feature(qualities: dict[str, Quality], name: str, least: int) -> None:
    tasks = qualities[name].tasks.values()
    assert all(number is not None and number >= least for number in tasks)
