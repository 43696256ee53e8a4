"""Channels of a batch that go on: those asked for, in the type of the first batch, in one go."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest

from telemparse.schemas import channel_field
from telemparse.schemas.selection import chosen_channels


class Watched:
    """A table of which every use is counted."""

    def __init__(self, table):
        self.table, self.uses = table, Counter()

    def __getattr__(self, name):
        self.uses[name] += 1
        return getattr(self.table, name)


NUMBER = pa.float64()


def wide(count, kind=NUMBER):
    fields = [pa.field("t", pa.int64())]
    fields += [channel_field(f"c{n}", kind, source_name=f"Sensor {n}") for n in range(count)]
    return pa.table(
        [pa.array([1])] * (count + 1), schema=pa.schema([f.with_type(pa.int64()) for f in fields])
    ).cast(pa.schema(fields, metadata={"time_base": "utc"}))


@pytest.mark.parametrize("wanted", [None, {"c1", "Sensor 3"}])
def test_a_table_is_taken_apart_once_however_many_channels_go_or_change(wanted):
    uses = []
    for count in (4, 200):
        kinds: dict[str, pa.DataType] = {}
        chosen_channels(wide(count), None, kinds)
        watched = Watched(wide(count, pa.float32()))
        table, odd = chosen_channels(watched, wanted, kinds)
        assert odd == []
        assert table.num_columns == 1 + (count if wanted is None else 2)
        assert {field.type for field in table.schema} == {pa.int64(), pa.float64()}
        assert table.schema.metadata == {b"time_base": b"utc"}
        uses.append(watched.uses)
    assert uses[0] == uses[1]


def test_a_channel_that_cannot_have_its_first_type_is_named_and_left_out():
    kinds: dict[str, pa.DataType] = {}
    chosen_channels(wide(2, pa.int64()), None, kinds)
    words = wide(2, pa.int64()).set_column(1, channel_field("c0", pa.string()), pa.array(["fast"]))
    table, odd = chosen_channels(words, None, kinds)
    assert table.column_names == ["t", "c1"]
    assert odd == ["channel c0 changes from int64 to string"]
