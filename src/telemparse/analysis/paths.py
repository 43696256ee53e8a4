"""A recording's positions as arrays in a plane: what every analysis of motion starts from."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.analysis.stamps import stamps_ns
from telemparse.errors import CallError
from telemparse.kernels.arrays import floats
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.local_frame import LocalFrame

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.results import ParseResult

__all__ = ["Path", "fixes_of"]

_NEEDED = ("t", "lat_deg", "lon_deg")


@attrs.frozen(eq=False, kw_only=True)
class Path:
    """Epochs of a receiver in the plane of a local frame, one row each, in strictly rising time.

    Args:
        t_ns: instants, ns since 1970 in the time base, shape (n,), n > 0.
        position_m: east and north of the frame's origin, shape (n, 2).
        velocity_mps: east and north as the receiver measured it, shape (n, 2), NaN where it did not.
        speed_mps: over ground as measured, shape (n,), NaN where unknown.
        hacc_m, sacc_mps: the receiver's own estimates of its errors, shape (n,), NaN where unknown.
        fix_type: as in `gnss_pvt`, shape (n,), -1 where unknown.
        flags: `quality_flags`, shape (n,).
        frame: of the plane.
        time_base: as in the table.
    """

    t_ns: Ints
    position_m: Floats
    velocity_mps: Floats
    speed_mps: Floats
    hacc_m: Floats
    sacc_mps: Floats
    fix_type: Ints
    flags: Ints
    frame: LocalFrame
    time_base: str

    def __len__(self) -> int:
        return len(self.t_ns)

    @functools.cached_property
    def t_s(self) -> Floats:
        """Seconds since the first epoch, shape (n,)."""
        return np.asarray((self.t_ns - self.t_ns[0]) / NS_PER_S)

    @functools.cached_property
    def step_s(self) -> Floats:
        """Seconds from each epoch to the next, shape (n - 1,)."""
        return np.diff(self.t_ns) / NS_PER_S

    @functools.cached_property
    def period_s(self) -> float:
        """Usual step, the median; NaN of one epoch."""
        return float(np.median(self.step_s)) if len(self) > 1 else float("nan")

    @property
    def gap_s(self) -> float:
        """Longest step that is not a gap: 1 s, or two and a half of the usual ones of slow recordings."""
        return max(1.0, 2.5 * self.period_s) if len(self) > 1 else 1.0

    @property
    def has_velocity(self) -> bool:
        """True where at least nine of ten epochs have a measured velocity."""
        return bool(np.isfinite(self.velocity_mps[:, 0]).mean() >= 0.9)  # noqa: PLR2004  (as it says)

    def part(self, rows: Mask | Ints | slice) -> Path:
        """Return the epochs that a mask, index or slice chooses, in the same frame."""
        names = ("t_ns", "position_m", "velocity_mps", "speed_mps", "hacc_m", "sacc_mps", "fix_type", "flags")
        return attrs.evolve(self, **{name: getattr(self, name)[rows] for name in names})

    @classmethod
    def of(cls, source: pa.Table | ParseResult, *, frame: LocalFrame | None = None) -> Path:
        """Return the path of a `gnss_pvt` table, or of a result's.

        Rows that do not rise in time are left out (`align` tells how many). Velocity comes from `vel_n_mps`
        and `vel_e_mps`, where they are null from `speed_mps` and `course_deg`.

        Args:
            source: table with at least `t`, `lat_deg` and `lon_deg`, or a result that has one.
            frame: of the plane; one in the middle of the places when absent.

        Raises CallError for a table without these columns, with stamps that are no nanoseconds, and for one
        without rows.
        """
        table = fixes_of(source)
        t_ns = stamps_ns(table)
        rising = np.ones(len(t_ns), np.bool_)
        rising[1:] = t_ns[1:] > np.maximum.accumulate(t_ns)[:-1]
        if not rising.all():
            t_ns = t_ns[rising]
        columns = _Columns(table, rising)
        lat, lon = columns.floats("lat_deg"), columns.floats("lon_deg")
        if frame is None:
            alt = columns.floats("alt_m")
            height = float(np.median(alt[np.isfinite(alt)])) if np.isfinite(alt).any() else 0.0
            frame = LocalFrame.around(lat, lon, height)
        speed = columns.floats("speed_mps")
        course = np.radians(columns.floats("course_deg"))
        east, north = columns.floats("vel_e_mps"), columns.floats("vel_n_mps")
        bare = ~(np.isfinite(east) & np.isfinite(north))
        east, north = (
            np.where(bare, speed * np.sin(course), east),
            np.where(bare, speed * np.cos(course), north),
        )
        return cls(
            t_ns=t_ns,
            position_m=frame.plane_m(lat, lon),
            velocity_mps=frame.plane_mps(lat, lon, east, north),
            speed_mps=np.where(np.isfinite(speed), speed, np.hypot(east, north)),
            hacc_m=columns.floats("hacc_m"),
            sacc_mps=columns.floats("sacc_mps"),
            fix_type=columns.whole("fix_type", -1),
            flags=columns.whole("quality_flags", 0),
            frame=frame,
            time_base=(table.schema.metadata or {}).get(b"time_base", b"utc").decode(),
        )


@attrs.frozen
class _Columns:
    """Columns of a table as numpy, the chosen rows of them."""

    table: pa.Table
    rows: Mask

    def floats(self, name: str) -> Floats:
        """Return a column with NaN for null, all NaN where it is absent."""
        if name not in self.table.column_names:
            return np.full(int(self.rows.sum()), np.nan)
        column = self.table[name]
        values = floats(column)
        return values if self.rows.all() else values[self.rows]

    def whole(self, name: str, unknown: int) -> Ints:
        """Return a column of integers with a number for null."""
        values = self.floats(name)
        return np.where(np.isfinite(values), values, unknown).astype(np.int64)


def fixes_of(source: pa.Table | ParseResult | Any) -> pa.Table:
    """Return the `gnss_pvt` table of a result, or the table itself.

    Raises CallError where there is none, where it lacks `t`, `lat_deg` or `lon_deg`, and where it has
    no rows.
    """
    streams = getattr(source, "streams", None)
    if streams is not None and "gnss_pvt" not in streams:
        raise CallError("the result has no stream gnss_pvt")
    table: pa.Table = source if streams is None else streams["gnss_pvt"]
    names = getattr(table, "column_names", ())
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise CallError(f"positions need the columns {', '.join(missing)}")
    if not table.num_rows:
        raise CallError("the table of positions has no rows")
    return table
