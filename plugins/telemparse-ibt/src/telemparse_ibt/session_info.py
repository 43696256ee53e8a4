"""Names of track, car and sessions out of the session information, line by line.

The simulator writes YAML of the plainest kind: one `Name: value` a line, blanks for depth, `- ` before the
first line of an entry. It is read as such lines and nothing more: no anchors, tags or nesting that a hostile
file could blow up. Names of drivers and coordinates of tracks are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from telemparse.model.artifacts import Artifact

from telemparse_ibt.layout import Layout

__all__ = ["SessionInfo", "read_session_info"]

_LINE = re.compile(r"(?P<blanks> *)(?P<entry>- )?(?P<name>[A-Za-z_]\w*):(?: +(?P<value>.*))?")
_WORD_LETTERS = 200
_MOST_SESSIONS = 100
_TRACK = {
    "TrackName": "name",
    "TrackDisplayName": "display_name",
    "TrackConfigName": "config",
    "TrackLength": "length",
}
_EVENT = {"EventType": "event_type", "Category": "category", "BuildVersion": "build"}
_CAR = {"CarScreenName": "name", "CarPath": "path", "CarClassShortName": "class"}
_SESSION = {"SessionNum": "number", "SessionType": "type", "SessionName": "name"}


@attrs.define
class SessionInfo:
    """What the recording is of, in the simulator's words.

    Args:
        track, car, event: facts by name, those that are there.
        sessions: their number, type and name, in the order of the file.
    """

    track: dict[str, str] = attrs.field(factory=dict)
    car: dict[str, str] = attrs.field(factory=dict)
    event: dict[str, str] = attrs.field(factory=dict)
    sessions: list[dict[str, str]] = attrs.field(factory=list)

    def facts(self) -> Iterator[tuple[str, Any]]:
        """Yield those that are known, by their key in the metadata."""
        for key in ("track", "car", "event", "sessions"):
            if getattr(self, key):
                yield key, getattr(self, key)


def read_session_info(artifact: Artifact, layout: Layout) -> tuple[SessionInfo, str | None]:
    """Return what the text says, and what is wrong with it, or None."""
    if layout.text_at is None:
        return SessionInfo(), "it lies outside the file"
    data = artifact.read_at(layout.text_at, layout.text_bytes).partition(b"\0")[0]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    info = _read(text)
    return info, None if info.track or info.sessions else "it names neither a track nor a session"


@attrs.define
class _Lines:
    """Takes in one line after the other.

    Args:
        info: what they say so far.
    """

    info: SessionInfo = attrs.field(factory=SessionInfo)
    _part: str = ""
    _own_car: str = ""
    _car: str | None = None

    def take(self, name: str, value: str, *, is_part: bool, is_entry: bool) -> None:
        """Take in a name and its value; parts have no blanks before them, entries begin with a dash."""
        if is_part:
            self._part = name
        elif self._part == "WeekendInfo":
            _note(self.info.track, _TRACK, name, value)
            _note(self.info.event, _EVENT, name, value)
        elif self._part == "SessionInfo":
            self._take_session(name, value, is_entry=is_entry)
        elif self._part == "DriverInfo":
            self._take_driver(name, value, is_entry=is_entry)

    def _take_session(self, name: str, value: str, *, is_entry: bool) -> None:
        if name == "SessionNum" and is_entry and len(self.info.sessions) < _MOST_SESSIONS:
            self.info.sessions.append({})
        if self.info.sessions:
            _note(self.info.sessions[-1], _SESSION, name, value)

    def _take_driver(self, name: str, value: str, *, is_entry: bool) -> None:
        if name == "DriverCarIdx":
            self._own_car = self._own_car or value
        elif name == "CarIdx" and is_entry:
            self._car = value
        elif self._car is not None and self._car == self._own_car:
            _note(self.info.car, _CAR, name, value)


def _read(text: str) -> SessionInfo:
    lines = _Lines()
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            is_entry = match["entry"] is not None
            is_part = not match["blanks"] and not is_entry
            lines.take(match["name"], _word(match["value"] or ""), is_part=is_part, is_entry=is_entry)
    return lines.info


def _note(facts: dict[str, str], names: dict[str, str], name: str, value: str) -> None:
    if name in names and value:
        facts.setdefault(names[name], value)


def _word(value: str) -> str:
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
        bare = bare[1:-1]
    return "".join(letter for letter in bare[:_WORD_LETTERS] if letter.isprintable())
