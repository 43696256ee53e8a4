"""What a TCX document says outside its track points: activities, laps, courses, the device."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.formats.tcx.laps import Laps
from telemparse.kernels.xml_outline import Outline
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path
    from telemparse.model.artifacts import Artifact
    from telemparse.model.options import ParseOptions

__all__ = ["OUTLINE", "Notes", "Place"]

_ROOT = "TrainingCenterDatabase"
_ACTIVITY = (_ROOT, "Activities", "Activity")
_TRANSITION = (_ROOT, "Activities", "Transition")
_COURSE = (_ROOT, "Courses", "Course")
_LAPS = ((*_ACTIVITY, "Lap"), _TRANSITION)  # the way from one sport to the next is a lap of its own

OUTLINE = Outline(
    _ROOT,
    ("Activities", "Activity", "Lap", "Track"),
    "Trackpoint",
    frozenset({"Extensions"}),
    # A planned course has its lap beside its track.
    others=(
        ("Activities", "Transition", "Track"),
        ("Courses", "Course", "Track"),
        ("Courses", "Course", "Lap"),
    ),
    passing=frozenset({"MultiSportSession", "FirstSport", "NextSport"}),
    loose=frozenset({"Courses"}),  # Folders have some, too
)
"""TrainingCenterDatabasev2.xsd: ActivityList_t, MultiSportSession_t, CourseList_t."""

_TOLD = 1000
_CHARACTERS = 200
_PLACES = 1 << 18  # more than one buffer can hold; older ones have been asked for by then

# Who writes which names into Creator.
_FAMILIES = {
    "Garmin": re.compile(
        r"(garmin|edge ?\d|forerunner|f[eēé]nix|v[ií]vo|etrex|oregon|epix|instinct)", re.IGNORECASE
    ),
    "Polar": re.compile(r"polar\b", re.IGNORECASE),
    "Suunto": re.compile(r"suunto\b", re.IGNORECASE),
    "Wahoo": re.compile(r"(wahoo|elemnt)\b", re.IGNORECASE),
    "COROS": re.compile(r"coros\b", re.IGNORECASE),
    "TomTom": re.compile(r"tomtom\b", re.IGNORECASE),
}
_VERSION = ("VersionMajor", "VersionMinor", "BuildMajor", "BuildMinor")


@attrs.frozen
class Place:
    """Where a track stands.

    Args:
        activity: index of its activity or course, from 0.
        lap: index of its lap in the document, from 0; -1 in a course.
        track: index in the lap or course, from 0.
    """

    activity: int
    lap: int
    track: int


@attrs.define
class Notes:
    """Listens to everything but track points."""

    laps: Laps = attrs.field(factory=Laps)
    activities: list[dict[str, str]] = attrs.field(factory=list)
    courses: list[str] = attrs.field(factory=list)
    course_points: int = 0
    facts: dict[str, str] = attrs.field(factory=dict)
    device: dict[str, str] = attrs.field(factory=dict)
    _activity: int = -1
    _activity_count: int = 0
    _course_count: int = 0
    _track: int = -1
    _opened: int = 0
    _places: dict[int, Place] = attrs.field(factory=dict)
    _before: Place | None = None
    _halted: bool = False
    _begun: bool = False

    def opened(self, path: Path, attributes: dict[str, str]) -> None:
        """Count activities, laps and tracks."""
        way = OUTLINE.way(path)
        if way == _ACTIVITY:
            self._enter_activity(attributes.get("Sport", ""))
        elif way == _COURSE:
            self._activity, self._course_count, self._track = self._activity + 1, self._course_count + 1, -1
        elif way == (*_COURSE, "CoursePoint"):
            self.course_points += 1
        elif way in _LAPS:
            self.laps.opened(max(self._activity_count - 1, 0), attributes.get("StartTime"))
            self._track = -1
        elif way == (*_ACTIVITY, "Creator"):
            self.device.setdefault(
                "type", attributes.get("{http://www.w3.org/2001/XMLSchema-instance}type", "")
            )
        if way in OUTLINE.homes and path[-1] not in OUTLINE.passing:
            self._enter_track(way)

    def _enter_activity(self, sport: str) -> None:
        self._activity, self._activity_count = self._activity + 1, self._activity_count + 1
        if len(self.activities) < _TOLD:
            self.activities.append({"sport": sport[:_CHARACTERS]})

    def _enter_track(self, way: Path) -> None:
        self._opened += 1
        self._track += way[-1] == "Track"
        lap = self.laps.count - 1 if way[1] == "Activities" else -1
        self._places[self._opened] = Place(max(self._activity, 0), lap, self._track)
        self._places.pop(self._opened - _PLACES, None)

    def closed(self, path: Path, text: str) -> None:
        """Keep what laps say, the names that matter, and the device."""
        if not text:
            return
        way, short = OUTLINE.way(path), text[:_CHARACTERS]
        for lap in _LAPS:
            if way[: len(lap)] == lap and len(way) > len(lap):
                self.laps.closed(way[len(lap) :], text)
                return
        if way[:3] == _ACTIVITY and way[3:] in {("Id",), ("Notes",)} and 0 < self._activity_count <= _TOLD:
            self.activities[-1].setdefault(way[3].lower(), short)
        elif way[:4] == (*_ACTIVITY, "Creator") and len(way) > len(_ACTIVITY):
            self.device.setdefault(way[-1], short)
        elif way == (*_COURSE, "Name") and len(self.courses) < _TOLD:
            self.courses.append(short)
        elif way == (_ROOT, "Author", "Name"):
            self.facts.setdefault("creator", short)

    def breaks(self, block: Block, changed: list[int], marks: Mask) -> list[tuple[int, dict[str, Any]]]:
        """Return where recording went on after a pause.

        A track that ends within a lap, another activity, and a point that says nothing but its time mark
        a pause; a lap by itself does not.
        """
        halts = marks.copy()
        for row in sorted({0, *changed}):
            place = self._place(block, row)
            halts[row] |= self._before is not None and _apart(self._before, place)
            self._before = place
        going = np.flatnonzero(~marks)
        so_far = np.cumsum(halts)
        if not len(going):
            self._halted |= so_far[-1] > 0
            return []
        before = np.concatenate([[-1 if self._halted else 0], so_far[going[:-1]]])
        rows = going[so_far[going] > before]
        if not self._begun:
            rows = rows[rows > going[0]]
        self._begun, self._halted = True, bool(so_far[-1] > so_far[going[-1]])
        return [(row, attrs.asdict(self._place(block, row))) for row in rows.tolist()]

    def _place(self, block: Block, row: int) -> Place:
        return self._places.get(int(block.containers[row]), Place(-1, -1, -1))

    def facts_found(self) -> Iterator[Meta]:
        """Yield the facts as metadata."""
        for key, value in self.facts.items():
            yield Meta(key, value)
        # A creator may also be the program that made the file, which is no device.
        if "Name" in self.device and "Application" not in self.device.get("type", ""):
            name = self.device["Name"]
            for family, pattern in _FAMILIES.items():
                if pattern.match(name):
                    yield Meta("device_family", family)
            yield Meta("device_model", name)
            version = ".".join(self.device[key] for key in _VERSION if key in self.device)
            if version:
                yield Meta("device_version", version)
        if self.activities:
            yield Meta("activities", self.activities)
        if self._course_count:
            yield Meta(
                "courses", {"count": self._course_count, "names": self.courses, "points": self.course_points}
            )

    def conclusion(self, artifact: Artifact, suffix: str, options: ParseOptions) -> Iterator[Message]:
        """Yield the laps."""
        yield from self.laps.messages(artifact, suffix, options)

    def trackless(self, artifact: Artifact) -> Issue | None:
        """Say that there is no track, unless there are laps."""
        if self.laps.count:
            return None
        return Issue(
            "TCX_NO_TRACK",
            Locus(artifact.name),
            artifact=artifact.name,
            activities=self._activity_count,
            courses=self._course_count,
        )


def _apart(before: Place, now: Place) -> bool:
    """Tell whether a new track is there because recording had stopped."""
    return before.activity != now.activity or (before.lap == now.lap and before.track != now.track)
