"""The doorway and bodies by themselves: what no sender can bring about at will."""

from __future__ import annotations

import asyncio

import httpx
import orjson
import pytest

from live_servers import KEY, message
from telemparse.live import LiveMetrics, LiveSettings, create_app
from telemparse.live.bodies import BodyReader, ClientGone
from telemparse.live.refusals import Refusal
from telemparse.live.sqlite_messages import SqliteMessages
from telemparse.runner.events import Events

SCOPE = {"type": "http", "headers": [(b"content-type", b"application/json")]}


class Broken(SqliteMessages):
    """A queue with a fault that nobody expected."""

    def put(self, bodies):
        raise ZeroDivisionError(f"a secret of {len(bodies)} messages")


def test_a_fault_of_ours_is_said_without_its_words_and_named_in_the_log(tmp_path):
    heard = []
    events = Events(observers=(lambda event, facts: heard.append((event, facts)),))

    async def ask(queue):
        app = create_app(queue, LiveSettings(api_key=KEY), events=events, metrics=LiveMetrics())
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as client,
        ):
            return await client.post("/ingest", json=message(), headers={"X-API-Key": KEY})

    with Broken(tmp_path / "queue.sqlite") as queue:
        answer = asyncio.run(ask(queue))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (500, "SERVER_FAILED")
    assert heard == [
        ("request_failed", {"request_id": error["request_id"], "error": "ZeroDivisionError"})
    ]  # fmt: skip
    assert "secret" not in answer.text


def reads(reader, *messages, headers=()):
    """Read a body that comes in pieces."""
    waiting = list(messages)

    async def receive():
        return waiting.pop(0)

    return reader.read({**SCOPE, "headers": [*SCOPE["headers"], *headers]}, receive)


def piece(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_comes_whole_from_its_pieces():
    reader = BodyReader(100, 60.0, 1000)
    assert asyncio.run(reads(reader, piece(b"ab", more=True), piece(b"cd"))) == b"abcd"


def test_bodies_share_the_room_and_give_it_back():
    async def work():
        reader = BodyReader(100, 60.0, 100)
        held, gate = asyncio.Event(), asyncio.Event()
        pieces = [piece(b"x" * 80, more=True), piece(b"x" * 20)]

        async def slowly():
            if len(pieces) == 1:
                held.set()
                await gate.wait()
            return pieces.pop(0)

        first = asyncio.create_task(reader.read(SCOPE, slowly))
        await held.wait()
        with pytest.raises(Refusal, match="SERVER_BUSY"):
            await reads(reader, piece(b"x" * 30))
        gate.set()
        assert len(await first) == 100
        assert len(await reads(reader, piece(b"x" * 90))) == 90

    asyncio.run(work())


def test_who_goes_away_in_the_middle_is_not_waited_for():
    with pytest.raises(ClientGone):
        asyncio.run(reads(BodyReader(100, 60.0, 100), piece(b"x", more=True), {"type": "http.disconnect"}))


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"9" * 20, "१".encode()])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(Refusal, match="REQUEST_MALFORMED"):
        asyncio.run(reads(BodyReader(100, 60.0, 100), piece(b"x"), headers=[(b"content-length", length)]))


def test_other_kinds_of_json_are_json():
    reader = BodyReader(100, 60.0, 100)
    for kind in (b"application/json; charset=utf-8", b"application/vnd.vehicle+json", b"Application/JSON"):
        body = orjson.dumps(message())[:50]
        scope = {"type": "http", "headers": [(b"content-type", kind)]}

        async def receive(body=body):
            return piece(body)

        assert asyncio.run(reader.read(scope, receive)) == body
