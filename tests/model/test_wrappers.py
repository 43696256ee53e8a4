"""Wrappers: every one is told and opened, damage keeps what came before it, and a bomb does not go off."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import lzma
import tempfile
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.errors import Malformed
from telemparse.model.artifacts import Artifact
from telemparse.model.codes import CODES, Severity
from telemparse.model.wrapper_tells import wrapper_of
from telemparse.model.wrappers import members_of, unwrap

LIMIT = 2**33
TEXT = b"".join(b"%d,%.3f\n" % (row, row * 1.37 % 61) for row in range(60))
LONG = b"".join(b"%d,%.5f\n" % (row, row * row * 0.01 % 97) for row in range(40_000))
PACKED = {
    "gzip": (gzip.compress, ".gz"),
    "zlib": (zlib.compress, ".zz"),
    "xz": (lzma.compress, ".xz"),
    "bzip2": (bz2.compress, ".bz2"),
}
DECODERS = {
    "gzip": lambda: zlib.decompressobj(31),
    "zlib": zlib.decompressobj,
    "xz": lzma.LZMADecompressor,
    "bzip2": bz2.BZ2Decompressor,
}
REPEATABLE = ["gzip", "xz", "bzip2"]

each_wrapper = pytest.mark.parametrize("wrapper", PACKED)


def packed(wrapper, data=TEXT):
    return PACKED[wrapper][0](data)


def opened(data, name="run.csv.gz", limit=LIMIT):
    (artifact,) = unwrap(Artifact.from_bytes(data, name), max_decompressed_bytes=limit)
    return artifact


def content(artifact):
    return b"".join(artifact.chunks())


def codes(artifact):
    return [issue.code for issue in artifact.issues]


# --- telling them apart ---


@each_wrapper
def test_a_wrapper_is_told_by_its_first_bytes(wrapper):
    assert wrapper_of(packed(wrapper)) == wrapper


def test_an_empty_gzip_zlib_or_bzip2_file_is_still_a_wrapper():
    assert [wrapper_of(packed(each, b"")) for each in PACKED] == list(PACKED)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"BZh",
        b"BZh9 is how this log begins",
        b"PK is not enough",
        b"\x1f\x8b\x08\xe0 reserved flags",
        b"\x1f\x8b\x07\x00 another method",
        b"lat,lon,t\n1,2,3\n",
        b"<?xml version='1.0'?><gpx/>",
        b"x^2 + y^2 are printable and pass for the header of a zlib stream" * 4,
        b"80,12,1\n80,13,2\n80,14,3\n80,15,4\n80,16,5\n",
        b"802,12,1\n802,13,2\n802,14,3\n802,15,4\n",
        b"\x78\x9c\xff\xff\xff\xff no deflate block begins so",
        b"\x78\xbb\x00\x00\x00\x01 asks for a preset dictionary",
        b"\x78\x9d\x00\x00 has wrong check bits",
        b"\x88\x1c\x00\x00 wants too large a window",
    ],
)
def test_a_stranger_is_no_wrapper(head):
    assert wrapper_of(head) is None


def test_a_file_without_a_wrapper_is_returned_as_it_is():
    artifact = Artifact.from_bytes(TEXT, "run.csv")
    assert unwrap(artifact, max_decompressed_bytes=10) == (artifact,)


# --- whole files ---


@each_wrapper
def test_content_comes_out_with_its_name_and_where_it_came_from(wrapper):
    outer = Artifact.from_bytes(packed(wrapper), "run.csv" + PACKED[wrapper][1])
    (artifact,) = unwrap(outer, max_decompressed_bytes=LIMIT)
    assert content(artifact) == TEXT
    assert (artifact.name, artifact.wrapper, artifact.outer) == ("run.csv", wrapper, outer)
    assert (artifact.issues, artifact.size, artifact.sha256) == ((), len(TEXT), outer.sha256)


@pytest.mark.parametrize(
    ("name", "inner"),
    [("RUN.CSV.GZ", "RUN.CSV"), ("run.csv", "run.csv"), (".gz", ".gz"), ("<bytes>", "<bytes>")],
)
def test_only_a_known_suffix_falls_off_the_name(name, inner):
    assert opened(packed("gzip"), name).name == inner


@pytest.mark.parametrize("wrapper", REPEATABLE)
@pytest.mark.parametrize("padding", [b"", bytes(512)])
def test_streams_in_a_row_and_nul_padding_are_normal(wrapper, padding):
    artifact = opened(packed(wrapper) + padding + packed(wrapper, b"more\n") + padding)
    assert (content(artifact), artifact.issues) == (TEXT + b"more\n", ())


def test_more_than_a_window_of_padding_is_normal_too():
    artifact = opened(packed("gzip") + bytes(200_000) + packed("gzip"))
    assert (content(artifact), artifact.issues) == (TEXT + TEXT, ())


@each_wrapper
def test_long_content_is_whole(wrapper):
    artifact = opened(packed(wrapper, LONG))
    assert (content(artifact) == LONG, artifact.issues) == (True, ())


def test_all_optional_fields_of_a_gzip_header_are_skipped():
    plain = gzip.compress(TEXT)
    fields = b"\x05\x00extra" + b"name.csv\0" + b"a comment\0" + b"\x12\x34"
    artifact = opened(plain[:3] + bytes([4 | 8 | 16 | 2]) + plain[4:10] + fields + plain[10:])
    assert (content(artifact), artifact.issues) == (TEXT, ())


@pytest.mark.parametrize(
    "header",
    [
        b"\x1f\x8b\x08\x00\0\0",
        b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x09\x00short",
        b"\x1f\x8b\x08\x08\0\0\0\0\0\xffa name without an end",
        b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * 100_000 + b"\0",
        b"\x1f\x8b\x08\x02\0\0\0\0\0\xff\x01",
    ],
)
def test_a_gzip_header_without_an_end_is_a_truncation(header):
    artifact = opened(header)
    assert (content(artifact), codes(artifact)) == (b"", ["ARTIFACT_TRUNCATED"])


def test_an_archive_in_an_archive_is_handed_out_unopened():
    inner = packed("gzip")
    artifact = opened(gzip.compress(inner))
    assert (content(artifact), artifact.wrapper, wrapper_of(content(artifact))) == (inner, "gzip", "gzip")


def test_only_a_zip_has_members():
    assert members_of(Artifact.from_bytes(packed("gzip"))) == ()


def test_tiny_streams_in_a_row_are_read_in_linear_time():
    data = gzip.compress(b"") * 2000
    count = 0

    class Counting(io.BytesIO):
        def read(self, size=-1):
            nonlocal count
            piece = super().read(size)
            count += len(piece)
            return piece

    artifact = Artifact("many.gz", lambda: Counting(data))
    (inner,) = unwrap(artifact, max_decompressed_bytes=LIMIT)
    assert (inner.size, inner.issues) == (0, ())
    assert count < 100 * len(data)


# --- damaged files ---


@each_wrapper
def test_a_file_cut_at_any_byte_keeps_all_that_can_be_decoded_and_says_where_it_ends(wrapper):
    whole = packed(wrapper)
    recognised = 0
    for cut in range(len(whole)):
        artifact = opened(whole[:cut])
        if artifact.wrapper is None:
            assert wrapper_of(whole[:cut]) is None
            continue
        recognised += 1
        assert content(artifact) == DECODERS[wrapper]().decompress(whole[:cut])
        (issue,) = artifact.issues
        assert (issue.code, issue.severity) == ("ARTIFACT_TRUNCATED", Severity.WARNING)
        assert issue.locus.offset == issue.evidence["offset"] == cut
    assert recognised > len(whole) // 2


def _damaged_block(header):
    """Return a deflate stream whose second block is of a type that does not exist, and where that is."""
    encoder = zlib.compressobj(wbits=-15)
    good = header + encoder.compress(LONG) + encoder.flush(zlib.Z_FULL_FLUSH)
    return good + b"\x07" + bytes(100), len(good)


@pytest.mark.parametrize("header", [b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x78\x9c"])
def test_everything_before_a_damaged_block_is_kept_and_the_damage_is_placed(header):
    data, offset = _damaged_block(header)
    artifact = opened(data)
    assert content(artifact) == LONG
    assert codes(artifact) == ["ARTIFACT_TRUNCATED", "INTEGRITY_HASH_MISMATCH"]
    assert artifact.issues[0].locus.offset == offset


def _flipped(data, at):
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize(("wrapper", "at"), [("gzip", -8), ("gzip", -1), ("zlib", -1)])
def test_a_wrong_checksum_or_length_keeps_the_bytes_and_says_so(wrapper, at):
    whole = packed(wrapper)
    artifact = opened(_flipped(whole, len(whole) + at))
    assert (content(artifact), codes(artifact)) == (TEXT, ["INTEGRITY_HASH_MISMATCH"])


def test_the_stream_behind_a_wrong_checksum_is_still_read():
    whole = packed("gzip")
    artifact = opened(_flipped(whole, len(whole) - 8) + whole)
    assert (content(artifact), codes(artifact)) == (TEXT + TEXT, ["INTEGRITY_HASH_MISMATCH"])


def test_a_wrong_checksum_inside_xz_keeps_the_whole_block():
    xz = lzma.compress(LONG, check=lzma.CHECK_CRC64)
    index_bytes = (int.from_bytes(xz[-8:-4], "little") + 1) * 4
    artifact = opened(_flipped(xz, len(xz) - 12 - index_bytes - 1))
    assert (content(artifact) == LONG, artifact.size) == (True, len(LONG))
    assert codes(artifact) == ["ARTIFACT_TRUNCATED", "INTEGRITY_HASH_MISMATCH"]


def test_a_wrong_checksum_inside_bzip2_keeps_the_block_but_for_the_byte_that_comes_with_the_error():
    artifact = opened(_flipped(bz2.compress(LONG), 12))
    assert (content(artifact) == LONG[:-1], artifact.size) == (True, len(LONG) - 1)
    assert codes(artifact) == ["ARTIFACT_TRUNCATED", "INTEGRITY_HASH_MISMATCH"]


@each_wrapper
def test_bytes_behind_the_stream_are_reported_and_not_read(wrapper):
    whole = packed(wrapper)
    artifact = opened(whole + b"rubbish")
    assert (content(artifact), codes(artifact)) == (TEXT, ["ARTIFACT_TRUNCATED"])
    assert artifact.issues[0].locus.offset == len(whole)


def test_an_xz_stream_that_asks_for_gigabytes_of_dictionary_is_left_alone():
    data = bytearray(lzma.compress(TEXT))
    # Stream header of 12 bytes; block header: its size, flags, filter id 0x21, one property: the size code.
    length = (data[12] + 1) * 4
    assert data[14:16] == b"\x21\x01"
    data[16] = 40
    data[12 + length - 4 : 12 + length] = zlib.crc32(data[12 : 12 + length - 4]).to_bytes(4, "little")
    artifact = opened(bytes(data))
    (issue,) = artifact.issues
    assert (issue.code, issue.severity, content(artifact)) == ("FORMAT_NOT_RECOGNISED", Severity.WARNING, b"")
    assert "dictionary" in issue.evidence["reason"]


# --- bombs ---


def _zeros_deflated(mebibytes):
    encoder = zlib.compressobj(9, wbits=-15)
    chunk = encoder.compress(bytes(1 << 20)) + encoder.flush(zlib.Z_FULL_FLUSH)
    return chunk * mebibytes


BOMBS = {
    "gzip": lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + _zeros_deflated(10_240),
    "zlib": lambda: b"\x78\x9c" + _zeros_deflated(10_240),
    "xz": lambda: lzma.compress(bytes(10 << 20)) * 1024,
    "bzip2": lambda: bz2.compress(bytes(10 << 20)) * 1024,
}


@each_wrapper
def test_ten_gigabytes_of_zeros_are_refused_in_bounded_memory_and_leave_no_file(
    wrapper, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bomb = Artifact.from_bytes(BOMBS[wrapper](), "bomb")
    tracemalloc.start()
    try:
        with pytest.raises(Malformed) as refusal:
            unwrap(bomb, max_decompressed_bytes=100 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal.value.code == "ARCHIVE_TOO_LARGE"
    assert refusal.value.evidence == {"artifact": "bomb", "limit": 100 << 20, "ratio": 1000}
    assert peak < 80 << 20
    del refusal
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_ratio_beyond_a_thousand_is_refused_whatever_the_limit():
    with pytest.raises(Malformed, match="ARCHIVE_TOO_LARGE"):
        opened(bz2.compress(bytes(20 << 20)))


def test_the_ratio_counts_from_one_mebibyte_on():
    assert opened(bz2.compress(bytes(1 << 20))).size == 1 << 20


def test_exactly_the_limit_may_come_out():
    assert content(opened(packed("gzip"), limit=len(TEXT))) == TEXT
    with pytest.raises(Malformed, match="ARCHIVE_TOO_LARGE"):
        opened(packed("gzip"), limit=len(TEXT) - 1)


# --- anything at all ---

MAGICS = [
    b"\x1f\x8b\x08",
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
    b"\x78\x9c",
    b"\x78\x01",
    b"\xfd7zXZ\0",
    b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46",
    b"BZh91AY&SY",
    b"BZh9\x17\x72\x45\x38\x50\x90",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08PK\x03\x04",
]


def _check_promise(data):
    artifacts, code = (), "ARCHIVE_TOO_LARGE"
    try:
        artifacts = unwrap(Artifact.from_bytes(data, "any"), max_decompressed_bytes=1 << 20)
    except Malformed as refusal:
        code = refusal.code
    assert code == "ARCHIVE_TOO_LARGE"
    assert sum(artifact.size for artifact in artifacts) <= max(1 << 20, len(data))
    assert all(issue.code in CODES for artifact in artifacts for issue in artifact.issues)


@given(st.sampled_from(MAGICS), st.binary(max_size=400))
def test_any_bytes_behind_a_magic_give_artifacts_or_a_refusal(magic, rest):
    _check_promise(magic + rest)


@given(
    st.sampled_from([packed(wrapper) for wrapper in PACKED]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5),
    st.integers(1, 10_000),
)
def test_a_damaged_file_gives_artifacts_or_a_refusal(whole, changes, cut):
    data = bytearray(whole)
    for at, value in changes:
        data[at % len(data)] = value
    _check_promise(bytes(data[:cut]))
