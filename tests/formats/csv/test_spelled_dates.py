"""Starts of recordings that a program writes in its user's language, in the lines above the rows."""

from __future__ import annotations

import pytest

from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.spelled_dates import english_clock, iso_date

DATES = {
    "sabato 15 giugno 2019": "2019-06-15",
    "Samstag, 15. Juni 2019": "2019-06-15",
    "s\u00e1bado, 15 de junio de 2019": "2019-06-15",
    "jeudi 1 ao\u00fbt 2024": "2024-08-01",
    "mar 18 giu 2019": "2019-06-18",
    "December 5, 2024": "2024-12-05",
    "05.06.2019": "2019-06-05",
    "5. 6. 2019": "2019-06-05",
    "06/15/2019": None,
    "15 giugno": None,
    "15 16 giugno 2019": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), DATES.items())
def test_a_date_is_spelled_with_its_month_in_letters_or_with_points(text, expected):
    assert iso_date(text) == expected


def test_halves_of_the_day_are_written_in_several_ways():
    assert [english_clock(text) for text in ("2:05 p. m.", "2:05\u202fPM", "2:05 a.m.", "14:05")] == [
        "2:05 pm", "2:05 Pm", "2:05 am", "14:05",
    ]  # fmt: skip


@pytest.mark.parametrize(("date", "expected"), [
    ("domenica 4 maggio 2025", "2025-05-04"),
    ("04.05.2025", "2025-05-04"),
    ("05/04/2025", "2025-05-04"),
    ("15/05/2025", "2025-05-15"),
    ("31/31/2025", None),
    ("31. Februar 2025", None),
])  # fmt: skip
def test_a_recording_begins_when_its_lines_say_in_whatever_language(read, date, expected):
    text = EXAMPLES["aim-rs3.csv"].decode().replace("Sunday, May 4, 2025", date)
    result = read(text.replace("10:00 AM", "10:00 a. m."))
    first = result.streams["gnss_pvt"]["t"][0].as_py().isoformat()
    assert first == (f"{expected}T10:00:00+00:00" if expected else "1970-01-01T00:00:00+00:00")
    assert ("TIME_RELATIVE" in [issue.code for issue in result.warnings]) is (expected is None)
