"""Messages of vehicles: what a sender's JSON has to look like, and the line that a message is kept as."""

from __future__ import annotations

import math
import re
import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import orjson

from telemparse.live.faults import BodyMalformed, MessageInvalid, Problem
from telemparse.live.instants import instant, instant_text
from telemparse.live.json_bodies import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ID_FORM", "LAST_CAN_ID", "Message", "MessageLimits", "Plain", "read_messages"]

Plain: TypeAlias = float | int | bool | str | None
"""What a signal may be."""

ID_FORM = r"[A-Za-z0-9._:-]{1,128}"
"""What ids of messages and vehicles look like."""

LAST_CAN_ID = 0x1FFFFFFF
"""The highest identifier of a frame with 29 bits."""

_ID = re.compile(ID_FORM)
_CAN_ID = re.compile(r"0[xX][0-9A-Fa-f]{1,8}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.:/ -]{1,128}")
_LONGEST_NAME = 128
_MOST_PROBLEMS = 20
_FIELDS = frozenset({"message_id", "timestamp", "vehicle_id", "can_id", "payload", "ingest_received_at"})
_LEAST_INT, _MOST_INT = -(2**63), 2**63 - 1
_ID_WORDS = "it must be 1 to 128 letters, digits and ._:-"
_INSTANT_WORDS = "it must be RFC 3339 with an offset from UTC or Z"


@attrs.frozen(kw_only=True)
class MessageLimits:
    """How much a sender may send at once.

    Args:
        max_messages: in a body.
        max_message_bytes: of the line that one message is kept as.
        max_signals: in a payload.
        max_text: characters of a value that is text.
    """

    max_messages: int = 1000
    max_message_bytes: int = 64 * 1024
    max_signals: int = 256
    max_text: int = 1024


_LIMITS = MessageLimits()


@attrs.frozen(kw_only=True)
class Message:
    """A message of a vehicle, as it was taken.

    Args:
        message_id: of the sender, or made when it was taken: whoever repeats a message repeats its id.
        vehicle_id: that it is of.
        t_ns: when its values were measured, ns since 1970 UTC, by the clock of the vehicle.
        can_id: of the frame that it comes from, as it was written; None where there is none.
        payload: signals by name; None for a value that is not known.
        received_ns: when it was taken, ns since 1970 UTC, by the clock of the server.
    """

    message_id: str
    vehicle_id: str
    t_ns: int
    can_id: str | None = None
    payload: Mapping[str, Plain]
    received_ns: int

    def line(self) -> bytes:
        """Return the message as one JSON object without a newline in it."""
        return orjson.dumps(
            {
                "message_id": self.message_id,
                "timestamp": instant_text(self.t_ns),
                "vehicle_id": self.vehicle_id,
                "can_id": self.can_id,
                "payload": self.payload,
                "ingest_received_at": instant_text(self.received_ns),
            }
        )

    @staticmethod
    def from_line(line: bytes, limits: MessageLimits = _LIMITS) -> Message:
        """Return the message that a line holds.

        Args:
            line: as `line` returns it; a newline at its end does no harm.
            limits: a longer line, or one with more in it, is refused.

        Raises MessageInvalid for anything else.
        """
        if len(line) > limits.max_message_bytes:
            raise MessageInvalid((_too_long(0, limits),))
        content = read_json(line)
        try:
            received_ns = instant(content["ingest_received_at"])
            message_id = content["message_id"]
        except (KeyError, TypeError, ValueError):
            raise MessageInvalid(
                (Problem(0, "", "it is no line of a message: it lacks its id or when it was taken"),)
            ) from None
        problems: list[Problem] = []
        message = _message(0, content, received_ns, limits, problems)
        if message is None or message_id is None:
            raise MessageInvalid(problems or (Problem(0, "message_id", _ID_WORDS),))
        return message


def read_messages(body: bytes, *, received_ns: int, limits: MessageLimits = _LIMITS) -> list[Message]:
    """Return the messages of a body, all of them or none.

    Args:
        body: a JSON object, or an array of objects.
        received_ns: when it came, ns since 1970 UTC; what a sender says of it is replaced.
        limits: of what is taken at once.

    Raises BodyMalformed for a body that is not JSON, MessageInvalid for messages that do not fit.
    """
    content = read_json(body)
    if isinstance(content, dict):
        content = [content]
    elif not isinstance(content, list):
        raise BodyMalformed("it must be an object, or an array of objects")
    if not content:
        raise MessageInvalid((Problem(None, "", "there is no message in it"),))
    if len(content) > limits.max_messages:
        raise MessageInvalid((Problem(None, "", f"there are more than {limits.max_messages} messages"),))
    messages: list[Message] = []
    problems: list[Problem] = []
    for index, each in enumerate(content):
        message = _message(index, each, received_ns, limits, problems)
        if message is None:
            if len(problems) >= _MOST_PROBLEMS:
                break
            continue
        if len(message.line()) > limits.max_message_bytes:
            problems.append(_too_long(index, limits))
        messages.append(message)
    if problems:
        raise MessageInvalid(problems)
    return messages


def _too_long(index: int, limits: MessageLimits) -> Problem:
    return Problem(index, "", f"it is longer than {limits.max_message_bytes} bytes")


def _message(
    index: int, content: Any, received_ns: int, limits: MessageLimits, problems: list[Problem]
) -> Message | None:
    """Return the message of an object; None when it has problems, which are added."""
    if type(content) is not dict:
        problems.append(Problem(index, "", "it must be an object"))
        return None
    known = len(problems)
    message_id = content.get("message_id")
    if message_id is None:
        message_id = uuid.uuid4().hex
    elif type(message_id) is not str or not _ID.fullmatch(message_id):
        problems.append(Problem(index, "message_id", _ID_WORDS))
    vehicle_id = content.get("vehicle_id")
    if type(vehicle_id) is not str or not _ID.fullmatch(vehicle_id):
        problems.append(
            Problem(index, "vehicle_id", _ID_WORDS if "vehicle_id" in content else "it is missing")
        )
    t_ns = _instant(index, content, problems)
    can_id = content.get("can_id")
    if can_id is not None:
        can_id = _can_id(can_id)
        if can_id is None:
            problems.append(
                Problem(index, "can_id", f"it must be null, or 0x0 to 0x{LAST_CAN_ID:X} as text or a number")
            )
    payload: Any = content.get("payload")
    _check_payload(index, payload, limits, problems)
    unknown = next((name for name in content if name not in _FIELDS), None)
    if unknown is not None:
        problems.append(Problem(index, _shown(unknown), "there is no such field"))
    if len(problems) > known:
        return None
    return Message(
        message_id=message_id, vehicle_id=str(vehicle_id), t_ns=t_ns, can_id=can_id, payload=payload,
        received_ns=received_ns,
    )  # fmt: skip


def _instant(index: int, content: dict[str, Any], problems: list[Problem]) -> int:
    try:
        return instant(content["timestamp"])
    except KeyError:
        fault = "it is missing"
    except TypeError:
        fault = _INSTANT_WORDS
    except ValueError as error:
        fault = str(error)
    problems.append(Problem(index, "timestamp", fault))
    return 0


def _can_id(value: Any) -> str | None:
    if type(value) is int and 0 <= value <= LAST_CAN_ID:
        return f"0x{value:X}"
    if type(value) is str and _CAN_ID.fullmatch(value) and int(value, 16) <= LAST_CAN_ID:
        return value
    return None


def _check_payload(index: int, payload: Any, limits: MessageLimits, problems: list[Problem]) -> None:
    if type(payload) is not dict:
        problems.append(Problem(index, "payload", "it must be an object with signals"))
        return
    if not 1 <= len(payload) <= limits.max_signals:
        problems.append(Problem(index, "payload", f"it must have 1 to {limits.max_signals} signals"))
        return
    for name, value in payload.items():
        if not (1 <= len(name) <= _LONGEST_NAME and name.isprintable() and not name.isspace()):
            problems.append(
                Problem(index, "payload", f"a name must be 1 to {_LONGEST_NAME} printable characters")
            )
            continue
        fault = _value_fault(value, limits)
        if fault:
            problems.append(Problem(index, f"payload.{_shown(name)}", fault))


def _value_fault(value: Any, limits: MessageLimits) -> str:
    kind = type(value)
    if kind is float:
        return "" if math.isfinite(value) else "the number is too large"
    if kind is int:
        return "" if _LEAST_INT <= value <= _MOST_INT else "the number has more than 64 bits"
    if kind is str:
        return (
            "" if len(value) <= limits.max_text else f"the text is longer than {limits.max_text} characters"
        )
    return "" if value is None or kind is bool else "it must be a number, a text, true, false or null"


def _shown(name: str) -> str:
    """Return a sender's name where it is a plain one: evidence is no place for anything else."""
    return name if _PLAIN_NAME.fullmatch(name) else "?"
