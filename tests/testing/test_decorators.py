"""The decorator gives a test one case for each promise; what pytest makes of them is tried in a pytest."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from telemparse.errors import CallError
from telemparse.testing import conformance, runs
from telemparse.testing.decorators import parametrized
from telemparse.testing.encoding import Encoder
from telemparse.testing.kit import Check, ConformanceFailure, Promise
from telemparse.testing.liars import honest


def checks(*names):
    return [Check(Promise(id=name, sentence="S.", advice="A.", examine=print), None) for name in names]


def test_every_check_is_a_case_under_its_id():
    made = checks("a", "b", "c")
    mark = parametrized(made, ()).mark

    assert mark.name == "parametrize"
    names, cases = mark.args
    assert names == "check"
    assert [case.id for case in cases] == ["a", "b", "c"]
    assert [case.values for case in cases] == [(check,) for check in made]
    assert [case.marks for case in cases] == [(), (), ()]


def test_an_expected_failure_is_a_strict_xfail_of_a_broken_promise_and_of_nothing_else():
    cases = parametrized(checks("a", "b"), ["b"]).mark.args[1]

    assert cases[0].marks == ()
    (mark,) = cases[1].marks
    assert mark.name == "xfail"
    assert mark.kwargs == {"strict": True, "raises": ConformanceFailure}


def test_an_expected_failure_that_no_check_has_is_refused():
    with pytest.raises(CallError, match="no check has the id z"):
        parametrized(checks("a"), ["z"])


def test_the_decorator_hands_on_what_it_is_given():
    encoder = Encoder(write=lambda _table: b"")
    mark = conformance(honest.CARD, samples={"a.honest": b"x"}, encoder=encoder, examples=7, timeout_s=3.5)
    cases = mark.mark.args[1]
    subject = cases[0].values[0].subject

    assert [case.id for case in cases] == [promise.id for promise in runs.PROMISES]
    assert subject.card is honest.CARD
    assert [sample.name for sample in subject.samples] == ["drive.honest", "a.honest"]
    assert (subject.encoder, subject.examples, subject.timeout_s) == (encoder, 7, 3.5)


def test_the_decorator_is_content_with_a_card():
    mark = conformance(honest.CARD)
    subject = mark.mark.args[1][0].values[0].subject

    assert (subject.encoder, subject.examples, subject.timeout_s) == (None, 60, 60.0)


def test_the_decorator_refuses_what_it_cannot_examine():
    with pytest.raises(CallError, match="needs a sample"):
        conformance(honest.card_of("bare", examples=None))
    with pytest.raises(CallError, match="no check has the id nonsense"):
        conformance(honest.CARD, expected_failures=["nonsense"])


PROGRAM = """
import pytest

from telemparse.testing.decorators import parametrized
from telemparse.testing.kit import Broken, Check, Promise


def breaks(_subject):
    raise Broken("it broke")


def keeps(_subject):
    pass


def check(name, examine):
    return Check(Promise(id=name, sentence="It holds.", advice="Mend it.", examine=examine), None)


CHECKS = [
    check("kept", keeps), check("broken", breaks), check("known", breaks), check("mended", keeps),
]


@parametrized(CHECKS, ["known", "mended"])
def test_conformance(check):
    check()


@parametrized([check("clumsy", keeps)], ["clumsy"])
def test_that_fails_by_itself(check):
    raise ValueError("no promise at all")
"""


def test_pytest_passes_fails_and_expects_and_skips_nothing(tmp_path):
    (tmp_path / "test_made.py").write_text(PROGRAM, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--color=no", "test_made.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    outcomes = {
        name: word
        for word, name in re.findall(r"^([A-Z]+) test_made\.py::\w+\[(\w+)\]", done.stdout, re.MULTILINE)
    }
    assert outcomes == {
        "kept": "PASSED", "broken": "FAILED", "known": "XFAIL", "mended": "FAILED", "clumsy": "FAILED",
    }, done.stdout + done.stderr  # fmt: skip
    assert "[XPASS(strict)]" in done.stdout
    assert re.search(r"3 failed, 1 passed, 1 xfailed in ", done.stdout)
    assert "[broken] It holds." in done.stdout
    assert "What to do: Mend it." in done.stdout
    # A failure shows the call in the author's test, and none of the kit's own lines.
    assert "kit.py" not in done.stdout
