"""Duplicates: of messages with one vehicle and id the first received counts, wherever they lie."""

from __future__ import annotations

import numpy as np

from raw_hours import message
from telemparse.live.duplicates import Arrivals, KnownIds, judged
from telemparse.live.raw_lines import LineReader

_NOTHING = KnownIds.of(())


def _arrivals(*messages):
    arrivals, reader = Arrivals(), LineReader()
    for each in messages:
        arrivals.add(each.line(), reader.read(each.line()))
    return arrivals


def test_the_first_received_is_kept_wherever_it_lies():
    arrivals = _arrivals(
        message(0, arrival_s=5), message(1), message(0, arrival_s=2), message(0, arrival_s=9)
    )
    verdict = judged(arrivals, _NOTHING)
    assert verdict.kept.tolist() == [False, True, True, False]
    assert not verdict.conflicts.any()


def test_the_same_id_of_another_vehicle_is_another_message():
    verdict = judged(_arrivals(message(0, vehicle="a"), message(0, vehicle="b")), _NOTHING)
    assert verdict.kept.all()


def test_ids_do_not_run_into_vehicles():
    arrivals = _arrivals(
        message(vehicle="ab", message_id="c"), message(vehicle="a", message_id="bc"), message(vehicle="a")
    )
    assert judged(arrivals, _NOTHING).kept.all()


def test_a_copy_that_says_something_else_is_a_conflict():
    arrivals = _arrivals(
        message(0), message(0, payload={"engine_rpm": 1}, arrival_s=3), message(0, arrival_s=4)
    )
    verdict = judged(arrivals, _NOTHING)
    assert verdict.kept.tolist() == [True, False, False]
    assert verdict.conflicts.tolist() == [False, True, False]


def test_what_came_in_the_hour_before_does_not_count_again():
    before = KnownIds.of([_arrivals(message(0), message(0, arrival_s=3)), _arrivals(message(0, vehicle="b"))])
    arrivals = _arrivals(
        message(0, arrival_s=4000),
        message(1),
        message(0, payload={"x": 1}, arrival_s=4001),
        message(0, vehicle="b", arrival_s=4000),
    )
    verdict = judged(arrivals, before)
    assert verdict.kept.tolist() == [False, True, False, False]
    assert verdict.conflicts.tolist() == [False, False, True, False]


def test_nothing_has_no_duplicates():
    assert len(judged(Arrivals(), _NOTHING).kept) == 0
    assert len(judged(Arrivals(), KnownIds.of([_arrivals(message(0))])).kept) == 0


def test_ids_that_share_half_of_their_digest_are_told_apart():
    known = KnownIds(np.array([1, 5, 5, 5, 9], np.uint64), np.array([0, 1, 4, 7, 2], np.uint64), np.arange(5))
    high = np.array([5, 5, 5, 5, 9, 9, 10, 0, 1], np.uint64)
    low = np.array([1, 7, 4, 8, 2, 3, 0, 0, 0], np.uint64)
    assert known.places(high, low).tolist() == [1, 3, 2, -1, 4, -1, -1, -1, 0]
