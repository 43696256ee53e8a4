"""Tables of fixes in the canonical schema, made from drives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from hypothesis import strategies as st

from telemparse.testing.strategies.arguments import bounded
from telemparse.testing.strategies.columns import Columns
from telemparse.testing.strategies.drives import RATES_HZ, driven
from telemparse.testing.strategies.motion import Limits
from telemparse.testing.strategies.places import MOST_DECIMALS
from telemparse.testing.strategies.sampling import Sampling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa
    from hypothesis.strategies import SearchStrategy
    from numpy.typing import NDArray

    from telemparse.testing.strategies.drives import Drive
    from telemparse.testing.strategies.motion import Floats

__all__ = ["gnss_pvt_tables"]


def gnss_pvt_tables(
    *,
    columns: Iterable[str] | None = None,
    gaps: Iterable[str] = (),
    min_rows: int = 1,
    max_rows: int = 50,
    time_base: str = "utc",
    rates_hz: Iterable[float] = RATES_HZ,
    first_ns: int | None = None,
    last_ns: int | None = None,
    step_ns: int = 1,
    decimals: int = 7,
    value_decimals: int = 3,
    max_speed_mps: float = 90.0,
) -> SearchStrategy[pa.Table]:
    """Return a strategy of `gnss_pvt` tables, as a receiver in a moving vehicle would fill them.

    Tables pass `telemparse.schemas.check` without an issue. They are drives (see `tracks`), written with so
    many decimals: times rise strictly, velocities are those of speed and course, and `quality_flags` is 0.
    Shrinks towards `min_rows` of a car at rest, with a good fix and every value there.

    Args:
        columns: names of the columns that hold values; the others are null. Required ones (`t`, `lat_deg`,
            `lon_deg`, `quality_flags`) always do. None for all.
        gaps: those of them in which up to eight values may be null.
        min_rows: fewest rows, from 1.
        max_rows: most rows, to 10 000.
        time_base: of the table's metadata. Times lie from 1999 to 2090 on `utc` and `gps_week_seconds`,
            within 1970-01-01 on `time_of_day`, and start at 1970-01-01 on `relative` and `index`.
        rates_hz: rates of rows to choose from, 0.01 to 10 000.
        first_ns: earliest instant, ns since 1970; None for that of the time base.
        last_ns: latest instant, ns since 1970; None for that of the time base.
        step_ns: every instant is a whole multiple of this: 1_000_000 for a format that carries milliseconds.
        decimals: digits of latitude and longitude behind the point, 0 to 9.
        value_decimals: digits of all other measured values behind the point, 0 to 9.
        max_speed_mps: top speed, 0.1 to 1000.

    Raises CallError for columns that the stream does not have, gaps in columns that hold no values or must,
    and bounds that cannot be met.
    """
    bounded("decimals", decimals, decimals, least=0, most=MOST_DECIMALS)
    bounded("value_decimals", value_decimals, value_decimals, least=0, most=MOST_DECIMALS)
    sampling = Sampling(
        min_points=min_rows,
        max_points=max_rows,
        rates_hz=rates_hz,
        first_ns=first_ns,
        last_ns=last_ns,
        step_ns=step_ns,
        time_base=time_base,
    )
    drives = driven(sampling, Limits(max_speed_mps, _ACCEL_MPS2, _TURN_RPS))
    wanted = Columns.of("gnss_pvt", columns, gaps)
    return _tables(drives, wanted, time_base, _Digits(decimals, value_decimals))


_S_NS = 1e9
_ACCEL_MPS2, _TURN_RPS = 12.0, 0.8


@attrs.frozen
class _Digits:
    """Digits behind the point."""

    degrees: int
    values: int


@attrs.frozen
class _Reception:
    """How well a receiver hears, 0 best: over the whole table, and how much that goes up and down."""

    worse: int
    unrest: int
    fix_type: int


_RECEPTIONS = st.builds(_Reception, st.integers(0, 40), st.integers(0, 20), st.sampled_from((3, 4, 2, 6, 7)))
_FEWEST_SATELLITES, _MOST_SATELLITES = 4, 24


@st.composite
def _tables(
    draw: st.DrawFn, drives: SearchStrategy[Drive], columns: Columns, time_base: str, digits: _Digits
) -> pa.Table:
    drive, reception = draw(drives), draw(_RECEPTIONS)
    values = {**_measured(drive, digits), **_estimated(reception, len(drive.t_ns), digits.values)}
    return columns.table(draw, values, time_base)


def _measured(drive: Drive, digits: _Digits) -> Mapping[str, NDArray[Any]]:
    course = np.radians(drive.course_deg)
    elapsed_s = (drive.t_ns - drive.t_ns[0]) / _S_NS
    climb_mps = np.gradient(drive.alt_m, elapsed_s) if len(elapsed_s) > 1 else np.zeros(1)
    measured = {
        "alt_m": drive.alt_m,
        "speed_mps": drive.speed_mps,
        "course_deg": drive.course_deg,
        "vel_n_mps": drive.speed_mps * np.cos(course),
        "vel_e_mps": drive.speed_mps * np.sin(course),
        "vel_d_mps": -climb_mps,
    }
    written = {name: _rounded(values, digits.values) for name, values in measured.items()}
    return {
        **written,
        "t": drive.t_ns,
        "lat_deg": _rounded(drive.lat_deg, digits.degrees),
        "lon_deg": _below(_rounded(drive.lon_deg, digits.degrees), 180.0, -180.0),
        "course_deg": _below(written["course_deg"].astype(np.float32), 360.0, 0.0),
    }


def _rounded(values: Floats, digits: int) -> Floats:
    return values.round(digits) + 0.0  # which makes 0 of -0


def _below(angles: NDArray[Any], limit: float, instead: float) -> NDArray[Any]:
    """Return angles with those that were rounded up to the end of the turn at its beginning."""
    return np.where(angles >= limit, instead, angles)


def _estimated(reception: _Reception, rows: int, digits: int) -> Mapping[str, NDArray[Any]]:
    """Return accuracies that go up and down together, 0 (best) to 60 tenths."""
    tenths = reception.worse + reception.unrest * (np.arange(rows) % 5) / 4
    satellites = _MOST_SATELLITES - np.floor(tenths / 2)
    scales = {"hdop": 0.1, "vdop": 0.15, "pdop": 0.2, "hacc_m": 0.3, "vacc_m": 0.5, "sacc_mps": 0.05}
    least = {"hdop": 0.6, "vdop": 0.9, "pdop": 1.1, "hacc_m": 0.8, "vacc_m": 1.2, "sacc_mps": 0.1}
    return {
        **{name: _rounded(least[name] + scale * tenths, digits) for name, scale in scales.items()},
        "sat_count": np.maximum(satellites, _FEWEST_SATELLITES).astype(np.uint8),
        "fix_type": np.full(rows, reception.fix_type, np.uint8),
    }
