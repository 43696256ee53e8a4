"""Timing lines of a track: a middle, a width and a course for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.gate_lines import STALE_M, across
from telemparse.kernels.geodesy import local_offsets_m
from telemparse.model.gates import GateKind
from telemparse.model.issues import Issue, Locus

from telemparse_racechrono.documents import document, listed, text, whole
from telemparse_racechrono.elements import UNITS_PER_DEGREE
from telemparse_racechrono.names import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Floats
    from telemparse.model.gates import Gate

    from telemparse_racechrono.archive import Folder

__all__ = ["Library", "Traps"]

# Kinds of lines that were seen: 1 and 2 (begin and end of a stage) have no gate of their own here.
_KINDS = {3: (GateKind.START_FINISH, "Start/finish"), 4: (GateKind.SECTOR, "Sector")}
_WIDEST_MM = 1_000_000
_PER_THOUSAND = 1000.0
_MOST = 1000
_POLE_DEG = 89.9
_FULL_TURN_DEG = 360.0


@attrs.define
class Library:
    """The tracks of a backup, by which its sessions name them; read when the first one asks."""

    _read: bool = False
    _tracks: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    def track(self, folder: Folder, session: dict[str, Any], issues: list[Issue]) -> dict[str, Any]:
        """Return the track of a session, {} where the library does not hold it."""
        if not self._read:
            self._read = True
            for track in listed(document(folder, LIBRARY, issues).get("tracks")):
                for key in ("id", "localUuid"):
                    self._tracks.setdefault(f"{key} {track.get(key)}", track)
        unique = text(session.get("trackLocalUuid"))
        known = self._tracks.get(f"localUuid {unique}") if unique is not None else None
        return known or self._tracks.get(f"id {whole(session.get('trackId'))}", {})


@attrs.define
class _Trap:
    gate: Gate
    lat_deg: float
    lon_deg: float
    nearest_m: float = math.inf


@attrs.define
class Traps:
    """The timing lines of a track, watched while the trace goes by.

    The stored place is the middle of the line, the width its whole length in mm, the bearing the direction
    of travel in thousandths of a degree: crossings of such lines are the app's own laps to hundredths.

    Attributes:
        other: kinds of lines without a gate here, with their count.
        broken: lines without a readable place, width or bearing.
    """

    other: dict[str, int] = attrs.field(factory=dict)
    broken: int = 0
    _traps: list[_Trap] = attrs.field(factory=list)
    _watched: bool = False

    @classmethod
    def of(cls, document: dict[str, Any]) -> Traps:
        """Return the lines of trackId.json, none where it only names a track of the app's library."""
        track = document.get("track")
        entries = listed((track if isinstance(track, dict) else document).get("traps"))
        traps = cls()
        for entry in entries[:_MOST]:
            traps._take(entry)
        if len(entries) > _MOST:
            traps.other[f"beyond {_MOST}"] = len(entries) - _MOST
        return traps

    def __bool__(self) -> bool:
        return bool(self._traps)

    def _take(self, entry: dict[str, Any]) -> None:
        kind = whole(entry.get("type"))
        if kind not in _KINDS:
            key = str(kind)
            self.other[key] = self.other.get(key, 0) + 1
            return
        keys = ("centerLatitude", "centerLongitude", "width", "bearing")
        numbers = [whole(entry.get(key)) for key in keys]
        lat, lon, width, bearing = (math.nan if number is None else float(number) for number in numbers)
        lat_deg, lon_deg = lat / UNITS_PER_DEGREE, lon / UNITS_PER_DEGREE
        course_deg = bearing / _PER_THOUSAND
        there = abs(lat_deg) < _POLE_DEG and -180 <= lon_deg < 180 and 0 < width <= _WIDEST_MM
        if not there or not 0 <= course_deg <= _FULL_TURN_DEG:
            self.broken += 1
            return
        gate_kind, otherwise = _KINDS[kind]
        raw = dict(zip(keys, numbers, strict=True)) | {"type": kind}
        gate = across(
            gate_kind, text(entry.get("name")) or otherwise, lat_deg, lon_deg, course_deg,
            half_width_m=width / _PER_THOUSAND / 2, raw=raw,
        )  # fmt: skip
        if entry.get("uniDirectional") is False:
            gate = attrs.evolve(gate, course_deg=None)
        self._traps.append(_Trap(gate, lat_deg, lon_deg))

    def watch(self, lat_deg: Floats, lon_deg: Floats) -> None:
        """Take in fixes, shape (n,) each."""
        if not len(lat_deg):
            return
        self._watched = True
        for trap in self._traps:
            east, north = local_offsets_m(trap.lat_deg, trap.lon_deg, lat_deg, lon_deg)
            trap.nearest_m = min(trap.nearest_m, float(np.sqrt(np.min(east * east + north * north))))

    def gates(self) -> list[Gate]:
        """Return the lines that lie where the session was driven; all of them where nothing tells."""
        return [trap.gate for trap in self._traps if not self._is_stale(trap)]

    def complaints(self, archive: str) -> Iterator[Issue]:
        """Yield an issue for each line of another place."""
        for trap in self._traps:
            if self._is_stale(trap):
                away_km = round(trap.nearest_m / 1000)
                yield Issue("GATE_STALE", Locus(archive), gate=trap.gate.name, distance_km=away_km)

    def _is_stale(self, trap: _Trap) -> bool:
        return self._watched and trap.nearest_m > STALE_M
