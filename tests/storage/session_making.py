"""Sessions and results for the tests of the session store."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from telemparse import ParseResult
from telemparse.model.provenance import PartRecord, Provenance
from telemparse.schemas import SCHEMAS
from telemparse.storage import LapTelemetry, SessionTelemetry

START_NS = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def lap(number, columns, units=None, rows=None):
    """Return a lap of named lists; `time` counts from 100 times its number where nobody gives it."""
    rows = rows if rows is not None else len(next(iter(columns.values())))
    columns = {"time": np.arange(rows) / 10 + 100.0 * number, **columns}
    arrays = [each if isinstance(each, pa.Array) else pa.array(each) for each in columns.values()]
    fields = [
        pa.field(name, array.type, metadata={"unit": (units or {}).get(name, "")})
        for name, array in zip(columns, arrays, strict=True)
    ]
    return LapTelemetry(lap_number=number, table=pa.Table.from_arrays(arrays, schema=pa.schema(fields)))


def session(laps=3, rows=50, seed=0):
    """Return a session of laps with positions, speeds, words and a few nulls."""
    dice = np.random.default_rng(seed)
    made = [
        lap(
            number,
            {
                "lat": 44 + dice.random(rows) / 100,
                "long": 11 + dice.random(rows) / 100,
                "speed": np.round(dice.random(rows) * 60, 2),
                "gear": pa.array([None if n % 7 == 0 else n % 6 for n in range(rows)], pa.int32()),
                "oil_temp": pa.array(dice.random(rows, np.float32) * 100),
                "state": [["on", "off", None][n % 3] for n in range(rows)],
            },
            {"oil_temp": "degC"},
        )
        for number in range(laps)
    ]
    return SessionTelemetry.from_laps(made, source_type="vbo")


def stamps(seconds):
    """Return instants, seconds after the start, as a canonical `t`."""
    ns = [START_NS + round(second * SECOND) for second in seconds]
    return pa.array(ns, pa.int64()).cast(pa.timestamp("ns", "UTC"))


def stream(name, seconds, columns, *, units=None, time_base="utc"):
    """Return a table with the columns of a stream, as far as they are given."""
    base = SCHEMAS[name.partition(".")[0]]
    arrays, fields = [stamps(seconds)], [base.field("t")]
    for key, values in columns.items():
        known = base.field(key) if key in base.names else None
        array = values if isinstance(values, pa.Array) else pa.array(values, known.type if known else None)
        facts = known.metadata if known else {"unit": (units or {}).get(key, ""), "origin": "measured"}
        arrays.append(array)
        fields.append(pa.field(key, array.type, metadata=facts))
    schema = pa.schema(fields, metadata={"stream": name, "time_base": time_base})
    return pa.Table.from_arrays(arrays, schema=schema)


def laps_table(*rows, time_base="utc"):
    """Return a table of laps from (number, first second, last second); None for an unknown instant."""

    def instants(seconds):
        ns = [None if second is None else START_NS + round(second * SECOND) for second in seconds]
        return pa.array(ns, pa.int64()).cast(pa.timestamp("ns", "UTC"))

    numbers, first, last = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table(
        {"lap_number": pa.array(numbers, pa.int32()), "t_start": instants(first), "t_end": instants(last)}
    )
    return table.replace_schema_metadata({"time_base": time_base})


def result(streams, *, parser="vbo", parts=1, **more):
    """Return the result of a parse with these streams."""
    part = PartRecord(parser, "1.0", 1.0, (), ())
    provenance = Provenance(parts=(part,) * parts, telemparse_version="0", schema_version=1)
    return ParseResult(streams=streams, provenance=provenance, **more)
