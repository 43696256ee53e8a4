"""Sets of files with names that are odd but legal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from telemparse.model.artifacts import ArtifactSet
from telemparse.testing.strategies.arguments import bounded

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["LONGEST_NAME_BYTES", "artifact_sets"]

LONGEST_NAME_BYTES = 255
"""Of one name in UTF-8, as most file systems have it."""

_MOST_FILES = 16
_MOST_BYTES = 1 << 20
_NUMBER_BYTES = 4
# Letters, marks, digits, punctuation and symbols of all scripts, but nothing that parts folders or drives.
_LETTERS = st.characters(categories=("L", "M", "N", "P", "S"), exclude_characters="/\\:.")
_PLAIN = (
    "log", "recording", "LOG00001", "2025-05-04_10-00-00", "lap 1", "a.b.c", "archive.tar", "Fahrt über Land",
    "运行", "سجل", "e\u0301te\u0301", "👩‍🚀", "-rf", "#1", "100%", "it's", '"quoted"', "$HOME", "*", "a,b;c",
    "CON",
)  # fmt: skip
_EXTENSIONS = ("", ".csv", ".gpx", ".bin", ".CSV", ".txt", ".tar.gz", ".", "..", ".x y", ".ünï", ".csv.gpx")


def artifact_sets(
    *,
    min_files: int = 1,
    max_files: int = 4,
    max_bytes: int = 512,
    contents: SearchStrategy[bytes] | None = None,
) -> SearchStrategy[ArtifactSet]:
    """Return a strategy of sets of files in memory.

    Names are legal wherever files are kept on Linux, and odd: of all scripts, with blanks, quotes and dots,
    without an extension or with several, up to 255 bytes long. None begins with a dot, or holds a separator
    of folders or a control character; no two differ in capitals or in the composing of accents alone.
    Shrinks towards `min_files` of no bytes named `log`.

    Args:
        min_files: fewest files, from 1.
        max_files: most files, to 16.
        max_bytes: most bytes of a file, to 1 MiB; does not count where `contents` is given.
        contents: strategy of each file's bytes; None for any bytes.

    Raises CallError for bounds that do not rise.
    """
    bounded("the number of files", min_files, max_files, least=1, most=_MOST_FILES)
    bounded("max_bytes", max_bytes, max_bytes, least=0, most=_MOST_BYTES)
    files = st.tuples(_NAMES, st.binary(max_size=max_bytes) if contents is None else contents)
    return st.lists(files, min_size=min_files, max_size=max_files).map(_set)


def _name(stem: str, times: int, extension: str) -> str:
    """Return a name that fits, a number in front of it included."""
    room = LONGEST_NAME_BYTES - _NUMBER_BYTES - len(extension.encode())
    return (stem * times).encode()[:room].decode(errors="ignore") + extension


_NAMES = st.builds(
    _name,
    st.one_of(st.sampled_from(_PLAIN), st.text(_LETTERS, min_size=1, max_size=20)),
    st.one_of(st.just(1), st.integers(1, LONGEST_NAME_BYTES)),
    st.sampled_from(_EXTENSIONS),
)


def _set(files: list[tuple[str, bytes]]) -> ArtifactSet:
    """Return the files as a set; a name that is there already gets the first number in front that is free."""
    named: dict[str, bytes] = {}
    taken: set[str] = set()
    for name, data in files:
        spellings = (name, *(f"{number}-{name}" for number in range(1, len(files) + 1)))
        own = next(spelling for spelling in spellings if _folded(spelling) not in taken)
        named[own] = data
        taken.add(_folded(own))
    return ArtifactSet.of(named)


def _folded(name: str) -> str:
    """Return what all spellings of a name share: some file systems take them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
