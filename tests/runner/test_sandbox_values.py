"""Values of a warm sandbox, one by one: each comes when it is there, and what goes wrong ends the rest."""

from __future__ import annotations

import time

import pytest

from telemparse.errors import CallError
from telemparse.isolation import ChildFailed
from telemparse.runner.sandbox import Sandbox

GIB = 1 << 30


@pytest.fixture(scope="module")
def box():
    with Sandbox(2 * GIB, max_calls=10_000) as sandbox:
        yield sandbox


def values(box, folder, /, timeout_s=60.0, name="count", **request):
    return box.each(f"sandbox_targets:{name}", request, folder, timeout_s=timeout_s)


def process_of(box, folder):
    return box.call("sandbox_targets:noop", {}, folder, timeout_s=60.0)


def test_values_come_in_order_from_one_process_which_stays(box, tmp_path):
    pid = process_of(box, tmp_path)
    assert list(values(box, tmp_path, times=50)) == [[number, pid] for number in range(50)]
    assert process_of(box, tmp_path) == pid


def test_the_child_is_at_the_next_value_while_this_one_is_looked_at(box, tmp_path):
    numbers = values(box, tmp_path, times=2)
    assert next(numbers)[0] == 0
    ahead = tmp_path / "1"
    assert any(ahead.exists() for _look in range(1000) if not time.sleep(0.01))
    assert [number for number, _pid in numbers] == [1]


def test_no_value_at_all_is_no_failure(box, tmp_path):
    pid = process_of(box, tmp_path)
    assert list(values(box, tmp_path, times=0)) == []
    assert list(values(box, tmp_path, name="noop")) == []
    assert process_of(box, tmp_path) == pid


@pytest.mark.parametrize(
    ("way", "code", "words"),
    [
        ("raise", "PARSER_CRASHED", "on the way"),
        ("exit", "PARSER_CRASHED", "exit code 3"),
        ("socket", "PARSER_CRASHED", "PermissionError"),
        ("write", "PARSER_CRASHED", "PermissionError"),
        ("hang", "PARSER_TIMEOUT", "0.5"),
    ],
)
def test_what_goes_wrong_on_the_way_comes_after_the_values_before_it(way, code, words, box, tmp_path):
    heard = []
    with pytest.raises(ChildFailed) as failed:
        heard.extend(number for number, _pid in values(box, tmp_path, 0.5, times=5, at=2, way=way))
    assert heard == [0, 1]
    assert failed.value.code == code
    assert words in str(failed.value.evidence)
    assert process_of(box, tmp_path)


def test_who_does_not_want_the_rest_is_free_of_the_child(box, tmp_path):
    pid = process_of(box, tmp_path)
    numbers = values(box, tmp_path, times=3, at=1, way="hang")
    assert next(numbers) == [0, pid]
    numbers.close()
    assert process_of(box, tmp_path) != pid


def test_a_single_call_of_a_function_that_yields_costs_the_child_and_nothing_else(box, tmp_path):
    pid = process_of(box, tmp_path)
    assert box.call("sandbox_targets:count", {"times": 2}, tmp_path, timeout_s=60.0) == [0, pid]
    assert process_of(box, tmp_path) != pid


def test_a_closed_sandbox_has_no_values(tmp_path):
    box = Sandbox(None)
    box.close()
    with pytest.raises(CallError, match="closed"):
        next(values(box, tmp_path, times=1))
