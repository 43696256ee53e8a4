"""What a sandbox's child is asked to do by the tests: good things, and one for each way of being bad."""

# A target takes both arguments, and does by every means what guards are to refuse.
# ruff: noqa: ARG001, ARG005, PTH106, PTH108, PTH109, PTH123, PTH211, S605, S606

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

LOADED = []
_SLEEP = [sys.executable, "-c", "import signal; signal.pause()"]


def preload():
    LOADED.append(os.getpid())


def preload_badly():
    raise LookupError("no such table")


def preload_with_company():
    threading.Thread(target=signal.sigwait, args=([signal.SIGUSR1],), daemon=True).start()
    subprocess.Popen(_SLEEP).returncode = 0  # or its end would warn


def preload_for_ever():
    signal.pause()


def preload_and_leave():
    os._exit(5)


def echo(request, folder):
    (folder / "data.bin").write_bytes(b"bulk")
    return {"request": request, "unicode": "Ölmühle", "nothing": None, "third": 1 / 3}


def noop(request, folder):
    return os.getpid()


def loaded(request, folder):
    return os.getpid() in LOADED


def surroundings(request, folder):
    import pyarrow as pa

    return {
        "stdin": sys.stdin.read(), "session": os.getsid(0), "group": os.getpgrp(), "pid": os.getpid(),
        "path": sys.path, "tmp": tempfile.gettempdir(), "folder": os.getcwd(), "threads": pa.cpu_count(),
        "environment": dict(os.environ),
    }  # fmt: skip


def modules(request, folder):
    return sorted({name.partition(".")[0] for name in sys.modules})


def limits(request, folder):
    kinds = resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE
    return [resource.getrlimit(kind) for kind in kinds]


# --- what it may leave behind ---


def litter(request, folder):
    tempfile.mkstemp()
    nested = Path(tempfile.mkdtemp()) / "nested"
    nested.mkdir()
    (nested / "file").write_text("x")
    for number, place in enumerate(request["links"]):
        os.symlink(place, Path(tempfile.gettempdir()) / f"link{number}")
    return tempfile.gettempdir()


def swap_scratch(request, folder):
    """Put a link to somewhere else in the place of the folder for temporary files."""
    scratch = tempfile.gettempdir()
    os.rmdir(scratch)
    os.symlink(request["place"], scratch)


def state(request, folder):
    mask = os.umask(0)
    os.umask(mask)
    return {
        "folder": os.getcwd(), "umask": mask, "path": list(sys.path), "environment": dict(os.environ),
        "streams": [stream is not None and stream.name for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "term": str(signal.getsignal(signal.SIGTERM)), "blocked": sorted(signal.pthread_sigmask(0, ())),
        "alarm": signal.getitimer(signal.ITIMER_REAL)[0], "depth": sys.getrecursionlimit(),
        "pid": os.getpid(),
    }  # fmt: skip


def disarrange(request, folder):
    os.chdir("/")
    os.umask(0o777)
    sys.path.insert(0, "/nowhere")
    os.environ.update(OMP_NUM_THREADS="7", NEW="1")
    del os.environ["TMPDIR"]
    sys.stdin = sys.stdout = sys.stderr = None
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    signal.setitimer(signal.ITIMER_REAL, 300)
    sys.setrecursionlimit(5000)


def leave_a_thread(request, folder):
    threading.Thread(target=signal.sigwait, args=([signal.SIGUSR1],), daemon=request["daemon"]).start()
    return os.getpid()


def leave_a_process(request, folder):
    child = subprocess.Popen(_SLEEP)
    (folder / "grandchild").write_text(str(child.pid))
    child.returncode = 0  # or its end would warn
    if request["hang"]:
        signal.pause()


def fill(request, folder):
    return len(b"x" * request["bytes"])


# --- hangs ---


def sleep(request, folder):
    (folder / "started").write_text(str(os.getpid()))
    signal.pause()


def spin(request, folder):
    while True:
        pass


def spin_started(request, folder):
    (folder / "started").write_text(str(os.getpid()))
    spin(request, folder)


def deaf(request, folder):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(60)


def close_everything_and_sleep(request, folder):
    os.closerange(0, 256)
    time.sleep(600)


def flood(request, folder):
    while True:
        os.write(2, b"e" * 65536)


# --- ends ---


def leave(request, folder):
    os._exit(request["code"])


def kill(request, folder):
    os.kill(os.getpid(), request["signal"])
    signal.pause()


def abort(request, folder):
    print("last words before the end, at 48.137154", file=sys.stderr, flush=True)  # noqa: T201  (its last words)
    os.abort()


def segfault(request, folder):
    ctypes.string_at(0)


def close_everything(request, folder):
    os.closerange(0, 256)


def shout_and_leave(request, folder):
    for _line in range(50):
        os.write(2, b"e" * 100_000)
    os.write(2, b"the very last line\n")
    os._exit(9)


def whisper(request, folder):
    os.write(2, b"the secret of another file\n")


def leave_after_the_answer(request, folder):
    def end():
        time.sleep(0.05)
        os._exit(4)

    threading.Thread(target=end, daemon=True).start()
    return "done"


# --- exceptions ---


def fail(request, folder):
    raise ValueError("row 7 has 48.137154 and " + "x" * 10_000)


def leave_politely(request, folder):
    raise SystemExit(request["code"])


def interrupt(request, folder):
    raise KeyboardInterrupt


def unspeakable(request, folder):
    class UnspeakableError(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise UnspeakableError


def cancelled(request, folder):
    class Cancelled(BaseException):
        pass

    raise Cancelled


def recurse(request, folder):
    return recurse(request, folder)


# --- answers ---


def not_a_number(request, folder):
    return [float("nan"), float("inf")]


def odd(request, folder):
    return object()


def nested(request, folder):
    answer = []
    for _level in range(100_000):
        answer = [answer]
    return answer


def huge(request, folder):
    return "x" * request["size"]


def forge(request, folder):
    """Write by itself what the parent takes for an answer, into whatever is open."""
    content = bytes.fromhex(request["content"])
    for number in range(3, 64):
        with suppress(OSError):
            os.write(number, content)
    if request["leave"]:
        os._exit(0)
    time.sleep(600)


# --- memory ---


def eat(request, folder):
    hoard = bytearray()
    while True:
        hoard += bytes(16 << 20)


def eat_arrays(request, folder):
    import numpy as np

    hoard = []
    while True:
        hoard.append(np.ones(1 << 24))


def eat_and_be_killed(request, folder):
    hoard = b"x" * request["bytes"]
    os.kill(os.getpid(), signal.SIGKILL)
    return len(hoard)


def starve(request, folder):
    raise RuntimeError("can't start new thread")


# --- what guards are for ---


def network(request, folder):
    deeds = {
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "look_up": lambda: socket.getaddrinfo("localhost", 80),
        "listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "local": socket.socketpair,
    }
    deeds[request["deed"]]()


def program(request, folder):
    deeds = {
        "popen": lambda: subprocess.Popen(["true"]),
        "system": lambda: os.system("true"),
        "fork": lambda: os.fork() or os._exit(0),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill_parent": lambda: os.kill(os.getppid(), 0),
        "kill_group": lambda: os.killpg(os.getpgrp(), 0),
    }
    deeds[request["deed"]]()


def _through_a_link(place):
    link = Path(tempfile.gettempdir()) / "link"
    link.symlink_to(place)
    link.write_text("changed")


def _from_a_folder(place):
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.unlink(place.name, dir_fd=folder)
    finally:
        os.close(folder)


CHANGES = {
    "write": lambda place, own: place.write_text("changed"),
    "append": lambda place, own: place.open("a").close(),
    "update": lambda place, own: place.open("r+b").close(),
    "create": lambda place, own: os.open(place.with_name("new"), os.O_CREAT | os.O_WRONLY),
    "bytes_name": lambda place, own: open(bytes(place), "w"),  # noqa: SIM115  (it is refused)
    "through_a_link": lambda place, own: _through_a_link(place),
    "from_a_folder": lambda place, own: _from_a_folder(place),
    "by_dots": lambda place, own: (own / ".." / place.parent.name / place.name).write_text("changed"),
    "remove": lambda place, own: place.unlink(),
    "remove_tree": lambda place, own: shutil.rmtree(place.parent),
    "remove_own": lambda place, own: own.rmdir(),
    "take": lambda place, own: place.rename(own / "taken"),
    "replace": lambda place, own: [(own / "mine").write_text("x"), (own / "mine").replace(place)],
    "mkdir": lambda place, own: place.with_name("new").mkdir(),
    "symlink": lambda place, own: place.with_name("new").symlink_to(own),
    "link": lambda place, own: os.link(place, own / "linked"),
    "chmod": lambda place, own: place.chmod(0o777),
    "truncate": lambda place, own: os.truncate(place, 0),
    "touch": lambda place, own: os.utime(place, (0, 0)),
    "move": lambda place, own: shutil.move(place, own / "moved"),
}


def change(request, folder):
    CHANGES[request["deed"]](Path(request["place"]), folder)


def work_within(request, folder):
    for own in (folder, Path(tempfile.gettempdir())):
        own.mkdir(parents=True, exist_ok=True)
        inner = own / "inner"
        inner.mkdir()
        (inner / "a").write_text("a")
        (inner / "a").rename(own / "b")
        shutil.copy2(own / "b", inner / "c")
        (own / "b").chmod(0o600)
        os.truncate(own / "b", 0)
        os.symlink("/etc", own / "link")
        os.unlink(own / "link")
        shutil.rmtree(inner)
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as file:
        (Path(name) / "x").write_text("x")
        file.write(b"x")
    Path(os.devnull).write_text("x")
    os.kill(os.getpid(), 0)
    return Path(request["place"]).read_text()


def work_outside(request, folder):
    Path(request["place"]).write_text("changed")
    return subprocess.run(["true"], check=False).returncode


def errno_of_a_refusal(request, folder):
    try:
        Path(request["place"]).write_text("changed")
    except PermissionError as error:
        return [errno.errorcode[error.errno], str(error)]


# --- values one by one ---


def count(request, folder):
    """Yield a number and the process, as often as asked; at the number that is named, go wrong in a way."""
    for number in range(request["times"]):
        if number == request.get("at"):
            WRONG_WAYS[request["way"]]()
        (folder / str(number)).touch()
        yield [number, os.getpid()]


def _raise():
    raise ValueError("on the way")


WRONG_WAYS = {
    "raise": _raise,
    "hang": lambda: time.sleep(3600),
    "exit": lambda: os._exit(3),
    "socket": lambda: socket.create_connection(("127.0.0.1", 9)),
    "write": (Path(__file__).parent / "elsewhere").touch,
}
