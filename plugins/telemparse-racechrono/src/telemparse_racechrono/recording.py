"""One session of an archive as a recording: its documents, then its clocks one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.messages import Batch, Meta

from telemparse_racechrono.assignment import Assignment
from telemparse_racechrono.clocks import POSITION, clocks_of
from telemparse_racechrono.documents import document, whole
from telemparse_racechrono.facts import devices, session_facts, videos
from telemparse_racechrono.gates import Traps
from telemparse_racechrono.laps import Laps
from telemparse_racechrono.names import FRAGMENT, SESSION, TRACK
from telemparse_racechrono.receiver import Receiver
from telemparse_racechrono.sensors import Sensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ParseOptions
    from telemparse.extension.protocol import Message
    from telemparse.model.issues import Issue

    from telemparse_racechrono.archive import Session
    from telemparse_racechrono.assignment import Reader
    from telemparse_racechrono.clocks import Clock
    from telemparse_racechrono.gates import Library

__all__ = ["Recording"]

_MOST_NAMED = 20
_CLOCK = {
    "source": "channel 1 of each device",
    "is": "milliseconds since 1970 in UTC, as the app stamped them",
    "repairs": 0,
}


@attrs.define
class Recording:
    """One session.

    Args:
        session: of the archive.
        tail: behind the names of its streams, empty for the first session.
        options: of the parse.
        tracks: of the archive.

    Attributes:
        epochs: of its receivers.
        without_fix: those that had none.
    """

    session: Session
    tail: str
    options: ParseOptions
    tracks: Library
    epochs: int = 0
    without_fix: int = 0

    def messages(self) -> Iterator[Message]:
        """Yield facts, laps and streams with their issues."""
        head, parts = self.session.head, self.session.parts
        issues: list[Issue] = [*head.missing()]
        for part in parts:
            issues += part.complaints()
        session, track = (document(head, name, issues) for name in (SESSION, TRACK))
        fragments = [document(part, FRAGMENT, issues) for part in parts]
        held, traps = devices(fragments), self._traps(track, session, issues)
        clocks = [clocks_of(part, issues) for part in parts]
        yield from issues
        yield from self._facts(session, fragments, held)
        yield from self._laps(session)
        models = {device["id"]: device["model"] for device in held}
        main = _main_device(clocks, fragments)
        readers = Assignment(clocks, main, models, self.tail, self.options, traps).readers()
        for clock, mine in readers:
            yield from clock.complaints()
            yield from _read(clock, mine)
            for reader in mine:
                yield from self._losses(reader)
        yield from self._gates(traps)

    def _traps(self, track: dict[str, Any], session: dict[str, Any], issues: list[Issue]) -> Traps:
        """Return the lines of trackId.json, else those of the backup's library."""
        shelf = self.session.shelf
        if shelf is None or TRACK in self.session.head.documents:
            return Traps.of(track)
        return Traps.of({"track": self.tracks.track(shelf, session, issues)})

    def _facts(
        self, session: dict[str, Any], fragments: list[dict[str, Any]], held: list[dict[str, Any]]
    ) -> Iterator[Meta]:
        facts = {
            "session": session_facts(session),
            "devices": held,
            "videos": videos(fragments),
            "members_unread": [name for part in self.session.parts for name in part.unread][:_MOST_NAMED],
        }
        for key, value in facts.items():
            if value:
                yield Meta(f"{key}{self.tail}", value)
        yield Meta(f"clock{self.tail}", _CLOCK)

    def _laps(self, session: dict[str, Any]) -> Iterator[Message]:
        laps = Laps.of(session, self.session.head.archive)
        for stream, data in (("laps", laps.table()), ("events", laps.beacons())):
            if data is not None and self.options.wants(stream):
                yield Batch(f"{stream}{self.tail}", data)
        if laps.unfinished:
            yield Meta(f"laps_unfinished{self.tail}", laps.unfinished)
        yield from laps.skips.issues(total=laps.total, member=SESSION)

    def _gates(self, traps: Traps) -> Iterator[Message]:
        gates = traps.gates()
        if gates:
            yield Meta(f"gates{self.tail}", gates)
        yield from traps.complaints(self.session.head.archive)
        left_out = traps.other | ({"unreadable": traps.broken} if traps.broken else {})
        if left_out:
            yield Meta(f"timing_lines_left_out{self.tail}", left_out)

    def _losses(self, reader: Reader) -> Iterator[Message]:
        if isinstance(reader, Receiver):
            self.epochs += reader.changes.epochs
            self.without_fix += reader.changes.without_fix
            yield from reader.limits.issues()
        elif isinstance(reader, Sensor):
            yield from reader.losses()
            if reader.without_values:
                yield Meta(f"samples_without_values.{reader.stream}", reader.without_values)


def _read(clock: Clock, readers: list[Reader]) -> Iterator[Message]:
    if readers:
        for block in clock.blocks(sum(reader.width for reader in readers)):
            for reader in readers:
                yield from reader.take(block)
        yield from clock.losses()


def _main_device(parts: list[list[Clock]], fragments: list[dict[str, Any]]) -> int | None:
    """Return the main receiver: the one that the session names, else the first; None without any."""
    receivers = [clock.device for clocks in parts for clock in clocks if clock.channel(POSITION) is not None]
    for fragment in fragments:
        preferred = whole(fragment.get("primaryGpsDeviceIndex"))
        if preferred in receivers:
            return preferred
    return next(iter(receivers), None)
