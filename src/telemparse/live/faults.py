"""Faults: why messages are not taken, or cannot be moved on now, each with a code of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.coded_errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BodyMalformed", "LiveFault", "MessageInvalid", "Problem", "QueueUnavailable", "RawUnavailable"]

_TOLD = 20


class LiveFault(CodedError):  # noqa: N818  (what happened)
    """Messages are not taken, or not now.

    Args:
        code: of the registry.
        **evidence: counts, names and kinds of errors: never a payload, a position or a key.
    """


class QueueUnavailable(LiveFault):
    """The queue does not answer, or takes nothing: try again later.

    Args:
        **evidence: `error`, the kind of what happened, and what else is known.
    """

    def __init__(self, **evidence: Any) -> None:
        super().__init__("QUEUE_UNAVAILABLE", **evidence)


class RawUnavailable(LiveFault):
    """Files of messages cannot be written now; nothing half-written counts.

    Args:
        **evidence: `error`, the kind of what happened, and what else is known.
    """

    def __init__(self, **evidence: Any) -> None:
        super().__init__("RAW_UNAVAILABLE", **evidence)


@attrs.frozen
class Problem:
    """What is wrong with a message, without what was sent.

    Args:
        index: of the message in its batch, from 0; None when the whole body is meant.
        field: that it is about; `payload.NAME` for a signal, empty for the message as a whole.
        problem: in words.
    """

    index: int | None
    field: str
    problem: str


class MessageInvalid(LiveFault):
    """Messages do not fit the schema; none of their body was taken.

    Args:
        problems: found, one at least; `problems` keeps the first 20.
        count: how many were found before reading ended, that of `problems` when absent.
    """

    def __init__(self, problems: Sequence[Problem], count: int | None = None) -> None:
        self.problems = tuple(problems[:_TOLD])
        self.count = len(problems) if count is None else count
        first = self.problems[0]
        place = f"{first.field}: " if first.field else ""
        super().__init__(
            "MESSAGE_INVALID", index="?" if first.index is None else first.index, field=first.field,
            problem=f"{place}{first.problem}", count=self.count,
        )  # fmt: skip


class BodyMalformed(MessageInvalid):
    """A body is not JSON, or not an object or an array: there are no messages to speak of."""

    def __init__(self, problem: str) -> None:
        super().__init__((Problem(None, "", problem),))
