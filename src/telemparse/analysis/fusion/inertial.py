"""Samples of an inertial unit: forces and rates on one row of stamps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.quality.imu_observations import ACCEL_AXES, GYRO_AXES, saturated
from telemparse.analysis.stamps import stamps_ns
from telemparse.kernels.arrays import floats
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.kernels.arrays import Floats, Ints, Mask

__all__ = ["SEVERED_S", "Inertial", "steadied"]

_MOST_HZ = 200.0
SEVERED_S = 2.0
"""A silence beyond which nothing of before is known of the motion: what comes behind begins anew."""
_SILENT_S, _SILENT_PERIODS = 0.1, 5.0
_FEWEST, _JITTERS, _STEADY_S = 20, 0.2, 5.0
_TOP, _TOPS = 3, 3
_CROWD, _DENSER, _BESIDE = 10, 4, 0.05
_ROUNDING, _FAR = 1e-6, 8.0


@attrs.frozen(eq=False, kw_only=True)
class Inertial:
    """Samples of a unit, one row each, in strictly rising time.

    Args:
        zero_ns: instant at which `t_s` is 0, ns since 1970 in the time base.
        t_s: when the mean that a sample is ends, shape (n,).
        force: specific force, m/s2, shape (n, 3).
        rate: angular rate, rad/s, shape (n, 3).
        clipped: samples at the sensor's limit, shape (n,).
        time_base: as in the table.
    """

    zero_ns: int
    t_s: Floats
    force: Floats
    rate: Floats
    clipped: Mask
    time_base: str

    def __len__(self) -> int:
        return len(self.t_s)

    @classmethod
    def of(cls, accel: pa.Table, gyro: pa.Table, zero_ns: int) -> Inertial:
        """Return the samples of an accelerometer, with the rates of a gyroscope at their stamps.

        Stamps that jitter are put on the even rhythm behind them, rows that do not rise in time are left out,
        rates between two stamps are on a straight line between theirs, and faster units than 200 Hz are
        averaged down to it.

        Args:
            accel: stream `imu_accel`, with rows.
            gyro: stream `imu_gyro`, likewise.
            zero_ns: instant that is to be 0.
        """
        t_ns, force, clipped = _read(accel, ACCEL_AXES)
        other_ns, rate, at_limit = _read(gyro, GYRO_AXES)
        if not len(other_ns):
            t_ns, force, clipped = t_ns[:0], force[:0], clipped[:0]
        elif len(t_ns) != len(other_ns) or (t_ns != other_ns).any():
            inside = (t_ns >= other_ns[0]) & (t_ns <= other_ns[-1])
            t_ns, force, clipped = t_ns[inside], force[inside], clipped[inside]
            stamps, known = (t_ns - zero_ns) / NS_PER_S, (other_ns - zero_ns) / NS_PER_S
            rate = np.stack([np.interp(stamps, known, rate[:, axis]) for axis in range(3)], axis=1)
            at_limit = np.interp(stamps, known, at_limit.astype(np.float64)) > 0
        found = cls(
            zero_ns=zero_ns,
            t_s=(t_ns - zero_ns) / NS_PER_S,
            force=force,
            rate=rate,
            clipped=clipped | at_limit,
            time_base=(accel.schema.metadata or {}).get(b"time_base", b"utc").decode(),
        )
        return found._thinned()

    @property
    def period_s(self) -> float:
        """Usual step, the median; NaN of one sample."""
        return float(np.median(np.diff(self.t_s))) if len(self) > 1 else float("nan")

    @property
    def silence_s(self) -> float:
        """Longest step that is not silence: a tenth of a second, or five usual ones."""
        return max(_SILENT_S, _SILENT_PERIODS * self.period_s)

    def blind(self, nodes_s: Floats) -> Mask:
        """Return the intervals between instants in long silences, and beyond all samples, shape (k,)."""
        reach = self.silence_s
        ends = [-np.inf, self.t_s[0] - reach], [self.t_s[-1] + reach, np.inf]
        stamps = np.concatenate([ends[0], self.t_s, ends[1]])
        middle = (nodes_s[:-1] + nodes_s[1:]) / 2
        behind = np.searchsorted(stamps, middle)
        return np.asarray(stamps[behind] - stamps[behind - 1] > max(SEVERED_S, self.silence_s))

    def near(self, t_s: Floats, seconds: float) -> Mask:
        """Return the instants no farther than that from a sample, shape (k,)."""
        stamps = np.concatenate([[-np.inf], self.t_s, [np.inf]])
        behind = np.searchsorted(stamps, t_s)
        return np.asarray(np.minimum(stamps[behind] - t_s, t_s - stamps[behind - 1]) <= seconds)

    def later(self, seconds: float) -> Inertial:
        """Return the samples with later stamps."""
        return attrs.evolve(self, t_s=self.t_s + seconds)

    def rate_at(self, t_s: Floats) -> Floats:
        """Return rates at instants, shape (k, 3), on straight lines between the middles of samples."""
        middles = self.t_s - self.period_s / 2
        return np.stack([np.interp(t_s, middles, self.rate[:, axis]) for axis in range(3)], axis=1)

    def silent(self, nodes_s: Floats) -> Mask:
        """Return the intervals between instants with silence or a sample at its limit, shape (k,)."""
        stamps = np.concatenate([[-np.inf], self.t_s, [np.inf]])
        long = np.diff(stamps) > self.silence_s
        # A sample stands for the time since the one before it.
        count = np.concatenate([[0], np.cumsum(long)])
        first = np.searchsorted(stamps, nodes_s[:-1], side="right")
        last = np.searchsorted(stamps, nodes_s[1:], side="left")
        quiet = count[last] > count[np.maximum(first - 1, 0)]
        limits = np.concatenate([[0], np.cumsum(self.clipped)])
        begin = np.searchsorted(self.t_s, nodes_s[:-1], side="right")
        end = np.searchsorted(self.t_s, nodes_s[1:], side="left")
        return np.asarray(quiet | (limits[np.minimum(end + 1, len(self))] > limits[begin]))

    def _thinned(self) -> Inertial:
        if len(self) < 2 or self.period_s >= 0.9 / _MOST_HZ:  # noqa: PLR2004  (a step has two ends)
            return self
        every = int(np.ceil(1 / (_MOST_HZ * self.period_s) - _ROUNDING))
        # Blocks that a silence lies in would smear its edges.
        block = np.concatenate([[0], np.cumsum(np.diff(self.t_s) > self.silence_s)])
        place = np.arange(len(self)) - np.searchsorted(block, block)
        starts = np.flatnonzero((place % every) == 0)
        sizes = np.diff(np.append(starts, len(self)))
        return attrs.evolve(
            self,
            t_s=self.t_s[starts + sizes - 1],
            force=np.add.reduceat(self.force, starts) / sizes[:, None],
            rate=np.add.reduceat(self.rate, starts) / sizes[:, None],
            clipped=np.logical_or.reduceat(self.clipped, starts),
        )


def _flat_topped(values: Floats) -> Mask:
    """Return samples that stay at an extreme, shape (n,): whatever the range of the sensor.

    An extreme that comes again and again, always for three samples or more, is a limit, and so is one that
    many more samples show than anything beside it; what a vehicle does has no flat top, and a sensor at rest
    no extreme to speak of.
    """
    found = np.zeros(len(values), np.bool_)
    known = np.isfinite(values)
    spread = float(np.std(values[known])) if known.any() else 0.0
    for extreme in (np.nanmax(values, initial=-np.inf), np.nanmin(values, initial=np.inf)):
        at = values == extreme
        edges = np.diff(np.concatenate([[0], at.view(np.int8), [0]]))
        begin, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        long = end - begin >= _TOP
        far = spread > 0 and abs(extreme - float(np.median(values[known]))) > spread
        stays = long.sum() >= _TOPS and long.mean() > 0.5  # noqa: PLR2004  (most of them)
        if far and (stays or _crowded(values[known], extreme, spread)):
            found |= at
    return found


def _crowded(values: Floats, extreme: float, spread: float) -> bool:
    """Tell whether an extreme has many more samples than the values next to it, by steps of the sensor."""
    count = int((values == extreme).sum())
    if count < _CROWD:
        return False
    steps = np.diff(np.unique(values))
    beside = np.abs(values - extreme) <= max(_BESIDE * spread, 1.5 * float(steps.min(initial=np.inf)))
    return count > _DENSER * (int(beside.sum()) - count)


def steadied(t_ns: Ints) -> Ints:
    """Return stamps of an even rhythm where those given only jitter about one, else the ones given.

    A unit samples by its own quartz; what jitters is who wrote the stamps down. Over ten seconds jitter
    averages out, and what drifts stays.

    Args:
        t_ns: in the order in which samples were written, shape (n,).
    """
    from scipy.ndimage import uniform_filter1d

    if len(t_ns) < _FEWEST:
        return t_ns
    steps = np.diff(t_ns)
    usual = float(np.median(steps))
    if usual <= 0:
        return t_ns
    even = np.abs(steps - usual) < _SILENT_PERIODS * usual
    usual = float(steps[even].mean())
    spread = float(np.std(steps[even])) / usual
    if spread < _JITTERS:
        return t_ns
    pause = max(_SILENT_PERIODS * usual, _SILENT_S * NS_PER_S, _FAR * spread * usual)
    block = np.concatenate([[0], np.cumsum(steps > pause)])
    found = np.zeros(len(t_ns))
    for first, last in itertools.pairwise([*np.flatnonzero(np.diff(block, prepend=-1)).tolist(), len(t_ns)]):
        own = (t_ns[first:last] - t_ns[0]).astype(np.float64)
        place = np.arange(last - first, dtype=np.float64)
        rhythm = np.polyval(np.polyfit(place, own, 1), place) if last - first > 1 else own
        size = min(max(int(2 * _STEADY_S * NS_PER_S / usual), 1), last - first)
        found[first:last] = rhythm + uniform_filter1d(own - rhythm, size, mode="reflect")
    return np.asarray(t_ns[0] + np.rint(found).astype(np.int64))


def _read(table: pa.Table, axes: tuple[str, ...]) -> tuple[Ints, Floats, Mask]:
    """Return stamps, values and which of them are at a limit, of rows whose stamps rise."""
    t_ns = steadied(stamps_ns(table))
    rising = np.ones(len(t_ns), np.bool_)
    rising[1:] = t_ns[1:] > np.maximum.accumulate(t_ns)[:-1]
    values = np.stack([floats(table[name]) for name in axes], axis=1)
    rising &= np.isfinite(values).all(axis=1)
    limit = np.logical_or.reduce([*saturated(table).values(), *(_flat_topped(column) for column in values.T)])
    return t_ns[rising], values[rising], limit[rising]
