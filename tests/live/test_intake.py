"""The intake: requests that wait together go together, each is told, and none waits for ever."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest

from telemparse.live.faults import QueueUnavailable
from telemparse.live.intake import Intake
from telemparse.live.refusals import Refusal
from telemparse.live.sqlite_messages import SqliteMessages


class Gated(SqliteMessages):
    """A queue whose puts wait for a gate, and are noted."""

    def __init__(self, file):
        super().__init__(file)
        self.gate, self.entered, self.puts = threading.Event(), threading.Semaphore(0), []
        self.fault = None

    def put(self, bodies):
        self.entered.release()
        assert self.gate.wait(60)
        if self.fault is not None:
            raise self.fault
        self.puts.append(list(bodies))
        super().put(bodies)


@asynccontextmanager
async def intake_of(queue, **changes):
    made = Intake(queue, **{"put_s": 60.0, "room": 1000, **changes})
    try:
        yield made
    finally:
        queue.gate.set()
        await made.close()


@pytest.fixture
def queue(tmp_path):
    with Gated(tmp_path / "queue.sqlite") as made:
        yield made


async def first_is_in(queue):
    await asyncio.to_thread(queue.entered.acquire)


def bodies_in(queue):
    return [delivery.body for delivery in queue.receive(1000, 0)]


def test_what_comes_while_a_put_is_under_way_goes_together_in_the_next(queue):
    async def work():
        async with intake_of(queue) as intake:
            first = asyncio.create_task(intake.put([b"first"]))
            await first_is_in(queue)
            others = [asyncio.create_task(intake.put([b"%d" % number])) for number in range(10)]
            await asyncio.sleep(0)
            queue.gate.set()
            await asyncio.gather(first, *others)

    asyncio.run(work())
    assert queue.puts == [[b"first"], [b"%d" % number for number in range(10)]]


def test_everybody_who_waited_is_told_when_the_queue_does_not_answer(queue):
    async def work():
        async with intake_of(queue) as intake:
            queue.fault = QueueUnavailable(error="gone")
            waiting = [asyncio.create_task(intake.put([b"a"])) for _number in range(3)]
            await first_is_in(queue)
            queue.gate.set()
            told = await asyncio.gather(*waiting, return_exceptions=True)
            queue.fault = None
            await intake.put([b"later"])
            return told

    assert [type(each) for each in asyncio.run(work())] == [QueueUnavailable] * 3
    assert bodies_in(queue) == [b"later"]


def test_who_waited_for_too_long_is_told_and_is_not_put_afterwards(queue):
    async def work():
        async with intake_of(queue, put_s=0.05) as intake:
            first = asyncio.create_task(intake.put([b"first"]))
            await first_is_in(queue)
            with pytest.raises(QueueUnavailable):
                await intake.put([b"second"])
            with pytest.raises(QueueUnavailable):
                await first

    asyncio.run(work())
    # What was under way may arrive; what was not does not.
    assert bodies_in(queue) == [b"first"]


def test_what_waits_is_bounded(queue):
    async def work():
        async with intake_of(queue) as intake:
            first = asyncio.create_task(intake.put([b"x" * 800]))
            await first_is_in(queue)
            with pytest.raises(Refusal, match="SERVER_BUSY"):
                await intake.put([b"x" * 300])
            queue.gate.set()
            await first
            await intake.put([b"x" * 900])

    asyncio.run(work())
    assert [len(body) for body in bodies_in(queue)] == [800, 900]


def test_a_body_that_is_larger_than_the_room_goes_alone(queue):
    queue.gate.set()

    async def work():
        async with intake_of(queue) as intake:
            await intake.put([b"x" * 5000])

    asyncio.run(work())
    assert [len(body) for body in bodies_in(queue)] == [5000]


def test_the_end_waits_for_what_is_under_way(queue):
    async def work():
        async with intake_of(queue) as intake:
            first = asyncio.create_task(intake.put([b"first"]))
            await first_is_in(queue)
            closing = asyncio.create_task(intake.close())
            await asyncio.sleep(0)
            assert not closing.done()
            queue.gate.set()
            await first
            await closing

    asyncio.run(work())
    assert bodies_in(queue) == [b"first"]
