"""Downsampling for storage: the mean of each bin of time, with what a mean does not tell beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

from telemparse.analysis.bins import Bins, circular_mean, mean, place_mean
from telemparse.analysis.derivations import derived, interpolated_share
from telemparse.analysis.levels import Levels, level_named
from telemparse.analysis.stamps import ordered_stamps_ns
from telemparse.errors import CallError
from telemparse.kernels.arrays import numpy_view, to_arrow, validity
from telemparse.kernels.clocks import NS_PER_S
from telemparse.kernels.geodesy import wrapped_longitude_deg
from telemparse.schemas.fields import Origin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.analysis.levels import Level
    from telemparse.kernels.arrays import Ints, Mask

    Value: TypeAlias = tuple[NDArray[Any], Mask]

__all__ = ["downsample", "downsample_all"]

_AS_FAST = 1.1  # times a level's rate: nothing is gained by bins
_FULL_DEG, _HALF_DEG, _FULL_RAD = 360.0, 180.0, 2 * np.pi
# Angles that have no mean of numbers; each with its turn and where its range begins.
_CIRCULAR = {
    "course_deg": (_FULL_DEG, 0.0),
    "heading_deg": (_FULL_DEG, 0.0),
    "yaw_deg": (_FULL_DEG, 0.0),
    "yaw_rad": (_FULL_RAD, -np.pi),
    "roll_rad": (_FULL_RAD, -np.pi),
}
# Of counts and grades of quality a bin is as good as its worst row.
_WORST = frozenset({"sat_count", "fix_type", "cal_state"})
_EXACT = 2.0**53  # whole numbers that double precision holds
_NO_UNIT = (None, b"", b"1")
_PLACE = ("lat_deg", "lon_deg")


def downsample(table: pa.Table, level: Level | str) -> pa.Table:
    """Return a stream with at most so many rows a second as a level has.

    Bins lie around whole multiples of their width (at 10 Hz from .05 s before to .05 s behind each tenth of a
    second of UTC), and `t` is that multiple: a mean stamped with the begin of its bin would lag by half of
    it. Bins without rows do not appear. Nulls do not count; a bin of nothing else is null.

    Numbers become their mean: places on the sphere, `course_deg` and other directions as directions (null
    where they cancel out), integers with a unit rounded. `sat_count`, `fix_type` and `cal_state` become the
    least, `quality_flags` all bits that were set. Integers without a unit (gears, states), words and other
    values become the middle one of the bin, a value that occurred. For each column of speed,
    `<column>_min` and `<column>_max` keep the extremes; `samples` counts the rows.

    A table that is not a tenth faster than the level keeps its rows and its own rate, with the same columns.
    The metadata names the technique, `bin_mean` or `canonical_rate`.

    Args:
        table: any stream with `t`, in order of time.
        level: or its name.

    Raises CallError for a word that is no level, for a table without stamps or out of order, and for one
    that is downsampled already.
    """
    level = level_named(level)
    t_ns = ordered_stamps_ns(table)
    facts = table.schema.metadata or {}
    if facts.get(b"technique") in (b"bin_mean", b"canonical_rate"):
        raise CallError("the table is downsampled already: take the one that it was made from")
    share = interpolated_share(table)
    rate = level.rate_hz
    if rate is None or not _faster(t_ns, rate):
        bins, technique, width = Bins.of(np.arange(len(t_ns))), "canonical_rate", 0
    else:
        width = NS_PER_S // rate
        bins, technique = Bins.centred(t_ns, width), "bin_mean"
    columns = _extremes(table, bins)
    if width:
        table = _binned(table, bins, width)
    for field, column in columns:
        table = table.append_column(field, column)
    return derived(table, technique, share=share, level=str(level), rate_hz=rate)


def downsample_all(table: pa.Table, levels: Levels | None = None) -> dict[str, pa.Table]:
    """Return a stream at `L0`, `L1` and `L2`, each by `downsample`.

    Args:
        table: any stream with `t`, in order of time.
        levels: which level is which; 50 Hz, 10 Hz and 1 Hz when absent.

    Raises CallError as `downsample` does.
    """
    levels = levels or Levels()
    return {
        "L0": downsample(table, levels.l0),
        "L1": downsample(table, levels.l1),
        "L2": downsample(table, levels.l2),
    }


def _faster(t_ns: Ints, rate_hz: int) -> bool:
    """Tell whether rows usually follow each other faster than a rate."""
    steps = np.diff(t_ns)
    steps = steps[steps > 0]
    repeats = len(t_ns) > 1 and not len(steps)
    return repeats or bool(len(steps) and np.median(steps) * _AS_FAST * rate_hz < NS_PER_S)


def _binned(table: pa.Table, bins: Bins, width_ns: int) -> pa.Table:
    fields, columns = [], []
    places = _places(table, bins)
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.name == "t":
            fields.append(field)
            columns.append(to_arrow(bins.numbers * width_ns, field.type))
            continue
        fields.append(field.with_metadata({**(field.metadata or {}), b"origin": Origin.DERIVED.encode()}))
        columns.append(places[field.name] if field.name in places else _column(field, column, bins))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=table.schema.metadata))


def _places(table: pa.Table, bins: Bins) -> dict[str, pa.Array]:
    """Return the columns of mean places, where there are places without nulls."""
    if not all(
        name in table.column_names and table[name].type == pa.float64() and not table[name].null_count
        for name in _PLACE
    ) or not len(bins):
        return {}
    lat, lon = place_mean(numpy_view(table["lat_deg"]), numpy_view(table["lon_deg"]), bins)
    # Wrapping rounds: what is within its range stays as it is.
    lon = np.where((lon < -_HALF_DEG) | (lon >= _HALF_DEG), wrapped_longitude_deg(lon), lon)
    return {"lat_deg": to_arrow(lat, pa.float64()), "lon_deg": to_arrow(lon, pa.float64())}


def _column(field: pa.Field, column: pa.ChunkedArray, bins: Bins) -> pa.Array:
    """Return one value a bin, null where it has none but nulls."""
    known = validity(column)
    if not known.any():
        return pa.nulls(len(bins), field.type)
    some, present = bins.among(known)
    kind = field.type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)) or kind == pa.float16():
        rows = np.flatnonzero(known)[some.middles]
        chosen = np.zeros(len(bins), np.int64)
        chosen[present] = rows
        return _combined(column.take(to_arrow(chosen, pa.int64(), present)))
    values = numpy_view(column)
    found, sure = _one_each(field, values if known.all() else values[known], some)
    whole = np.zeros(len(bins), found.dtype)
    whole[present] = found
    filled = present.copy()
    filled[present] = sure
    return to_arrow(whole, kind, filled)


def _one_each(field: pa.Field, values: NDArray[Any], bins: Bins) -> Value:
    """Return the value of each bin, and where there is one."""
    sure = np.ones(len(bins), np.bool_)
    name, kind = field.name, field.type
    if name in _CIRCULAR and pa.types.is_floating(kind):
        turn, begin = _CIRCULAR[name]
        angle, sure = circular_mean(values, bins, turn)
        angle = np.where(angle >= begin + turn, angle - turn, angle).astype(values.dtype)
        # In the column's own precision the last number before a whole turn may be the turn.
        return np.where(angle >= begin + turn, angle.dtype.type(begin), angle), sure
    if pa.types.is_floating(kind):
        return mean(values, bins), sure
    if name == "quality_flags":
        return bins.any_bits(values), sure
    if name in _WORST:
        return bins.lowest(values), sure
    exact = bool(np.abs(values.astype(np.float64)).max() <= _EXACT)
    if (field.metadata or {}).get(b"unit") in _NO_UNIT or not exact:
        return values[bins.middles], sure
    return np.rint(mean(values, bins)), sure


def _extremes(table: pa.Table, bins: Bins) -> list[tuple[pa.Field, pa.Array]]:
    """Return the columns that stand beside the means: extremes of speeds, and how many rows."""
    taken = set(table.column_names)
    columns = []
    for field in table.schema:
        if not (_is_speed(field.name) and pa.types.is_floating(field.type)):
            continue
        known = validity(table[field.name])
        some, present = bins.among(known) if len(known) else (bins, known)
        for tail, ends in (("min", some.lowest), ("max", some.highest)):
            values = np.zeros(len(bins), field.type.to_pandas_dtype())
            if present.any():
                values[present] = ends(numpy_view(table[field.name])[known])
            facts = {
                b"unit": b"m/s",
                b"origin": b"derived",
                b"description": f"{field.name}: {tail} of the bin.".encode(),
            }
            extra = pa.field(_free(f"{field.name}_{tail}", taken), field.type, metadata=facts)
            columns.append((extra, to_arrow(values, field.type, present)))
    facts = {b"unit": b"1", b"origin": b"derived", b"description": b"Rows of the bin."}
    extra = pa.field(_free("samples", taken), pa.uint32(), nullable=False, metadata=facts)
    return [*columns, (extra, to_arrow(bins.counts, pa.uint32()))]


def _is_speed(name: str) -> bool:
    return name == "speed_mps" or (name.startswith("wheel_speed_") and name.endswith("_mps"))


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no column of the source has."""
    while name in taken:
        name += "_of_bin"
    return name


def _combined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
