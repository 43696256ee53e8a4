"""Circuits of the simulator: where they run, how wide, how fast they are driven, where the gates stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CIRCUITS", "Circuit", "Grip", "circuit_named"]


@attrs.frozen
class Grip:
    """What a vehicle can do on a circuit.

    Args:
        top_mps: highest speed.
        lateral_mps2: highest lateral acceleration.
        power_mps2: acceleration from rest; it falls to none towards the highest speed.
        brake_mps2: deceleration under braking.
        slip_rad_per_mps2: how far the nose turns into the bend for each m/s2 of lateral acceleration.
        wander_rad: standard deviation of the nose's own wandering about that.
    """

    top_mps: float
    lateral_mps2: float
    power_mps2: float
    brake_mps2: float
    slip_rad_per_mps2: float
    wander_rad: float


@attrs.frozen
class Circuit:
    """A closed circuit in its own plane; `attrs.evolve` makes variants.

    Args:
        name: of the circuit.
        points_m: places that the centre line passes in order of travel, (x, y) each; it closes itself.
        width_m: of the track.
        grip: how it is driven.
        laps: usual number of laps of a run.
        line_m: distance of the start/finish line along the centre line.
        sectors: places of the sector gates, shares of a lap behind the start/finish line, rising.
        pit_side: +1 where the pit lane lies on the left of the start/finish line, -1 on the right.
        pit_offset_m: from the centre line to the middle of the pit lane, which runs along it past the end of
            the start/finish line; None for 2 m beyond that end.
    """

    name: str
    points_m: tuple[tuple[float, float], ...]
    width_m: float
    grip: Grip
    laps: int
    line_m: float
    sectors: tuple[float, ...] = (1 / 3, 2 / 3)
    pit_side: int = -1
    pit_offset_m: float | None = None

    @property
    def half_gate_m(self) -> float:
        """Half of the length of its gates: a little beyond both edges of the track."""
        return 0.9 * self.width_m

    @property
    def pit_m(self) -> float:
        """Where the middle of the pit lane lies beside the centre line, left is positive."""
        away = self.half_gate_m + 2.0 if self.pit_offset_m is None else self.pit_offset_m
        return self.pit_side * away


def _scaled(points: tuple[tuple[float, float], ...], scale: float) -> tuple[tuple[float, float], ...]:
    return tuple((scale * x, scale * y) for x, y in points)


# Invented: hairpins and short straights as on courses for model cars, and a longer course as for karts.
_OFFROAD = (
    (0, 0), (12, -0.5), (26, 0), (38, 1), (43, 5), (40, 9.5), (30, 9), (22, 8), (17, 11), (20, 15), (30, 15),
    (40, 16), (43, 21), (38, 25.5), (28, 25), (20, 22), (14, 20), (9, 24), (3, 27), (-4, 24), (-5, 18),
    (1, 14.5), (7, 12), (6, 7.5), (-1, 7), (-8, 6.5), (-9, 2.5), (-5, 0.2),
)  # fmt: skip
_ONROAD = (
    (0, 0), (15, 0), (30, 0), (45, 1), (51, 6), (47, 12), (36, 12), (27, 10), (20, 13), (24, 19), (36, 20),
    (47, 22), (49, 28), (42, 31), (25, 30), (8, 30), (-6, 29), (-12, 23), (-8, 17), (2, 16), (5, 11),
    (-2, 8), (-11, 7), (-13, 2), (-8, 0),
)  # fmt: skip
_FIGURE8 = (
    (0, 0), (8, 5), (16, 9), (25, 8), (29, 1), (25, -7), (16, -8.5), (8, -5), (0, 0.01), (-8, 5), (-16, 8.5),
    (-25, 8), (-29, 0), (-25, -8), (-16, -9), (-8, -5),
)  # fmt: skip
_KART = (
    (0, 0), (60, 0), (120, 2), (180, 5), (205, 25), (190, 48), (150, 50), (110, 46), (85, 60), (95, 85),
    (140, 95), (190, 100), (210, 125), (190, 148), (130, 150), (70, 145), (30, 130), (20, 100), (40, 75),
    (35, 50), (0, 45), (-40, 50), (-65, 35), (-60, 8), (-30, 0),
)  # fmt: skip
_SMALL, _LARGE = (0.007, 0.026), (0.0035, 0.009)

CIRCUITS: Mapping[str, Circuit] = {
    circuit.name: circuit
    for circuit in (
        Circuit("rc_offroad", _OFFROAD, 4.0, Grip(17.0, 9.0, 6.0, 8.0, *_SMALL), 12, 18.0),
        Circuit("rc_onroad", _ONROAD, 4.0, Grip(26.0, 18.0, 9.0, 14.0, *_SMALL), 15, 22.0),
        Circuit("rc_figure8", _FIGURE8, 3.0, Grip(15.0, 9.0, 6.0, 8.0, *_SMALL), 14, 16.0, pit_side=1),
        Circuit("kart", _KART, 8.0, Grip(32.0, 16.0, 4.5, 9.0, *_LARGE), 8, 55.0, (0.27, 0.5, 0.78)),
        Circuit(
            "car",
            _scaled(_KART, 4.2),
            12.0,
            Grip(68.0, 13.0, 5.0, 11.0, *_LARGE),
            5,
            230.0,
            (0.27, 0.5, 0.78),
        ),
    )
}
"""Circuits by name; `rc_figure8` crosses itself."""


def circuit_named(track: str | Circuit) -> Circuit:
    """Return the circuit of a name, or the circuit itself; raises CallError for a name that is none."""
    if isinstance(track, Circuit):
        return track
    if track not in CIRCUITS:
        raise CallError(f"{track!r} is no circuit; there are {', '.join(CIRCUITS)}")
    return CIRCUITS[track]
