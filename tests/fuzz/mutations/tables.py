"""Mutations of delimited text: of rows, of columns, of single cells, and of how all of it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from fuzz.mutations.texts import ENCODINGS, NUMBERS, bent, clock, decoded, encoded

__all__ = ["mutated_table"]

Rows = list[list[str]]
Words = Sequence[str]

_SIGNS = (",", ";", "\t", "|", " ")
_NEWLINES = ("\n", "\r\n", "\r")
_MOST_ROWS = 400


def mutated_table(data: bytes, words: Words, others: Sequence[bytes], dice: Random) -> bytes:
    """Return delimited text with a few changes.

    Args:
        data: any bytes; they are taken as rows of cells whatever they are.
        words: cells of headers and of data that mean something to the parser.
        others: files of which a column may be borrowed.
        dice: decides everything.
    """
    text, encoding = decoded(data)
    newline = "\r" if "\n" not in text and "\r" in text else "\n"
    lines = text.split(newline)[:_MOST_ROWS]
    sign = _sign("".join(lines[:20]), dice)
    rows = [line.split(sign) for line in lines]
    for _time in range(dice.randint(1, 3)):
        kind = dice.random()
        if kind < 0.3:
            dice.choice(_OF_CELLS)(rows, words, dice)
        elif kind < 0.75:
            dice.choice(_OF_COLUMNS)(rows, words, dice)
        elif kind < 0.85:
            _borrow(rows, others, dice)
        else:
            dice.choice(_OF_ROWS)(rows, words, dice)
    if dice.random() < 0.1:
        sign = dice.choice(_SIGNS)
    if dice.random() < 0.1:
        newline = dice.choice(_NEWLINES)
    text = newline.join(sign.join(row) for row in rows)
    if dice.random() < 0.05:
        encoding, mark = dice.choice(ENCODINGS)
        text = mark + text.lstrip("\ufeff")
    return encoded(text, encoding)


def _sign(text: str, dice: Random) -> str:
    if dice.random() < 0.1:
        return dice.choice(_SIGNS)
    return max(_SIGNS, key=text.count)


def _header(rows: Rows) -> int:
    """Return the row that looks most like a header: the first of the widest."""
    return max(range(len(rows)), key=lambda number: (len(rows[number]), -number))


def _data(rows: Rows) -> range:
    return range(_header(rows) + 1, len(rows))


# --- cells ------------------------------------------------------------------------------------------


def _somewhere(rows: Rows, dice: Random) -> tuple[list[str], int]:
    row = dice.choice(rows)
    return row, dice.randrange(len(row))


def _write_word(rows: Rows, words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    row[column] = dice.choice(words)


def _write_number(rows: Rows, _words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    row[column] = bent(row[column], dice)


def _write_moment(rows: Rows, _words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    row[column] = clock(dice)(0)


def _quote(rows: Rows, _words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    row[column] = dice.choice(('"{}"', '"{}', '{}"', '"{}""', "'{}'", '"{}\n{}"')).replace("{}", row[column])


def _insert_cell(rows: Rows, words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    row[column:column] = [dice.choice(words)] * dice.choice((1, 1, 1, 2, 300))


def _remove_cells(rows: Rows, _words: Words, dice: Random) -> None:
    row, column = _somewhere(rows, dice)
    del row[column + 1 :]


_OF_CELLS = (_write_word, _write_number, _write_number, _write_moment, _quote, _insert_cell, _remove_cells)


# --- columns ----------------------------------------------------------------------------------------


def _series(words: Words, dice: Random) -> Callable[[int], str]:
    """Return the cells of a column by the number of its row."""
    shown = clock(dice)
    step = dice.choice((0.1, 0.2, 1, 1, 10, 3600, -1, 0))
    start = dice.choice((0, 7, 48.1, 11.5, -179.99, 1.7e9, 1.7e12, 1.7e15, 1.7e18, 4807.038, 36000))
    scale = dice.choice((0.1, 1, 100, 1e-5, 1000, 0, -1))
    digits, comma = dice.choice((0, 1, 3, 7)), dice.random() < 0.2
    tail = dice.choice(("", "", "", " km/h", " m", "N", "W", "°", "'", "%", "(9)", " ", "Z"))
    few = [dice.choice(words) for _each in range(dice.randint(1, 3))]

    def counts(row: int) -> str:
        text = f"{start + row * scale:.{digits}f}{tail}"
        return text.replace(".", ",") if comma else text

    return dice.choice((
        lambda row: shown(row * step), lambda row: shown(row * step), counts, counts, counts,
        lambda row: few[row % len(few)],
        lambda row: f"{48 + row // 60 % 60:02}° {row % 60:02}.5' {tail or 'N'}",
        lambda row: NUMBERS[row % len(NUMBERS)],
        lambda row: f"{row // 60 % 24:02}:{row % 60:02}:{row * 7 % 61:02}{tail}",
        lambda _row: "",
    ))  # fmt: skip


def _column(rows: Rows, dice: Random) -> int:
    return dice.randrange(len(rows[_header(rows)]))


def _rename(rows: Rows, words: Words, dice: Random) -> None:
    rows[_header(rows)][_column(rows, dice)] = dice.choice(words)


def _rename_with_unit(rows: Rows, words: Words, dice: Random) -> None:
    form = dice.choice(("{} ({})", "{} [{}]", "{}_{}", "{}({})", '"{} {}"', "{}{}"))
    rows[_header(rows)][_column(rows, dice)] = form.format(dice.choice(words), dice.choice(words))


def _refill(rows: Rows, words: Words, dice: Random, *, renamed: bool = False) -> None:
    column, cell = _column(rows, dice), _series(words, dice)
    if renamed:
        rows[_header(rows)][column] = dice.choice(words)
    share = dice.choice((1, 1, 1, 0.5, 0.05))
    for number in _data(rows):
        if column < len(rows[number]) and dice.random() < share:
            rows[number][column] = cell(number)


def _add_column(rows: Rows, words: Words, dice: Random) -> None:
    column, cell = _column(rows, dice), _series(words, dice)
    rows[_header(rows)].insert(column, dice.choice(words))
    for number in _data(rows):
        rows[number].insert(column, cell(number))


def _drop_column(rows: Rows, _words: Words, dice: Random) -> None:
    column = _column(rows, dice)
    for row in rows[_header(rows) :]:
        if len(row) > 1:
            del row[column : column + 1]


def _swap_columns(rows: Rows, _words: Words, dice: Random) -> None:
    first, second = _column(rows, dice), _column(rows, dice)
    for row in rows[_header(rows) + dice.randrange(2) :]:
        if max(first, second) < len(row):
            row[first], row[second] = row[second], row[first]


def _bend_column(rows: Rows, _words: Words, dice: Random) -> None:
    column, seed = _column(rows, dice), dice.randrange(1 << 30)
    for number in _data(rows):
        if column < len(rows[number]):
            rows[number][column] = bent(rows[number][column], Random(seed))


def _exchange_letters(rows: Rows, _words: Words, dice: Random) -> None:
    old, new = dice.choice(
        (".,", ",.", ":.", "-/", "/.", "-.", "Z ", "T ", ".:", "0-", "0 ", "1\0", "0\xb0", "e\xe9")
    )
    column = _column(rows, dice)
    for number in _data(rows):
        if column < len(rows[number]):
            rows[number][column] = rows[number][column].replace(old, new)


_OF_COLUMNS = (
    _rename, _rename, _rename_with_unit, _refill, _refill, partial(_refill, renamed=True),
    partial(_refill, renamed=True), _add_column, _drop_column, _swap_columns, _bend_column, _exchange_letters,
)  # fmt: skip


def _borrow(rows: Rows, others: Sequence[bytes], dice: Random) -> None:
    """Take a column of another file, header and cells."""
    if not others:
        return
    lines = decoded(dice.choice(others))[0].splitlines()[:_MOST_ROWS] or [""]
    sign = _sign("".join(lines[:20]), dice)
    strange = [line.split(sign) for line in lines]
    source, target = _column(strange, dice), _column(rows, dice)
    replaced = dice.randrange(2)
    for row, other in zip(rows[_header(rows) :], strange[_header(strange) :], strict=False):
        if source < len(other):
            row[target : target + replaced] = [other[source]]


# --- rows -------------------------------------------------------------------------------------------


def _span(rows: Rows, dice: Random) -> slice:
    first = dice.randrange(len(rows))
    return slice(first, first + dice.choice((1, 1, 2, 5, 30)))


def _drop_rows(rows: Rows, _words: Words, dice: Random) -> None:
    if len(rows) > 1:
        del rows[_span(rows, dice)]
    if not rows:
        rows.append([""])


def _repeat_rows(rows: Rows, _words: Words, dice: Random) -> None:
    span = _span(rows, dice)
    rows[span.start : span.start] = [list(row) for row in rows[span]] * dice.choice((1, 1, 3))


def _move_rows(rows: Rows, _words: Words, dice: Random) -> None:
    span = _span(rows, dice)
    moved = rows[span]
    del rows[span]
    place = dice.randint(0, len(rows))
    rows[place:place] = moved


def _insert_line(rows: Rows, words: Words, dice: Random) -> None:
    lines = (
        "",
        "#",
        "# comment",
        '"',
        ",,,,",
        "sep=;",
        "\0\0\0",
        "[header]",
        "Session;1",
        "%",
        "//",
        " ",
        "\x1a",
    )
    place = dice.randint(0, len(rows))
    rows[place:place] = [[dice.choice((*lines, dice.choice(words)))]] * dice.choice((1, 1, 3, 30))


def _cut(rows: Rows, _words: Words, dice: Random) -> None:
    row = rows[-1] if dice.randrange(2) else dice.choice(rows)
    row[-1] = row[-1][: dice.randint(0, len(row[-1]))]
    del row[dice.randint(1, len(row)) :]


def _go_back(rows: Rows, _words: Words, dice: Random) -> None:
    place = dice.randrange(len(rows))
    rows[place:] = rows[: place - 1 : -1] if place else rows[::-1]


_OF_ROWS = (_drop_rows, _repeat_rows, _repeat_rows, _move_rows, _insert_line, _insert_line, _cut, _go_back)
