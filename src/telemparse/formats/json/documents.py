"""A document that is one long or damaged object: its lists of records come element by element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.json.values import LARGEST_VALUE_BYTES, UNREAD, Number, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.json.decoding import Reader
    from telemparse.formats.json.shapes import Path

__all__ = ["Document", "Part"]

_DEEPEST = 8
_KEPT = 8
_FIRST = 1 << 16
_FEATURES, _COLLECTION = "features", "FeatureCollection"  # the type may stand behind the list
_RECORDS = re.compile(r"\[[ \t\r\n\0]*(?=\{)")


@attrs.frozen
class Part:
    """An element of a list.

    Args:
        value: of it.
        path: names on the way to it, from the top.
        depth: how deep it stands.
        is_record: it is an element, and not an object that holds nothing else of its list.
    """

    value: Any
    path: Path
    depth: int
    is_record: bool = True


@attrs.define
class Document:
    """Reads one object from its beginning on, as far as it is sound.

    Args:
        reader: at the beginning of the object, with a bound for what is whole.

    Attributes:
        shell: the object without the lists that came in parts, of which the first eight elements are left.
    """

    reader: Reader
    shell: dict[str, Any] = attrs.field(factory=dict)
    _held: int = 0
    _broken: bool = False
    _collections: dict[int, dict[str, Any]] = attrs.field(factory=dict)

    def parts(self) -> Iterator[Part]:
        """Yield elements of lists that are long or damaged. Raises `TooLargeError` for too much besides."""
        yield from self._members(self.shell, ())
        self.reader.values = 1
        for shell in self._collections.values():
            if shell.get("type") != _COLLECTION:
                del shell[_FEATURES]  # they were read as what they are, and nothing says so again

    def _members(self, shell: dict[str, Any], path: Path) -> Iterator[Part]:
        """Read an object from its bracket on."""
        reader, buffer = self.reader, self.reader.buffer
        buffer.place += 1
        if reader.next_letter() == "}":
            buffer.place += 1
            return
        is_repeating = False
        while True:
            buffer.drop()
            key = self._key()
            if key is not None:
                reader.counts.repeated_keys += key in shell and not is_repeating
                is_repeating |= key in shell
                yield from self._member(shell, key, path)
            if self._broken:
                return
            letter = reader.next_letter()
            buffer.place += letter in {",", "}"}
            if letter == "}":
                return
            if letter != ",":
                if isinstance(shell.get(str(key)), Number):
                    del shell[str(key)]  # digits may be missing
                self._break("Expecting ',' delimiter")
                return
            reader.next_letter()

    def _key(self) -> str | None:
        """Read a name and its colon, and go to its value."""
        reader = self.reader
        if reader.buffer.peek() != '"':
            self._break("Expecting property name enclosed in double quotes")
            return None
        key = self._whole()
        if self._broken or reader.next_letter() != ":":
            self._break("Expecting ':' delimiter")
            return None
        reader.buffer.place += 1
        if not reader.next_letter():
            self._break("Expecting value")
            return None
        return str(key)

    def _member(self, shell: dict[str, Any], key: str, path: Path) -> Iterator[Part]:
        reader, buffer = self.reader, self.reader.buffer
        value = self._whole(reader.whole)
        if value is not UNREAD:
            shell[key] = value
        elif buffer.peek() == "{" and len(path) < _DEEPEST:
            shell[key] = {}
            yield from self._members(shell[key], (*path, key))
        elif self._holds_records(key):
            shell[key] = []
            yield from self._elements(shell, key, path)
        else:
            shell[key] = self._whole()

    def _whole(self, most: int | None = None) -> Any:
        """Read a value; of a damaged one the good beginning."""
        reader = self.reader
        before = reader.damaged
        found = list(reader.value(most, mends=True))
        self._broken |= reader.damaged != before
        if found == [UNREAD]:
            return UNREAD
        self._held += len(reader.last)
        if self._held > LARGEST_VALUE_BYTES:
            raise TooLargeError(LARGEST_VALUE_BYTES)
        return found[0] if found else None

    def _holds_records(self, key: str) -> bool:
        """Tell whether a list begins with an object that says by itself what it is.

        Samples of a camera do not: the name behind their list does.
        """
        buffer = self.reader.buffer
        self.reader.ahead(_FIRST)
        found = _RECORDS.match(buffer.text, buffer.place)
        if found is None:
            return False
        first, _end = self.reader.glimpse(buffer.text, found.end())
        return not (key == "samples" and isinstance(first, dict) and isinstance(first.get("value"), list))

    def _elements(self, shell: dict[str, Any], key: str, path: Path) -> Iterator[Part]:
        reader, buffer, kept = self.reader, self.reader.buffer, shell[key]
        buffer.place += 1
        reader.listed = True
        while True:
            buffer.drop()
            reader.pass_between()
            letter = buffer.peek()
            if not letter:
                self._break("the list does not end")
                break
            if letter == "]":
                buffer.place += 1
                break
            for value in reader.value():
                if len(kept) < _KEPT:
                    kept.append(value)
                if key == _FEATURES and isinstance(value, dict) and value.get("type") == "Feature":
                    self._collections[id(shell)] = shell
                    collection = {"type": _COLLECTION, key: [value]}
                    yield Part(collection, path, len(path), is_record=False)
                else:
                    yield Part(value, (*path, key), len(path) + 2)
        reader.listed = False

    def _break(self, error: str) -> None:
        """Leave the object where it is no JSON; what follows may be values again."""
        reader, buffer = self.reader, self.reader.buffer
        if not self._broken:
            if buffer.peek():
                reader.note(error, buffer.place, truncated=False)
                reader.resync(buffer.place)
            else:
                reader.end_early(error)
        self._broken = True
