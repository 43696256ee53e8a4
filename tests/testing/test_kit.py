"""Checks, failures and reports, with promises made for the purpose."""

from __future__ import annotations

import pytest

from telemparse import testing
from telemparse.errors import CallError
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import (
    Broken,
    Check,
    ConformanceFailure,
    Promise,
    Report,
    examined,
    known_ids,
)


def check(name="is-kind", *, raises=None, subject=None):
    """Return a check of a promise that is broken by what is raised."""

    def examine(_subject):
        if raises is not None:
            raise raises

    promise = Promise(id=name, sentence=f"It {name}.", advice="Be kinder.", examine=examine)
    return Check(promise, subject)


# --- the face -----------------------------------------------------------------------------------


def test_the_face_shows_its_names_before_they_are_loaded():
    assert {"Check", "Encoder", "Report", "conformance", "run"} <= set(dir(testing))
    assert testing.Report is Report


def test_the_face_has_no_other_names():
    with pytest.raises(AttributeError, match=r"^module 'telemparse\.testing' has no attribute 'nonsense'$"):
        _ = testing.nonsense


# --- one check ----------------------------------------------------------------------------------


def test_a_check_of_a_kept_promise_says_nothing():
    assert check()() is None
    assert check("is-warm").id == "is-warm"


def test_the_parts_of_a_promise_have_to_be_named():
    with pytest.raises(TypeError):
        Promise("is-kind", "It is kind.", "Be kinder.", print)


def test_a_check_examines_its_own_subject():
    seen = []
    promise = Promise(id="a", sentence="A.", advice="B.", examine=seen.append)

    Check(promise, "the subject")()

    assert seen == ["the subject"]
    assert "the subject" not in repr(Check(promise, "the subject"))


def test_a_promise_is_made_by_every_subject_unless_it_says_otherwise():
    promise = Promise(id="a", sentence="A.", advice="B.", examine=print)
    rare = Promise(id="a", sentence="A.", advice="B.", examine=print, applies=lambda subject: subject > 1)

    assert promise.applies(None) is True
    assert (rare.applies(1), rare.applies(2)) == (False, True)


def test_a_failure_says_id_promise_what_was_seen_and_what_to_do():
    with pytest.raises(ConformanceFailure) as failure:
        check(raises=Broken("it bit me"))()

    assert str(failure.value) == "[is-kind] It is-kind.\nSeen: it bit me\nWhat to do: Be kinder."
    assert isinstance(failure.value, AssertionError)


def test_a_failure_shows_what_the_parser_raised_and_not_the_machinery():
    cause = ValueError("of the parser")
    broken = Broken("it raised")
    broken.__cause__ = cause

    with pytest.raises(ConformanceFailure) as failure:
        check(raises=broken)()
    assert failure.value.__cause__ is cause

    with pytest.raises(ConformanceFailure) as failure:
        check(raises=Broken("it bit me"))()
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_what_does_not_end_is_a_failure():
    with pytest.raises(ConformanceFailure, match=r"Seen: not done after 1 s\n"):
        check(raises=Overtime("not done after 1 s"))()


class PanicException(BaseException):
    """As Rust extensions raise it."""


PanicException.__module__ = "pyo3_runtime"


@pytest.mark.parametrize("error", [KeyError("rows"), SystemExit(2), MemoryError(), PanicException("index")])
def test_what_cannot_be_examined_is_a_failure_too(error):
    with pytest.raises(ConformanceFailure) as failure:
        check(raises=error)()

    assert f"Seen: it cannot even be examined: {type(error).__name__}: {error}\n" in str(failure.value)
    assert failure.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
def test_who_interrupts_the_run_interrupts_it(error):
    with pytest.raises(type(error)):
        check(raises=error)()


# --- many ---------------------------------------------------------------------------------------

CHECKS = (check("a"), check("b", raises=Broken("b broke")), check("c"), check("d", raises=KeyError("d")))


def test_a_report_lists_what_passed_and_what_failed_in_the_order_of_the_checks():
    report = examined(CHECKS)

    assert report.passed == ("a", "c")
    assert list(report.failed) == ["b", "d"]
    assert "Seen: b broke" in report.failed["b"]
    assert report.expected == ()
    assert not report.ok


def test_a_failure_that_was_expected_is_none():
    report = examined(CHECKS, ["d", "b"])

    assert report == Report(("a", "c"), {}, ("b", "d"))
    assert report.ok


def test_a_failure_that_was_expected_and_does_not_come_is_one():
    report = examined(CHECKS, ("b", "c", "d"))

    assert report.passed == ("a",)
    assert report.expected == ("b", "d")
    assert report.failed == {"c": "[c] was expected to fail and did not: take it off the list"}
    assert not report.ok


def test_a_report_reads_as_counts_and_then_the_failures():
    text = str(examined(CHECKS, ["d"]))

    assert text == (
        "2 passed, 1 failed, 1 failed as expected\n\n[b] It b.\nSeen: b broke\nWhat to do: Be kinder."
    )


def test_a_report_of_nothing_is_fine():
    assert examined(()) == Report()
    assert Report().ok
    assert str(Report()) == "0 passed, 0 failed, 0 failed as expected"


# --- ids ----------------------------------------------------------------------------------------


def test_ids_that_checks_have_are_known():
    assert known_ids(CHECKS, ["b", "a", "b"]) == {"a", "b"}
    assert known_ids(CHECKS, ()) == frozenset()
    assert known_ids(CHECKS, iter(["c"])) == {"c"}


def test_ids_that_no_check_has_are_refused_by_name_beside_those_there_are():
    with pytest.raises(CallError, match=r"^no check has the id x, y; there are: a, b, c, d$"):
        known_ids(CHECKS, ["y", "a", "x"])


def test_a_bare_string_is_a_comma_that_was_forgotten():
    with pytest.raises(
        CallError, match=r"^expected_failures are several ids, not 'b' \(a comma is missing\)"
    ):
        known_ids(CHECKS, "b")
