"""Which files make one recording: only what a card names as companions belongs together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.catalog import Catalog
from telemparse.model.artifacts import ArtifactSet, artifacts_of
from telemparse.model.options import ParseOptions
from telemparse.model.wrapper_tells import wrapper_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

    from telemparse.extension.card import ParserCard
    from telemparse.model.artifacts import Artifact, Source

__all__ = ["group", "joined"]

# Names inside an archive are hostile, and a pattern may try every split of one.
_LONGEST_NAME = 255
_LOOK_BYTES = 64


def group(
    paths: Source | Iterable[Source],
    catalog: Catalog | None = None,
    *,
    max_decompressed_bytes: int = ParseOptions().max_decompressed_bytes,
) -> list[ArtifactSet]:
    """Tell recordings apart: one set per recording, in the order of their first files.

    Files of one folder (or of one folder in a zip, or all those handed over without a path) join when
    the `companions` of a card name them together; any other file is a recording of its own. A folder
    means all files below it. A zip counts as a folder, unless it holds a single file or a card claims
    its extension. A file named twice counts once, and an `ArtifactSet` stays as it is.

    Args:
        paths: what `ArtifactSet.of` takes, or several of it.
        catalog: whose cards to ask; None for those installed.
        max_decompressed_bytes: as in `ParseOptions`; here for each member of a zip.

    Returns sets of artifacts, none for an empty folder. Members of a zip are unpacked only when they
    are opened. A zip that cannot be looked into (damaged, too large) stays whole, so that `parse` says
    why. Raises OSError for a path that cannot be looked at, CallError for a source of another type.
    """
    catalog = catalog or Catalog.shared()
    files: list[_File] = []
    seen: set[Path] = set()
    for item in _items(paths):
        if isinstance(item, ArtifactSet):
            files.append(_File(item, None, ""))
            continue
        place = None if item.path is None else item.path.resolve()
        if place is None or place not in seen:
            parts = _members(item, catalog, max_decompressed_bytes) or (item,)
            files += [_File(ArtifactSet((part,)), _folder(part), part.name) for part in parts]
        if place is not None:
            seen.add(place)
    return _grouped(files, catalog)


def joined(card: ParserCard, one: str, other: str) -> bool:
    """Tell whether a card names two files, as far as their names go, as companions of each other."""
    first, second = (PurePosixPath(name).name for name in (one, other))
    return any(
        stem is not None and stem == _stem(theirs, second)
        for companions in card.companions
        for own in companions
        if (stem := _stem(own, first)) is not None
        for theirs in companions
        if theirs != own
    )


@attrs.frozen
class _File:
    """What may join others: its artifacts, the folder it lies in (None: no path), its name (empty: never)."""

    contents: ArtifactSet
    folder: Hashable | None
    name: str


def _items(source: object) -> Iterator[Artifact | ArtifactSet]:
    """Yield files, and sets as they are; what holds several sources is taken apart."""
    single = isinstance(source, str | bytes | bytearray | memoryview | Mapping) or hasattr(source, "read")
    if isinstance(source, ArtifactSet):
        yield source
    elif isinstance(source, Iterable) and not single:
        for item in source:
            yield from _items(item)
    else:
        yield from artifacts_of(source)


def _folder(artifact: Artifact) -> Hashable:
    if artifact.outer is not None:
        return id(artifact.outer), PurePosixPath(artifact.name).parent
    return None if artifact.path is None else artifact.path.resolve().parent


def _members(artifact: Artifact, catalog: Catalog, max_decompressed_bytes: int) -> tuple[Artifact, ...]:
    """Return the files of a zip that stands for a folder; () for anything that is one recording."""
    claimed = tuple(extension for card in catalog.cards for extension in card.extensions)
    if artifact.outer is not None or artifact.name.lower().endswith(claimed):
        return ()
    try:
        if wrapper_of(artifact.read_at(0, _LOOK_BYTES)) != "zip":
            return ()
        from telemparse.model.zips import deferred  # of no use to other files

        members = deferred(artifact, max_decompressed_bytes=max_decompressed_bytes)
    except OSError:  # it can be looked at but not read: the parse will meet the same error and report it
        return ()
    return members if len(members) > 1 else ()


def _grouped(files: list[_File], catalog: Catalog) -> list[ArtifactSet]:
    """Join companions, the first card's first; each file goes into one set only."""
    sets: dict[int, tuple[int, ...]] = {}
    taken: set[int] = set()
    for companions in (each for card in catalog.cards for each in card.companions):
        families: dict[Hashable, list[tuple[int, int]]] = {}
        for number, file in enumerate(files):
            if number not in taken and (match := _match(companions, file)) is not None:
                family, order = match
                families.setdefault(family, []).append((order, number))
        for matches in families.values():
            if len({order for order, _number in matches}) > 1:
                numbers = tuple(number for _order, number in sorted(matches))
                sets[min(numbers)] = numbers
                taken.update(numbers)
    for number in range(len(files)):
        if number not in taken:
            sets[number] = (number,)
    return [
        ArtifactSet(tuple(artifact for number in numbers for artifact in files[number].contents))
        for _first, numbers in sorted(sets.items())
    ]


def _match(companions: tuple[str, ...], file: _File) -> tuple[Hashable, int] | None:
    """Return folder and stem of a file that one of the patterns fits, and which pattern that is."""
    for order, pattern in enumerate(companions):
        stem = _stem(pattern, PurePosixPath(file.name).name)
        if stem is not None:
            return (file.folder, stem), order
    return None


def _stem(pattern: str, name: str) -> str | None:
    """Return what `{stem}` stands for in a name that the pattern fits, in lower case; None if it does not."""
    match = _compiled(pattern).fullmatch(name.casefold()) if len(name) <= _LONGEST_NAME else None
    return None if match is None else match.groupdict().get("stem", "")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`{stem}` is the shortest that fits, and the same where it stands twice; `*` is anything."""
    first, *others = re.escape(pattern.casefold()).replace(r"\*", ".*").split(r"\{stem\}")
    if not others:
        return re.compile(first)
    return re.compile(f"{first}(?P<stem>.+?){'(?P=stem)'.join(others)}")
