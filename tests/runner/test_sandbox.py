"""The warm sandbox: whatever a call does to its process, this caller and the next get an answer or a code."""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from telemparse.errors import CallError, TelemparseError
from telemparse.isolation import ChildFailed, Stopped
from telemparse.runner import sandbox_keeper
from telemparse.runner.sandbox import Sandbox, SandboxNotReady
from telemparse.runner.sandbox_wire import ANSWER, ANSWER_BYTES

GIB = 1 << 30


@pytest.fixture(scope="module", autouse=True)
def scratch(tmp_path_factory):
    """Hold this process's temporary files; no sandbox may leave one."""
    place = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(place))
        yield place
    assert list(place.iterdir()) == []


@pytest.fixture(scope="module")
def box():
    with Sandbox(2 * GIB, max_calls=10_000) as sandbox:
        yield sandbox


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "private"
    place.mkdir()
    return place


def call(box, name, folder, /, *, timeout_s=60.0, guarded=True, stop=None, **request):
    target = f"sandbox_targets:{name}"
    return box.call(target, request, folder, timeout_s=timeout_s, guarded=guarded, stop=stop)


def failure(box, name, folder, /, **options):
    with pytest.raises(ChildFailed) as failed:
        call(box, name, folder, **options)
    # Whatever it was, the next call finds a child.
    assert call(box, "echo", folder, after=name)["request"] == {"after": name}
    return failed.value


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # An orphan may wait for its new parent to reap it.
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


def becomes_gone(pid):
    return any(is_gone(pid) for _look in range(1000) if not time.sleep(0.01))


def appears(place):
    return any(place.exists() and place.read_text() for _look in range(6000) if not time.sleep(0.01))


# --- answers ---


def test_the_answer_and_the_files_of_the_function_come_back(box, folder):
    assert call(box, "echo", folder, number=7, name="Zürich") == {
        "request": {"number": 7, "name": "Zürich"},
        "unicode": "Ölmühle",
        "nothing": None,
        "third": 1 / 3,
    }
    assert (folder / "data.bin").read_bytes() == b"bulk"


def test_calls_share_one_process(box, folder):
    assert len({call(box, "noop", folder) for _call in range(5)}) == 1


def test_a_large_request_and_a_large_answer_pass(box, folder):
    text = "x" * 5_000_000
    assert call(box, "echo", folder, text=text)["request"] == {"text": text}


def test_an_answer_of_no_number_comes_back_as_it_does_from_a_cold_child(box, folder):
    nan, infinite = call(box, "not_a_number", folder)
    assert math.isnan(nan)
    assert infinite == math.inf


def test_a_request_that_is_no_json_costs_no_child(box, folder):
    pid = call(box, "noop", folder)
    with pytest.raises(TypeError):
        call(box, "noop", folder, odd=object())
    assert call(box, "noop", folder) == pid


def test_the_child_has_our_path_one_thread_and_a_session_of_its_own_but_no_stdin(box, folder):
    facts = call(box, "surroundings", folder)
    assert facts["path"] == [str(Path(entry).absolute()) for entry in sys.path]
    assert facts["session"] == facts["group"] == facts["pid"] != os.getpid()
    assert facts["stdin"] == ""
    assert facts["threads"] == 1
    assert facts["folder"] == facts["tmp"] == facts["environment"]["TMPDIR"]


def test_secrets_of_the_environment_stay_with_the_parent(folder, monkeypatch):
    for name in ("TELEMETRY_DATABASE_URL", "TELEMETRY_OBJECT_STORAGE_SECRET_KEY", "pgpassword", "HARMLESS"):
        monkeypatch.setenv(name, "x")
    with Sandbox(None) as box:
        environment = call(box, "surroundings", folder)["environment"]
    assert "HARMLESS" in environment
    assert not {"TELEMETRY_DATABASE_URL", "TELEMETRY_OBJECT_STORAGE_SECRET_KEY", "pgpassword"} & set(
        environment
    )


def test_a_child_loads_nothing_of_the_runner_that_it_does_not_need(folder):
    with Sandbox(None) as box:
        modules = set(call(box, "modules", folder))
    assert not {"numpy", "pyarrow", "lxml", "sqlalchemy", "obstore", "structlog"} & modules


def test_limits_stand_and_processor_time_is_counted_from_each_call(folder):
    with Sandbox(GIB) as box:
        memory, first, core = call(box, "limits", folder, timeout_s=10)
        _memory, second, _core = call(box, "limits", folder, timeout_s=1000)
        _memory, none, _core = call(box, "limits", folder, timeout_s=None)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    assert (memory, core) == ([GIB, GIB], [0, 0])
    assert 10 * os.cpu_count() < first[0] < 1000 * os.cpu_count() < second[0]
    assert first[1] == second[1] == none[0] == none[1] == hard


# --- warmth ---


def test_a_preload_comes_before_the_first_call_and_in_each_child_that_follows(folder):
    with Sandbox(2 * GIB) as box:
        box.warm("sandbox_targets:preload")
        first = call(box, "noop", folder)
        assert call(box, "loaded", folder)
        box.warm("sandbox_targets:preload")
        assert call(box, "noop", folder) == first
        with pytest.raises(ChildFailed):
            call(box, "leave", folder, code=1)
        assert call(box, "loaded", folder)
        box.warm()
        assert not call(box, "loaded", folder)


@pytest.mark.parametrize(
    ("preload", "words"),
    [
        ("preload_badly", "no such table"),
        ("preload_and_leave", "exit code 5"),
        ("no_such_function", "AttributeError"),
    ],
)
def test_a_child_that_does_not_get_ready_is_no_fault_of_a_file(preload, words, folder):
    with Sandbox(2 * GIB) as box:
        with pytest.raises(SandboxNotReady, match=words) as failed:
            box.warm(f"sandbox_targets:{preload}")
        assert isinstance(failed.value.__cause__, ChildFailed)
        with pytest.raises(SandboxNotReady, match=words):
            call(box, "noop", folder)
        assert not isinstance(failed.value, ChildFailed)
        box.warm()
        assert call(box, "noop", folder) != os.getpid()


def test_a_child_that_never_gets_ready_is_given_up(monkeypatch):
    monkeypatch.setattr(sandbox_keeper, "_START_S", 0.5)
    with Sandbox(2 * GIB) as box, pytest.raises(SandboxNotReady, match="PARSER_TIMEOUT"):
        box.warm("sandbox_targets:preload_for_ever")


def test_a_folder_that_takes_no_files_is_no_fault_of_a_file(folder, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "absent"))
    with Sandbox(None) as box:
        with pytest.raises(SandboxNotReady) as failed:
            call(box, "noop", folder)
        assert isinstance(failed.value.__cause__, FileNotFoundError)


def test_a_child_that_ended_between_calls_is_replaced_without_a_word(box, folder):
    pid = call(box, "noop", folder)
    os.kill(pid, signal.SIGKILL)
    # While one of its threads still ends, the process is a zombie and has not ended: nobody would be told.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert call(box, "noop", folder) != pid


@pytest.mark.slow
def test_a_child_is_replaced_after_its_number_of_calls(folder):
    with Sandbox(2 * GIB, max_calls=20) as box:
        pids = [call(box, "noop", folder) for _call in range(200)]
        assert [len(set(pids[n : n + 20])) for n in range(0, 200, 20)] == [1] * 10
        assert len(set(pids)) == 10
        assert all(becomes_gone(pid) for pid in pids)


# --- what calls leave behind ---


def test_temporary_files_of_a_call_are_gone_after_it_and_links_are_not_followed(box, folder, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    place = Path(call(box, "litter", folder, links=[str(kept), str(kept / "file")]))
    assert list(place.iterdir()) == []
    assert (kept / "file").read_text() == "x"


def test_a_folder_put_in_the_place_of_that_for_temporary_files_is_not_emptied(box, folder, tmp_path):
    (tmp_path / "file").write_text("x")
    call(box, "swap_scratch", folder, place=str(tmp_path), guarded=False)
    assert call(box, "echo", folder)["nothing"] is None
    assert (tmp_path / "file").read_text() == "x"


def test_what_a_call_changed_in_its_process_is_put_back(folder):
    with Sandbox(2 * GIB) as box:
        before = call(box, "state", folder)
        call(box, "disarrange", folder)
        assert call(box, "state", folder) == before


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_never_ends_ends_with_its_child(daemon, box, folder):
    pid = call(box, "leave_a_thread", folder, daemon=daemon)
    assert call(box, "noop", folder) != pid
    assert is_gone(pid)


def test_threads_and_processes_of_a_preload_wear_no_child_out(folder):
    with Sandbox(2 * GIB) as box:
        box.warm("sandbox_targets:preload_with_company")
        assert len({call(box, "noop", folder) for _call in range(3)}) == 1


@pytest.mark.parametrize("hang", [True, False])
def test_a_process_left_behind_ends_with_the_call(hang, box, folder):
    if hang:
        assert failure(box, "leave_a_process", folder, hang=True, guarded=False, timeout_s=1).code == (
            "PARSER_TIMEOUT"
        )
    else:
        call(box, "leave_a_process", folder, hang=False, guarded=False)
    assert becomes_gone(int((folder / "grandchild").read_text()))


# --- hangs ---


@pytest.mark.parametrize("name", ["sleep", "spin", "deaf", "flood"])
def test_a_hang_ends_at_the_deadline(name, box, folder):
    pid = call(box, "noop", folder)
    failed = failure(box, name, folder, timeout_s=0.5)
    assert (failed.code, failed.evidence) == ("PARSER_TIMEOUT", {"timeout_s": 0.5})
    assert is_gone(pid)


def test_processor_time_beyond_its_limit_is_a_timeout(box, folder):
    failed = failure(box, "kill", folder, signal=signal.SIGXCPU, timeout_s=60)
    assert (failed.code, failed.evidence) == ("PARSER_TIMEOUT", {"timeout_s": 60})


# --- ends ---


@pytest.mark.parametrize(("name", "signal_name"), [("abort", "SIGABRT"), ("segfault", "SIGSEGV")])
def test_a_crash_names_its_signal_and_says_where(name, signal_name, box, folder):
    failed = failure(box, name, folder)
    assert (failed.code, failed.evidence["signal"]) == ("PARSER_CRASHED", signal_name)
    assert f"in {name}" in failed.evidence["stderr"]
    assert isinstance(failed, TelemparseError)


def test_the_last_words_are_kept_without_positions(box, folder):
    words = failure(box, "abort", folder).evidence["stderr"]
    assert "last words before the end, at #" in words


def test_the_last_words_are_those_of_this_call(box, folder):
    call(box, "whisper", folder)
    assert "secret" not in str(failure(box, "abort", folder).evidence)


def test_a_flood_of_last_words_is_cut_to_its_end(box, folder):
    failed = failure(box, "shout_and_leave", folder)
    assert failed.evidence["exit_code"] == 9
    assert failed.evidence["stderr"].endswith("the very last line\n")
    assert len(failed.evidence["stderr"]) == 4096


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_to_itself_is_a_crash(number, box, folder):
    failed = failure(box, "kill", folder, signal=number)
    assert (failed.code, failed.evidence["signal"]) == ("PARSER_CRASHED", number.name)


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_without_an_answer_is_a_crash_whatever_the_code(code, box, folder):
    failed = failure(box, "leave", folder, code=code)
    assert (failed.code, failed.evidence["exit_code"]) == ("PARSER_CRASHED", code)


def test_a_child_that_closes_everything_is_a_crash(box, folder):
    assert failure(box, "close_everything", folder).code == "PARSER_CRASHED"


def test_a_child_that_closes_everything_and_lives_on_is_not_waited_for(box, folder):
    pid = call(box, "noop", folder)
    failed = failure(box, "close_everything_and_sleep", folder, timeout_s=None)
    assert failed.code == "PARSER_CRASHED"
    assert "closed its side" in failed.evidence["error"]
    assert is_gone(pid)


def test_a_child_that_ends_after_its_answer_has_answered(box, folder):
    for _call in range(3):
        assert call(box, "leave_after_the_answer", folder) == "done"


# --- exceptions ---


def test_an_exception_comes_with_type_message_and_place_but_without_positions(box, folder):
    pid = call(box, "noop", folder)
    failed = failure(box, "fail", folder)
    assert failed.code == "PARSER_CRASHED"
    assert failed.evidence["error"].startswith("ValueError: row 7 has # and xxx")
    assert len(failed.evidence["error"]) == 1024
    assert len(failed.evidence["traceback"]) == 4096
    assert "48.1371" not in str(failed.evidence)
    assert call(box, "noop", folder) == pid, "an exception costs no child"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("leave_politely", "SystemExit: 4"),
        ("interrupt", "KeyboardInterrupt"),
        ("cancelled", "Cancelled"),
        ("unspeakable", "UnspeakableError"),
        ("recurse", "RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_an_exception_of_any_make_is_named(name, error, box, folder):
    failed = failure(box, name, folder, code=4)
    assert failed.code == "PARSER_CRASHED"
    assert failed.evidence["error"].startswith(error)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("no_such_module_anywhere:f", "ModuleNotFoundError"),
        ("sandbox_targets:no_such_function", "AttributeError"),
        ("sandbox_targets:LOADED", "TypeError"),
        ("sandbox_targets:odd", "TypeError"),
        ("sandbox_targets:nested", "RecursionError"),
    ],
)
def test_a_target_that_cannot_be_called_or_answers_oddly_is_a_crash(target, error, box, folder):
    with pytest.raises(ChildFailed) as failed:
        box.call(target, {}, folder, timeout_s=60)
    assert failed.value.code == "PARSER_CRASHED"
    assert failed.value.evidence["error"].startswith(error)


def test_an_answer_beyond_the_cap_is_a_crash(box, folder):
    failed = failure(box, "huge", folder, size=ANSWER_BYTES)
    assert failed.code == "PARSER_CRASHED"
    assert failed.evidence["error"] == f"the answer has more than {ANSWER_BYTES} bytes"


def forged(text, size=None):
    return (ANSWER.pack(len(text) if size is None else size, 0, 1, 0) + text).hex()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (forged(b"", 1 << 62), "more than"),
        (forged(b"pickle"), "bad answer: JSONDecodeError"),
        (forged(b"\xff\xfe{"), "bad answer"),
        (forged(b"[" * 1_000_000), "bad answer: RecursionError"),
        (forged(b"[]"), "bad answer: list"),
        (forged(b'{"error": 1}'), "bad answer: dict"),
        (forged(b'{"value": 1}') + "00", "bad answer: bytes after the last one"),
        (forged(json.dumps({"error": {"error": 7, "signal": "x" * 9999, "of_memory": 1}}).encode()), "7"),
    ],
)
def test_a_forged_answer_is_a_crash_of_bounded_words(content, words, box, folder):
    failed = failure(box, "forge", folder, content=content, leave=False)
    assert failed.code == "PARSER_CRASHED"
    assert words in failed.evidence["error"]
    assert len(str(failed.evidence)) < 6000


def test_half_an_answer_is_none(box, folder):
    failed = failure(box, "forge", folder, content=forged(b'{"value"', 1000), leave=True)
    assert (failed.code, failed.evidence["exit_code"]) == ("PARSER_CRASHED", 0)
    failed = failure(box, "forge", folder, content=forged(b'{"value"', 1000), leave=False, timeout_s=0.5)
    assert failed.code == "PARSER_TIMEOUT"


# --- memory ---


@pytest.mark.parametrize(("name", "error"), [("eat", "MemoryError"), ("eat_arrays", "Unable to allocate")])
def test_a_memory_eater_ends_at_its_limit(name, error, folder):
    with Sandbox(GIB) as box:
        failed = failure(box, name, folder)
        assert (failed.code, failed.evidence["max_memory_bytes"]) == ("PARSER_MEMORY_EXCEEDED", GIB)
        assert error in failed.evidence["error"]


def test_what_fails_for_want_of_address_space_is_one_of_memory_only_under_a_limit(box, folder):
    assert failure(box, "starve", folder).code == "PARSER_MEMORY_EXCEEDED"
    with Sandbox(None) as boundless:
        assert failure(boundless, "starve", folder).code == "PARSER_CRASHED"


# --- callers who no longer want the answer ---


def test_a_caller_can_stop_a_call_from_another_thread(box, folder):
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, box, "sleep", folder, timeout_s=None, stop=stop)
        assert appears(folder / "started")
        stop.set()
        with pytest.raises(Stopped):
            waiting.result()
    assert is_gone(int((folder / "started").read_text()))
    assert call(box, "echo", folder)["nothing"] is None


def test_a_caller_can_stop_waiting_for_its_turn(box, folder):
    first, second = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(call, box, "sleep", folder, timeout_s=None, stop=first)
        assert appears(folder / "started")
        queueing = pool.submit(call, box, "noop", folder, stop=second)
        second.set()
        with pytest.raises(Stopped):
            queueing.result()
        assert not running.done()
        first.set()
        with pytest.raises(Stopped):
            running.result()


def test_a_caller_can_stop_waiting_for_a_start(folder):
    stop = threading.Event()
    stop.set()
    with Sandbox(2 * GIB) as box:
        with pytest.raises(Stopped):
            call(box, "noop", folder, stop=stop)
        assert call(box, "echo", folder)["nothing"] is None


def test_a_call_that_is_unwanted_from_the_start_costs_no_child(box, folder):
    pid = call(box, "noop", folder)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        call(box, "noop", folder, stop=stop)
    assert call(box, "noop", folder) == pid


def test_a_stop_that_was_not_set_changes_nothing(box, folder):
    assert call(box, "echo", folder, stop=threading.Event())["nothing"] is None


def test_closing_ends_a_call_that_is_under_way(folder):
    with ThreadPoolExecutor(1) as pool, Sandbox(2 * GIB) as box:
        waiting = pool.submit(call, box, "sleep", folder, timeout_s=None)
        assert appears(folder / "started")
        box.close()
        with pytest.raises(Stopped):
            waiting.result()
        assert is_gone(int((folder / "started").read_text()))


def test_a_closed_sandbox_takes_no_calls(folder):
    with Sandbox(2 * GIB) as box:
        pid = call(box, "noop", folder)
    assert is_gone(pid)
    box.close()
    with pytest.raises(CallError, match="closed"):
        call(box, "noop", folder)
    with pytest.raises(CallError, match="closed"):
        box.warm()


@pytest.mark.parametrize("target", ["", "module", "module:", ":f", "a:b:c", "os; x:f", "a b:c"])
def test_a_target_that_is_no_module_and_function_is_a_bad_call(target, box, folder):
    with pytest.raises(CallError, match="target must be"):
        box.call(target, {}, folder, timeout_s=1)
    with pytest.raises(CallError, match="target must be"):
        box.warm(target)


@pytest.mark.parametrize(
    "limits", [{"max_memory_bytes": GIB - 1}, {"max_memory_bytes": None, "max_calls": 0}]
)
def test_limits_that_cannot_be_are_a_bad_call(limits):
    with pytest.raises(CallError, match="must be"):
        Sandbox(**limits)


# --- threads ---


def test_calls_of_many_threads_queue_up(box, folder):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: call(box, "echo", folder, number=number), range(40)))
    assert [answer["request"]["number"] for answer in answers] == list(range(40))


def test_a_child_outlives_the_thread_that_asked_for_it(folder):
    with Sandbox(2 * GIB) as box:
        with ThreadPoolExecutor(1) as pool:
            pid = pool.submit(call, box, "noop", folder).result()
        assert call(box, "noop", folder) == pid


@pytest.mark.slow
def test_two_sandboxes_run_side_by_side_and_a_crash_in_one_leaves_the_other_alone(folder):
    stop = threading.Event()
    with Sandbox(2 * GIB) as one, Sandbox(2 * GIB) as other, ThreadPoolExecutor(1) as pool:
        running = pool.submit(call, one, "sleep", folder, timeout_s=None, stop=stop)
        assert appears(folder / "started")
        for name in ("segfault", "eat", "interrupt"):
            failure(other, name, folder)
        assert failure(other, "spin", folder, timeout_s=0.2).code == "PARSER_TIMEOUT"
        assert not running.done()
        assert not is_gone(int((folder / "started").read_text()))
        stop.set()
        with pytest.raises(Stopped):
            running.result()


def test_a_parent_that_lets_the_system_reap_still_gets_answers_and_crashes(folder):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with Sandbox(2 * GIB) as box:
            assert call(box, "echo", folder)["nothing"] is None
            assert failure(box, "abort", folder).code == "PARSER_CRASHED"
    finally:
        signal.signal(signal.SIGCHLD, before)
