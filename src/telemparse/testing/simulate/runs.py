"""A simulated run: what really happened, and what the sensors on board recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.kernels.local_frame import LocalFrame
    from telemparse.model.gates import Gate, Track
    from telemparse.testing.simulate.circuits import Circuit
    from telemparse.testing.simulate.layouts import Apex, Layout
    from telemparse.testing.simulate.passages import Timing
    from telemparse.testing.simulate.truths import Truth

__all__ = ["Run"]


@attrs.frozen(eq=False, kw_only=True)
class Run:
    """A run over a circuit: truth and tables.

    Args:
        layout: the circuit, turned, in the plane of `frame`.
        frame: of the plane; its origin is that of all positions in metres.
        truth: the motion.
        timing: the true crossings, laps and sectors.
        track: start/finish line, pit gates and sector gates, true to the ground.
        tables: canonical streams by name: `gnss_pvt`, `imu_accel`, `imu_gyro`, `imu_mag` where there is an
            inertial unit, and `channels.main` with wheel speeds.
        gnss_true_ns: when the position of each row of `gnss_pvt` was measured, ns since 1970, UTC,
            shape (n,).
        rate_hz: nominal rate of `gnss_pvt`.
    """

    layout: Layout
    frame: LocalFrame
    truth: Truth
    timing: Timing
    track: Track
    tables: Mapping[str, pa.Table]
    gnss_true_ns: Ints
    rate_hz: float

    @property
    def circuit(self) -> Circuit:
        """The circuit as declared."""
        return self.layout.circuit

    @property
    def lap_length_m(self) -> float:
        """Length of a lap along the centre line."""
        return self.layout.length_m

    @property
    def gate(self) -> Gate:
        """The start/finish line."""
        return self.track.gates[0]

    @property
    def sectors(self) -> tuple[Gate, ...]:
        """The sector gates in order of travel."""
        return self.track.sectors

    @property
    def gnss(self) -> pa.Table:
        """The table `gnss_pvt`."""
        return self.tables["gnss_pvt"]

    @property
    def crossings_ns(self) -> Ints:
        """True crossings of the start/finish line, ns since 1970, UTC, rounded, shape (k,)."""
        return self.timing.crossings_ns

    @property
    def crossings_s(self) -> Floats:
        """True crossings of the start/finish line, seconds since the start of the run, shape (k,)."""
        return self.timing.crossings_s

    @property
    def lap_times_s(self) -> Floats:
        """True times of the rows of `laps`, shape (m,)."""
        return self.timing.lap_times_s

    @property
    def sector_times_s(self) -> Floats:
        """True sector times of these laps, shape (m, sectors); NaN where a gate was passed by."""
        return self.timing.sector_times_s

    @property
    def laps(self) -> pa.Table:
        """True laps, stream `laps`: from crossing to crossing within a stint, `VALID` or `INVALID`."""
        return self.timing.laps

    @property
    def valid_laps(self) -> Mask:
        """Which of these laps were driven whole and without a stop, shape (m,)."""
        return self.timing.valid

    @property
    def apexes(self) -> tuple[Apex, ...]:
        """Apexes of the centre line, in order of travel behind the start/finish line."""
        return self.layout.apexes
