"""Names that differ from each other: of channels that repeat, and of files that share a stem."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import attrs

__all__ = ["FileSuffixes", "UniqueNames", "plain_stem"]

_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@attrs.define
class UniqueNames:
    """Hands out names of which no two are equal; n names of one wish take time linear in n.

    Args:
        taken: names that are given away; it grows.
    """

    taken: set[str] = attrs.field(factory=set)
    _numbers: dict[str, int] = attrs.field(factory=dict, repr=False)

    def take(self, wish: str) -> str:
        """Return `wish`, or `wish_2`, `wish_3`, ... when it is taken; it is taken from now on."""
        name, number = wish, self._numbers.get(wish, 1)
        while name in self.taken:
            number += 1
            name = f"{wish}_{number}"
        self._numbers[wish] = number
        self.taken.add(name)
        return name


@attrs.define
class FileSuffixes:
    """What stands behind the names of streams and facts of the files of one set.

    Args:
        otherwise: stem of a file whose name has no plain letter.
    """

    otherwise: str
    _names: UniqueNames | None = None

    def take(self, artifact: str) -> str:
        """Return nothing for the first file, `.stem` for the next one, `.stem_2` for a stem that repeats."""
        if self._names is None:
            self._names = UniqueNames()
            return ""
        return f".{self._names.take(plain_stem(artifact, self.otherwise))}"


def plain_stem(artifact: str, otherwise: str) -> str:
    """Return the stem of a file's name as a word that stream names may hold, or another one for none."""
    return _ODD.sub("_", PurePosixPath(artifact).stem).strip("_") or otherwise
