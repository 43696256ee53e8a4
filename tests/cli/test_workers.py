"""Work by several threads, in order, that can be ended."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from telemparse.cli.workers import in_parallel


@pytest.mark.parametrize("jobs", [1, 3, 50])
def test_results_come_in_the_order_of_the_items(jobs):
    first_may_go = threading.Event()

    def work(number, _stop):
        if number == 0 and jobs > 1:
            first_may_go.wait()
        if number == 1:
            first_may_go.set()
        return number * number

    advanced = []
    results = list(in_parallel(work, range(20), jobs, lambda: advanced.append(1)))
    assert results == [(number, number * number) for number in range(20)]
    assert len(advanced) == 20


def test_no_items_are_no_work():
    assert list(in_parallel(lambda number, _stop: number, [], 4, lambda: None)) == []


def test_a_caller_who_stops_early_ends_the_work_under_way():
    entered, left = [], []

    def work(number, stop):
        if number == 0:
            return "done"
        try:
            entered.append(number)
            stop.wait()
        finally:
            left.append(number)

    before = set(threading.enumerate())
    with closing(in_parallel(work, range(3), 3, lambda: None)) as results:
        assert next(results) == (0, "done")
        while len(entered) < 2:
            time.sleep(0.01)
    assert sorted(left) == [1, 2]
    assert set(threading.enumerate()) == before
