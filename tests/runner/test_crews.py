"""Threads with the same work: all of them have ended when the call is over, whatever ends it."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from telemparse.runner.crews import work_together


def test_what_all_have_done_is_summed():
    assert work_together(lambda: 3, 4, threading.Event()) == 12


def test_one_that_raises_stops_the_others_and_is_heard():
    stop = threading.Event()
    turns = iter(range(3))

    def work():
        if next(turns) == 1:
            raise ValueError("oh no")
        assert stop.wait(60)
        return 1

    with pytest.raises(ValueError, match="oh no"):
        work_together(work, 3, stop)


def test_ctrl_c_waits_until_all_have_let_go():
    stop, ended = threading.Event(), []
    everybody = threading.Barrier(3, action=lambda: os.kill(os.getpid(), signal.SIGINT))

    def work():
        everybody.wait()
        assert stop.wait(60)
        for _turn in range(200):  # what takes a moment, as giving a job back does
            threading.Event().wait(0.001)
        ended.append(threading.current_thread())
        return 1

    with pytest.raises(KeyboardInterrupt):
        work_together(work, 3, stop)
    assert len(ended) == 3
    assert not any(thread.is_alive() for thread in ended)
