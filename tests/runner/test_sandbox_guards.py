"""The sandbox's second fence: what a guarded call may do to files, programs and networks, and what not."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys

import pytest

import sandbox_targets
from telemparse.isolation import ChildFailed
from telemparse.runner import sandbox_guards
from telemparse.runner.sandbox import Sandbox


@pytest.fixture(scope="module")
def box():
    with Sandbox(2 << 30, max_calls=10_000) as sandbox:
        yield sandbox


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "private"
    place.mkdir()
    return place


@pytest.fixture
def place(tmp_path):
    """Give a file outside of the call's folder, which stays as it is."""
    file = tmp_path / "outside" / "file"
    file.parent.mkdir()
    file.write_text("kept")
    before = file.stat()
    yield file
    after = file.stat()
    assert file.read_text() == "kept"
    assert list(file.parent.iterdir()) == [file]
    assert stat.filemode(after.st_mode) == stat.filemode(before.st_mode)
    assert (after.st_nlink, after.st_mtime_ns) == (1, before.st_mtime_ns)


def call(box, name, folder, *, guarded=True, **request):
    return box.call(f"sandbox_targets:{name}", request, folder, timeout_s=60, guarded=guarded)


def refused(box, name, folder, **options):
    with pytest.raises(ChildFailed) as failed:
        call(box, name, folder, **options)
    error = failed.value.evidence["error"]
    return error.startswith("PermissionError") and "the sandbox does not allow" in error


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("deed", ["connect", "look_up", "listen", "local"])
def test_no_call_reaches_a_network(deed, guarded, box, folder):
    assert refused(box, "network", folder, deed=deed, guarded=guarded)


@pytest.mark.parametrize("deed", ["popen", "system", "fork", "spawn", "exec", "kill_parent", "kill_group"])
def test_a_guarded_call_starts_no_program_and_signals_no_other_process(deed, box, folder):
    assert refused(box, "program", folder, deed=deed)


@pytest.mark.parametrize("deed", sandbox_targets.CHANGES)
def test_a_guarded_call_changes_nothing_outside_of_its_folders(deed, box, folder, place):
    assert refused(box, "change", folder, deed=deed, place=str(place))
    assert folder.is_dir()


def test_a_guarded_call_does_as_it_likes_within_its_folders_and_reads_elsewhere(box, folder, place):
    assert call(box, "work_within", folder, place=str(place)) == "kept"


def test_a_folder_that_is_reached_by_a_link_is_the_call_s_own(box, folder, tmp_path, place):
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert call(box, "work_within", link, place=str(place)) == "kept"


def test_a_refusal_is_an_error_of_the_system_that_honest_code_knows_to_handle(box, folder, place):
    name, words = call(box, "errno_of_a_refusal", folder, place=str(place))
    assert name == "EPERM"
    assert "the sandbox does not allow open" in words


def test_an_unguarded_call_works_outside_and_the_next_guarded_one_does_not(box, folder, tmp_path, place):
    other = tmp_path / "other"
    assert call(box, "work_outside", folder, place=str(other), guarded=False) == 0
    assert other.read_text() == "changed"
    assert refused(box, "work_outside", folder, place=str(place))


def test_an_import_in_the_child_leaves_no_compiled_file(tmp_path, folder, monkeypatch):
    module = tmp_path / "importable" / "never_compiled.py"
    module.parent.mkdir()
    module.write_text("def f(request, folder):\n    return __file__\n")
    monkeypatch.syspath_prepend(str(module.parent))
    with Sandbox(None) as fresh:
        assert fresh.call("never_compiled:f", {}, folder, timeout_s=60) == str(module)
    assert list(module.parent.iterdir()) == [module]


# --- in this process, which hears nothing by itself ---


@pytest.mark.parametrize(
    "event",
    [
        ("open", "{own}/file", "w", os.O_WRONLY | os.O_CREAT),
        ("open", "{own}", None, os.O_RDWR | os.O_TMPFILE),
        ("open", "{outside}/file", "r", os.O_RDONLY | os.O_CLOEXEC),
        ("open", 7, "w", os.O_WRONLY),
        ("open", os.devnull, "w", os.O_WRONLY),
        ("os.rename", "{own}/a", "{own}/b", -1, -1),
        ("os.truncate", 7, 0),
        ("os.kill", os.getpid(), 9),
        ("os.listdir", "{outside}"),
        ("socket.gethostname",),
        ("import", "os", None, None, None, None),
    ],
)
def test_what_is_allowed_passes(event, tmp_path):
    name, *arguments = (
        part.format(own=tmp_path / "own", outside=tmp_path) if isinstance(part, str) else part
        for part in event
    )
    with sandbox_guards.confined_to(tmp_path / "own"):
        sandbox_guards._heard(name, tuple(arguments))


@pytest.mark.parametrize(
    "event",
    [
        ("open", "{outside}/file", "w", os.O_WRONLY | os.O_CREAT),
        ("open", "{outside}/own_and_more", "w", os.O_WRONLY | os.O_CREAT),
        ("open", "{own}/../file", "w", os.O_WRONLY | os.O_CREAT),
        ("os.rename", "{own}/a", "{outside}/a", -1, -1),
        ("os.rename", "{outside}/a", "{own}/a", -1, -1),
        ("os.rmdir", "{own}/..", -1),
        ("os.rmdir", "{own}/", -1),
        ("os.symlink", "{own}/a", "{outside}/a", -1),
        ("os.kill", 1, 9),
        ("os.system", b"true"),
        ("subprocess.Popen", "true", ["true"], None, None),
        ("socket.__new__", None, socket.AF_UNIX, socket.SOCK_STREAM, 0),
    ],
)
def test_what_is_not_allowed_is_refused(event, tmp_path):
    name, *arguments = (
        part.format(own=tmp_path / "own", outside=tmp_path) if isinstance(part, str) else part
        for part in event
    )
    with sandbox_guards.confined_to(tmp_path / "own"), pytest.raises(PermissionError, match="does not allow"):
        sandbox_guards._heard(name, tuple(arguments))
    if not name.startswith("socket."):
        sandbox_guards._heard(name, tuple(arguments))


def test_a_path_relative_to_an_open_folder_is_looked_for_there(tmp_path):
    own, other = tmp_path / "own", tmp_path / "other"
    with sandbox_guards.confined_to(own):
        for folder in (own, other):
            folder.mkdir()
            opened = os.open(folder, os.O_RDONLY)
            try:
                if folder == own:
                    sandbox_guards._heard("os.remove", ("file", opened))
                else:
                    with pytest.raises(PermissionError):
                        sandbox_guards._heard("os.remove", ("file", opened))
            finally:
                os.close(opened)


def test_a_process_whose_parent_is_gone_already_leaves_at_once():
    program = "from telemparse.runner.sandbox_guards import end_with_parent as f; f(1); print('still here')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
