"""Isolation: whatever a target does to its process, the parent gets an answer or a code, in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from telemparse import isolation
from telemparse.errors import CallError, TelemparseError
from telemparse.isolation import ChildFailed, run

GIB = 1 << 30

TARGETS = """
import ctypes, json, os, signal, subprocess, sys, tempfile, threading, time

if os.environ.get("TARGET_LIMITS_AT_IMPORT"):
    import resource
    KINDS = resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE
    AT_IMPORT = [resource.getrlimit(kind) for kind in KINDS]


def echo(request, folder):
    (folder / "data.bin").write_bytes(b"bulk")
    return {"request": request, "unicode": "Ölmühle", "nothing": None, "third": 1 / 3}


def limits(request, folder):
    return AT_IMPORT


def surroundings(request, folder):
    return {
        "stdin": sys.stdin.read(), "pid": os.getpid(), "session": os.getsid(0), "group": os.getpgrp(),
        "path": sys.path, "executable": sys.executable, "tmp": tempfile.gettempdir(),
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }


def sleep(request, folder):
    (folder / "started").write_text(str(os.getpid()))
    signal.pause()


def spin(request, folder):
    while True:
        pass


def deaf(request, folder):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.close(2)
    while True:
        signal.pause()


def abort(request, folder):
    print("last words before the end", file=sys.stderr, flush=True)
    os.abort()


def segfault(request, folder):
    ctypes.string_at(0)


def leave(request, folder):
    os._exit(request["code"])


def kill(request, folder):
    os.kill(os.getpid(), request["signal"])
    signal.pause()


def eat(request, folder):
    hoard = bytearray()
    while True:
        hoard += bytes(16 << 20)


def eat_and_abort(request, folder):
    print("terminate called after throwing an instance of 'std::bad_alloc'", file=sys.stderr, flush=True)
    os.abort()


def eat_and_be_killed(request, folder):
    hoard = bytearray(os.urandom(1 << 20) * 220)
    os.kill(os.getpid(), signal.SIGKILL)


def starve(request, folder):
    raise RuntimeError("can't start new thread")


def chat(request, folder):
    for _line in range(500):
        sys.stdout.write("o" * 100_000)
        sys.stderr.write("e" * 100_000)
    sys.stderr.write("the very last line\\n")
    if request["leave"]:
        sys.stderr.flush()
        os._exit(9)
    return "done"


def fail(request, folder):
    raise ValueError("row 7 has 48.137154 and " + "x" * 10_000)


def leave_politely(request, folder):
    raise SystemExit(request["code"])


def wordless(request, folder):
    raise KeyError


def unspeakable(request, folder):
    class Unspeakable(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise Unspeakable


def cancelled(request, folder):
    class Cancelled(BaseException):
        pass

    raise Cancelled


def odd(request, folder):
    return object()


def grandchild(request, folder):
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    (folder / "grandchild").write_text(str(child.pid))
    if request["hang"]:
        signal.pause()
    return child.pid


def escape(request, folder):
    noise = "import os\\nwhile True: os.write(2, b'e' * 4096)"
    subprocess.Popen([sys.executable, "-c", noise], start_new_session=True)
    (folder / "data.bin").write_bytes(b"bulk")
    signal.pause()


def linger(request, folder):
    threading.Thread(target=signal.sigwait, args=([signal.SIGUSR1],)).start()
    return "done"


def litter(request, folder):
    tempfile.mkstemp()
    tempfile.mkdtemp()
    os.kill(os.getpid(), signal.SIGKILL)


def huge(request, folder):
    return "x" * request["size"]
"""


@pytest.fixture(autouse=True)
def targets(tmp_path, monkeypatch):
    place = tmp_path / "importable"
    place.mkdir()
    (place / "isolated_targets.py").write_text(TARGETS, "utf-8")
    monkeypatch.syspath_prepend(str(place))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "private"
    place.mkdir()
    return place


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """Hold this process's temporary files; no test may leave one."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def call(name, folder, /, *, timeout_s=60.0, max_memory_bytes=None, **request):
    return run(
        f"isolated_targets:{name}", request, folder, timeout_s=timeout_s, max_memory_bytes=max_memory_bytes
    )


def failure(name, folder, /, **options):
    with pytest.raises(ChildFailed) as failed:
        call(name, folder, **options)
    return failed.value


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # An orphan may wait for its new parent to reap it.
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def becomes_gone(pid):
    return any(is_gone(pid) for _look in range(500) if not time.sleep(0.01))


def children():
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            found.update(map(int, (task / "children").read_text().split()))
    return found


@pytest.fixture(autouse=True)
def earlier():
    """Hold the children that others in this process keep."""
    EARLIER.clear()
    EARLIER.update(children())


EARLIER = set()


def no_child_is_left():
    return not children() - EARLIER


def fresh_process(script, folder, scratch):
    path = os.pathsep.join(entry for entry in sys.path if entry)
    # By way of a shell that forks once more: a process's peak memory begins with that of whoever
    # forked it, and this one may have grown beyond what the children are to reach.
    done = subprocess.run(
        ["sh", "-c", '"$0" "$@"; exit $?', sys.executable, "-c", textwrap.dedent(script), str(folder)],
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


# --- answers ---


def test_the_answer_and_the_files_of_the_function_come_back(folder):
    answer = call("echo", folder, number=7, name="Zürich")
    assert answer == {
        "request": {"number": 7, "name": "Zürich"},
        "unicode": "Ölmühle",
        "nothing": None,
        "third": 1 / 3,
    }
    assert (folder / "data.bin").read_bytes() == b"bulk"


def test_limits_stand_before_the_target_is_imported(folder, monkeypatch):
    monkeypatch.setenv("TARGET_LIMITS_AT_IMPORT", "1")
    memory, cpu, core = call("limits", folder, timeout_s=10, max_memory_bytes=GIB)
    assert memory == [GIB, GIB]
    assert core == [0, 0]
    assert cpu[0] == cpu[1] == 10 * os.cpu_count() + 1


def test_without_limits_only_core_dumps_are_off(folder, monkeypatch):
    monkeypatch.setenv("TARGET_LIMITS_AT_IMPORT", "1")
    memory, cpu, core = run("isolated_targets:limits", {}, folder)
    assert (memory, cpu, core) == ([-1, -1], [-1, -1], [0, 0])


def test_the_child_has_our_path_and_a_session_of_its_own_but_no_stdin(folder, monkeypatch):
    monkeypatch.syspath_prepend("")
    facts = call("surroundings", folder)
    assert facts["path"] == [entry or str(Path.cwd()) for entry in sys.path]
    assert facts["executable"] == sys.executable
    assert facts["session"] == facts["group"] == facts["pid"] != os.getpid()
    assert facts["stdin"] == ""


def test_neither_numpy_nor_pyarrow_is_loaded_for_a_target_that_does_not_want_it(folder):
    assert not {"numpy", "pyarrow", "lxml"} & set(call("surroundings", folder)["modules"])


def test_a_module_of_the_working_folder_does_not_answer_for_the_standard_library(
    folder, tmp_path, monkeypatch
):
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    assert call("echo", folder)["request"] == {}


def test_calls_from_many_threads_do_not_disturb_each_other(tmp_path):
    def one(number):
        place = tmp_path / str(number)
        place.mkdir()
        if number % 2:
            return failure("leave", place, code=number).evidence["exit_code"]
        return call("echo", place, number=number)["request"]["number"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(8))) == list(range(8))
    assert no_child_is_left()


def test_an_answer_given_before_the_deadline_counts_although_a_thread_lingers(folder):
    assert call("linger", folder, timeout_s=2) == "done"
    assert no_child_is_left()


# --- hangs ---


@pytest.mark.parametrize("name", ["sleep", "spin", "deaf"])
def test_a_hang_ends_at_the_deadline(name, folder):
    failed = failure(name, folder, timeout_s=1.5)
    assert (failed.code, failed.evidence) == ("PARSER_TIMEOUT", {"timeout_s": 1.5})
    assert no_child_is_left()


def test_running_out_of_processor_time_counts_as_a_timeout(folder):
    assert failure("kill", folder, signal=signal.SIGXCPU).code == "PARSER_TIMEOUT"


@pytest.mark.parametrize("hang", [True, False])
def test_grandchildren_end_with_the_child(hang, folder):
    if hang:
        assert failure("grandchild", folder, hang=True, timeout_s=2).code == "PARSER_TIMEOUT"
    else:
        call("grandchild", folder, hang=False)
    assert becomes_gone(int((folder / "grandchild").read_text()))


def test_a_process_that_left_the_group_cannot_hold_the_parent_up(folder):
    assert failure("escape", folder, timeout_s=2).code == "PARSER_TIMEOUT"
    assert (folder / "data.bin").exists()


# --- crashes ---


@pytest.mark.parametrize(("name", "signal_name"), [("abort", "SIGABRT"), ("segfault", "SIGSEGV")])
def test_a_crash_names_its_signal_and_says_where(name, signal_name, folder):
    failed = failure(name, folder)
    assert (failed.code, failed.evidence["signal"]) == ("PARSER_CRASHED", signal_name)
    assert f"in {name}" in failed.evidence["stderr"]
    assert signal_name in failed.evidence["error"]
    assert isinstance(failed, TelemparseError)


def test_the_last_words_are_kept(folder):
    assert "last words before the end" in failure("abort", folder).evidence["stderr"]


def test_a_signal_without_a_name_is_numbered(folder):
    failed = failure("kill", folder, signal=signal.SIGRTMIN + 3)
    assert failed.evidence["signal"] == f"signal {signal.SIGRTMIN + 3}"


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_without_an_answer_is_a_crash_whatever_the_code(code, folder):
    failed = failure("leave", folder, code=code)
    assert (failed.code, failed.evidence["exit_code"]) == ("PARSER_CRASHED", code)


def test_an_exception_comes_with_type_message_and_place_but_without_positions(folder):
    failed = failure("fail", folder)
    assert failed.code == "PARSER_CRASHED"
    assert failed.evidence["error"].startswith("ValueError: row 7 has # and xxx")
    assert len(failed.evidence["error"]) == 1024
    assert len(failed.evidence["traceback"]) == 4096
    assert "48.1371" not in str(failed.evidence)


def test_an_exception_without_words_is_named(folder):
    failed = failure("wordless", folder)
    assert failed.evidence["error"] == "KeyError"
    assert "in wordless" in failed.evidence["traceback"]


@pytest.mark.parametrize("name", ["unspeakable", "cancelled"])
def test_an_exception_of_any_make_is_named(name, folder):
    failed = failure(name, folder)
    assert (failed.code, failed.evidence["error"].lower()) == ("PARSER_CRASHED", name)


@pytest.mark.parametrize("code", [0, 4])
def test_a_target_that_exits_is_a_crash(code, folder):
    failed = failure("leave_politely", folder, code=code)
    assert (failed.code, failed.evidence["error"]) == ("PARSER_CRASHED", f"SystemExit: {code}")


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("no_such_module_anywhere:f", "ModuleNotFoundError"),
        ("isolated_targets:no_such_function", "AttributeError"),
        ("isolated_targets:TARGET", "AttributeError"),
        ("isolated_targets:odd", "TypeError"),
    ],
)
def test_a_target_that_cannot_be_called_or_answers_oddly_is_a_crash(target, error, folder):
    with pytest.raises(ChildFailed) as failed:
        run(target, {}, folder, timeout_s=60)
    assert failed.value.code == "PARSER_CRASHED"
    assert failed.value.evidence["error"].startswith(error)


def test_an_answer_beyond_the_cap_is_a_crash(folder, monkeypatch):
    monkeypatch.setattr(isolation, "_ANSWER_BYTES", 1000)
    assert call("huge", folder, size=900) == "x" * 900
    failed = failure("huge", folder, size=1000)
    assert (failed.code, failed.evidence) == (
        "PARSER_CRASHED",
        {"error": "the answer has more than 1000 bytes"},
    )


@pytest.mark.parametrize("target", ["", "module", "module:", ":f", "a:b:c", "os; x:f", "a b:c"])
def test_a_target_that_is_no_module_and_function_is_a_bad_call(target, folder):
    with pytest.raises(CallError, match="target must be"):
        run(target, {}, folder)


# --- memory ---


def test_a_memory_eater_ends_at_its_limit(folder):
    failed = failure("eat", folder, max_memory_bytes=GIB)
    assert (failed.code, failed.evidence["max_memory_bytes"]) == ("PARSER_MEMORY_EXCEEDED", GIB)
    assert failed.evidence["error"] == "MemoryError"
    assert no_child_is_left()


def test_an_abort_that_speaks_of_allocation_is_one_of_memory(folder):
    assert failure("eat_and_abort", folder).code == "PARSER_MEMORY_EXCEEDED"


NEAR_AND_FAR = """
    import sys
    from pathlib import Path
    from telemparse.isolation import ChildFailed, run

    for limit in (512 << 20, 4 << 30):
        try:
            run("isolated_targets:eat_and_be_killed", {}, Path(sys.argv[1]), max_memory_bytes=limit)
        except ChildFailed as failed:
            print(failed.code, failed.evidence["signal"], failed.evidence.get("peak_rss_bytes", 0) >> 28)
"""


def test_a_kill_near_the_limit_is_one_of_memory_and_one_far_from_it_is_not(folder, scratch):
    # In a process of its own: a child's peak is known only where it is above that of its parent.
    assert fresh_process(NEAR_AND_FAR, folder, scratch).splitlines() == [
        "PARSER_MEMORY_EXCEEDED SIGKILL 1",
        "PARSER_CRASHED SIGKILL 0",
    ]


def test_what_fails_for_want_of_address_space_is_one_of_memory_only_under_a_limit(folder):
    assert failure("starve", folder, max_memory_bytes=GIB).code == "PARSER_MEMORY_EXCEEDED"
    assert failure("starve", folder).code == "PARSER_CRASHED"


# --- a caller who no longer wants the answer ---


def test_a_caller_can_stop_a_child_from_another_thread(folder):
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, "isolated_targets:sleep", {}, folder, stop=stop)
        while not (folder / "started").exists():
            assert not waiting.done()
        stop.set()
        with pytest.raises(isolation.Stopped):
            waiting.result()
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "started").read_text()), 0)


# --- noise ---


def test_a_chatty_child_fills_neither_disk_nor_memory(folder):
    assert call("chat", folder, leave=False) == "done"
    failed = failure("chat", folder, leave=True)
    assert failed.evidence["exit_code"] == 9
    assert failed.evidence["stderr"].endswith("the very last line\n")
    assert len(failed.evidence["stderr"]) == 4096
    assert list(folder.iterdir()) == []


def test_temporary_files_of_a_killed_child_are_gone(folder):
    assert failure("litter", folder).evidence["signal"] == "SIGKILL"


# --- the parent's own end ---

INTERRUPTED = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from telemparse.isolation import run

    folder = Path(sys.argv[1])

    def interrupt():
        while not (folder / "started").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        run("isolated_targets:sleep", {}, folder)
    except KeyboardInterrupt:
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("interrupted, and no child is left")
"""


def test_an_interrupt_of_the_parent_ends_the_child_and_passes_on(folder, scratch):
    assert fresh_process(INTERRUPTED, folder, scratch) == "interrupted, and no child is left\n"


def test_a_parent_that_lets_the_system_reap_still_gets_answers_and_crashes(folder):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert call("echo", folder, number=1)["request"] == {"number": 1}
        assert failure("abort", folder).code == "PARSER_CRASHED"
    finally:
        signal.signal(signal.SIGCHLD, before)
