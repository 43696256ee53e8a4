"""Gates and tracks: where laps and sectors begin, shared by parsers, catalogues and analysis."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["GATE_SOURCES", "Gate", "GateKind", "Track"]


class GateKind(enum.StrEnum):
    """What crossing a gate means."""

    START_FINISH = "start_finish"
    SECTOR = "sector"
    PIT_IN = "pit_in"
    PIT_OUT = "pit_out"


def _latitude(_gate: Any, field: attrs.Attribute[float], value: float) -> None:
    if not -90.0 <= value <= 90.0:  # noqa: PLR2004  (degrees of latitude)
        raise ValueError(f"{field.name} must be in [-90, 90]")


def _longitude(_gate: Any, field: attrs.Attribute[float], value: float) -> None:
    if not -180.0 <= value < 180.0:  # noqa: PLR2004  (degrees of longitude)
        raise ValueError(f"{field.name} must be in [-180, 180)")


def _course(_gate: Any, field: attrs.Attribute[float | None], value: float | None) -> None:
    if value is not None and not 0.0 <= value < 360.0:  # noqa: PLR2004  (degrees of course)
        raise ValueError(f"{field.name} must be in [0, 360)")


GATE_SOURCES = ("user_defined", "file", "catalogue_default", "auto_detected")


@attrs.frozen
class Gate:
    """A line on the ground between two ends.

    Args:
        kind: what crossing it means.
        name: as the source names it.
        lat1_deg, lon1_deg, lat2_deg, lon2_deg: WGS-84 degrees of the two ends of the line.
        course_deg: direction of travel across it, degrees clockwise from true north in [0, 360), or
            None where the source does not say.
        source: `user_defined`, `file`, `catalogue_default` or `auto_detected`.
        raw: the source's own values, as read, for provenance.
    """

    kind: GateKind = attrs.field(converter=GateKind)
    name: str
    lat1_deg: float = attrs.field(validator=_latitude)
    lon1_deg: float = attrs.field(validator=_longitude)
    lat2_deg: float = attrs.field(validator=_latitude)
    lon2_deg: float = attrs.field(validator=_longitude)
    course_deg: float | None = attrs.field(default=None, validator=_course)
    source: str = attrs.field(default="file", validator=attrs.validators.in_(GATE_SOURCES))
    raw: Mapping[str, Any] = attrs.field(factory=dict)


def _in_order(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    return tuple(gates)


@attrs.frozen
class Track:
    """A circuit as a catalogue or a file knows it.

    Args:
        name: of the track and layout.
        gates: start/finish and pit gates.
        sectors: sector gates in order of travel.
        reference: where the geometry comes from (a file, a survey, a learnt session).
    """

    name: str
    gates: tuple[Gate, ...] = attrs.field(default=(), converter=_in_order)
    sectors: tuple[Gate, ...] = attrs.field(default=(), converter=_in_order)
    reference: str = ""
