"""Deadlines end what does not end by itself, and leave signals and timers as they found them."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import suppress

import pytest

from telemparse.testing import deadlines
from telemparse.testing.deadlines import Overtime, deadline

LONG_S = 3600.0


def spin():
    while True:
        pass


@pytest.fixture(autouse=True)
def _no_timer_is_left():
    yield
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_endless_loop_is_ended_and_the_place_is_told():
    with (
        pytest.raises(Overtime, match=r"^not done after 0\.05 s, at line \d+ of spin$") as overtime,
        deadline(0.05),
    ):
        spin()
    line = int(str(overtime.value).split("at line ")[1].split()[0])
    assert spin.__code__.co_firstlineno < line <= spin.__code__.co_firstlineno + 2


def test_nobody_takes_the_end_for_an_error_of_his_own():
    def careless():
        while True:
            with suppress(Exception):
                spin()

    with pytest.raises(Overtime), deadline(0.05):
        careless()


def test_what_is_lost_in_a_finaliser_is_raised_again(monkeypatch):
    monkeypatch.setattr(deadlines, "_AGAIN_S", 0.01)
    lost = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: lost.append(unraisable.exc_type))

    class Finalised:
        def __del__(self):
            spin()

    def forgetful():
        Finalised()
        spin()

    with pytest.raises(Overtime), deadline(0.05):
        forgetful()

    assert lost == [Overtime]


@pytest.mark.parametrize("name", ["coverage.collector", "bdb"])
def test_a_tracer_finishes_its_step_before_anything_is_raised(name):
    room = {"__name__": name, "time": time, "steps": []}
    exec("def step():\n    time.sleep(0.2)\n    steps.append(1)", room)  # noqa: S102 - a room of that name

    def traced():
        room["step"]()
        spin()

    with pytest.raises(Overtime, match="spin"), deadline(0.05):
        traced()
    assert room["steps"] == [1]


def test_a_program_that_coverage_runs_has_deadlines_too():
    room = {"__name__": "coverage.execfile", "spin": spin}
    exec("def run():\n    spin()", room)  # noqa: S102 - a room of that name
    with pytest.raises(Overtime, match="spin"), deadline(0.05):
        room["run"]()


def test_nothing_is_raised_in_what_is_done_in_time():
    with deadline(LONG_S):
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= LONG_S


def test_what_the_body_raises_comes_out_as_it_is():
    with pytest.raises(ZeroDivisionError), deadline(LONG_S):
        _ = 1 / 0


@pytest.mark.parametrize("ends", [True, False])
def test_the_handler_of_before_is_back_afterwards(ends):
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append("mine"))
    try:
        if ends:
            with deadline(LONG_S):
                pass
        else:
            with pytest.raises(Overtime), deadline(0.02):
                spin()
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert heard == ["mine"]


def test_a_timer_of_somebody_else_goes_on_with_what_was_left_of_it():
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, LONG_S, 7.0)
    try:
        with pytest.raises(Overtime), deadline(0.2):
            spin()
        left_s, interval_s = signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert LONG_S - 60 < left_s <= LONG_S - 0.2
    assert interval_s == pytest.approx(7.0)


def test_a_timer_that_should_have_rung_meanwhile_rings_soon():
    heard = threading.Event()
    before = signal.signal(signal.SIGALRM, lambda *_: heard.set())
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(Overtime), deadline(0.2):
            spin()
        assert heard.wait(60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_in_another_thread_the_body_runs_as_it_is():
    timers = []

    def work():
        with deadline(0.001):
            timers.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert timers == [(0.0, 0.0)]
