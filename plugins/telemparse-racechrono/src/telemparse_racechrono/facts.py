"""What the documents tell about a session: title, track, devices and videos, but no addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse_racechrono.documents import listed, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["devices", "kind_word", "session_facts", "videos"]

# As the third header row of the CSV export names them.
_KINDS = {
    1: "gps", 2: "acc", 3: "gyro", 4: "data", 5: "obd", 6: "hrm", 8: "magn", 12: "canbus",
}  # fmt: skip
_MOST = 100
_WHOLE = {
    "trackId": ("track_id", 1), "timeCreated": ("created_ms", 1), "lapCount": ("lap_count", 1),
    "bestLaptime": ("best_lap_s", 1000), "optimalLaptime": ("optimal_lap_s", 1000),
    "lengthTime": ("duration_s", 1000), "lengthDistance": ("distance_m", 1000),
    "version": ("version", 1),
}  # fmt: skip


def kind_word(kind: int) -> str:
    """Return the word for a kind of device: `gps`, `acc`, ... and `kind7` for one that nobody knows."""
    return _KINDS.get(kind, f"kind{kind}")


def session_facts(session: dict[str, Any]) -> dict[str, Any]:
    """Return what session.json says beside the laps; unknown facts are left out.

    The address at which a session began stays in the file, also where it serves as the title.
    """
    facts: dict[str, Any] = {}
    for key, (name, divisor) in _WHOLE.items():
        number = whole(session.get(key))
        if number is not None:
            facts[name] = number if divisor == 1 else number / divisor
    track, title = text(session.get("trackName")), text(session.get("title"))
    if track is not None:
        facts["track_name"] = track
    if title is not None and title != text(session.get("firstPositionReverseGeocoding")):
        facts["title"] = title
    return facts


def devices(fragments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return number, kind and model (a number of the app's own) of each device of the parts, at most 100."""
    found: dict[int, dict[str, Any]] = {}
    for fragment in fragments:
        _add_devices(fragment, found)
    return list(found.values())


def _add_devices(fragment: dict[str, Any], found: dict[int, dict[str, Any]]) -> None:
    held = fragment.get("devices")
    older = listed(held.get("items") if isinstance(held, dict) else held)
    newer = [each.get("selector") for each in listed(fragment.get("devices2"))]
    for each in (*listed(newer), *older):
        number, kind, model = (whole(each.get(key)) for key in ("id", "type", "model"))
        if number is not None and len(found) < _MOST:
            named = None if kind is None else kind_word(kind)
            found.setdefault(number, {"id": number, "kind": named, "model": model})


def videos(fragments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the films that belong to a session, at most 100: name, begin in UTC ms, length in s."""
    return [video for fragment in fragments for video in _videos(fragment)][:_MOST]


def _videos(fragment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for video in listed(fragment.get("videos")):
        name, length_ms = text(video.get("filename")), whole(video.get("duration"))
        if name is not None:
            yield {
                "file": name,
                "start_ms": whole(video.get("startTimestamp")),
                "duration_s": None if length_ms is None else length_ms / 1000,
            }
