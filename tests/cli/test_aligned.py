"""Lines in columns: one line each, whatever their length."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from telemparse.cli.aligned import print_aligned


def printed(heads, rows, **options):
    file = StringIO()
    print_aligned(Console(file=file, width=20, color_system=None), heads, rows, **options)
    return file.getvalue().splitlines()


def test_cells_stand_below_their_heads_and_figures_to_the_right():
    assert printed(["name", "laps"], [["a.gpx", "3"], ["bb", "12"]], right=["laps"]) == [
        "name   laps", "a.gpx     3", "bb       12",
    ]  # fmt: skip


def test_a_row_is_one_line_however_narrow_the_terminal():
    (_head, line) = printed(["name", "code"], [["a" * 30, "b" * 60]])
    assert line == f"{'a' * 30}  {'b' * 60}"


def test_a_very_long_cell_moves_its_own_line_only():
    lines = printed(["name", "code"], [["a" * 100, "x"], ["b", "y"]])
    assert lines == ["name  code", f"{'a' * 100}  x", "b     y"]


def test_columns_that_are_empty_throughout_are_left_out():
    assert printed(["a", "b", "c"], [["1", "", "3"], ["", "", "6"]]) == ["a  c", "1  3", "   6"]


def test_wide_letters_keep_the_columns_and_hidden_ones_are_spelt_out():
    lines = printed(["name", "code"], [["競走", "x"], ["a\nb", "y"], ["[red]", "z"]])
    assert lines == ["name   code", "競走   x", "a\\nb   y", "[red]  z"]


def test_a_word_of_a_state_has_its_colour():
    file = StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system="standard", highlight=False)
    print_aligned(console, ["name", "status"], [["a", "READY"]], styles={"READY": "green"})
    assert "\x1b[32mREADY\x1b[0m" in file.getvalue()
