"""URLs of queues, right ones and others."""

from __future__ import annotations

from pathlib import Path

import pytest

from telemparse.errors import CallError
from telemparse.live.queue_addresses import QueueAddress
from telemparse.live.queue_opening import open_queue


def test_three_slashes_begin_a_relative_path_and_four_an_absolute_one():
    assert QueueAddress.of("sqlite:///live/queue.sqlite").file == Path("live/queue.sqlite")
    assert QueueAddress.of("sqlite:////var/queue.sqlite").file == Path("/var/queue.sqlite")


@pytest.mark.parametrize(
    ("text", "region", "endpoint"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/live", "eu-central-1",
         "https://sqs.eu-central-1.amazonaws.com"),
        ("https://vpce-1-2.sqs.us-gov-west-1.vpce.amazonaws.com/1/live.fifo", "us-gov-west-1",
         "https://vpce-1-2.sqs.us-gov-west-1.vpce.amazonaws.com"),
        ("https://queue.amazonaws.com/1/live", None, "https://queue.amazonaws.com"),
        ("sqs+http://127.0.0.1:5000/1/live", None, "http://127.0.0.1:5000"),
    ],
)  # fmt: skip
def test_the_url_of_a_queue_at_a_server_names_server_and_region(text, region, endpoint):
    address = QueueAddress.of(text)
    assert (address.region, address.endpoint) == (region, endpoint)
    assert address.url == text.removeprefix("sqs+")


@pytest.mark.parametrize(
    "text",
    [
        "", "sqlite:///", "sqlite:///:memory:", "sqlite:///a?mode=ro", "queue.sqlite",
        "http://sqs.eu-central-1.amazonaws.com/1/live", "https://example.org/1/live",
        "https://user:secret-words@sqs.eu-central-1.amazonaws.com/1/live",
        "https://sqs.eu-central-1.amazonaws.com/live", "sqs+http://:1/1/live",
        "sqs+http://[::1/1/live", "sqs+http://host:99999/1/live", "postgresql://secret-words@host/name",
    ],
)  # fmt: skip
def test_another_text_is_refused_without_repeating_it(text):
    with pytest.raises(CallError) as caught:
        open_queue(text)
    assert "secret-words" not in str(caught.value)
