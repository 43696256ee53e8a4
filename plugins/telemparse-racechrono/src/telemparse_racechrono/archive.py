"""Members of RCZ archives, and of archives that lie about unpacked, folder by folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.model.artifacts import Artifact
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue, Locus
from telemparse.model.wrapper_tells import wrapper_of
from telemparse.model.wrappers import unwrap

from telemparse_racechrono.names import (
    DOCUMENTS,
    FRAGMENT,
    LIBRARY,
    SESSION,
    WIDTHS,
    MemberName,
    base_of,
    member_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions

__all__ = ["Folder", "Member", "Session", "sessions", "skipped"]

_MOST_NAMED = 20
_LONGEST_NAMED = 100
_RESUMED = re.compile(r"(?:(.*)/)?resume_(\d{1,6})", re.ASCII)


@attrs.frozen
class Member:
    """One channel of a folder: its name, and the bytes under it."""

    name: MemberName
    artifact: Artifact

    @property
    def base(self) -> str:
        """The name without folders."""
        return base_of(self.artifact.name)[1]

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self.artifact.size


@attrs.define
class Folder:
    """What lies in one folder of an archive: a session, or a part of one.

    Args:
        archive: name of the file that the user has.
        path: of the folder in it, empty for its root.
    """

    archive: str
    path: str
    documents: dict[str, Artifact] = attrs.field(factory=dict)
    channels: dict[MemberName, Member] = attrs.field(factory=dict)
    unread: list[str] = attrs.field(factory=list)
    repeated: list[str] = attrs.field(factory=list)
    odd: list[str] = attrs.field(factory=list)

    def take(self, artifact: Artifact, base: str) -> None:
        """Take in one member; the first of a name counts."""
        name = member_name(base)
        if base in DOCUMENTS or base == LIBRARY:
            if self.documents.setdefault(base, artifact) is not artifact:
                self.repeated.append(base)
        elif name is None:
            self.unread.append(base[:_LONGEST_NAMED])
        elif name.element not in WIDTHS:
            self.odd.append(base)
        elif name in self.channels:
            self.repeated.append(base)
        else:
            self.channels[name] = Member(name, artifact)

    def missing(self) -> Iterator[Issue]:
        """Yield which documents of a session are not there."""
        for document in (SESSION, FRAGMENT):
            if document not in self.documents:
                place = Locus(self.archive)
                yield Issue("RACECHRONO_RCZ_MEMBER_MISSING", place, artifact=self.archive, member=document)

    def complaints(self) -> Iterator[Issue]:
        """Yield what stands there twice or in a type that nobody knows."""
        for reason, names in (("the name stands there twice", self.repeated), ("unknown type", self.odd)):
            if names:
                yield skipped(self, names, reason)


@attrs.frozen
class Session:
    """The folders of one session.

    Args:
        head: with its documents.
        resumed: what was recorded after each pause, in folders `resume_1`, `resume_2`, ... of it.
        shelf: folder of the archive with the tracks of all sessions, None without it.
    """

    head: Folder
    resumed: tuple[Folder, ...] = ()
    shelf: Folder | None = None

    @property
    def parts(self) -> tuple[Folder, ...]:
        """All of them, in the order of time."""
        return (self.head, *self.resumed)


def skipped(folder: Folder, names: list[str], reason: str) -> Issue:
    """Return the issue about channels that are left out."""
    shown = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    place = Locus(folder.archive)
    return Issue("CHANNELS_SKIPPED", place, count=len(names), channels=shown, reason=reason)


def sessions(artifacts: ArtifactSet, options: ParseOptions, issues: list[Issue]) -> list[Session]:
    """Return what is held, sessions with a session.json first, by the paths of their folders.

    Args:
        artifacts: archives, unopened or as their members, and members that lie about.
        options: `max_decompressed_bytes` counts.
        issues: gets what was wrong with archives that are opened here.

    Raises Malformed for an archive that unpacks to too much.
    """
    found: dict[tuple[str, str], Folder] = {}
    for archive, path, artifact in _members(artifacts, options, issues):
        where, base = base_of(path)
        folder = found.setdefault((archive or where, where), Folder(archive or base, where))
        folder.take(artifact, base)
    libraries = {
        archive: folder for (archive, _where), folder in found.items() if LIBRARY in folder.documents
    }
    by_head: dict[tuple[str, str], list[tuple[int, Folder]]] = {}
    for (archive, where), folder in found.items():
        if folder.channels or folder.documents.keys() - {LIBRARY}:
            pause = _RESUMED.fullmatch(where)
            head, number = (pause[1] or "", int(pause[2])) if pause else (where, 0)
            by_head.setdefault((archive, head), []).append((number, folder))
    held = []
    for (archive, _head), parts in by_head.items():
        first, *others = [folder for _number, folder in sorted(parts, key=lambda part: part[0])]
        held.append(Session(first, tuple(others), libraries.get(archive)))
    return sorted(held, key=_order)


def _order(session: Session) -> tuple[bool, bool, str]:
    head = session.head
    return SESSION not in head.documents, not head.channels, head.path


def _members(
    artifacts: ArtifactSet, options: ParseOptions, issues: list[Issue]
) -> Iterator[tuple[str, str, Artifact]]:
    """Yield archive (empty for a file that lies about), path and bytes of each member."""
    limit = options.max_decompressed_bytes
    opened: dict[Artifact, dict[str, Artifact]] = {}
    for artifact in artifacts:
        outer = artifact.outer
        if outer is None and wrapper_of(artifact.read_at(0, HEAD_BYTES)) == "zip":
            for member in unwrap(artifact, max_decompressed_bytes=limit):
                issues += member.issues
                yield artifact.name, member.name.removeprefix(f"{artifact.name}/"), member
        elif outer is not None and artifact.wrapper == "zip":
            # Members that come one by one may be unpacked anew each time that they are opened.
            if outer not in opened:
                inside = unwrap(outer, max_decompressed_bytes=limit)
                opened[outer] = {member.name: member for member in inside}
            member = opened[outer].get(artifact.name, artifact)
            yield outer.name, artifact.name.removeprefix(f"{outer.name}/"), member
        else:
            yield "", artifact.name, artifact
