"""Zips: nothing that a header claims is believed, and members come out even without a directory."""

from __future__ import annotations

import gc
import io
import struct
import tempfile
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.errors import Malformed
from telemparse.model.artifacts import Artifact
from telemparse.model.codes import CODES, Severity
from telemparse.model.wrappers import members_of, unwrap
from telemparse.model.zips import deferred

LIMIT = 2**33
FILES = {
    "run.csv": b"".join(b"%d,%.3f\n" % (row, row * 1.37 % 61) for row in range(40)),
    "day 2/run.gpx": b"<gpx>" + b"<trkpt/>" * 30 + b"</gpx>",
}
HIDDEN = {"day 2/": b"", "__MACOSX/run.csv": b"fork", ".hidden": b"h", "day 2/.DS_Store": b"d"}
STORED, DEFLATED, BZIP2, LZMA = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
)


class OneWay(io.RawIOBase):
    """A file that cannot seek, so that the sizes must follow the data."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.data += piece
        return len(piece)


def zipped(files=FILES, method=DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def streamed(files=FILES, method=DEFLATED):
    target = OneWay()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return bytes(target.data)


def opened(data, limit=LIMIT):
    return unwrap(Artifact.from_bytes(data, "a.zip"), max_decompressed_bytes=limit)


def contents(artifacts):
    return {artifact.name: artifact.read_at(0, artifact.size) for artifact in artifacts}


def inside(files):
    return {f"a.zip/{name}": data for name, data in files.items()}


def codes(artifact):
    return [issue.code for issue in artifact.issues]


def central(data, number=0):
    """Return the offset of an entry of the directory."""
    at = data.index(b"PK\x01\x02")
    for _entry in range(number):
        at = data.index(b"PK\x01\x02", at + 4)
    return at


def patched(data, at, value, form="<I"):
    data = bytearray(data)
    struct.pack_into(form, data, at, value)
    return bytes(data)


# Offsets of claimed fields within a directory entry (APPNOTE 4.3.12) and a local header (4.3.7).
CENTRAL = {"flags": 8, "method": 10, "crc": 16, "packed": 20, "size": 24, "offset": 42}
LOCAL = {"flags": 6, "method": 8, "crc": 14, "packed": 18, "size": 22}


# --- whole archives ---


@pytest.mark.parametrize("method", [STORED, DEFLATED, BZIP2])
@pytest.mark.parametrize("write", [zipped, streamed])
def test_each_visible_file_comes_out_with_the_name_of_its_archive(write, method):
    outer = Artifact.from_bytes(write({**HIDDEN, **FILES}, method), "a.zip")
    artifacts = unwrap(outer, max_decompressed_bytes=LIMIT)
    assert contents(artifacts) == inside(FILES)
    assert [(each.wrapper, each.outer, each.issues) for each in artifacts] == [("zip", outer, ())] * 2
    assert members_of(outer) == tuple(FILES)


def wide(write, monkeypatch):
    """Return an archive in zip64 form: every number that can stand in a wide field stands there alone."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    whole = write()
    return patched(whole, whole.rindex(b"PK\x05\x06") + 12, 2**64 - 1, "<Q")


@pytest.mark.parametrize("write", [zipped, streamed])
def test_an_archive_in_zip64_form_is_read(write, monkeypatch):
    artifacts = opened(wide(write, monkeypatch))
    assert contents(artifacts) == inside(FILES)
    assert [each.issues for each in artifacts] == [(), ()]


def test_a_comment_and_bytes_behind_the_archive_do_no_harm():
    target = io.BytesIO(zipped())
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"PK\x05\x06 in a comment"
    assert contents(opened(target.getvalue() + bytes(100))) == inside(FILES)


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        (b"folder\\run.csv", 0, "folder/run.csv"),
        (b"../../etc/run.csv", 0, "etc/run.csv"),
        (b"/abs//run.csv", 0, "abs/run.csv"),
        ("Ölmühle.csv".encode(), 0x800, "Ölmühle.csv"),
        ("Ölmühle.csv".encode("cp437"), 0, "Ölmühle.csv"),
        (b"run.csv\0.exe", 0, "run.csv"),
        (b"\xff\xfe.csv", 0x800, "\ufffd\ufffd.csv"),
    ],
)
def test_names_are_brought_to_one_form_inside_the_archive(raw, flags, name):
    place = b"N" * len(raw)
    data = zipped({place.decode(): b"1,2\n"}).replace(place, raw)
    data = patched(data, central(data) + CENTRAL["flags"], flags, "<H")
    assert list(contents(opened(data))) == [f"a.zip/{name}"]


def test_other_extra_fields_than_zip64_are_passed_over():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("run.csv")
        info.extra = struct.pack("<HHQ", 0x5455, 8, 7) + struct.pack("<HHQ", 0x7875, 8, 7) + b"?"
        archive.writestr(info, b"1,2\n")
    (artifact,) = opened(target.getvalue())
    assert (artifact.read_at(0, 100), artifact.issues) == (b"1,2\n", ())


@pytest.mark.parametrize("files", [{}, HIDDEN])
def test_an_archive_without_a_visible_file_is_one_artifact_without_bytes(files):
    (artifact,) = opened(zipped(files))
    assert (artifact.name, artifact.wrapper, artifact.size) == ("a.zip", "zip", 0)


def test_an_archive_in_an_archive_is_handed_out_unopened():
    inner = zipped()
    assert contents(opened(zipped({"inner.zip": inner}))) == {"a.zip/inner.zip": inner}


def test_all_members_together_stay_in_memory_only_up_to_the_common_share(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("telemparse.model.zips.IN_MEMORY_BYTES", 100)
    files = {f"{number}.csv": b"%d\n" % number * 30 for number in range(4)}
    artifacts = opened(zipped(files))
    assert contents(artifacts) == inside(files)
    assert len(list(tmp_path.iterdir())) == 3
    del artifacts
    gc.collect()
    assert list(tmp_path.iterdir()) == []


# --- what cannot be opened ---


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [("flags", 1, "encrypted"), ("method", 9, "unknown compression method 9")],
)
def test_an_encrypted_member_or_an_unknown_method_has_no_bytes_and_a_reason(field, value, reason):
    whole = zipped()
    first, second = opened(patched(whole, central(whole) + CENTRAL[field], value, "<H"))
    (issue,) = first.issues
    assert (issue.code, issue.severity) == ("FORMAT_NOT_RECOGNISED", Severity.WARNING)
    assert (first.size, issue.evidence["reason"]) == (0, reason)
    assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]


def test_a_method_that_python_could_write_but_nobody_asks_for_is_refused_with_its_number():
    artifacts = opened(zipped(method=LZMA))
    assert {issue.evidence["reason"] for each in artifacts for issue in each.issues} == {
        "unknown compression method 14"
    }


# --- headers that lie ---


@pytest.mark.parametrize("method", [STORED, DEFLATED])
@pytest.mark.parametrize("claim", [0, 1, 100_000, 0xFFFFFFFE])
@pytest.mark.parametrize("field", ["packed", "size"])
def test_a_directory_that_lies_about_a_size_hides_nothing_and_is_found_out(field, claim, method):
    whole = zipped(method=method)
    first, second = opened(patched(whole, central(whole) + CENTRAL[field], claim))
    kept = first.read_at(0, first.size)
    assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]
    assert second.issues == ()
    assert kept == FILES["run.csv"]
    assert len(first.issues) == 1
    assert codes(first)[0] in {"INTEGRITY_HASH_MISMATCH", "ARTIFACT_TRUNCATED"}


def test_sizes_that_lie_in_both_places_cannot_reach_into_the_next_member():
    whole = zipped(method=STORED)
    for at in (LOCAL["packed"], central(whole) + CENTRAL["packed"]):
        whole = patched(whole, at, 100_000)
    first, second = opened(whole)
    assert (first.read_at(0, 10_000), codes(first)) == (FILES["run.csv"], ["ARTIFACT_TRUNCATED"])
    assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]


def test_a_wrong_checksum_keeps_the_bytes_and_names_both():
    whole = zipped()
    first, _second = opened(patched(whole, central(whole) + CENTRAL["crc"], 7))
    assert (first.read_at(0, 10_000), codes(first)) == (FILES["run.csv"], ["INTEGRITY_HASH_MISMATCH"])
    assert first.issues[0].evidence["claimed"] == {"crc32": 7}
    assert first.issues[0].evidence["found"] == {"crc32": zlib.crc32(FILES["run.csv"])}


def test_a_directory_entry_that_points_nowhere_gives_a_member_without_bytes():
    whole = zipped()
    for offset in (3, len(whole) + 1000, 0xFFFFFFFE):
        first, second = opened(patched(whole, central(whole) + CENTRAL["offset"], offset))
        assert (first.size, codes(first)) == (0, ["ARTIFACT_TRUNCATED"])
        assert first.issues[0].locus.offset == min(offset, len(whole))
        assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]


def test_a_header_that_says_the_directory_is_empty_hides_no_member():
    whole = zipped()
    end = whole.rindex(b"PK\x05\x06")
    for empty in (patched(whole, end + 12, 0), patched(whole, end + 16, 0xFFFFFFF0)):
        artifacts = opened(empty)
        assert contents(artifacts) == inside(FILES)
        assert codes(artifacts[-1]) == ["ARTIFACT_TRUNCATED"]


@pytest.mark.parametrize("beyond", [2**40, 2**64 - 1])
def test_zip64_numbers_beyond_the_file_do_no_harm(beyond, monkeypatch):
    whole = wide(zipped, monkeypatch)
    locator, record = whole.rindex(b"PK\x06\x07"), whole.rindex(b"PK\x06\x06")
    for at in (locator + 8, record + 48):
        artifacts = opened(patched(whole, at, beyond, "<Q"))
        assert contents(artifacts) == inside(FILES)
        assert codes(artifacts[-1]) == ["ARTIFACT_TRUNCATED"]
    # The length of the directory is bounded by the record behind it.
    assert contents(opened(patched(whole, record + 40, beyond, "<Q"))) == inside(FILES)
    extra = whole.index(b"\x01\x00\x18\x00", central(whole))
    for at in (extra + 4, extra + 12, extra + 20):
        first, second = opened(patched(whole, at, beyond, "<Q"))
        assert first.read_at(0, 10_000) == FILES["run.csv"]
        assert second.issues


def test_a_zip64_form_without_its_records_is_walked_from_member_to_member(monkeypatch):
    whole = wide(zipped, monkeypatch)
    record = whole.rindex(b"PK\x06\x06")
    end = whole[whole.rindex(b"PK\x05\x06") :]
    assert contents(opened(whole[:record] + end)) == inside(FILES)
    (nothing,) = opened(end + bytes(40))
    assert (nothing.size, codes(nothing)) == (0, ["ARTIFACT_TRUNCATED"])


def test_a_directory_that_ends_in_a_name_is_none():
    whole = zipped()
    last = central(whole, 1)
    end = patched(whole[whole.rindex(b"PK\x05\x06") :], 12, 2**31)
    for cut in (last + 20, last + 50):
        artifacts = opened(whole[:cut] + end)
        assert contents(artifacts) == inside(FILES)
        assert codes(artifacts[-1]) == ["ARTIFACT_TRUNCATED"]


# --- bombs ---


def test_a_member_listed_a_thousand_times_is_unpacked_once():
    whole = zipped({"a.csv": bytes(1000)})
    at, end = central(whole), whole.rindex(b"PK\x05\x06")
    entries = whole[at:end] * 1000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), at, 0)
    first, *others = opened(whole[:at] + entries + tail)
    assert first.size == 1000
    assert {(each.size, each.issues[0].evidence["reason"]) for each in others} == {
        (0, "it lies over another member")
    }


def test_members_that_lie_inside_each_other_share_no_byte():
    # Each level quotes the next one's local header and data as stored bytes of its own.
    inner = zipped({"0": bytes(5000)}, STORED)
    data = inner[: central(inner)]
    entries = [(b"0", 0, len(data) - 31)]
    for name in (b"1", b"2", b"3"):
        header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, len(data), len(data), 1, 0)
        entries = [(each, offset + 31, size) for each, offset, size in entries]
        entries.append((name, 0, len(data)))
        data = header + name + data
    directory = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, size, size, 1, 0, 0, 0, 0, 0, offset)
        + name
        for name, offset, size in entries
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 4, 4, len(directory), len(data), 0)
    artifacts = opened(data + directory + end)
    assert len(artifacts) == 4
    assert sum(each.size for each in artifacts) <= len(data)
    assert all(each.issues for each in artifacts)


def test_bytes_are_counted_over_all_members_together():
    files = {f"{number}.csv": b"0,1\n" * 1000 for number in range(5)}
    assert contents(opened(zipped(files), limit=20_000)) == inside(files)
    with pytest.raises(Malformed) as refusal:
        opened(zipped(files), limit=19_999)
    assert (refusal.value.code, refusal.value.locus.artifact) == ("ARCHIVE_TOO_LARGE", "a.zip")


def _bomb(claimed_bytes):
    """Return a zip whose one member unpacks to 10 GiB of zeros and claims something else."""
    encoder = zlib.compressobj(9, wbits=-15)
    chunk = encoder.compress(bytes(1 << 20)) + encoder.flush(zlib.Z_FULL_FLUSH)
    body = chunk * 10_240
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), claimed_bytes, 1, 0)
    entry = struct.pack(
        "<4s6H3I5H2I",
        *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), claimed_bytes, 1, 0, 0, 0, 0, 0, 0),
    )
    directory_at = len(header) + 1 + len(body)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(entry) + 1, directory_at, 0)
    return header + b"0" + body + entry + b"0" + end


@pytest.mark.parametrize("claimed_bytes", [0, 10, 0xFFFFFFFE])
def test_a_bomb_does_not_get_past_whatever_it_claims(claimed_bytes, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bomb = _bomb(claimed_bytes)
    for data in (bomb, bomb[:-30]):
        with pytest.raises(Malformed, match="ARCHIVE_TOO_LARGE"):
            opened(data, limit=50 << 20)
        gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_more_than_ten_thousand_members_are_refused_with_and_without_a_directory():
    whole = zipped({str(number): b"" for number in range(10_001)}, STORED)
    for data in (whole, whole[: central(whole)]):
        with pytest.raises(Malformed) as refusal:
            opened(data)
        assert (refusal.value.code, refusal.value.evidence["members"]) == ("ARCHIVE_TOO_LARGE", 10_001)
    assert members_of(Artifact.from_bytes(whole)) == ()


# --- damaged archives ---


@pytest.mark.parametrize("write", [zipped, streamed])
@pytest.mark.parametrize("method", [STORED, DEFLATED, BZIP2])
def test_an_archive_cut_at_any_byte_keeps_what_was_there_and_says_so(write, method):
    whole = write(FILES, method)
    second = whole.index(b"PK\x03\x04", 4)
    for cut in range(4, len(whole)):
        artifacts = opened(whole[:cut])
        kept = contents(artifacts)
        assert any("ARTIFACT_TRUNCATED" in codes(each) for each in artifacts)
        assert members_of(Artifact.from_bytes(whole[:cut])) == ()
        for name, data in inside(FILES).items():
            # Where no size is known, up to three bytes of the cut signature behind the data stay.
            unsure = 3 if (write, method) == (streamed, STORED) else 0
            found = kept.get(name, b"")
            assert data.startswith(found[: len(found) - unsure] if len(found) > len(data) else found)
        if cut >= second + 4:
            assert kept["a.zip/run.csv"] == FILES["run.csv"]


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_damage_in_one_member_leaves_the_next_one_whole_even_without_a_directory(method):
    whole = bytearray(zipped(method=method))
    whole[60:64] = b"\xff\xff\xff\xff"
    for data in (bytes(whole), bytes(whole[: central(bytes(whole))])):
        first, second = opened(data)
        assert first.issues
        assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]


def test_a_hidden_member_is_passed_over_without_a_directory_too():
    whole = zipped({**HIDDEN, **FILES})
    assert contents(opened(whole[: central(whole)])) == inside(FILES)


def test_without_a_directory_a_checksum_behind_the_data_is_compared():
    whole = streamed({"run.csv": FILES["run.csv"]})
    descriptor = whole.index(b"PK\x07\x08")
    (artifact,) = opened(patched(whole, descriptor + 4, 7)[: central(whole)])
    assert codes(artifact) == ["INTEGRITY_HASH_MISMATCH"]


def test_without_a_directory_an_encrypted_member_is_stepped_over():
    whole = zipped()
    first, second = opened(patched(whole, LOCAL["flags"], 1, "<H")[: central(whole)])
    assert codes(first) == ["FORMAT_NOT_RECOGNISED"]
    assert second.read_at(0, 1000) == FILES["day 2/run.gpx"]


def test_a_member_is_found_beyond_a_long_stretch_of_rubbish():
    whole = zipped()
    cut = whole.index(b"PK\x03\x04", 4)
    gap = b"P" * 300_000
    assert contents(opened(whole[:cut] + gap + whole[cut : central(whole)])) == inside(FILES)


# --- members on demand ---


def on_demand(data, limit=LIMIT):
    return deferred(Artifact.from_bytes(data, "a.zip"), max_decompressed_bytes=limit)


def test_members_on_demand_are_the_same_as_those_unpacked_at_once():
    files = {f"{number}.csv": b"%d\n" % number * 30 for number in range(9)}
    members = on_demand(zipped(files))
    assert contents(members) == inside(files)
    assert contents(members) == inside(files)
    assert {(each.wrapper, each.outer.name) for each in members} == {("zip", "a.zip")}


def test_a_member_on_demand_says_what_is_wrong_once_it_is_opened():
    whole = zipped()
    first, second = on_demand(patched(whole, central(whole) + CENTRAL["crc"], 7))
    assert (first.issues, first.size, codes(first)) == (
        (),
        len(FILES["run.csv"]),
        ["INTEGRITY_HASH_MISMATCH"],
    )
    assert (second.size, second.issues) == (len(FILES["day 2/run.gpx"]), ())


def test_a_member_on_demand_that_unpacks_to_too_much_is_empty_and_says_so():
    (artifact,) = on_demand(_bomb(10), limit=50 << 20)
    assert (artifact.size, codes(artifact)) == (0, ["ARCHIVE_TOO_LARGE"])
    assert artifact.issues[0].severity is Severity.ERROR


def test_an_opener_outlives_the_artifact_it_was_made_for():
    (artifact,) = on_demand(zipped({"run.csv": b"1\n"}))
    opener = artifact.open
    reader = artifact._opener
    del artifact, opener
    gc.collect()
    with reader() as file:
        assert file.read() == b"1\n"


def test_what_can_only_be_judged_as_a_whole_has_no_members_on_demand():
    whole = zipped()
    assert on_demand(whole[: central(whole)]) == ()
    assert on_demand(whole, limit=100) == ()
    assert on_demand(zipped({str(number): b"" for number in range(10_001)}, STORED)) == ()


# --- anything at all ---


@given(
    st.sampled_from([write(FILES, method) for write in (zipped, streamed) for method in (STORED, DEFLATED)]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(4, 10_000),
)
def test_a_damaged_archive_gives_artifacts_with_known_codes(whole, changes, cut):
    data = bytearray(whole)
    for at, value in changes:
        data[4 + at % (len(data) - 4)] = value
    artifacts = opened(bytes(data[:cut]))
    assert artifacts
    assert all(issue.code in CODES for artifact in artifacts for issue in artifact.issues)
    assert sum(artifact.size for artifact in artifacts) < 1_100 * len(data)
