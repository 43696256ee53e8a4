"""The numbers of an example, as the device meant them."""

from __future__ import annotations

import telemparse

from telemparse_lapbook.examples import EXAMPLES


def test_the_stint_is_150_fixes_and_two_laps() -> None:
    result = telemparse.parse(EXAMPLES)
    gnss = result.streams["gnss_pvt"].to_pylist()
    assert (len(gnss), gnss[0]["speed_mps"], gnss[1]["speed_mps"]) == (150, None, 12.0)
    assert [lap["duration_ns"] for lap in result.streams["laps"].to_pylist()] == [15_708_000_000] * 2
    assert result.streams["events"].num_rows == 2
    assert result.warnings == ()


def test_a_record_cut_in_the_middle_is_not_half_read() -> None:
    whole = EXAMPLES["stint.lapbook"]
    result = telemparse.parse({"stint.lapbook": whole[: len(whole) // 2]})
    assert 0 < result.streams["gnss_pvt"].num_rows < 150
    assert "ARTIFACT_TRUNCATED" in [warning.code for warning in result.warnings]
