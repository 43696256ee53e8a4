"""A recording's speed as a smooth signal at even steps, and how much two of them resemble each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.stamps import stamps_ns
from telemparse.errors import CallError
from telemparse.kernels.arrays import floats
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["Signal", "Speeds", "resemblance", "wholly"]

_GAP_S, _GAP_PERIODS = 1.0, 2.5
_FRONT = ("wheel_speed_fl_mps", "wheel_speed_fr_mps")
_REACH = 4  # standard deviations of the smoothing that count


@attrs.frozen(eq=False)
class Speeds:
    """Measured speeds, one an instant.

    Args:
        t_ns: instants, strictly rising, shape (n,).
        values: shape (n,), m/s or any unit in proportion.
    """

    t_ns: Ints
    values: Floats

    @classmethod
    def of(cls, table: pa.Table, columns: str | Sequence[str] | None = None) -> Speeds:
        """Return the speeds of a table, without its nulls, sorted, the first one of each instant.

        Args:
            table: with `t` and speeds.
            columns: which one, or several whose mean it is; when absent `speed_mps`, else the length of
                `vel_n_mps` and `vel_e_mps`, else the mean of the front wheels.

        Raises CallError for a table that has no such columns of numbers.
        """
        t_ns = stamps_ns(table)
        if columns is None:
            values = _usual(table)
        else:
            names = (columns,) if isinstance(columns, str) else tuple(columns)
            if not names:
                raise CallError("no column of speeds is named")
            values = np.mean([_floats(table, name) for name in names], axis=0)
        known = np.isfinite(values)
        t_ns, first = np.unique(t_ns[known], return_index=True)
        return cls(t_ns, values[known][first])

    @property
    def t_s(self) -> Floats:
        """Seconds since the first instant, shape (n,)."""
        return np.asarray((self.t_ns - self.t_ns[0]) / NS_PER_S, np.float64)

    @property
    def period_s(self) -> float:
        """Usual step, the median; of at least two instants."""
        return float(np.median(np.diff(self.t_s)))


@attrs.frozen(eq=False)
class Signal:
    """A smooth signal at even steps from its recording's first instant on.

    Args:
        step_s: between samples.
        values: shape (n,).
        known: False where a gap of the recording or its end is within reach of the smoothing, shape (n,).
    """

    step_s: float
    values: Floats
    known: Mask

    @classmethod
    def of(cls, speeds: Speeds, step_s: float, sigma_s: float) -> Signal:
        """Return speeds on even steps, smoothed by a bell of this standard deviation.

        With a bell as wide as the period of the samples, what lies between samples no longer depends on
        where they stood: else noise, weaker between two samples than at one, would draw a match to half
        steps. A bell has no side, so it moves nothing in time.
        """
        t_s = speeds.t_s
        at = np.arange(int(t_s[-1] / step_s) + 1) * step_s
        reach = int(np.ceil(_REACH * sigma_s / step_s))
        bell = np.exp(-((np.arange(-reach, reach + 1) * step_s / sigma_s) ** 2) / 2)
        limit = max(_GAP_S, _GAP_PERIODS * speeds.period_s)
        left = np.clip(np.searchsorted(t_s, at, side="right") - 1, 0, len(t_s) - 2)
        unknown = np.diff(t_s)[left] > limit
        padded = np.pad(np.interp(at, t_s, speeds.values), reach, mode="edge")
        return cls(step_s, np.convolve(padded, bell / bell.sum(), mode="valid"), wholly(~unknown, reach))

    @property
    def slope(self) -> Floats:
        """Change a second, shape (n,)."""
        return np.gradient(self.values, self.step_s) if len(self.values) > 1 else np.zeros(len(self.values))

    def every(self, count: int) -> Signal:
        """Return each so many-th sample."""
        return Signal(self.step_s * count, self.values[::count], self.known[::count])


def wholly(known: Mask, reach: int) -> Mask:
    """Return where a mask is True so many samples to both sides, shape (n,): beyond its ends it is not."""
    unknown: Ints = np.cumsum(np.pad(~known, (reach + 1, reach), constant_values=True))
    return np.asarray(unknown[2 * reach + 1 :] == unknown[: -2 * reach - 1])


def resemblance(a: Signal, b: Signal, least: int) -> tuple[Ints, Floats]:
    """Return lags in steps and the correlation of two signals at each, both of shape (k,).

    At lag l sample i of `a` stands beside sample i + l of `b`. Means and spreads are those of the samples
    that stand beside each other, so that a short overlap is judged by itself and a trend does not draw.

    Args:
        a: signal.
        b: another one of the same step.
        least: number of common known samples below which a lag is worth nothing, correlation 0.
    """
    size = 1 << (len(a.values) + len(b.values)).bit_length()
    mask_a, mask_b = a.known.astype(np.float64), b.known.astype(np.float64)
    value_a, value_b = (
        np.where(each.known, each.values - (each.values[each.known].mean() if each.known.any() else 0.0), 0.0)
        for each in (a, b)
    )
    spectra_a = [np.conj(np.fft.rfft(part, size)) for part in (mask_a, value_a, value_a**2)]
    spectra_b = [np.fft.rfft(part, size) for part in (mask_b, value_b, value_b**2)]

    def common(i: int, j: int) -> Floats:
        return np.fft.irfft(spectra_a[i] * spectra_b[j], size)

    count = np.rint(common(0, 0))
    enough = count >= max(least, 2)
    of = np.where(enough, count, 1.0)
    sum_a, sum_b = common(1, 0), common(0, 1)
    spread_a, spread_b = common(2, 0) / of - (sum_a / of) ** 2, common(0, 2) / of - (sum_b / of) ** 2
    # What the transforms leave of a constant is not a spread.
    floor_a, floor_b = (1e-6 * float(np.var(each.values)) + 1e-9 for each in (a, b))
    usable = enough & (spread_a > floor_a) & (spread_b > floor_b)
    product = np.where(usable, spread_a * spread_b, 1.0)
    correlation = np.where(usable, (common(1, 1) / of - sum_a * sum_b / of**2) / np.sqrt(product), 0.0)
    lags = np.arange(-len(a.values) + 1, len(b.values))
    return lags, correlation[lags % size]


def _usual(table: pa.Table) -> Floats:
    """Return the speeds that a table has under their usual names, the surest ones."""
    if not _has_values(table, "speed_mps"):
        if _has_values(table, "vel_n_mps"):
            return np.asarray(np.hypot(_floats(table, "vel_n_mps"), _floats(table, "vel_e_mps")))
        if all(_has_values(table, name) for name in _FRONT):
            return np.asarray(np.mean([_floats(table, name) for name in _FRONT], axis=0))
    return _floats(table, "speed_mps")


def _has_values(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table[name].null_count < table.num_rows


def _floats(table: pa.Table, name: str) -> Floats:
    if name not in table.column_names:
        raise CallError(f"the table has no column {name}")
    column = table[name]
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise CallError(f"{name} holds no numbers but {column.type}")
    return floats(column)
