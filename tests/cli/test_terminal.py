"""What the terminal shows of hostile text."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.cli.terminal import console, reason, visible
from telemparse.errors import CallError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.csv", "plain name.csv"),
        ("Zürich 北京.gpx", "Zürich 北京.gpx"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202ecsv.exe", "\\u202ecsv.exe"),
        ("line\u2028break", "line\\u2028break"),
        ("byte\udcff", "byte\\xff"),
        ("tab\tstop", "tab\\tstop"),
        ("[red]markup[/red]", "[red]markup[/red]"),
    ],
)
def test_what_can_hide_or_break_a_line_is_spelt_out_and_the_rest_is_left_alone(text, shown):
    assert visible(text) == shown


@given(st.text(alphabet=st.characters()))
def test_nothing_shown_controls_the_terminal_and_all_of_it_can_be_encoded(text):
    shown = visible(text)
    shown.encode()
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_lines_for_a_file_end_where_their_text_does(monkeypatch):
    file = io.StringIO()
    monkeypatch.setattr("sys.stdout", file)
    out = console()
    out.print("short   ")
    out.print("[bold]:smile:[/bold]   ")
    assert file.getvalue() == "short\n[bold]:smile:[/bold]\n"


def test_a_terminal_gets_the_console_without_a_filter(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    file = Terminal()
    monkeypatch.setattr("sys.stdout", file)
    assert console().file is file


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory", "x"), "No such file or directory"),
        (OSError("odd"), "odd"),
        (CallError("x is not a regular file"), "x is not a regular file"),
    ],
)
def test_a_reason_is_short(error, words):
    assert reason(error) == words


def test_a_bug_of_ours_says_so_and_where():
    with pytest.raises(KeyError) as caught:
        _ = {}["k"]
    assert re.fullmatch(
        r"internal error, please report it: KeyError: 'k' \(test_terminal\.py:\d+\)", reason(caught.value)
    )
