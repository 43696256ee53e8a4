"""Tables of very many columns: the work grows as their number does."""

from __future__ import annotations

import sys

import pytest

import telemparse
from formats.vbo.writing import NAMES, row, vbo
from telemparse.model.artifacts import ArtifactSet


def csv_of(columns: int) -> bytes:
    names = ",".join(f"{'!' * (number % 3)}x{number % 7}" for number in range(columns))  # most of them repeat
    return f"t (s),{names}\n".encode() + b"".join(b"%d.5" % i + b",1" * columns + b"\n" for i in range(3))


def vbo_of(columns: int) -> bytes:
    names = NAMES + "".join(f" x{number % 7}" for number in range(columns))
    return vbo([row(number) + " 1" * columns for number in range(3)], names=names)


WIDE = {"wide.csv": csv_of, "wide.vbo": vbo_of}


def calls(work) -> int:
    """Return how many functions were called, of Python and of C."""
    count = 0

    def watch(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", WIDE)
def test_the_work_grows_as_the_number_of_columns_does(name, tmp_path):
    done = []
    options = telemparse.ParseOptions(parser=name.partition(".")[2])
    for columns in (20, 20, 100, 400):  # at first everything is imported
        artifacts = ArtifactSet.of({name: WIDE[name](columns)})
        done.append(calls(lambda a=artifacts, n=columns: telemparse.convert(a, tmp_path / f"{n}", options)))
    _first, few, more, most = done
    assert most - more < 5 * (more - few)
