"""The time base of a merged session: the instants of one stream, and those that it has no rows near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.analysis.stamps import ordered_stamps_ns
from telemparse.errors import CallError
from telemparse.storage.session_failures import SessionFailed
from telemparse.storage.session_sampling import gap_ns, period_ns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Base", "Samples", "base_of", "samples_in", "time_base_of"]

FASTEST = "fastest"
# In this order streams give the standard columns, and decide between equal rates.
_AUTHORITY = ("gnss_pvt", "channels.", "gnss_pvt.", "")
_NO_SAMPLES = ("events", "laps", "sectors", "segments")


@attrs.frozen(eq=False)
class Samples:
    """A stream of samples: its name, its table, and the instants of its rows in ns, shape (n,)."""

    stream: str
    table: pa.Table
    t_ns: Ints

    @property
    def rate_hz(self) -> float:
        """One over the usual distance of two rows, to three digits; 0 where there is none."""
        period = period_ns(self.t_ns)
        return float(f"{1e9 / period:.3g}") if period else 0.0


@attrs.frozen(eq=False)
class Base:
    """The instants of a session's rows.

    Args:
        t_ns: not falling, shape (n,).
        stream: whose instants they are; None where all streams have the same.
    """

    t_ns: Ints
    stream: str | None


def samples_in(streams: Mapping[str, pa.Table]) -> tuple[tuple[Samples, ...], tuple[str, ...]]:
    """Return the streams with samples, in order of authority, and the names of all others.

    Raises NO_STREAMS where none has rows, STORE_CLOCKS_DIFFER where their clocks are not one.
    """
    found, others = [], []
    for name, table in streams.items():
        base = name.partition(".")[0]
        if base in _NO_SAMPLES or "t" not in table.column_names or not table.num_rows:
            others.append(name)
        else:
            found.append(Samples(name, table, ordered_stamps_ns(table)))
    if not found:
        raise SessionFailed(
            "NO_STREAMS", hint="A session needs positions or channels.", artifacts="the recording"
        )
    clocks = {each.stream: time_base_of(each.table) for each in found}
    if len({clock for clock in clocks.values() if clock is not None}) > 1:
        raise SessionFailed("STORE_CLOCKS_DIFFER", clocks=clocks)
    return tuple(sorted(found, key=lambda each: _rank(each.stream))), tuple(others)


def time_base_of(table: pa.Table) -> str | None:
    """Return the clock of a stream as its metadata names it."""
    return (table.schema.metadata or {}).get(b"time_base", b"").decode("utf-8", "replace") or None


def _rank(stream: str) -> int:
    return next(
        place
        for place, start in enumerate(_AUTHORITY)
        if (stream == start if start == "gnss_pvt" else stream.startswith(start))
    )


def base_of(samples: Sequence[Samples], wanted: str) -> Base:
    """Return the instants that the rows of a session shall have.

    Args:
        samples: streams in order of authority.
        wanted: name of the stream whose instants are taken; or `fastest`, which also takes the instants of
            other streams where the fastest one has no rows near, so that none of their samples is lost.

    Raises CallError for a stream that is not there.
    """
    if wanted != FASTEST:
        named = next((each for each in samples if each.stream == wanted), None)
        if named is None:
            names = ", ".join(each.stream for each in samples)
            raise CallError(f"time_base must be {FASTEST} or one of {names}, not {wanted!r}")
        same = all(np.array_equal(each.t_ns, named.t_ns) for each in samples)
        return Base(named.t_ns, None if same else wanted)
    first = samples[0].t_ns
    if all(np.array_equal(each.t_ns, first) for each in samples):
        return Base(first, None)
    ordered = sorted(samples, key=lambda each: -each.rate_hz)
    t_ns = ordered[0].t_ns
    limit = gap_ns(t_ns)
    for other in ordered[1:]:
        alone = other.t_ns[~_near(other.t_ns, t_ns, limit)]
        if len(alone):
            t_ns = np.sort(np.concatenate([t_ns, np.unique(alone)]), kind="stable")
    return Base(t_ns, ordered[0].stream)


def _near(wanted: Ints, t_ns: Ints, limit: int) -> Mask:
    """Return which instants are stamps, or lie between two stamps no farther apart than that."""
    right = np.searchsorted(t_ns, wanted, side="left")
    inside = (right > 0) & (right < len(t_ns))
    after = np.clip(right, 0, len(t_ns) - 1)
    before = np.maximum(after - 1, 0)
    met = t_ns[after] == wanted
    return np.asarray(met | (inside & (t_ns[after] - t_ns[before] <= limit)))
