"""Damaged and foreign files: said with a code, never read as something else."""

from __future__ import annotations

import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.session_making import session
from telemparse.errors import CallError
from telemparse.storage import SessionFailed, SessionStore
from telemparse.storage.session_footer import FOOTER_KEY


@pytest.fixture
def store(tmp_path):
    store = SessionStore(tmp_path)
    store.write(1, session())
    return store


@pytest.fixture
def place(tmp_path):
    return tmp_path / "1.parquet"


def code_of(store, call="read"):
    with pytest.raises(SessionFailed) as raised:
        getattr(store, call)(1)
    assert raised.value.evidence["session"] == "1"
    return raised.value.code


def footer_bytes(content):
    return int.from_bytes(content[-8:-4], "little") + 8


@pytest.mark.parametrize("call", ["read", "laps", "channels", "metadata"])
@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1" * 2, b"\0" * 4096, b"no parquet at all", b"PAR1\xff\xff\xff\xffPAR1"]
)
def test_a_file_that_is_no_parquet_is_damaged(store, place, content, call):
    place.write_bytes(content)
    assert store.sessions() == ("1",)
    assert store.exists(1)
    assert code_of(store, call) == "STORE_FILE_DAMAGED"


def test_a_file_that_is_cut_off_anywhere_is_damaged(store, place):
    content = place.read_bytes()
    for length in [*range(0, len(content), 97), len(content) - 1]:
        place.write_bytes(content[:length])
        assert code_of(store) == "STORE_FILE_DAMAGED"


def test_random_bytes_are_damaged(store, place):
    dice = random.Random(1)  # noqa: S311  (not a secret)
    for size in (8, 100, 10_000):
        place.write_bytes(dice.randbytes(size))
        assert code_of(store) == "STORE_FILE_DAMAGED"
        place.write_bytes(dice.randbytes(size) + (size // 2).to_bytes(4, "little") + b"PAR1")
        assert code_of(store) == "STORE_FILE_DAMAGED"


def changes(store, place, positions, bits):
    """Yield the code of each change of a bit, None where all is read as it was written."""
    content, good = place.read_bytes(), store.read(1)
    for position in positions:
        for bit in bits:
            changed = bytearray(content)
            changed[position] ^= bit
            place.write_bytes(changed)
            try:
                read = store.read(1)
            except SessionFailed as failed:
                yield failed.code
            else:
                assert read.table.equals(good.table, check_metadata=True), (position, bit)
                assert read.metadata == good.metadata, (position, bit)
                yield None


def test_a_bit_that_flips_in_the_pages_is_seen(store, place):
    size = len(place.read_bytes())
    pages = range(4, size - footer_bytes(place.read_bytes()), 53)
    codes = list(changes(store, place, pages, [0x10]))
    assert codes.count("STORE_FILE_DAMAGED") > 0.9 * len(codes)


def test_a_bit_that_flips_in_the_footer_is_seen_or_changes_nothing(store, place):
    size = len(place.read_bytes())
    footer = range(size - footer_bytes(place.read_bytes()), size, 29)
    codes = list(changes(store, place, footer, [0x01]))
    assert codes.count("STORE_FILE_DAMAGED") > 0.5 * len(codes)


@pytest.mark.deep
def test_no_bit_that_flips_anywhere_changes_what_is_read(store, place):
    store.write(1, session(laps=2, rows=20))
    codes = list(changes(store, place, range(len(place.read_bytes())), [0x04, 0x80]))
    assert set(codes) == {"STORE_FILE_DAMAGED", "STORE_FILE_FOREIGN", None}


def test_damage_in_one_lap_leaves_the_others_readable(store, place):
    content = bytearray(place.read_bytes())
    column = pq.read_metadata(place).row_group(1).column(5)
    start = column.data_page_offset + column.total_compressed_size // 2
    content[start : start + 8] = bytes(byte ^ 0xFF for byte in content[start : start + 8])
    place.write_bytes(content)
    assert code_of(store) == "STORE_FILE_DAMAGED"
    with pytest.raises(SessionFailed, match="STORE_FILE_DAMAGED"):
        store.read_lap(1, 1)
    assert store.read_lap(1, 0).table.num_rows == store.read_lap(1, 2).table.num_rows == 50
    assert store.read_lap(1, 1, ["time"]).table.num_rows == 50


def test_a_parquet_file_of_somebody_else_is_foreign(store, place):
    pq.write_table(pa.table({"lap_number": [1], "time": [0.0]}), place)
    assert code_of(store) == "STORE_FILE_FOREIGN"
    assert code_of(store, "metadata") == "STORE_FILE_FOREIGN"


def rewritten(place, change):
    """Write the session's rows again with another document."""
    file = pq.ParquetFile(place)
    table = file.read()
    document = json.loads(file.metadata.metadata[FOOTER_KEY.encode()])
    file.close()
    with pq.ParquetWriter(place, table.schema) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({FOOTER_KEY: change(document)})


def test_a_file_of_a_newer_version_is_foreign_and_says_so(store, place):
    rewritten(place, lambda document: json.dumps({**document, "v": 2}))
    with pytest.raises(SessionFailed, match="version 2") as raised:
        store.read(1)
    assert raised.value.code == "STORE_FILE_FOREIGN"


@pytest.mark.parametrize(
    "change",
    [
        lambda document: json.dumps({**document, "total_points": 1}),
        lambda document: json.dumps({**document, "source_type": "bosch"}),
        lambda document: json.dumps([document]),
        lambda document: json.dumps({"v": document["v"], "crc32": document["crc32"]}),
        lambda _document: "",
        lambda _document: "null",
        lambda _document: "[" * 100_000,
        lambda _document: "{",
    ],
)
def test_a_document_that_was_changed_is_damaged(store, place, change):
    rewritten(place, change)
    assert code_of(store) == "STORE_FILE_DAMAGED"


def test_row_groups_that_do_not_follow_the_laps_are_damaged(store, place):
    rewritten(place, json.dumps)
    assert code_of(store) == "STORE_FILE_DAMAGED"


def test_a_damaged_file_can_be_written_again_and_deleted(store, place):
    place.write_bytes(b"")
    store.write(1, session())
    assert store.read(1).table.num_rows == 150
    place.write_bytes(b"")
    assert store.delete(1)


def test_a_read_that_is_larger_than_the_limit_is_refused_and_a_smaller_one_is_not(store, tmp_path):
    whole = store.read(1).table
    narrow = SessionStore(tmp_path, max_bytes=8 * whole.num_rows * whole.num_columns - 1)
    with pytest.raises(SessionFailed) as raised:
        narrow.read(1)
    assert raised.value.code == "ARTIFACT_TOO_LARGE"
    assert raised.value.evidence["bytes"] == 8 * whole.num_rows * whole.num_columns
    lap = narrow.read_lap(1, narrow.laps(1)[0].lap_number)
    assert lap.table.num_columns == whole.num_columns


@pytest.mark.parametrize("limit", [0, -1, True, 1.5])
def test_a_limit_that_is_none_is_refused(tmp_path, limit):
    with pytest.raises(CallError):
        SessionStore(tmp_path, max_bytes=limit)
