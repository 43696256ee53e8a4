"""How laps look: marks, stints, reasons that all share, and a device whose laps begin elsewhere."""

from __future__ import annotations

import io

import attrs
import pytest
from rich.console import Console

from recorded import SECOND, found_laps, lap_table, result
from telemparse.cli.lap_display import show_laps
from telemparse.cli.lap_findings import LapFindings
from telemparse.model.issues import Issue


def shown(table, device=None, *, issues=(), width=100, warnings=(), **diagnostics):
    laps = attrs.evolve(found_laps(table, issues=issues), diagnostics=diagnostics)
    recording = result({} if device is None else {"laps": device}, warnings=warnings)
    out = io.StringIO()
    show_laps(Console(file=out, width=width), "a.csv", LapFindings.of(recording, laps))
    return "\n".join(words.rstrip() for words in out.getvalue().splitlines())


def line(text, start):
    return next(line for line in text.splitlines() if line.split()[:1] == [start])


def seconds(*values):
    return [round(value * SECOND) for value in values]


def test_laps_within_two_sigmas_of_the_best_are_named_and_marked():
    text = shown(lap_table(3, duration_ns=seconds(12.02, 12.0, 12.5)))
    assert "* lap 2, 12.000 ± 0.010 s; ~ lap 1: not distinguishable from it" in text
    assert [line(text, number).split()[1] for number in "123"] == ["~", "*", "12.500"]


def test_laps_of_unknown_error_are_perhaps_as_fast_and_claim_no_milliseconds():
    text = shown(lap_table(2, duration_ns=seconds(12.02, 12.0), duration_std_s=None))
    assert "* lap 2, 12.00; ~ lap 1: perhaps as fast" in text
    assert line(text, "1").split() == ["1", "~", "12.02", "valid", "high"]


def test_a_lap_far_less_sure_than_the_others_shows_fewer_decimals_under_the_same_point():
    text = shown(lap_table(3, duration_std_s=[0.01, 0.01, 2.0]))
    assert line(text, "3").split()[2:4] == ["12.0", "2.0"]
    assert line(text, "1").index(".") == line(text, "3").index(".")


def test_without_a_valid_lap_there_is_no_best_one():
    text = shown(lap_table(2, validity=["INVALID", "OUTLAP"]))
    assert "no lap is valid" in text
    assert "1 invalid, 1 out lap" in text
    assert "*" not in text


def test_stints_stand_apart():
    lines = shown(lap_table(4, stint_index=[0, 0, 1, 1])).splitlines()
    at = next(index for index, words in enumerate(lines) if words.split()[:1] == ["3"])
    assert not lines[at - 1].strip()
    assert lines[at - 2].split()[0] == "2"


def test_a_reason_that_all_laps_share_is_told_once():
    issues = [Issue("LOW_CONFIDENCE_CROSSING", lap=number, sigma_s=0.3) for number in (1, 2, 3)]
    text = shown(lap_table(3, reasons=[["LOW_CONFIDENCE_CROSSING"]] * 3), issues=tuple(issues))
    assert line(text, "all").split(maxsplit=2)[2] == "crossing uncertain"
    assert text.count("crossing uncertain") == 1
    assert "Put the gate where the car is fast" in " ".join(text.split())


def test_reasons_are_words_with_their_numbers():
    issues = (
        Issue("GAP_WITHIN_LAP", lap=1, gap_s=7325.0),
        Issue("LAP_DISTANCE_ODD", lap=1, share_pct=80, usual_m=200),
        Issue("PIT_AFFECTED", lap=2, pit_in=True, pit_out=False, stopped=True),
        Issue("GNSS_TELEPORT_EVENTS", lap=2, count=3, limit_mps=50),
    )
    reasons = [["GAP_WITHIN_LAP", "LAP_DISTANCE_ODD"], ["PIT_AFFECTED", "GNSS_TELEPORT_EVENTS"], ["TOO_WET"]]
    text = shown(lap_table(3, reasons=reasons), issues=issues, width=140)
    assert "gap of 2:02:05, way 80 % of the usual" in line(text, "1")
    assert "pit in, stopped, 3 position jumps" in line(text, "2")
    assert "too wet" in line(text, "3")  # a code that nobody told more of


@pytest.mark.parametrize(("by_s", "way"), [(3, "earlier"), (-3, "later")])
def test_a_device_whose_laps_begin_elsewhere_is_told(by_s, way):
    ours = lap_table(3)
    stamps = [value + by_s * SECOND for value in ours["t_start"].cast("int64").to_pylist()]
    text = shown(ours, lap_table(3, t_start=stamps, t_end=[t + 12 * SECOND for t in stamps]))
    assert f"ours begin 3.0 s {way}: at another line, or by another clock" in " ".join(text.split())


def test_laps_of_a_device_that_are_none_of_ours_leave_no_column():
    text = shown(lap_table(3), lap_table(1, t_start=None, t_end=None, duration_ns=seconds(99.0)))
    assert "1 lap timed by the device, 0 of them matched" in text
    assert "diff" not in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"method": "smoothed"}, "smoothed: positions and velocities together"),
        (
            {"method": "smoothed", "velocity_clock": {"lag_s": 0.131}},
            "smoothed: positions and velocities together, velocities 0.13 s late",
        ),
        (
            {"method": "smoothed", "velocity_clock": {"lag_s": -0.02}},
            "smoothed: positions and velocities together, velocities 0.02 s early",
        ),
        ({"method": "linear", "fallback": "too few epochs"}, "linear: too few epochs"),
    ],
)
def test_the_method_is_told_with_what_it_found(facts, words):
    assert line(shown(lap_table(2), **facts), "method").split(maxsplit=1)[1] == words


def test_warnings_of_the_file_are_counted():
    text = shown(lap_table(2), warnings=(Issue("TIME_RELATIVE"), Issue("GPX_MISSING_TIME", count=1)))
    assert "2 warnings about the file: `telemparse parse` shows them." in text
