"""The sandbox seen from the process around it: how it ends, what it was started as, how large it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

BEGIN = """
    import os, signal, sys, threading
    from pathlib import Path
    from telemparse.isolation import ChildFailed
    from telemparse.runner.sandbox import Sandbox

    folder = Path(sys.argv[1])

    def call(box, name, **request):
        return box.call(f"sandbox_targets:{name}", request, folder, timeout_s=60)
"""


@pytest.fixture
def start(tmp_path):
    """Start a program in a file, with the import path and a scratch folder of its own."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "scratch").mkdir()
    started = []

    def start(program):
        script = tmp_path / "program.py"
        script.write_text(textwrap.dedent(BEGIN) + textwrap.dedent(program), "utf-8")
        # By way of a shell that forks once more: a process's peak memory begins with that of whoever
        # forked it, and this one may have grown beyond what the children are to reach.
        process = subprocess.Popen(
            ["sh", "-c", '"$0" "$@"; exit $?', sys.executable, str(script), str(tmp_path / "folder")],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
                "TMPDIR": str(tmp_path / "scratch"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(process):
    out, err = process.communicate(timeout=120)
    assert (err, process.returncode) == ("", 0)
    return out.splitlines()


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # An orphan may wait for its new parent to reap it.
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def becomes_gone(pid):
    return any(is_gone(pid) for _look in range(1000) if not time.sleep(0.01))


KILLED = """
    with Sandbox(2 << 30) as idle, Sandbox(2 << 30) as busy:
        pid = call(idle, "noop")
        started = folder / "started"

        def look():
            while not (started.exists() and started.read_text()):
                pass
            print(os.getpid(), pid, started.read_text(), flush=True)

        threading.Thread(target=look).start()
        call(busy, WAY)
"""


@pytest.mark.parametrize("way", ["sleep", "spin_started"])
def test_a_killed_parent_leaves_no_child_behind(way, start):
    process = start(KILLED.replace("WAY", repr(way)))
    parent, idle, busy = map(int, process.stdout.readline().split())
    os.kill(parent, signal.SIGKILL)
    assert becomes_gone(idle)
    assert becomes_gone(busy)


@pytest.mark.slow
def test_what_a_killed_parent_left_is_swept_by_another_once_it_is_old(start, tmp_path):
    process = start(KILLED.replace("WAY", "'sleep'"))
    parent, idle, busy = map(int, process.stdout.readline().split())
    places = list((tmp_path / "scratch").iterdir())
    assert len(places) == 2
    for place in places:
        os.utime(place, (0, 0))
    visit = """
        with Sandbox(2 << 30) as box:
            call(box, "noop")
            print(len(list(Path(os.environ["TMPDIR"]).iterdir())))
    """
    assert said(start(visit)) == ["3"], "they are in use"
    os.kill(parent, signal.SIGKILL)
    assert becomes_gone(idle)
    assert becomes_gone(busy)
    assert becomes_gone(parent)
    os.utime(places[0])
    assert said(start(visit)) == ["2"]
    assert list((tmp_path / "scratch").iterdir()) == places[:1], "a young one may be about to be used"


def test_what_only_looks_like_a_folder_of_ours_is_not_swept(start, tmp_path):
    (tmp_path / "other").mkdir()
    link = tmp_path / "scratch" / "telemparse-sandbox-link"
    link.symlink_to(tmp_path / "other")
    file = tmp_path / "scratch" / "telemparse-sandbox-file"
    file.write_text("x")
    for place in (tmp_path / "other", file):
        os.utime(place, (0, 0))
    process = start("""
        with Sandbox(2 << 30) as box:
            print(call(box, "echo", number=1)["request"])
    """)
    assert said(process) == ["{'number': 1}"]
    assert link.is_symlink()
    assert (tmp_path / "other").is_dir()
    assert file.read_text() == "x"


def test_a_parent_that_forgets_to_close_ends_and_leaves_no_child_behind(start):
    process = start("""
        box = Sandbox(2 << 30)
        print(call(box, "noop"), flush=True)
    """)
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert becomes_gone(int(out))


def test_a_call_in_a_thread_that_outlives_the_main_one_gets_its_answer(start):
    process = start("""
        import time

        def work():
            with Sandbox(2 << 30) as box:
                call(box, "noop")
                threading.main_thread().join()
                time.sleep(0.2)
                print(call(box, "echo", number=1)["request"])
                try:
                    call(box, "leave", code=1)
                except ChildFailed as failed:
                    print(failed.code)
                print(call(box, "echo", number=2)["request"])

        threading.Thread(target=work).start()
    """)
    assert said(process) == ["{'number': 1}", "PARSER_CRASHED", "{'number': 2}"]


def test_a_program_needs_no_guard_round_its_main(start):
    process = start("""
        print("once")
        with Sandbox(2 << 30) as box:
            box.warm()
            print(call(box, "echo", number=1)["request"])
    """)
    assert said(process) == ["once", "{'number': 1}"]


def test_an_interrupt_of_the_parent_ends_the_call_and_passes_on(start, tmp_path):
    process = start("""
        def interrupt():
            while not (folder / "started").exists():
                pass
            os.kill(os.getpid(), signal.SIGINT)

        with Sandbox(2 << 30) as box:
            threading.Thread(target=interrupt, daemon=True).start()
            try:
                call(box, "sleep")
            except KeyboardInterrupt:
                print("interrupted")
            print(call(box, "echo", number=1)["request"])
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no child is left")
    """)
    assert said(process) == ["interrupted", "{'number': 1}", "no child is left"]
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.slow
def test_a_kill_near_the_limit_is_one_of_memory_and_one_far_from_it_is_not(start):
    # In a process of its own: a child's peak is known only where it is above that of its parent.
    process = start("""
        for limit in (1 << 30, 8 << 30):
            with Sandbox(limit) as box:
                try:
                    call(box, "eat_and_be_killed", bytes=800 << 20)
                except ChildFailed as failed:
                    print(failed.code, failed.evidence["signal"], "peak_rss_bytes" in failed.evidence)
    """)
    assert said(process) == ["PARSER_MEMORY_EXCEEDED SIGKILL True", "PARSER_CRASHED SIGKILL False"]


@pytest.mark.slow
def test_a_child_that_was_nearly_full_is_replaced(start):
    # What it needed would otherwise count against the next file, and what is left of it be in its way.
    process = start("""
        with Sandbox(1 << 30) as box:
            pid = call(box, "noop")
            call(box, "fill", bytes=300 << 20)
            print(call(box, "noop") == pid)
            call(box, "fill", bytes=600 << 20)
            print(call(box, "noop") == pid)
            try:
                call(box, "abort")
            except ChildFailed as failed:
                print(failed.code)
            try:
                call(box, "eat")
            except ChildFailed as failed:
                print(failed.code, failed.evidence["peak_rss_bytes"] > 600 << 20)
    """)
    assert said(process) == ["True", "False", "PARSER_CRASHED", "PARSER_MEMORY_EXCEEDED True"]
