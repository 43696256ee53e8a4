"""RaceChrono session archives to canonical streams.

A zip of JSON documents and of channels, each a bare array of little-endian numbers whose name tells what it
is. The format is not published; its facts are those that public readers of it found (see the page of the
format), checked on a real session.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import UniqueNames
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

from telemparse_racechrono.archive import sessions
from telemparse_racechrono.gates import Library
from telemparse_racechrono.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message

__all__ = ["parse"]

_ODD = re.compile(r"\W+", re.ASCII)
_LONGEST_TAIL = 60
_MOST_NAMED = 20


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield positions, inertial sensors, channels, laps and events of a session, with issues and facts.

    The main receiver is `gnss_pvt`, another one `gnss_pvt.gps_<device>`; sensors likewise. Each clock of
    other channels is a group. What was recorded after a pause goes on in the same streams; those of a
    second session of an archive get the name of its folder behind a dot.
    """
    yield Meta("device_family", "RaceChrono")
    issues: list[Issue] = []
    held = sessions(artifacts, options, issues)
    yield from issues
    if len(held) > 1:
        archive = held[0].head.archive
        names = [session.head.path for session in held[:_MOST_NAMED]]
        yield Issue(
            "RACECHRONO_RCZ_SEVERAL_SESSIONS",
            Locus(archive),
            artifact=archive,
            count=len(held),
            folders=names,
        )
    tails = UniqueNames()
    libraries: dict[str, Library] = {}
    recordings = []
    for number, session in enumerate(held):
        word = _ODD.sub("_", session.head.path.rpartition("/")[2]).strip("_")[:_LONGEST_TAIL] or "session"
        tail = f".{tails.take(word)}" if number else ""
        library = libraries.setdefault(session.head.archive, Library())
        recordings.append(Recording(session, tail, options, library))
    yield from read_all(recordings)
