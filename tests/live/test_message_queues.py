"""What every queue of messages promises, held against SQLite and against a server that speaks SQS."""

from __future__ import annotations

import json
import sys
import threading

import boto3
import pytest

from live_workers import bodies
from servers import free_port, moto_server
from telemparse.errors import CallError, MissingExtra
from telemparse.live.faults import QueueUnavailable
from telemparse.live.queue_opening import open_queue


@pytest.fixture(scope="session")
def sqs_endpoint():
    """Return the URL of a server that speaks SQS."""
    with moto_server() as endpoint:
        yield endpoint


def sqs_client(endpoint):
    return boto3.client("sqs", endpoint_url=endpoint, region_name="us-east-1")


@pytest.fixture
def sqs_url(request, tmp_path, monkeypatch):
    """Return the URL of a new SQS queue with dead letters."""
    endpoint = request.getfixturevalue("sqs_endpoint")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "known")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-words")
    client = sqs_client(endpoint)
    dead = client.create_queue(QueueName=f"dead-{tmp_path.name}")["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": found["Attributes"]["QueueArn"], "maxReceiveCount": "50"}
    url = client.create_queue(
        QueueName=f"messages-{tmp_path.name}", Attributes={"RedrivePolicy": json.dumps(policy)}
    )["QueueUrl"]
    client.close()
    return f"sqs+{url}"


@pytest.fixture(params=["sqlite", "sqs"])
def queue_url(request, tmp_path):
    if request.param == "sqs":
        return request.getfixturevalue("sqs_url")
    return f"sqlite:///{tmp_path}/queue.sqlite"


@pytest.fixture
def queue(queue_url):
    with open_queue(queue_url) as opened:
        yield opened


def test_what_was_put_is_received_with_every_byte(queue):
    put = [*bodies(range(25)), '{"a": "\\u0000 é 😀 \ufffd"}'.encode()]
    queue.put(put)
    got = queue.receive(100, 0)
    assert sorted(delivery.body for delivery in got) == sorted(put)
    assert {delivery.attempts for delivery in got} == {1}


def test_a_delivery_is_kept_from_others_until_it_is_released(queue):
    queue.put(bodies([1]))
    (first,) = queue.receive(10, 0)
    assert queue.receive(10, 0) == []
    assert queue.release([first.receipt]) == 1
    (second,) = queue.receive(10, 1)
    assert (second.body, second.attempts) == (first.body, 2)


def test_a_delivery_whose_time_is_over_comes_again(queue_url):
    with open_queue(queue_url, visibility_s=1) as queue:
        queue.put(bodies([1]))
        (first,) = queue.receive(10, 0)
        again = []
        while not again:
            again = queue.receive(10, 1)
        assert again[0].body == first.body
        assert again[0].attempts == 2


def test_what_is_extended_stays_away_from_others(queue_url):
    with open_queue(queue_url, visibility_s=1) as queue:
        queue.put(bodies([1]))
        (first,) = queue.receive(10, 0)
        assert queue.extend([first.receipt], 600) == 1
        # Longer than the second for which it would have been kept.
        assert queue.receive(10, 2) == []
        assert queue.depth().in_flight == 1


def test_what_is_acknowledged_is_gone(queue):
    queue.put(bodies(range(12)))
    got = queue.receive(12, 0)
    assert queue.acknowledge([delivery.receipt for delivery in got]) == 12
    depth = queue.depth()
    assert (depth.ready, depth.in_flight, depth.dead) == (0, 0, 0)


def test_the_depth_says_what_waits_and_what_is_in_hand(queue):
    queue.put(bodies(range(7)))
    queue.receive(3, 0)
    depth = queue.depth()
    assert (depth.ready, depth.in_flight, depth.dead) == (4, 3, 0)


def test_what_is_buried_is_among_the_dead_letters_and_nowhere_else(queue):
    queue.put(bodies([1, 2]))
    got = queue.receive(2, 0)
    assert queue.bury(got[:1], "it cannot be read") == 1
    assert queue.acknowledge([got[1].receipt]) == 1
    depth = queue.depth()
    assert (depth.ready, depth.in_flight, depth.dead) == (0, 0, 1)


def test_nothing_is_a_fine_argument_everywhere(queue):
    queue.put([])
    assert queue.acknowledge([]) == queue.extend([], 1) == queue.release([]) == queue.bury([], "") == 0
    assert queue.receive(1, 0) == []


def test_after_closing_nothing_is_taken(queue):
    queue.close()
    with pytest.raises(QueueUnavailable):
        queue.put(bodies([1]))


def test_several_threads_get_each_message_once(queue):
    queue.put(bodies(range(60)))
    got = []

    def work():
        while found := queue.receive(10, 0):
            got.extend(delivery.body for delivery in found)
            queue.acknowledge([delivery.receipt for delivery in found])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(bodies(range(60)))


def test_sqs_takes_characters_that_it_would_refuse_in_another_spelling(sqs_url):
    with open_queue(sqs_url) as queue:
        queue.put(['{"a": "\uffff \ufffe"}'.encode()])
        (got,) = queue.receive(1, 0)
    assert json.loads(got.body) == {"a": "\uffff \ufffe"}


def test_sqs_gets_large_bodies_in_calls_that_are_not_too_large(sqs_url):
    large = [json.dumps({"a": f"{number}" * 60_000}).encode() for number in range(9)]
    with open_queue(sqs_url) as queue:
        queue.put(large)
        assert queue.depth().ready == 9


def test_a_reason_goes_with_the_dead_letter_at_sqs(sqs_url, sqs_endpoint):
    own = sqs_client(sqs_endpoint)
    dead_url = own.create_queue(QueueName="named-dead-letters")["QueueUrl"]
    with open_queue(sqs_url, dead_letter_url=f"sqs+{dead_url}") as queue:
        queue.put(bodies([5]))
        queue.bury(queue.receive(1, 0), "it cannot be read")
    (letter,) = own.receive_message(QueueUrl=dead_url, MessageAttributeNames=["All"])["Messages"]
    own.close()
    assert letter["Body"].encode() == bodies([5])[0]
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "it cannot be read"


@pytest.mark.usefixtures("sqs_url")
def test_without_a_queue_for_dead_letters_nothing_is_buried_and_nothing_lost(sqs_endpoint):
    own = sqs_client(sqs_endpoint)
    url = own.create_queue(QueueName="without-dead-letters")["QueueUrl"]
    own.close()
    with open_queue(f"sqs+{url}") as queue:
        queue.put(bodies([1]))
        with pytest.raises(QueueUnavailable, match="dead letters"):
            queue.bury(queue.receive(1, 0), "it cannot be read")
        assert queue.depth().dead is None
        assert queue.depth().in_flight == 1


def test_a_queue_that_does_not_exist_at_sqs_is_unavailable(sqs_url):
    with open_queue(f"{sqs_url}-not-there") as queue:
        for call in (lambda: queue.put(bodies(range(30))), lambda: queue.receive(1, 0), queue.depth):
            with pytest.raises(QueueUnavailable, match=r"NonExistentQueue|QueueDoesNotExist"):
                call()


def test_a_server_that_is_away_is_unavailable(sqs_url):
    away = f"sqs+http://127.0.0.1:{free_port()}/1/{sqs_url.rpartition('/')[2]}"
    with open_queue(away) as queue:
        for call in (lambda: queue.put(bodies([1])), lambda: queue.receive(1, 0), queue.depth):
            with pytest.raises(QueueUnavailable, match="EndpointConnectionError"):
                call()


def test_a_machine_without_credentials_finds_the_queue_unavailable(sqs_url, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "not there"))
    with open_queue(sqs_url) as queue, pytest.raises(QueueUnavailable, match="NoCredentials"):
        queue.put(bodies([1]))


def test_without_boto3_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingExtra, match=r"telemparse\[live\]"):
        open_queue("sqs+http://127.0.0.1:1/1/name")


def test_bodies_that_are_no_json_text_are_refused_for_sqs(sqs_url):
    with open_queue(sqs_url) as queue:
        for body in (b"\xff", b'{"a": "\x01"}'):
            with pytest.raises(CallError):
                queue.put([body])


def test_sqs_that_refuses_entries_takes_the_others_and_says_so(sqs_url, monkeypatch):
    with open_queue(sqs_url) as queue:
        real = queue._calls.ask
        failures = iter([True, False])

        def ask(operation, **wanted):
            if operation != "send_message_batch" or not next(failures):
                return real(operation, **wanted)
            *taken, refused = wanted["Entries"]
            answer = real(operation, **{**wanted, "Entries": taken})
            failed = {"Id": refused["Id"], "Code": "InternalError", "SenderFault": False}
            return {**answer, "Failed": [failed]}

        monkeypatch.setattr(queue._calls, "ask", ask)
        queue.put(bodies(range(4)))
        assert sorted(delivery.body for delivery in queue.receive(10, 0)) == sorted(bodies(range(4)))


def test_an_entry_that_sqs_will_never_take_is_no_success(sqs_url, monkeypatch):
    with open_queue(sqs_url) as queue:

        def ask(_operation, **wanted):
            faults = [
                {"Id": entry["Id"], "Code": "InvalidMessageContents", "SenderFault": True}
                for entry in wanted["Entries"]
            ]
            return {"Failed": faults}

        monkeypatch.setattr(queue._calls, "ask", ask)
        with pytest.raises(QueueUnavailable, match="InvalidMessageContents"):
            queue.put(bodies([1]))
