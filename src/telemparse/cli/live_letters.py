"""`telemparse live dead-letters`: messages that were given up, and their way back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from telemparse.cli import arguments, live_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import console
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["show_dead_letters"]

_MOST = 100_000
_Again = Annotated[
    bool, typer.Option("--again", help="Put them all at the end of the queue, when the cause is mended.")
]


@command
def show_dead_letters(
    *,
    out: live_arguments.Out = None,
    queue: live_arguments.QueueUrl = None,
    again: _Again = False,
    as_json: arguments.Json = False,
) -> Exit:
    """Say how many messages were given up and why, or send them again; for a queue in an SQLite file.

    What they say is not shown. Dead letters of SQS lie in a queue of their own, which SQS itself redrives.
    """
    settings = live_arguments.live_settings_of(out, queue)
    from telemparse.live import open_queue
    from telemparse.live.sqlite_messages import SqliteMessages

    with open_queue(settings.queue) as messages:
        if not isinstance(messages, SqliteMessages):
            raise CallError("dead letters of SQS lie in a queue of their own: ask SQS to redrive them")
        dead = messages.depth().dead or 0
        reasons = Counter(reason for _body, reason in messages.dead_letters(_MOST))
        revived = messages.revive() if again else 0
    _show(dead, reasons, revived, as_json=as_json)
    return Exit.OK


def _show(dead: int, reasons: Mapping[str, int], revived: int, *, as_json: bool) -> None:
    if as_json:
        from telemparse.cli.documents import emit

        emit({"dead": dead, "reasons": dict(reasons), "sent_again": revived})
        return
    from telemparse.cli.display import show_facts

    facts = {"dead letters": f"{dead:,}"} | {
        reason: f"{count:,}" for reason, count in sorted(reasons.items())
    }
    if revived:
        facts["sent again"] = f"{revived:,}"
    show_facts(console(), facts)
