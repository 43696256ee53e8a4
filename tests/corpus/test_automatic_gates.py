"""The line that is found in real traces gives the laps that the device counted, or says why it does not."""

from __future__ import annotations

import attrs
import pytest

import telemparse
from telemparse.analysis.automatic_gates import find_gate
from telemparse.analysis.gate_fits import gate_fit
from telemparse.analysis.learnt_tracks import learn_track
from telemparse.analysis.paths import Path

CUT = "the recording ends on the move where it began, as if cut at a line"
WITHIN = "the recording begins, breaks or ends within a lap"
ODD = "other places are not passed once a lap"


@attrs.frozen
class Expected:
    """What comes out: complete laps of the device within the positions, ours, and where they may differ."""

    device: int | None
    laps: int
    counts: str | None = None
    reasons: tuple[str, ...] = ()


def within(device, laps, counts):
    return Expected(device, laps, counts, (WITHIN,))


# The device counts at its own line, which lies elsewhere on the lap: where ours differs, the counts tell so.
RECORDINGS = {
    ("mychronogps/carole-trace-laps.json", "mychronogps/carole-session-laps.txt"): within(13, 13, "12 to 13"),
    ("mychronogps/jerez-trace-laps.json", "mychronogps/jerez-session-laps.txt"): within(7, 7, "6 to 7"),
    ("mychronogps/ledenon-trace-laps.json", "mychronogps/ledenon-session-laps.txt"): within(
        28, 28, "27 to 28"
    ),
    ("dovex/okc-tillotson-kart-laps.dovex",): within(13, 13, "12 to 13"),
    ("nmea/okc-kart-25hz.nmea",): within(None, 11, "10 to 11"),
    ("aim-xrk/aim-gps-laps.xrk",): within(9, 10, "9 to 10"),
    ("racecapture/mk1-predictive-test-lap.log",): within(4, 3, "3 to 4"),
    ("racecapture/sonoma-laps.log",): within(7, 8, "7 to 8"),
    # One lap of ten was exported with its positions.
    ("racechrono-rcz/taupo-race1-lap4-laps.rcz",): within(1, 1, "0 to 1"),
    ("racechrono-csv/tianma-lap9-v3.csv",): within(1, 1, "0 to 1"),
    ("racechrono-csv/tianma-lap13-v3.csv",): within(1, 1, "0 to 1"),
    # Stints stored from line to line: each has a lap more than any place is passed between two passes.
    ("harrys-csv/chuckwalla-20170318-laps.csv",): Expected(26, 22, "22 to 26", (CUT,)),
    ("harrys-csv/willow-springs-20161126-laps.csv",): Expected(63, 52, "50 to 63", (WITHIN, CUT)),
    ("speedangle/grattan-bike.sa",): within(5, 5, "4 to 5"),
    ("vbo/speedangle-converted-grattan.vbo",): within(None, 5, "4 to 5"),
    ("vbo/racechrono-massa-finalese-laps.vbo",): within(None, 21, "20 to 21"),
    # The device's counter did not rise at the last of three crossings of the file's own gate.
    ("vbo/racelogic-video-hd2-road-america-run04-laps.vbo",): Expected(1, 2),
    ("gauge-s-csv/gauge-s-cota.csv",): within(None, 5, "4 to 5"),
    # Positions tens of metres off, and laps of the device of 107 to 445 s: several rounds each.
    ("trackaddict-csv/stc-lausitz-laps.csv",): Expected(4, 6, "0 to 6", (ODD, WITHIN)),
}

REFUSED = {
    # Positions end after 25 s of 536 s.
    "aim-csv/racestudio3-mychron-kart-laps.csv": "no place is passed twice in one direction",
    "vbo/racelogic-video-hd2-road-america-run01-stale-gate.vbo": (
        "the way closes once: a single lap without a place that is passed twice"
    ),
    "vbo/racelogic-vbox3i-imu-100hz.vbo": "the vehicle hardly moved",
    "racechrono-csv/auckland-data-logging-v3.csv": "the vehicle hardly moved",
}


def identifier(value):
    return value[0] if isinstance(value, tuple) else ""


def read(corpus, names):
    return telemparse.parse([corpus / name for name in names], on_error="return")


def complete(result):
    """Return how many valid laps of the device lie within the positions, None where it tells of none."""
    laps = result.streams.get("laps")
    if laps is None:
        return None
    rows, stamps = laps.to_pylist(), result.streams["gnss_pvt"]["t"]
    first, last = (stamps[row].value - sign * 1_000_000_000 for row, sign in ((0, 1), (-1, -1)))
    valid = [row for row in rows if row["validity"] == "VALID"]
    if laps["t_start"].null_count:
        return len(valid)
    starts, ends = (laps[name].cast("int64").to_pylist() for name in ("t_start", "t_end"))
    return sum(
        row["validity"] == "VALID" and start >= first and end <= last
        for row, start, end in zip(rows, starts, ends, strict=True)
    )


@pytest.mark.parametrize(("names", "expected"), RECORDINGS.items(), ids=identifier)
def test_the_laps_at_the_line_found_are_those_of_the_device_or_told_to_be_unsure(corpus, names, expected):
    result = read(corpus, names)
    found = find_gate(Path.of(result))
    told = {issue.code: issue.evidence for issue in found.issues}.get("LAP_DETECTION_UNSTABLE", {})
    assert (
        Expected(complete(result), found.laps, told.get("counts"), tuple(told.get("reasons", ()))) == expected
    )
    assert gate_fit(Path.of(result), found.gate).forward >= found.laps + 1


@pytest.mark.parametrize("name", REFUSED)
def test_a_trace_without_laps_is_refused_with_the_reason(corpus, name):
    found = find_gate(Path.of(read(corpus, [name])))
    assert found.gate is None
    assert [(issue.code, issue.evidence["reason"]) for issue in found.issues] == [
        ("LAPS_NOT_FOUND", REFUSED[name])
    ]


def test_a_track_learnt_from_a_real_session_is_lapped_in_it(corpus):
    result = read(corpus, ["dovex/okc-tillotson-kart-laps.dovex"])
    track = learn_track(result, name="kart")
    path = Path.of(result)
    assert gate_fit(path, track.gates[0]).forward == 14
    assert [gate_fit(path, gate).forward for gate in track.sectors] == [14, 14]
