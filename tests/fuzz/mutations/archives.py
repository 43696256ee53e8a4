"""Mutations of zips by their members: names, documents and numbers inside; checksums are right again."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from random import Random

from fuzz.mutations.tokens import mutated_tokens

__all__ = ["mutated_archive"]

_MOST_MEMBERS = 200
_MOST_BYTES = 4000
_DIGITS = re.compile(r"\d+")
_FOLDERS = ("a/", "../", "/", "sessions/s1/", "\\", "é/")
_NUMBERS = (
    b"\xff" * 8, b"\0" * 8, struct.pack("<i", 2**31 - 1), struct.pack("<i", -(2**31)),
    struct.pack("<q", 2**63 - 1), struct.pack("<q", 1_746_352_800_000), struct.pack("<d", float("nan")),
    struct.pack("<d", -1e308),
)  # fmt: skip


def mutated_archive(data: bytes, words: Sequence[str], others: Sequence[bytes], dice: Random) -> bytes:
    """Return a zip with a few changes; what is no zip is cut, for there are no members to change.

    Args:
        data: any bytes.
        words: names of members that mean something to the parser.
        others: files of which members may be borrowed.
        dice: decides everything.
    """
    members = _members(data)
    if not members:
        return data[: dice.randrange(len(data) + 1)]
    for _change in range(dice.randint(1, 5)):
        _change_one(members, words, others, dice)
    return _zipped(members)


def _members(data: bytes) -> list[tuple[str, bytes]]:
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:_MOST_MEMBERS]:
                with archive.open(member) as content:
                    found.append((member.filename, content.read(_MOST_BYTES)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return found
    return found


def _zipped(members: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        written: set[str] = set()
        for name, content in members:
            info = zipfile.ZipInfo(name[:200] or "x")
            info.compress_type = zipfile.ZIP_DEFLATED
            if info.filename not in written:
                archive.writestr(info, content)
            written.add(info.filename)
    return target.getvalue()


def _change_one(
    members: list[tuple[str, bytes]], words: Sequence[str], others: Sequence[bytes], dice: Random
) -> None:
    if not members:
        return
    place = dice.randrange(len(members))
    name, content = members[place]
    match dice.randrange(9):
        case 0:
            del members[place]
        case 1:
            members[place] = (name, content[: dice.randrange(len(content) + 1)])
        case 2 | 3:
            members[place] = (name, _bent(content, dice))
        case 4:
            members[place] = (_renumbered(name, dice), content)
        case 5:
            members[place] = (dice.choice(_FOLDERS) + name, content)
        case 6:
            members[place] = (name, mutated_tokens(content, words, [content], dice)[:_MOST_BYTES])
        case 7:
            members.append((dice.choice(words), content))
        case _:
            borrowed = _members(dice.choice(others))
            members += [dice.choice(borrowed)] if borrowed else []


def _bent(content: bytes, dice: Random) -> bytes:
    number = dice.choice(_NUMBERS)
    at = dice.randrange(len(content) + 1) // len(number) * len(number)
    return content[:at] + number + content[at + len(number) :]


def _renumbered(name: str, dice: Random) -> str:
    found = list(_DIGITS.finditer(name))
    if not found:
        return name
    digits = dice.choice(found)
    other = dice.choice(("0", "1", "2", "3", "9", "12", "44", "10024", "1147893", "4294967295", "9" * 12))
    return name[: digits.start()] + other + name[digits.end() :]
