"""Raw lines: the message that a line of a part holds, read fast where nothing about it is odd."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import orjson

from telemparse.live.faults import MessageInvalid
from telemparse.live.instants import instant
from telemparse.live.messages import ID_FORM, Message, MessageLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.live.messages import Plain

__all__ = ["LineReader", "RawLine", "content_of"]

_ID = re.compile(ID_FORM)
_LIMITS = MessageLimits()
_FIELDS = 6
_DATE_CHARACTERS = len("2025-10-04T12:34:56")
# Every value kept aside speeds up the next line with it; without a bound a sender could fill the memory.
_MOST_KEPT = 65_536
# A larger number may be a whole one of more than 64 bits, which the fast reader rounds.
_SURE = 10**18
_ARRIVAL = b',"ingest_received_at":'


class RawLine(NamedTuple):
    """What a line says.

    Args:
        message_id: of the sender.
        vehicle_id: that it is of.
        t_ns: when its values were measured, ns since 1970 UTC, by the clock of the vehicle.
        can_id: of the frame that it comes from, None where there is none.
        payload: signals by name.
        received_ns: when it was taken, ns since 1970 UTC.
    """

    message_id: str
    vehicle_id: str
    t_ns: int
    can_id: str | None
    payload: Mapping[str, Plain]
    received_ns: int


def content_of(line: bytes) -> bytes:
    """Return what the sender said in a line: without the instant at which the server took it."""
    end = line.rfind(_ARRIVAL)
    return line[:end] if end > 0 else line


@attrs.define
class LineReader:
    """Reads lines of parts; words that it has met are known to be good when they come again."""

    _vehicles: set[str] = attrs.field(factory=set)
    _can_ids: set[str | None] = attrs.field(factory=lambda: {None})
    _names: set[tuple[str, ...]] = attrs.field(factory=set)
    _seconds: dict[str, int] = attrs.field(factory=dict)
    _fractions: dict[str, int] = attrs.field(factory=dict)

    def read(self, line: bytes) -> RawLine | None:
        """Return the message of a line, None where it holds none; what is odd is read with care.

        Args:
            line: without its newline.
        """
        return self._fast(line) or self._careful(line)

    def _fast(self, line: bytes) -> RawLine | None:
        """Return the message of a line as it is written here, None where any doubt is left."""
        try:
            content: Any = orjson.loads(line)
            if len(content) != _FIELDS or len(line) > _LIMITS.max_message_bytes:
                return None
            message_id, vehicle_id, payload = content["message_id"], content["vehicle_id"], content["payload"]
            can_id, taken, measured = content["can_id"], content["ingest_received_at"], content["timestamp"]
            sure = (
                vehicle_id in self._vehicles
                and can_id in self._can_ids
                and tuple(payload) in self._names
                # Of a name that comes twice the reader shows one.
                and line.count(b'":') == _FIELDS + len(payload)
                and _ID.fullmatch(message_id)
                and _plain(payload)
            )
            if not sure:
                return None
            t_ns, received_ns = self._instant(measured), self._instant(taken)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return RawLine(message_id, vehicle_id, t_ns, can_id, payload, received_ns)

    def _instant(self, text: str) -> int:
        """Return an instant; its date and its fraction have mostly been met before."""
        date, fraction = text[:_DATE_CHARACTERS], text[_DATE_CHARACTERS:]
        try:
            return self._seconds[date] + self._fractions[fraction]
        except KeyError:
            pass
        t_ns = instant(text)
        if text.endswith("Z"):
            self._seconds[date] = whole_ns = instant(f"{date}Z")
            self._fractions[fraction] = t_ns - whole_ns
            for kept in (self._seconds, self._fractions):
                if len(kept) > _MOST_KEPT:
                    kept.clear()
        return t_ns

    def _careful(self, line: bytes) -> RawLine | None:
        try:
            message = Message.from_line(line, _LIMITS)
        except MessageInvalid:
            return None
        _keep(self._vehicles, message.vehicle_id)
        _keep(self._can_ids, message.can_id)
        _keep(self._names, tuple(message.payload))
        return RawLine(
            message.message_id, message.vehicle_id, message.t_ns, message.can_id, message.payload,
            message.received_ns,
        )  # fmt: skip


def _plain(payload: dict[str, Any]) -> bool:
    """Tell whether all values are of the kinds and sizes that need no second look."""
    for value in payload.values():
        kind = type(value)
        if kind is float or kind is int:
            if not -_SURE < value < _SURE:
                return False
        elif kind is str:
            if len(value) > _LIMITS.max_text:
                return False
        elif value is not None and kind is not bool:
            return False
    return True


def _keep(words: set[Any], word: Any) -> None:
    if len(words) > _MOST_KEPT:
        words.clear()
    words.add(word)
