"""Readings take whatever a generator yields and raises, and count what it confesses."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from telemparse.errors import Malformed
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import build, channel_field
from telemparse.testing.readings import Reading, place_of
from toys import fixes

ISSUE = Issue("ROWS_SKIPPED", count=1)


def reading(*messages, found=()):
    taken = Reading(found=found)
    taken.consume(messages)
    return taken


# --- what is taken ------------------------------------------------------------------------------


def test_messages_go_to_their_kinds_in_order():
    batch, table = Batch("gnss_pvt", fixes(0, 1)), Batch("gnss_pvt", pa.table(fixes(2)))
    taken = reading(batch, ISSUE, Meta("a", 1), table, Meta("b", 2))

    assert taken.batches == [batch, table]
    assert taken.issues == [ISSUE]
    assert taken.metas == [Meta("a", 1), Meta("b", 2)]
    assert (taken.strange, taken.crash) == ([], None)


@pytest.mark.parametrize("message", [None, "gnss_pvt", fixes(0), Batch("gnss_pvt", None), Batch("a", [1])])
def test_what_is_no_message_is_kept_as_strange(message):
    taken = reading(message)

    assert taken.strange[0] is message
    assert (taken.batches, taken.cells, taken.nbytes) == ([], 0, 0)


def raising(error):
    yield Meta("before", 1)
    raise error


def test_malformed_counts_as_an_issue():
    taken = Reading()
    taken.consume(raising(Malformed("JSON_MALFORMED", Locus("a.json", offset=7), error="odd")))

    assert taken.issues == [Issue("JSON_MALFORMED", Locus("a.json", offset=7), error="odd")]
    assert taken.metas == [Meta("before", 1)]
    assert taken.crash is None


class PanicException(BaseException):
    """As Rust extensions raise it."""


PanicException.__module__ = "pyo3_runtime"


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(1), MemoryError(), PanicException("no")])
def test_whatever_else_is_raised_is_a_crash_and_what_came_before_is_kept(error):
    taken = Reading()
    taken.consume(raising(error))

    assert taken.crash is error
    assert taken.metas == [Meta("before", 1)]


def test_who_interrupts_is_no_parser():
    with pytest.raises(KeyboardInterrupt):
        Reading().consume(raising(KeyboardInterrupt()))


def test_what_is_no_iterable_is_a_crash():
    taken = Reading()
    taken.consume(None)

    assert isinstance(taken.crash, TypeError)


# --- what is counted ----------------------------------------------------------------------------


def channel(*values):
    fields = {"a": channel_field("a", pa.float64())}
    columns = {"t": np.arange(len(values)), "a": pa.array(values, pa.float64())}
    return Batch("channels.main", build("channels.main", columns, fields=fields))


def test_cells_are_the_values_that_are_not_null_over_all_batches():
    assert reading().cells == 0
    assert reading(channel(1.0, None, 3.0)).cells == 5
    assert reading(channel(1.0, None, 3.0), channel(None), Batch("gnss_pvt", fixes(0))).cells == 6 + 4


def test_bytes_are_those_of_all_batches():
    one, two = channel(1.0), channel(1.0, 2.0)

    assert reading(one, two).nbytes == one.data.nbytes + two.data.nbytes > 0


# --- same rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ((), (), True),
        ((channel(1.0, 2.0),), (channel(1.0, 2.0), ISSUE), True),
        ((channel(1.0, 2.0),), (channel(1.0, 2.5),), False),
        ((channel(1.0, 2.0),), (), False),
        ((), (channel(1.0, 2.0),), False),
        ((channel(1.0),), (channel(1.0), channel(2.0)), False),
        ((channel(1.0),), (Batch("channels.other", channel(1.0).data),), False),
        ((channel(1.0),), (Batch("channels.main", pa.table(channel(1.0).data)),), False),
        ((channel(1.0), channel(2.0)), (channel(1.0), channel(2.5)), False),
    ],
)
def test_rows_are_the_same_when_all_batches_are(one, other, are_same):
    assert reading(*one).same_rows(reading(*other)) is are_same


# --- confessions --------------------------------------------------------------------------------


def skipped(**facts):
    return Issue("ROWS_SKIPPED", facts.pop("locus", None), **facts)


@pytest.mark.parametrize(
    ("now", "before", "is_more"),
    [
        ((), (), False),
        ((ISSUE,), (), True),
        ((), (ISSUE,), False),
        ((ISSUE,), (ISSUE,), False),
        ((skipped(count=3),), (skipped(count=2),), True),
        ((skipped(count=2),), (skipped(count=3),), False),
        ((skipped(count=np.int64(3)),), (skipped(count=np.int64(2)),), True),
        ((skipped(count=1), skipped(count=2)), (skipped(count=2),), True),
        ((skipped(count=1), skipped(count=1)), (skipped(count=2),), False),
        # Without a number, an issue counts as one.
        ((skipped(), skipped()), (skipped(),), True),
        ((skipped(count="many"),), (skipped(count="few"),), False),
        ((skipped(count=2.5),), (skipped(count=1),), False),
        # Another code is more, whatever is told no longer.
        ((Issue("GATE_STALE"),), (skipped(count=9),), True),
        # Another place is something else that was seen.
        ((skipped(locus=Locus("a", line=9)),), (skipped(locus=Locus("a", line=7)),), True),
        ((skipped(locus=Locus("a", line=7)),), (skipped(locus=Locus("a", line=7)),), False),
        ((skipped(locus=Locus("a", line=7)),), (skipped(),), True),
        ((skipped(),), (skipped(locus=Locus("a", line=7)),), False),
        ((skipped(locus={"line": 9}),), (skipped(locus={"line": 7}),), False),
        # Epochs without a position are counted in the metadata.
        ((Meta("epochs_without_fix", 2),), (Meta("epochs_without_fix", 1),), True),
        ((Meta("epochs_without_fix", 2),), (Meta("epochs_without_fix", 2),), False),
        ((Meta("epochs_without_fix", "two"),), (), False),
        ((Meta("epochs_with_fix", 2),), (), False),
    ],
)
def test_more_is_told_by_more_of_a_code_or_by_another_place(now, before, is_more):
    assert reading(*now).tells_more_than(reading(*before)) is is_more


def test_what_the_core_found_is_told_too():
    found = (Issue("ARTIFACT_TRUNCATED", Locus("a.gz", offset=9)),)

    assert reading(found=found).tells_more_than(reading())
    assert not reading(found=found).tells_more_than(reading(found=found))


# --- places -------------------------------------------------------------------------------------


def boom(words):
    raise ValueError(words)


def test_the_place_of_an_error_is_the_line_that_raised_it():
    with pytest.raises(ValueError, match="boom") as caught:
        boom("boom")
    line = boom.__code__.co_firstlineno + 1

    assert place_of(caught.value) == f"ValueError: boom at test_readings.py:{line}"


def test_an_error_that_was_never_raised_has_no_place():
    assert place_of(KeyError("a")) == "KeyError: 'a'"


def test_long_words_are_cut_and_the_place_is_kept():
    with pytest.raises(ValueError, match="x") as caught:
        boom("x" * 1000)

    words, place = place_of(caught.value).rsplit(" at ", 1)
    assert len(words) == 300
    assert place.startswith("test_readings.py:")


def test_the_place_of_an_error_deep_down_is_the_deepest_file():
    with pytest.raises(TypeError) as raised:
        json.loads(7)

    assert " at __init__.py:" in place_of(raised.value)


def test_a_fact_with_another_name_is_no_count_of_epochs():
    before = reading(Meta("epochs_without_fix", 1), Meta("firmware", 1))
    after = reading(Meta("epochs_without_fix", 1), Meta("firmware", 5), Meta("antenna", 9))

    assert not after.tells_more_than(before)


def test_a_count_of_epochs_that_is_no_number_counts_nothing():
    assert not reading(Meta("epochs_without_fix", "many")).tells_more_than(reading())
    assert not reading().tells_more_than(reading(Meta("epochs_without_fix", "many")))


def test_nulls_are_no_cells_however_long_the_column():
    numbers = pa.array([1.0, None, 3.0, None, 5.0])
    field = channel_field("rpm", pa.float64(), source_name="rpm")
    rows = build("channels.main", {"t": np.arange(5), "rpm": numbers}, fields={"rpm": field})

    assert reading(Batch("channels.main", rows)).cells == 5 + 3
