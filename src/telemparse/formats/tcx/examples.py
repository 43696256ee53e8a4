"""Small TCX documents of an invented drive that show what the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.drive import drive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.drive import Sample

__all__ = ["EXAMPLES"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
_ROOT = (
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:e="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
)
_CREATOR = (
    '<Creator xsi:type="Device_t"><Name>Example Logger</Name><UnitId>1</UnitId><ProductID>2</ProductID>'
    "<Version><VersionMajor>1</VersionMajor><VersionMinor>4</VersionMinor></Version></Creator>\n"
)
_POINT = (
    "<Trackpoint><Time>{s.iso}</Time>"
    "<Position><LatitudeDegrees>{s.lat_deg:.7f}</LatitudeDegrees>"
    "<LongitudeDegrees>{s.lon_deg:.7f}</LongitudeDegrees></Position>"
    "<AltitudeMeters>{s.alt_m:.1f}</AltitudeMeters><DistanceMeters>{s.distance_m:.2f}</DistanceMeters>"
)
_RATES = "<HeartRateBpm><Value>{heart_rate}</Value></HeartRateBpm><Cadence>{cadence}</Cadence>"
_MOTION = (
    "<Extensions><e:TPX><e:Speed>{s.speed_mps:.2f}</e:Speed><e:Watts>{watts}</e:Watts></e:TPX></Extensions>"
)


def _track(samples: list[Sample], body: str = "") -> str:
    row = f"{_POINT}{body}</Trackpoint>\n"
    points = (
        row.format(s=s, heart_rate=120 + s.number % 30, cadence=80 + s.number % 7, watts=200 + s.number)
        for s in samples
    )
    return f"<Track>\n{''.join(points)}</Track>\n"


def _lap(samples: list[Sample], *tracks: str) -> str:
    first, last = samples[0], samples[-1]
    seconds, metres = last.seconds + 1 - first.seconds, last.distance_m - first.distance_m
    return (
        f'<Lap StartTime="{first.iso}">\n<TotalTimeSeconds>{seconds:.3f}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres:.2f}</DistanceMeters><Calories>0</Calories><Intensity>Active</Intensity>"
        f"<TriggerMethod>Manual</TriggerMethod>\n{''.join(tracks)}</Lap>\n"
    )


def _activity(*laps: str) -> str:
    start = drive(1)[0].iso
    body = f'<Activities>\n<Activity Sport="Other">\n<Id>{start}</Id>\n{"".join(laps)}{_CREATOR}</Activity>\n'
    return f"{_DECLARATION}{_ROOT}{body}</Activities>\n</TrainingCenterDatabase>\n"


def _course(samples: list[Sample]) -> str:
    body = f"<Courses>\n<Course><Name>Bend</Name>\n{_track(samples)}</Course>\n</Courses>\n"
    return f"{_DECLARATION}{_ROOT}{body}</TrainingCenterDatabase>\n"


_DRIVE = drive()

EXAMPLES: Mapping[str, bytes] = {
    "two-laps.tcx": _activity(
        _lap(_DRIVE[:20], _track(_DRIVE[:20], _MOTION)), _lap(_DRIVE[20:], _track(_DRIVE[20:], _MOTION))
    ).encode(),
    # The clock was stopped for ten seconds within the lap.
    "paused.tcx": _activity(
        _lap(drive(50), _track(drive(20), _RATES), _track(drive(20, start_s=30), _RATES))
    ).encode(),
    "course.tcx": _course(_DRIVE).encode(),
}
"""Names to bytes."""
