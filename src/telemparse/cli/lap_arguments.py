"""Options that say how laps are found, and the laps of a recording that they ask for."""

from __future__ import annotations

import enum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.analysis import Laps
    from telemparse.model.gates import Track
    from telemparse.model.results import ParseResult

__all__ = ["GateLine", "LapCall", "Method", "TimingMethod", "TrackPlace"]


class Method(enum.StrEnum):
    """How crossings are timed."""

    AUTO = "auto"
    SMOOTHED = "smoothed"
    LINEAR = "linear"


GateLine = Annotated[
    str | None,
    typer.Option(
        "--gate", metavar="LINE", show_default=False,
        help="Start/finish line: lat1,lon1,lat2,lon2 in degrees, or a GeoJSON file. (--gate=-33.8,... where"
        " the first number is negative.)",
    ),
]  # fmt: skip
TrackPlace = Annotated[
    str | None,
    typer.Option(
        "--track", metavar="PLACE", show_default=False,
        help="GeoJSON file of a track, or a folder of them: the one that fits is taken.",
    ),
]  # fmt: skip
TimingMethod = Annotated[
    Method,
    typer.Option(
        "--method",
        help="smoothed: on the likeliest motion; linear: on straight lines between positions;"
        " auto: smoothed where the velocities agree with the positions.",
    ),
]  # fmt: skip


@attrs.frozen
class LapCall:
    """How a call wants laps found.

    Args:
        gate: start/finish line in a form of `given_gate`, None to look for one.
        method: of timing.
        track: whose gates are used, None without one.
        tracks: of a folder, to look for a fitting one in.
    """

    gate: Any = None
    method: Method = Method.AUTO
    track: Track | None = None
    tracks: tuple[Track, ...] = ()

    @classmethod
    def of(cls, gate: str | None, track: str | None, method: Method) -> LapCall:
        """Return what the options ask for, before any recording is touched.

        Raises CallError for a gate and a track that are none, MissingExtra without the extra `analysis`.
        """
        if find_spec("scipy") is None:
            raise MissingExtra("analysis", "scipy")
        from telemparse.analysis.catalogue import read_tracks
        from telemparse.analysis.given_gates import given_gate

        line = None if gate is None else given_gate(gate)
        if track is None:
            return cls(line, method)
        found = read_tracks(track)
        if Path(track).is_dir():
            return cls(line, method, tracks=found)
        return cls(line, method, track=found[0])

    def laps_of(self, result: ParseResult) -> Laps:
        """Return the laps of a result."""
        from telemparse.analysis import find_laps

        return find_laps(result, self.gate, method=self.method.value, track=self.track, tracks=self.tracks)
