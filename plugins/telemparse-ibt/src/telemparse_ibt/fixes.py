"""Where the simulated car was, as the GNSS stream.

Lat and Lon are degrees of WGS-84 in the simulated world, Alt is metres above the sea, Speed that over ground:
the simulator's truth, so there are neither satellites nor a type of fix. 0/0 is a car that is not in the
world.
"""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import Floats, Ints
from telemparse.schemas import FixChanges, build

from telemparse_ibt.records import Records, decimals
from telemparse_ibt.variables import Variable, Variables

__all__ = ["POSITION", "Fixes"]

POSITION = ("Lat", "Lon", "Alt")
"""Variables that become columns of gnss_pvt and no channels."""


@attrs.define
class Fixes:
    """Reads positions out of records.

    Args:
        lat, lon: variables of the position.
        alt, speed: of altitude and speed, None where the file has none.
        changes: epochs and those without a position.

    Attributes:
        impossible: records whose position can be none.
    """

    lat: Variable
    lon: Variable
    alt: Variable | None
    speed: Variable | None
    changes: FixChanges
    impossible: int = 0

    @classmethod
    def of(cls, variables: Variables, time_base: str) -> Fixes | None:
        """Return the reader of a file's positions, None where it has none."""
        lat, lon = (variables.single(name, "double", "float") for name in ("Lat", "Lon"))
        if lat is None or lon is None:
            return None
        alt, speed = (variables.single(name, "double", "float") for name in ("Alt", "Speed"))
        return cls(lat, lon, alt, speed, FixChanges(time_base))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Variables that are read."""
        return tuple(each for each in (self.lat, self.lon, self.alt, self.speed) if each is not None)

    def batches(self, records: Records, t_ns: Ints) -> tuple[pa.RecordBatch | None, pa.RecordBatch | None]:
        """Return the positions of some records, and the events of their loss and return; None for none.

        Args:
            records: shape (n,).
            t_ns: their instants, shape (n,).
        """
        lat, lon = (decimals(records, each) for each in (self.lat, self.lon))
        possible = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        fixed = possible & ((lat != 0) | (lon != 0))
        self.impossible += len(lat) - int(np.count_nonzero(possible))
        events = self.changes.events(t_ns[possible], fixed[possible])
        if not fixed.any():
            return None, events
        columns = {
            "t": t_ns[fixed],
            "lat_deg": lat[fixed],
            "lon_deg": np.where(lon == 180, -180.0, lon)[fixed],
            "alt_m": self._known(records, self.alt)[fixed],
            "speed_mps": self._known(records, self.speed)[fixed],
        }
        return build("gnss_pvt", columns, time_base=self.changes.time_base), events

    def _known(self, records: Records, variable: Variable | None) -> Floats:
        """Return a variable as float64, shape (n,), NaN where it is none."""
        if variable is None:
            return np.full(len(records), np.nan)
        values = decimals(records, variable)
        return np.where(np.isfinite(values), values, np.nan)
