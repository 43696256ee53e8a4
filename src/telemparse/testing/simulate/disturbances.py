"""What can happen to a run: values that say what the driver does otherwise, and what the receiver spoils."""

from __future__ import annotations

import enum
from typing import Any, TypeAlias, TypeVar

import attrs

from telemparse.errors import CallError

__all__ = [
    "DRIVEN",
    "Disturbance", "Dropouts", "FewLaps", "Gap", "HalfLap", "Jitter", "Marshalled", "NoVelocity", "Parking",
    "PitStop", "Stationary", "Stints", "Teleports", "VelocityLag", "Withheld", "only",
]  # fmt: skip

_Kind = TypeVar("_Kind")

_positive: Any = attrs.validators.gt(0)
_no_less: Any = attrs.validators.ge(0)


@attrs.frozen
class Gap:
    """The receiver says nothing for a while.

    Args:
        start_s: since the start of the run.
        length_s: of the silence.
    """

    start_s: float
    length_s: float = attrs.field(validator=_positive)


@attrs.frozen
class Dropouts:
    """Single epochs are lost, each by chance.

    Args:
        share: of all epochs, in [0, 1).
    """

    share: float = attrs.field(validator=[_no_less, attrs.validators.lt(1)])


@attrs.frozen
class Teleports:
    """Single epochs lie far off.

    Args:
        count: of such epochs, at chance instants.
        distance_m: how far off, in a chance direction.
    """

    count: int = attrs.field(validator=attrs.validators.ge(0))
    distance_m: float = attrs.field(default=200.0, validator=_positive)


@attrs.frozen
class Jitter:
    """Epochs are tagged with the instant of logging, which errs.

    Args:
        sigma_s: standard deviation of the error; rows are ordered by the tags.
    """

    sigma_s: float = attrs.field(validator=_no_less)


@attrs.frozen
class VelocityLag:
    """Velocities belong to an earlier instant than the positions beside them, and are too small or large.

    Args:
        lag_s: how much earlier.
        scale: what they are multiplied with.
    """

    lag_s: float
    scale: float = 1.0


class Withheld(enum.Enum):
    """What a receiver does not say of velocity."""

    VELOCITY = "neither velocity nor speed nor course"
    COURSE = "speed alone is known"


@attrs.frozen
class NoVelocity:
    """The receiver does not say how it moves.

    Args:
        withheld: what is null.
    """

    withheld: Withheld = Withheld.VELOCITY


@attrs.frozen
class PitStop:
    """The car drives through the pit lane beside the start/finish line, and stops in it.

    The pit lane passes the end of the line: it is not crossed, and two laps become one long one.

    Args:
        lap: at the end of which, from 1.
        seconds: of standing still.
    """

    lap: int = attrs.field(validator=attrs.validators.ge(1))
    seconds: float = attrs.field(default=5.0, validator=_no_less)


@attrs.frozen
class Marshalled:
    """The car is picked up and put down further along the track: it drives a short lap.

    Args:
        lap: in which, from 1.
        first: where it is picked up, as a share of the lap.
        last: where it is put down, likewise.
    """

    lap: int = attrs.field(validator=attrs.validators.ge(1))
    first: float = attrs.field(default=0.3, validator=_positive)
    last: float = attrs.field(default=0.75, validator=attrs.validators.lt(1))

    def __attrs_post_init__(self) -> None:
        if self.first >= self.last:
            raise CallError("a car is put down behind the place where it was picked up")


class Parking(enum.Enum):
    """What a logger does while the car stands between stints."""

    LOGGED = "it goes on"
    SILENT = "it is switched off"


@attrs.frozen
class Stints:
    """The laps are driven in several stints, with a stop on the track between them.

    Args:
        count: of stints; the laps are shared out among them.
        pause_s: of standing still between two.
        parking: what the logger does meanwhile.
    """

    count: int = attrs.field(validator=attrs.validators.ge(1))
    pause_s: float = attrs.field(default=60.0, validator=_positive)
    parking: Parking = Parking.LOGGED


@attrs.frozen
class HalfLap:
    """The run ends half a lap behind the start/finish line: one crossing, no lap."""


@attrs.frozen
class FewLaps:
    """The run has few complete laps.

    Args:
        count: of them, 0 or more; the run goes on for most of a lap behind the last one.
    """

    count: int = attrs.field(default=1, validator=attrs.validators.ge(0))


@attrs.frozen
class Stationary:
    """The car never moves.

    Args:
        seconds: of the recording.
    """

    seconds: float = attrs.field(default=60.0, validator=_positive)


Disturbance: TypeAlias = (
    Gap | Dropouts | Teleports | Jitter | VelocityLag | NoVelocity | PitStop | Marshalled | Stints
    | HalfLap | FewLaps | Stationary
)  # fmt: skip

DRIVEN = (PitStop, Marshalled, Stints, HalfLap, FewLaps, Stationary)
"""The kinds that change what the car does; the others change what the receiver says of it."""


def only(disturbances: tuple[Disturbance, ...], kind: type[_Kind]) -> tuple[_Kind, ...]:
    """Return the disturbances of one kind, in their order."""
    return tuple(each for each in disturbances if isinstance(each, kind))
