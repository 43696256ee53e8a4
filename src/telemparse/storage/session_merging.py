"""A session of a parsed recording: all its streams on one time base, with the method recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import pyarrow as pa

from telemparse import __version__
from telemparse.errors import CallError
from telemparse.kernels.arrays import floats, numpy_view, to_arrow, validity
from telemparse.kernels.geodesy import local_offsets_m
from telemparse.schemas.common import QualityFlag
from telemparse.storage.session_bases import base_of, samples_in, time_base_of
from telemparse.storage.session_channels import assignments, is_state, whole_turn
from telemparse.storage.session_columns import (
    FIXED,
    LAP_NUMBER,
    STANDARD,
    TIME,
    column_field,
    field_facts,
    standard_field,
)  # fmt: skip
from telemparse.storage.session_laps import lap_numbers
from telemparse.storage.session_sampling import Sampling, flagged
from telemparse.storage.session_tables import finite
from telemparse.storage.session_telemetry import SessionTelemetry
from telemparse.storage.session_values import SessionMetadata, StoredStream, StoredWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.kernels.arrays import Floats
    from telemparse.model.results import ParseResult
    from telemparse.storage.session_bases import Base, Samples
    from telemparse.storage.session_channels import Assignment
    from telemparse.storage.session_sampling import Method

__all__ = ["merged_session"]

_METHODS = ("linear", "nearest", "previous")
_DISTANCES = ("source", "path")
# They read the files of many devices, so that the device says more.
_GENERAL = frozenset({"csv", "json", "jsonl"})
_MERGED = "merged"
_NS_PER_S = 1_000_000_000


def merged_session(
    result: ParseResult, laps: Any, *, method: Method, time_base: str, distance: Literal["source", "path"]
) -> SessionTelemetry:
    """Return the session of a result; see `SessionStore.from_result`."""
    if method not in _METHODS:
        raise CallError(f"method must be one of {', '.join(_METHODS)}, not {method!r}")
    if distance not in _DISTANCES:
        raise CallError(f"distance must be one of {', '.join(_DISTANCES)}, not {distance!r}")
    samples, others = samples_in(result.streams)
    if distance == "path":
        samples = _with_path(samples)
    base = base_of(samples, time_base)
    given, empty = assignments(samples)
    clock = time_base_of(samples[0].table)
    numbers, unplaced = lap_numbers(base.t_ns, result.streams.get("laps") if laps is None else laps, clock)
    made, streams = _Merge(base, method).columns(samples, given)
    parts = result.provenance.parts
    merged = base.stream is not None or len(parts) > 1
    metadata = SessionMetadata(
        source_type=_MERGED if merged else _family(result),
        channel_count=0,
        total_points=0,
        laps=(),
        merge_method=None if base.stream is None else method,
        merge_base=base.stream,
        streams=streams,
        left_out=others,
        columns_without_values=empty,
        start_ns=int(base.t_ns[0]) if clock == "utc" else None,
        time_base=clock,
        warnings=(
            *(StoredWarning(code=each.code, message=each.message) for each in result.warnings),
            *(StoredWarning(code=each.code, message=each.message) for each in result.errors),
            *unplaced,
        ),
        telemparse_version=__version__,
    )
    return SessionTelemetry.of(_table(base, numbers, made), metadata)


def _family(result: ParseResult) -> str:
    """Return what kind of recording it is: the parser, or the device where a parser reads many."""
    parser = result.provenance.parser_id or "unknown"
    if parser in _GENERAL and result.device_family:
        return result.device_family.lower().replace(" ", "_")
    return parser


@attrs.frozen(eq=False)
class _Merge:
    """Puts columns on one time base."""

    base: Base
    method: Method

    def columns(
        self, samples: Sequence[Samples], given: Sequence[Assignment]
    ) -> tuple[dict[str, tuple[pa.Field, pa.Array]], tuple[StoredStream, ...]]:
        """Return field and values of each column by name, and what was taken of each stream."""
        made: dict[str, tuple[pa.Field, pa.Array]] = {}
        streams = []
        for each in samples:
            sampling = None if self.base.stream is None else Sampling.of(each.t_ns, self.base.t_ns)
            rows = each.table.num_rows
            met = rows if sampling is None else sampling.rows_met
            streams.append(StoredStream(stream=each.stream, rows=rows, rows_met=met))
            for item in given:
                if item.samples is each:
                    made[item.name] = self._column(item, sampling)
        return made, tuple(streams)

    def _column(self, item: Assignment, sampling: Sampling | None) -> tuple[pa.Field, pa.Array]:
        source = item.samples.table.schema.field(item.column)
        column = finite(item.samples.table[item.column])
        facts = {"source_name": item.column, "source_stream": item.samples.stream, **field_facts(source)}
        if pa.types.is_floating(source.type):
            facts["recorded_as"] = str(source.type)
        if sampling is not None:
            method = "previous" if self.method == "linear" and is_state(source, column) else self.method
            sampled = sampling.sampled(column, method, turn=whole_turn(source))
            column = sampled.column
            if item.column == "quality_flags" and pa.types.is_integer(source.type):
                column = flagged(column, sampled.made, QualityFlag.INTERPOLATED)
            facts |= {"method": method, "interpolated_share": repr(round(sampled.share, 6))}
        if item.standard is None:
            return column_field(item.name, column.type, facts), column
        if item.standard.divisor != 1.0:
            values = floats(column.cast(pa.float64())) / item.standard.divisor
            column = to_arrow(values, pa.float64(), validity(column))
        return standard_field(item.standard, facts, column.type), column


def _table(base: Base, numbers: Any, made: dict[str, tuple[pa.Field, pa.Array]]) -> pa.Table:
    time_s: Floats = (base.t_ns - base.t_ns[0]) / _NS_PER_S
    fields = [LAP_NUMBER, TIME]
    columns = [to_arrow(numbers, LAP_NUMBER.type), to_arrow(time_s, TIME.type)]
    for name, standard in STANDARD.items():
        absent = (standard_field(standard), pa.nulls(len(time_s), pa.float64()))
        field, column = made.get(name, absent)
        fields.append(field)
        columns.append(column)
    for name, (field, column) in made.items():
        if name not in FIXED:
            fields.append(field)
            columns.append(column)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _with_path(samples: Sequence[Samples]) -> tuple[Samples, ...]:
    """Return the streams with a distance along the positions of the first one that has them."""
    for place, each in enumerate(samples):
        if {"lat_deg", "lon_deg"} <= set(each.table.column_names) and each.table["lat_deg"].null_count == 0:
            lat, lon = (numpy_view(each.table[name]) for name in ("lat_deg", "lon_deg"))
            east, north = local_offsets_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
            path_m = np.concatenate([[0.0], np.cumsum(np.hypot(east, north))])
            facts = {"unit": "m", "origin": "derived", "source_name": "lat_deg, lon_deg"}
            field = column_field("distance_m", pa.float64(), facts)
            table = each.table.append_column(field, to_arrow(path_m, pa.float64()))
            derived = attrs.evolve(each, table=table)
            return (derived, *samples[:place], *samples[place + 1 :])
    raise CallError("distance='path' needs positions, and the recording has none")
