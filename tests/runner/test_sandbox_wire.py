"""The sandbox's wire: whatever stands at the other end of the pipes, an exchange ends."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from contextlib import ExitStack
from io import FileIO

import pytest

from telemparse.isolation import Stopped
from telemparse.runner.sandbox_wire import ANSWER, Wire


class Other:
    """The child's ends, as files that block."""

    def __init__(self, orders, answers, stderr):
        self.orders, self.answers, self.stderr = orders, answers, stderr


@pytest.fixture
def ends():
    with ExitStack() as stack:
        pipes = [os.pipe() for _pipe in range(3)]
        reading, writing = zip(
            *[(FileIO(read, "r"), FileIO(write, "w")) for read, write in pipes], strict=True
        )
        for file in (*reading, *writing):
            stack.enter_context(file)
        for file in (writing[0], reading[1], reading[2]):
            os.set_blocking(file.fileno(), False)
        yield Wire(writing[0], reading[1], reading[2]), Other(reading[0], writing[1], writing[2])


def lives():
    return False


def has_ended():
    return True


def soon():
    return time.monotonic() + 0.1


def answer(value, size=None, follows=0):
    text = json.dumps({"value": value}).encode()
    return ANSWER.pack(size or len(text), 4096, 1, follows) + text


def test_an_answer_comes_with_the_peak_and_the_wear_of_the_child(ends):
    wire, other = ends
    other.answers.write(answer([1, 2]))
    assert wire.exchange(b"order", math.inf, (), lives) == ({"value": [1, 2]}, 4096, True, True)
    assert other.orders.read(100) == b"order"


def test_an_answer_in_pieces_is_put_together(ends):
    wire, other = ends

    def write():
        for byte in answer("x"):
            other.answers.write(bytes([byte]))
            time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    assert wire.exchange(b"", math.inf, (), lives).document == {"value": "x"}
    writer.join()


def test_an_order_of_any_length_passes_while_the_other_side_talks(ends):
    wire, other = ends
    received = bytearray()

    def obey():
        while len(received) < 5_000_000:
            received.extend(other.orders.read(100_000))
            other.stderr.write(b"e" * 10_000)
        other.answers.write(answer("done"))

    reader = threading.Thread(target=obey)
    reader.start()
    assert wire.exchange(b"o" * 5_000_000, math.inf, (), lives).document == {"value": "done"}
    reader.join()
    assert len(received) == 5_000_000
    assert 0 < len(wire.words) <= 64 * 1024


def test_an_order_that_nobody_reads_is_given_up_at_the_deadline(ends):
    wire, _other = ends
    with pytest.raises(TimeoutError):
        wire.exchange(b"o" * 5_000_000, soon(), (), lives)


def test_an_order_to_a_side_that_is_closed_waits_for_the_end_that_this_is_a_sign_of(ends):
    wire, other = ends
    other.orders.close()
    assert wire.exchange(b"order", math.inf, (), has_ended) is None


def test_half_an_answer_is_given_up_at_the_deadline(ends):
    wire, other = ends
    other.answers.write(answer("x", size=1000))
    with pytest.raises(TimeoutError):
        wire.exchange(b"", soon(), (), lives)


def test_what_was_heard_of_one_answer_is_no_part_of_the_next(ends):
    wire, other = ends
    other.answers.write(answer("x", size=1000))
    with pytest.raises(TimeoutError):
        wire.exchange(b"", soon(), (), lives)
    other.answers.write(answer("y"))
    assert wire.exchange(b"order", math.inf, (), lives).document == {"value": "y"}


def test_answers_that_come_at_once_are_heard_one_by_one(ends):
    wire, other = ends
    other.answers.write(answer("x", follows=1) + answer("y", follows=1) + answer("z"))
    heard = [wire.exchange(order, math.inf, (), has_ended) for order in (b"order", b"", b"")]
    assert [(each.document["value"], each.is_last) for each in heard] == [
        ("x", False), ("y", False), ("z", True),
    ]  # fmt: skip
    assert wire.exchange(b"", math.inf, (), has_ended) is None


def test_an_answer_that_nobody_asked_for_spoils_the_one_before(ends):
    wire, other = ends
    other.answers.write(answer("x") + answer("y"))
    heard = wire.exchange(b"order", math.inf, (), lives)
    assert heard.is_worn
    assert heard.document == {"error": {"error": "bad answer: bytes after the last one"}}


def test_the_answer_of_a_child_that_ended_after_it_counts(ends):
    wire, other = ends

    def ends_with_an_answer():
        other.answers.write(answer("last"))
        other.answers.close()
        return True

    assert wire.exchange(b"", math.inf, (), ends_with_an_answer).document == {"value": "last"}


@pytest.mark.parametrize("closes", [True, False])
def test_a_child_that_ended_without_an_answer_gave_none(closes, ends):
    wire, other = ends
    other.stderr.write(b"last words")
    other.answers.write(answer("x", size=1000))
    if closes:
        other.answers.close()
        other.stderr.close()
    assert wire.exchange(b"", math.inf, (), has_ended) is None
    wire.listen()
    assert wire.words == b"last words"


def test_a_child_that_closes_its_side_and_lives_is_worn_out(ends):
    wire, other = ends
    other.answers.close()
    heard = wire.exchange(b"", math.inf, (), lives)
    assert "closed its side" in heard.document["error"]["error"]
    assert heard.is_worn


def test_an_event_stops_the_exchange(ends):
    wire, _other = ends
    never, stop = threading.Event(), threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        wire.exchange(b"order", math.inf, (never, stop), lives)
