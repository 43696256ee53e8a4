"""Opening a queue: the kind that its URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.live.queue_addresses import QueueAddress

if TYPE_CHECKING:
    from telemparse.live.queues import MessageQueue

__all__ = ["open_queue"]


def open_queue(
    url: str, *, visibility_s: float = 60.0, max_receives: int = 5, dead_letter_url: str | None = None
) -> MessageQueue:
    """Open the queue of a URL.

    Args:
        url: `sqlite:///FILE` (a fourth slash begins an absolute path), the URL of an SQS queue as AWS
            shows it, or `sqs+http://HOST:PORT/ACCOUNT/NAME` and `sqs+https://…` for another server that
            speaks SQS. Region and credentials come by the rules of boto3.
        visibility_s: seconds for which a delivery is kept from others.
        max_receives: a body that was delivered so often without being acknowledged goes to the dead
            letters when it comes again. With SQS the redrive policy of the queue may do so earlier.
        dead_letter_url: SQS queue for dead letters; None means the one of the queue's redrive policy.
            SQLite keeps them in the same file.

    Returns the open queue. Raises CallError for a URL of no queue, MissingExtra where boto3 is needed and
    missing, QueueUnavailable where the file cannot be opened.
    """
    address = QueueAddress.of(url)
    if address.file is not None:
        from telemparse.live.sqlite_messages import SqliteMessages

        return SqliteMessages(address.file, visibility_s=visibility_s, max_receives=max_receives)
    from telemparse.live.sqs_messages import SqsMessages

    return SqsMessages(
        address, visibility_s=visibility_s, max_receives=max_receives,
        dead_letters=None if dead_letter_url is None else QueueAddress.of(dead_letter_url),
    )  # fmt: skip
