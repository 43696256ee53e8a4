"""What is written is read back: every stream, every type, metadata, issues, gates, provenance."""

from __future__ import annotations

import os

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemparse import writers
from telemparse.errors import CallError
from telemparse.model.gates import Gate, Track
from telemparse.model.issues import Issue, Locus
from telemparse.schemas import EVENT_TYPES, SCHEMAS, build, channel_field
from telemparse.schemas.batches import TIME_BASES, with_time_base
from telemparse.writers.filing import FORMATS

WORDS = st.sampled_from(["VALID", "OUTLAP", "HIGH", "device", "straight", *EVENT_TYPES[:4]])
NAMES = [
    *(name for name in SCHEMAS if name != "channels"),
    "gnss_pvt.rover",
    "laps.auto",
    "channels.main",
    "channels.100hz",
]
KINDS = [
    pa.float32(),
    pa.float64(),
    pa.float16(),
    pa.int8(),
    pa.int32(),
    pa.int64(),
    pa.uint64(),
    pa.string(),
]


def values_of(field):
    """Return a strategy of one value of a canonical field, in Arrow's own range of the type."""
    kind, facts = field.type, field.metadata or {}
    if pa.types.is_timestamp(kind):
        return st.integers(-(2**62), 2**62)
    if pa.types.is_dictionary(kind):
        return WORDS
    if pa.types.is_list(kind):
        return st.lists(st.sampled_from(["PIT_AFFECTED", "GAP_WITHIN_LAP"]), max_size=3)
    if pa.types.is_string(kind):
        return st.text(st.characters(codec="utf-8"), max_size=8)
    if pa.types.is_integer(kind):
        bits = kind.bit_width
        least = 0 if pa.types.is_unsigned_integer(kind) else -(2 ** (bits - 1))
        most = 2 ** (bits - (0 if pa.types.is_unsigned_integer(kind) else 1)) - 1
        return st.integers(max(least, int(float(facts.get(b"low", least)))), most)
    # Whole bounds are exact in every width.
    low = np.ceil(float(facts.get(b"low", -6e4)))
    high = np.floor(float(facts.get(b"high", facts.get(b"below", 6e4))))
    return st.floats(low, high, width=kind.bit_width, exclude_max=b"below" in facts)


@st.composite
def tables(draw, stream):
    """Return a canonical table of a stream, its rows in order of time and cut into chunks."""
    base = stream.partition(".")[0]
    schema = SCHEMAS[base]
    if base == "channels":
        kinds = draw(st.lists(st.sampled_from(KINDS), max_size=4))
        fields = [channel_field(f"c{number}", kind, unit="V") for number, kind in enumerate(kinds)]
        schema = pa.schema([*schema, *fields], metadata=schema.metadata)
    schema = with_time_base(schema, draw(st.sampled_from(TIME_BASES)), origin_lat_deg=1.5)
    rows = draw(st.integers(1, 12))
    columns = []
    for field in schema:
        value = values_of(field) if not field.nullable else st.none() | values_of(field)
        column = draw(st.lists(value, min_size=rows, max_size=rows))
        columns.append(pa.array(sorted(column) if field.name == "t" else column, field.type))
    table = pa.Table.from_arrays(columns, schema=schema)
    cut = draw(st.integers(0, rows))
    return pa.concat_tables([table.slice(0, cut), table.slice(cut)])


def assert_same(read, written):
    assert read.schema.equals(written.schema, check_metadata=True)
    for name in written.column_names:
        assert read[name].to_pylist() == written[name].to_pylist(), name


def ns(table):
    """Return a table with instants as integers, which alone compare exactly in Python."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.with_type(pa.int64()), table.column(index).cast(pa.int64()))
    return table


WAYS = [
    (form.name, compression) for form in FORMATS.values() if form.tables for compression in form.compressions
]


@pytest.mark.parametrize(("form", "compression"), WAYS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_canonical_table_comes_back_with_all_its_metadata(
    data, form, compression, result_of, tmp_path_factory
):
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    streams = {name: data.draw(tables(name), name) for name in names}
    folder = tmp_path_factory.mktemp("out")

    writers.write(result_of(streams), folder, format=form, compression=compression)
    read = writers.read(folder)

    assert list(read.streams) == list(streams)
    for name, table in streams.items():
        assert read.streams[name].schema.equals(table.schema, check_metadata=True)
        assert_same(ns(read.streams[name]), ns(table))


def test_everything_but_the_tables_comes_back_too(result_of, tmp_path, drive):
    gate = Gate("start_finish", "S/F", 48.0, 11.0, 48.1, 11.1, 90.0, raw={"width": 12})
    result = result_of(
        {"gnss_pvt": drive(50)},
        device_family="Columbus",
        device_model="P-10",
        metadata={
            "gates": [gate],
            "track": Track("Ring", sectors=(gate,)),
            "epochs_without_fix": 3,
            "note": "naïve ✓",
        },
        warnings=(Issue("ROWS_SKIPPED", Locus("a.csv", line=7), count=3, total=90),),
        errors=(Issue("ARTIFACT_TRUNCATED", Locus("a.csv", offset=99)),),
    )

    manifest = writers.write(result, tmp_path)
    read = writers.read(tmp_path)

    for name in (
        "device_family",
        "device_model",
        "capabilities",
        "metadata",
        "warnings",
        "errors",
        "provenance",
    ):
        assert getattr(read, name) == getattr(result, name), name
    assert (manifest.ok, manifest.errors, manifest.warnings) == (False, result.errors, result.warnings)
    assert read.capabilities.sample_rate_gnss_hz == pytest.approx(10.0)


def test_the_manifest_on_disk_is_the_one_returned(result_of, tmp_path, drive):
    manifest = writers.write(result_of({"gnss_pvt": drive(50)}), tmp_path)

    content = (tmp_path / "manifest.json").read_bytes()

    assert writers.Manifest.decode(content) == manifest
    assert content.endswith(b"\n}\n")
    record = manifest.streams[0]
    assert (record.name, record.file, record.rows) == ("gnss_pvt", "gnss_pvt.parquet", 50)
    assert record.bytes == (tmp_path / "gnss_pvt.parquet").stat().st_size
    assert (record.t_last_ns - record.t_first_ns, record.time_base) == (4_900_000_000, "utc")
    assert record.columns == tuple(SCHEMAS["gnss_pvt"].names)
    assert (manifest.format, manifest.schema_version, manifest.ok) == ("parquet", 1, True)


def test_a_stream_without_rows_gives_no_file(result_of, tmp_path, drive):
    manifest = writers.write(result_of({"gnss_pvt": drive(5), "gnss_pvt.rover": drive(0)}), tmp_path)

    assert [record.name for record in manifest.streams] == ["gnss_pvt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gnss_pvt.parquet", "manifest.json"]


def test_channel_groups_lie_in_a_folder_of_their_own(result_of, tmp_path):
    fields = {"rpm": channel_field("rpm", pa.float32())}
    group = pa.Table.from_batches(
        [build("channels.main", {"t": np.arange(3), "rpm": np.arange(3.0)}, fields=fields)]
    )

    writers.write(result_of({"channels.main": group, "channels.a.b": group}), tmp_path)

    assert sorted(path.name for path in (tmp_path / "channels").iterdir()) == ["a.b.parquet", "main.parquet"]
    assert_same(writers.read(tmp_path).streams["channels.a.b"], group)


def test_a_name_too_long_for_the_file_system_is_shortened_and_reads_back(result_of, tmp_path, drive):
    names = [f"gnss_pvt.{'x' * 300}{end}" for end in "ab"]

    writers.write(result_of({name: drive(4) for name in names}), tmp_path)

    assert list(writers.read(tmp_path).streams) == names


def test_a_file_name_that_is_not_utf_8_is_kept_in_the_provenance(result_of, tmp_path, drive):
    result = result_of({"gnss_pvt": drive(4)})
    part = result.provenance.parts[0]
    odd = attrs.evolve(part, artifacts=(attrs.evolve(part.artifacts[0], name=os.fsdecode(b"caf\xe9.gpx")),))
    result = attrs.evolve(result, provenance=attrs.evolve(result.provenance, parts=(odd,)))

    writers.write(result, tmp_path)

    assert writers.read(tmp_path).provenance == result.provenance


def test_metadata_that_is_no_plain_value_is_refused_before_anything_is_written(result_of, tmp_path, drive):
    result = result_of({"gnss_pvt": drive(4)}, metadata={"handle": object()})

    with pytest.raises(CallError, match="object has no plain form"):
        writers.write(result, tmp_path / "out")

    assert not (tmp_path / "out").exists()
