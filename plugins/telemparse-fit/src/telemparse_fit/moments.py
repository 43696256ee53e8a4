"""Messages event and camera_event: what happened at an instant, in the words of the stream `events`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from telemparse.kernels.texts import strings
from telemparse.schemas import build

from telemparse_fit.profile import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints

    from telemparse_fit.clock import Clock
    from telemparse_fit.groups import Group

__all__ = ["Moment", "events_batch", "moments_of"]

_EVENT, _TYPE, _DATA_16, _DATA, _MS, _CAMERA_TYPE = 0, 1, 2, 3, 0, 1
# FIT profile, "Event", "Event Type", "Camera Event Type".
_EVENTS: Mapping[int, str] = {
    0: "timer", 3: "workout", 4: "workout_step", 5: "power_down", 6: "power_up", 7: "off_course",
    8: "session",
    9: "lap", 10: "course_point", 11: "battery", 12: "virtual_partner_pace", 13: "hr_high_alert",
    14: "hr_low_alert", 15: "speed_high_alert", 16: "speed_low_alert", 21: "recovery_hr", 22: "battery_low",
    23: "time_duration_alert", 24: "distance_duration_alert", 25: "calorie_duration_alert", 26: "activity",
    27: "fitness_equipment", 28: "length", 32: "user_marker", 33: "sport_point", 36: "calibration",
    42: "front_gear_change", 43: "rear_gear_change", 44: "rider_position_change", 45: "elev_high_alert",
    46: "elev_low_alert", 47: "comm_timeout", 54: "auto_activity_detect", 75: "radar_threat_alert",
}  # fmt: skip
_TYPES: Mapping[int, str] = {
    0: "start", 1: "stop", 2: "consecutive", 3: "marker", 4: "stop_all", 5: "begin", 6: "end", 7: "end_all",
    8: "stop_disable", 9: "stop_disable_all",
}  # fmt: skip
_CAMERA: Mapping[int, str] = {
    0: "video_start", 1: "video_split", 2: "video_end", 3: "photo_taken", 4: "video_second_stream_start",
    5: "video_second_stream_split", 6: "video_second_stream_end", 7: "video_split_start",
    8: "video_second_stream_split_start", 11: "video_pause", 12: "video_second_stream_pause",
    13: "video_resume", 14: "video_second_stream_resume",
}  # fmt: skip
_TIMER, _LAP, _USER_MARKER, _PHOTO = 0, 9, 32, 3
_STOPS = frozenset({1, 4, 8, 9})

Moment: TypeAlias = tuple[int, int, str, float | None, str]
"""Place in the file, instant, word of `event_type`, value, facts as JSON."""


def moments_of(groups: Sequence[Group], clock: Clock, base: int) -> tuple[list[Moment], Ints]:
    """Return the events of a piece that begins at `base`, and the places of messages without a time."""
    moments: list[Moment] = []
    untimed = [np.zeros(0, np.int64)]
    for group in groups:
        is_camera = group.definition.message == Message.CAMERA_EVENT
        ms = group.one(_MS) if is_camera else None
        t_ns, timed = clock.instants(
            group.seconds, group.stamped, None if ms is None else ms.values * ms.known
        )
        untimed.append(base + group.places[~timed])
        read = _camera if is_camera else _event
        columns = {
            number: group.one(number)
            for number in ((_CAMERA_TYPE,) if is_camera else (_EVENT, _TYPE, _DATA_16, _DATA))
        }
        for row in timed.nonzero()[0].tolist():
            known = {
                number: column.values[row].item()
                for number, column in columns.items()
                if column is not None and column.known[row]
            }
            moments.append((base + int(group.places[row]), int(t_ns[row]), *read(known)))
    return moments, np.concatenate(untimed)


def events_batch(moments: Sequence[Moment], time_base: str) -> pa.RecordBatch | None:
    """Return events in the order of the file, None for none."""
    if not moments:
        return None
    ordered = sorted(moments, key=lambda moment: moment[0])
    _places, instants, kinds, values, facts = zip(*ordered, strict=True)
    columns = {
        "t": np.array(instants, np.int64),
        "event_type": strings(kinds).dictionary_encode(),
        "value": np.array([np.nan if value is None else value for value in values], np.float64),
        "metadata_json": strings(facts),
    }
    return build("events", columns, time_base=time_base)


def _event(known: Mapping[int, Any]) -> tuple[str, float | None, str]:
    event, kind = known.get(_EVENT), known.get(_TYPE)
    value = known.get(_DATA, known.get(_DATA_16))
    word = "other"
    if event == _TIMER:
        word = "start" if kind == 0 else "stop" if kind in _STOPS else "other"
    elif event == _LAP:
        word = "lap_beacon"
    elif event == _USER_MARKER:
        word = "marker"
    facts = {"event": _word(_EVENTS, event), "event_type": _word(_TYPES, kind)}
    return word, None if value is None else float(value), json.dumps(facts)


def _camera(known: Mapping[int, Any]) -> tuple[str, float | None, str]:
    kind = known.get(_CAMERA_TYPE)
    word = "marker" if kind == _PHOTO else "other"
    return word, None, json.dumps({"camera_event": _word(_CAMERA, kind)})


def _word(words: Mapping[int, str], number: int | None) -> str | None:
    return None if number is None else words.get(number, f"unknown_{number}")
