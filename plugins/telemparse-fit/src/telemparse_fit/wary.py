"""Walking where damage is: messages are taken when the times around them agree, and search goes on behind it.

A FIT file has no sync words, and a byte that is lost or changed in a header or a definition makes rubbish of
all that follows. What can be trusted are timestamps: in messages that stand side by side they lie close
together, while four bytes of rubbish do so once in a thousand times.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse_fit.describing import DESCRIPTION
from telemparse_fit.trials import CORRELATION, FIRST_STAMP, LAST_STAMP, NEAR_S, Trial

if TYPE_CHECKING:
    from telemparse_fit.definitions import Definition
    from telemparse_fit.walk import Walker

__all__ = ["WaryWalk"]

_UNKNOWN = 0xFFFF_FFFF
_HELD = 32
_AGREEING = 3
_CHAIN = 3
_PLACES = 3
_COMPRESSED, _DEFINITION, _LOCAL = 0x80, 0x40, 0x0F


class _End(enum.Enum):
    """Why a walk stopped."""

    DAMAGE = enum.auto()
    DATA = enum.auto()


@attrs.define
class _Held:
    """Messages that are read and not yet trusted.

    Attributes:
        good: behind the last message that is trusted.
        messages: since then.
        odd: how many of them come before one whose time does not agree, and that time.
        undo: local types that were defined anew since then, with what they meant before.
    """

    good: int
    messages: list[tuple[Definition, int]] = attrs.field(factory=list)
    odd: list[tuple[int, int]] = attrs.field(factory=list)
    undo: list[tuple[int, Definition | None]] = attrs.field(factory=list)


@attrs.define
class WaryWalk:
    """Walks one damaged section, piece by piece; what it takes does not depend on the pieces.

    Attributes:
        lost: (begin, end) in the file of the first ranges that could not be read.
        lost_bytes, lost_places: in all of them.
        last_lost: the range in which the section ends, None where it ends well.
    """

    walker: Walker
    lost: list[tuple[int, int]] = attrs.field(factory=list)
    lost_bytes: int = 0
    lost_places: int = 0
    last_lost: tuple[int, int] | None = None
    _near: int | None = None
    _since: int | None = None
    _base: int = 0

    def damage_at(self, place: int) -> None:
        """Begin where a plain walk found what can be no message, at this place in the file."""
        self._since = place

    def walk(self, data: bytes, place: int, base: int, *, last: bool) -> int:
        """Take in messages from a place on and return where the first that is not taken begins.

        Args:
            data: the piece.
            place: in it.
            base: where the piece begins in the file.
            last: nothing of the section follows the piece; then all of it is used up.
        """
        self._base = base
        while True:
            if self._since is not None:
                place, found = self._search(data, place, last=last)
                if not found:
                    if last:
                        self.last_lost = (self._since, base + len(data))
                        place = len(data)
                    return place
                self._lose(self._since, base + place)
                self._since = None
            place, end = self._forward(data, place, last=last)
            if end is _End.DATA:
                return place
            self._since = base + place
            place += 1

    def _lose(self, begin: int, end: int) -> None:
        self.lost_bytes += end - begin
        self.lost_places += 1
        if len(self.lost) < _PLACES:
            self.lost.append((begin, end))

    def _forward(self, data: bytes, place: int, *, last: bool) -> tuple[int, _End]:
        """Walk on; return where damage begins, or where to go on with more data."""
        held = _Held(place)
        while place < len(data):
            length = self._message(data, place, held)
            if length <= 0:
                if length == 0 and not last:
                    break
                return self._give_up(held, place), _End.DAMAGE
            place += length
            contradicts = self._contradicts(data, held, place, last=last)
            if contradicts is None:
                break
            if contradicts:
                return self._give_up(held, place), _End.DAMAGE
        if not last:
            for local, definition in reversed(held.undo):
                self.walker.use(local, definition)
            return held.good, _End.DATA
        if held.odd:
            return self._give_up(held, place), _End.DAMAGE
        self._take(held, place)
        return place, _End.DATA

    def _contradicts(self, data: bytes, held: _Held, place: int, *, last: bool) -> bool | None:
        """Tell whether times contradict each other, None if data is lacking; take what can be trusted now."""
        if held.odd:
            stamps = [stamp for _index, stamp in held.odd]
            if max(stamps) - min(stamps) > NEAR_S:
                return True
            if len(stamps) < _AGREEING:
                return False
            # The clock was set, unless these are the bytes of other messages from a wrong place on.
            begin = held.messages[held.odd[0][0]][1]
            elsewhere = self._is_elsewhere(data, begin + 1, place, last=last)
            if elsewhere is not False or not FIRST_STAMP <= stamps[-1] <= LAST_STAMP:
                return True if elsewhere is False else elsewhere
            self._near = stamps[-1]
            held.odd.clear()
            self._take(held, place)
        elif not held.messages and not held.undo:
            held.good = place
        elif len(held.messages) + len(held.undo) >= _HELD:
            self._take(held, place)
        return False

    def _is_elsewhere(self, data: bytes, begin: int, end: int, *, last: bool) -> bool | None:
        """Tell whether messages that agree with the time so far begin in a range; None if data is lacking."""
        for place in range(begin, end):
            agrees = self._agrees(data, place, _CHAIN - 1, self._near, last=last)
            if agrees is not False:
                return agrees
        return False

    def _message(self, data: bytes, place: int, held: _Held) -> int:
        """Read one message; return its length, 0 where it ends beyond the data, -1 where it is none."""
        walker, head = self.walker, data[place]
        if head & (_COMPRESSED | _DEFINITION) == _DEFINITION:
            local = head & _LOCAL
            before = walker.definitions[local]
            length = walker.special(data, place)
            if length > 0:
                held.undo.append((local, before))
            return length
        definition = walker.definition_at(head)
        if definition is None:
            return -1
        if definition.message == DESCRIPTION:
            return walker.special(data, place)
        if place + definition.size > len(data):
            return 0
        stamp = _UNKNOWN
        if definition.stamp is not None and definition.message != CORRELATION:
            stamp = definition.stamp_at(data, place)
        self._hold(held, definition, place, stamp)
        return definition.size

    def _hold(self, held: _Held, definition: Definition, place: int, stamp: int) -> None:
        """Hold a message, and take it with those before once its time agrees."""
        if stamp != _UNKNOWN and self._near is not None and abs(stamp - self._near) > NEAR_S:
            held.odd.append((len(held.messages), stamp))
            held.messages.append((definition, place))
            return
        held.messages.append((definition, place))
        if stamp != _UNKNOWN:
            self._near = stamp
            # One message whose time alone is damaged stands between good ones: it is left out.
            for index, _stamp in reversed(held.odd):
                odd, begin = held.messages.pop(index)
                self._lose(self._base + begin, self._base + begin + odd.size)
            held.odd.clear()
            self._take(held, place + definition.size)

    def _take(self, held: _Held, good: int) -> None:
        for definition, place in held.messages:
            self.walker.places[definition].append(place)
        held.messages.clear()
        held.undo.clear()
        held.good = good

    def _give_up(self, held: _Held, place: int) -> int:
        """Take what is trusted of the held messages; return where the damage begins."""
        if not held.odd:
            self._take(held, place)
            return place
        first = held.odd[0][0]
        begin = held.messages[first][1]
        for local, definition in reversed(held.undo):
            self.walker.use(local, definition)
        del held.messages[first:]
        for definition, at in held.messages:
            # A definition between them may have been undone; its messages count as lost.
            if definition in self.walker.places:
                self.walker.places[definition].append(at)
        return begin

    def _search(self, data: bytes, place: int, *, last: bool) -> tuple[int, bool]:
        """Return where messages that agree begin; without any, from where on to search with more data."""
        end = len(data)
        while place < end:
            verdict = self._agrees(data, place, _CHAIN, self._near, last=last)
            if verdict is None:
                return place, False
            if verdict:
                return place, True
            place += 1
        return place, False

    def _agrees(self, data: bytes, place: int, chain: int, near: int | None, *, last: bool) -> bool | None:
        """Tell whether so many messages from a place on are what they seem; None if data is lacking."""
        trial = Trial(self.walker, near)
        begin, short = place, False if last else None
        for _message in range(chain):
            if place == len(data) and last:
                return place > begin
            length = trial.step(data, place, is_first=place == begin) if place < len(data) else 0
            if not length or place + length > len(data):
                return short
            if length < 0:
                return False
            place += length
        return True
