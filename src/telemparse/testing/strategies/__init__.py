"""Hypothesis strategies of recordings, of damage to them, and of files that are none.

All arguments but the sample of `damaged` are keyword-only; everything is bounded, and nothing is drawn
to be thrown away.
"""

from __future__ import annotations

from telemparse.testing.strategies.damage import Damage, Damaged, damaged
from telemparse.testing.strategies.drives import Drive, tracks
from telemparse.testing.strategies.fixes import gnss_pvt_tables
from telemparse.testing.strategies.foreign import strangers
from telemparse.testing.strategies.instants import instants_ns
from telemparse.testing.strategies.names import artifact_sets
from telemparse.testing.strategies.places import Position, positions
from telemparse.testing.strategies.sensors import imu_tables

__all__ = [
    "Damage", "Damaged", "Drive", "Position", "artifact_sets", "damaged", "gnss_pvt_tables", "imu_tables",
    "instants_ns", "positions", "strangers", "tracks",
]  # fmt: skip
