"""Promises of round trips: what comes back from Parquet, and from the author's own encoder."""

from __future__ import annotations

import re
from types import SimpleNamespace

import attrs
import numpy as np
import pyarrow as pa
import pytest

from telemparse.model.detection import Detection, Rung
from telemparse.model.messages import Batch
from telemparse.testing import Encoder
from telemparse.testing.checks import round_trips
from telemparse.testing.checks.round_trips import encode_parse_round_trip, parquet_round_trip
from telemparse.testing.kit import Broken


def always(_sniffs):
    return Detection(Rung.MARKER, ("anything",))


# --- parquet-round-trip -------------------------------------------------------------------------


def test_a_result_comes_back_from_parquet(homemade):
    parquet_round_trip(homemade())


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda result: attrs.evolve(result, metadata={"other": 1}), "metadata differ: "),
        (lambda _result: 1 / 0, "ZeroDivisionError: division by zero at test_kit_round_trips"),
    ],
)
def test_what_parquet_changes_and_cannot_bear_is_told(homemade, monkeypatch, break_it, words):
    plainly = round_trips.writers.read
    monkeypatch.setattr(round_trips.writers, "read", lambda folder: break_it(plainly(folder)))

    with pytest.raises(Broken, match=f"does not come back from Parquet as it was: {words}"):
        parquet_round_trip(homemade())


# --- encode-parse-round-trip --------------------------------------------------------------------


class Ferry:
    """An encoder and a parser of a file that is an Arrow stream, with something done to it in between."""

    def __init__(self, homemade, change, *, columns=("speed_mps", "course_deg"), **tolerances):
        def write(table):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            return sink.getvalue().to_pybytes()

        def parse(artifacts, _options):
            (artifact,) = artifacts
            table = pa.ipc.open_stream(artifact.read_at(0, 1 << 24)).read_all()
            changed = change(table)
            if changed is not None:
                yield Batch("gnss_pvt", changed)

        self.subject = homemade(
            detect=always,
            parse=parse,
            examples={"a.x": b"x"},
            encoder=Encoder(write=write, columns=columns, tolerances=tolerances),
            draws=6,
        )

    def cross(self):
        try:
            encode_parse_round_trip(self.subject)
        except Broken as broken:
            return str(broken)
        return None


def moved(name, by):
    """Return a change of one column by a constant, angles within their turn."""

    def change(table):
        column = table.column(name)
        values = column.to_numpy(zero_copy_only=False).astype(np.float64) + by
        if name == "speed_mps":
            values = np.maximum(values, 0)
        if name == "lon_deg":
            values = (values + 180) % 360 - 180
        if name == "course_deg":
            values %= 360
        array = pa.array(values, pa.float64(), mask=np.asarray(column.is_null()))
        index = table.schema.get_field_index(name)
        return table.set_column(index, table.schema.field(index), array.cast(column.type))

    return change


def late(by_ns):
    def change(table):
        stamps = pa.array(np.asarray(table.column("t").cast(pa.int64())) + by_ns).cast(
            table.schema.field("t").type
        )
        return table.set_column(0, table.schema.field("t"), stamps)

    return change


def test_what_arrives_as_it_was_written_has_made_the_round_trip(homemade):
    assert Ferry(homemade, lambda table: table).cross() is None


@pytest.mark.parametrize(
    ("name", "tolerance", "by"),
    [("lat_deg", 1e-6, 1e-6), ("lon_deg", 1e-6, 1e-6), ("speed_mps", 0.5, 0.5), ("course_deg", 0.5, 0.5)],
)
@pytest.mark.parametrize("factor", [-1.3, 0.7])
def test_a_column_may_come_back_off_by_its_tolerance(homemade, name, tolerance, by, factor):
    said = Ferry(homemade, moved(name, by * factor), **{name: tolerance}).cross()

    assert (said is None) is (abs(factor) < 1)


@pytest.mark.parametrize(
    ("by_ns", "tolerance_ns", "arrives"),
    [(0, 0, True), (1, 0, False), (-1, 0, False), (50, 50, True), (51, 50, False)],
)
def test_instants_are_compared_to_the_nanosecond(homemade, by_ns, tolerance_ns, arrives):
    said = Ferry(homemade, late(by_ns), t=tolerance_ns).cross()

    assert (said is None) is arrives
    assert arrives or said == f"t comes back {abs(by_ns)} off, more than {tolerance_ns}"


@pytest.mark.parametrize(
    "keep",
    [
        # A single fix stays, for nothing at all is told in other words.
        lambda table: table.slice(1) if table.num_rows > 1 else table,
        lambda table: pa.concat_tables([table, table]),
    ],
)
def test_as_many_fixes_come_back_as_were_written(homemade, keep):
    told = re.fullmatch(r"(\d+) fixes were written and (\d+) came back", Ferry(homemade, keep).cross())

    assert told[1] != told[2]


def test_a_column_without_a_tolerance_comes_back_as_it_was(homemade):
    assert Ferry(homemade, moved("speed_mps", 0.5)).cross() == "speed_mps comes back 0.5 off, more than 0"


def test_only_angles_turn_round(homemade):
    assert Ferry(homemade, moved("speed_mps", 360.0), speed_mps=1.0).cross() is not None
    assert Ferry(homemade, moved("course_deg", 360.0), course_deg=1e-3).cross() is None


def test_a_value_that_comes_back_unknown_is_told(homemade):
    def forget(table):
        index = table.schema.get_field_index("speed_mps")
        return table.set_column(index, table.schema.field(index), pa.nulls(table.num_rows, pa.float32()))

    said = Ferry(homemade, forget).cross()

    assert said == "speed_mps is null in other rows than those that were written"


def test_nothing_that_comes_back_is_told_with_the_errors(homemade):
    said = Ferry(homemade, lambda _table: None).cross()

    assert said == "1 fixes were written and no gnss_pvt came back (NO_STREAMS)"


def test_only_the_columns_that_the_encoder_names_are_compared(homemade):
    assert Ferry(homemade, moved("lat_deg", 0), columns=()).cross() is None


def test_the_promise_is_made_by_those_who_hand_in_an_encoder():
    assert not round_trips.has_encoder(SimpleNamespace(encoder=None))
    assert round_trips.has_encoder(SimpleNamespace(encoder=Encoder(write=bytes)))
    with pytest.raises(Broken, match="there is no encoder"):
        encode_parse_round_trip(SimpleNamespace(encoder=None))
