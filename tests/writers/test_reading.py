"""A folder that is no whole recording is said to be none, in words, and never half believed."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemparse import writers
from telemparse.errors import CallError, Malformed, TelemparseError


@pytest.fixture
def folder(result_of, drive, tmp_path):
    """Return a folder with a recording of two streams."""
    writers.write(result_of({"gnss_pvt": drive(40), "gnss_pvt.rover": drive(30)}), tmp_path / "ride")
    return tmp_path / "ride"


def edited(folder, change):
    """Change the manifest of a folder."""
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_folder_without_a_manifest_is_no_recording(tmp_path):
    with pytest.raises(CallError, match=r"no manifest\.json"):
        writers.read(tmp_path)


def test_a_path_that_is_no_folder_is_no_recording(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CallError, match=r"no manifest\.json"):
        writers.read(tmp_path / "file")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"v": 1}', b'{"v": 1, "streams": [7]}', b"[" * 100_000],
)
def test_a_manifest_that_is_none_is_a_callerror(content, folder):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(CallError, match="not a telemparse manifest"):
        writers.read(folder)


def test_a_manifest_of_another_version_is_refused(folder):
    edited(folder, lambda manifest: manifest.update(v=99))
    with pytest.raises(CallError, match="another version"):
        writers.read(folder)


@pytest.mark.parametrize("change", [
    lambda manifest: manifest["result"].pop("errors"),
    lambda manifest: manifest["result"].update(metadata={"gate": {"$type": "Gate", "kind": "?"}}),
    lambda manifest: manifest["result"].update(metadata={"gate": {"$type": ["Gate"]}}),
    lambda manifest: manifest["result"].update(metadata={"gate": {"$type": "Popen"}}),
    lambda manifest: manifest["result"].update(warnings=[{"code": "X"}]),
])  # fmt: skip
def test_a_damaged_result_document_is_a_callerror(change, folder):
    edited(folder, change)
    with pytest.raises(CallError, match="not a telemparse manifest"):
        writers.read(folder)


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_text_formats_cannot_be_read_back_and_say_so(form, result_of, drive, tmp_path):
    writers.write(result_of({"gnss_pvt": drive(4)}), tmp_path, format=form)
    with pytest.raises(CallError, match=f"written as {form} cannot be read back"):
        writers.read(tmp_path)


def test_an_unknown_format_in_the_manifest_is_refused(folder):
    edited(folder, lambda manifest: manifest.update(format="feather"))
    with pytest.raises(CallError, match="feather"):
        writers.read(folder)


@pytest.mark.parametrize(
    "file", ["../gnss_pvt.parquet", "/etc/passwd", "gnss_pvt.arrow", "x/gnss_pvt.parquet"]
)
def test_a_manifest_cannot_name_files_outside_its_layout(file, folder):
    edited(folder, lambda manifest: manifest["streams"][0].update(file=file))
    with pytest.raises(CallError, match="belongs"):
        writers.read(folder)


@pytest.mark.parametrize("name", ["../gnss", 7, None])
def test_a_manifest_cannot_name_streams_that_are_none(name, folder):
    edited(folder, lambda manifest: manifest["streams"][0].update(name=name))
    with pytest.raises(CallError, match="no canonical stream"):
        writers.read(folder)


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    file = folder / "gnss_pvt.parquet"
    shutil.move(file, tmp_path / "elsewhere.parquet")
    file.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(CallError, match="out of the folder"):
        writers.read(folder)


def test_a_missing_file_is_named(folder):
    (folder / "gnss_pvt.rover.parquet").unlink()
    with pytest.raises(Malformed, match=r"gnss_pvt\.rover\.parquet.*missing") as caught:
        writers.read(folder)
    assert caught.value.code == "INTEGRITY_HASH_MISMATCH"


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_damaged_file_never_passes_for_the_one_that_was_written(form, result_of, drive, tmp_path):
    table = drive(40)
    writers.write(result_of({"gnss_pvt": table}), tmp_path, format=form, compression="none")
    file = tmp_path / f"gnss_pvt.{form}"
    whole = file.read_bytes()

    for offset in range(0, len(whole), 97):
        file.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x5A]) + whole[offset + 1 :])
        try:
            result = writers.read(tmp_path)
        except TelemparseError:
            continue
        assert [issue.code for issue in result.warnings] == ["INTEGRITY_HASH_MISMATCH"]


@pytest.mark.parametrize("length", [0, 3, 100, 2000])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_cut_file_is_unreadable_in_words(form, length, result_of, drive, tmp_path):
    writers.write(result_of({"gnss_pvt": drive(400)}), tmp_path, format=form)
    file = tmp_path / f"gnss_pvt.{form}"
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(Malformed, match="unreadable"):
        writers.read(tmp_path)


def test_another_recording_s_file_reads_with_a_warning(folder, result_of, drive, tmp_path):
    writers.write(result_of({"gnss_pvt": drive(7)}), tmp_path / "other")
    shutil.copy(tmp_path / "other" / "gnss_pvt.parquet", folder / "gnss_pvt.parquet")

    result = writers.read(folder)

    assert result.ok
    (warning,) = result.warnings
    assert (warning.code, warning.locus.artifact) == ("INTEGRITY_HASH_MISMATCH", "gnss_pvt.parquet")
    assert warning.evidence["expected"] != warning.evidence["found"]
    assert result.streams["gnss_pvt"].num_rows == 7


def test_a_file_that_the_system_refuses_is_an_oserror(folder, monkeypatch):
    def refused(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pa, "OSFile", refused)
    with pytest.raises(PermissionError):
        writers.read(folder)


def test_a_parquet_file_of_somebody_else_is_unreadable(folder):
    pq.write_table(pa.table({"x": [1]}), folder / "gnss_pvt.parquet", store_schema=False)
    with pytest.raises(Malformed, match="no Arrow schema"):
        writers.read(folder)
