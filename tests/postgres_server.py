"""A real Postgres server for tests, from the system's binaries, in a folder that goes with it.

    with PostgresServer() as server:
        url = server.database()

Whoever runs as root has it run as the user `postgres`, for it refuses root.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

__all__ = ["NoPostgres", "PostgresServer", "binaries", "wanted"]

_USER = "postgres"
_READY_S = 60
_STOP_S = 60
_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
# The path of a socket has 107 bytes at most, of which `/.s.PGSQL.65535` takes fifteen.
_LONGEST_FOLDER = 85
_PORTS = range(20_000, 32_000)


class NoPostgres(Exception):  # noqa: N818  (what is the case)
    """The server's binaries, the user that it runs as, or its driver is missing."""


def binaries() -> Path:
    """Return the folder of `initdb` and `postgres`; raises NoPostgres."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("neither PATH nor /usr/lib/postgresql/*/bin has initdb and postgres")


class PostgresServer:
    """A server of its own: a socket in its folder, and a free port of the loopback.

    Args:
        fsync: False spares the disk; only for what does not measure.
        **options: further settings of the server, `max_connections=200`.
    """

    def __init__(self, *, fsync: bool = True, **options: object) -> None:
        try:
            import psycopg
        except ModuleNotFoundError:
            raise NoPostgres("psycopg is not installed") from None
        self._psycopg = psycopg
        self._binaries = binaries()
        self._options = {"fsync": "on" if fsync else "off", "max_connections": 200, **options}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._password = secrets.token_hex(8)
        self.port = _free_port()
        self.folder = _short_folder()
        if os.geteuid() == 0:
            try:
                shutil.chown(self.folder, _USER, _USER)
            except LookupError:
                raise NoPostgres(f"root needs a user {_USER} to run it as") from None
        self._initialise()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """URL of the database `postgres`, by the socket."""
        return self._url("postgres")

    @property
    def log(self) -> str:
        """What the server has written."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def over_tcp(self, url: str) -> str:
        """Return the URL of the same database by the port of the loopback, which wants a password."""
        return f"postgresql://{_USER}:{self._password}@127.0.0.1:{self.port}/{self.name_of(url)}"

    def database(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of another one, and return its URL."""
        self._made += 1
        name = f"t{os.getpid()}_{self._made}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{self.name_of(url)}" WITH (FORCE)')

    @staticmethod
    def name_of(url: str) -> str:
        """Return the name of a URL's database, which `database` takes as a template."""
        return url.partition("?")[0].rpartition("/")[2]

    def execute(self, statement: str) -> None:
        """Execute a statement as the administrator."""
        with self._psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def start(self) -> None:
        """Start the server, and return when it answers."""
        words = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        words += ["-c", f"unix_socket_directories={self.folder}", "-c", "listen_addresses=127.0.0.1"]
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port), *words]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **_identity()
            )
        self._watch_over(self._process.pid)
        self._await_ready()

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` breaks connections, `immediate` is a crash, `smart` waits for them."""
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        if self._process is not None:
            self._process.send_signal(_SIGNALS[mode])
            self._process.wait(_STOP_S)
            self._process = None

    def close(self) -> None:
        """Stop it and delete its folder."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _url(self, name: str) -> str:
        return f"postgresql://{_USER}@/{name}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def _watch_over(self, pid: int) -> None:
        """Let the server end with this process, also when that is killed: then a pipe is closed."""
        script = 'read _; kill -QUIT "$0" && sleep 2; rm -rf -- "$1"'
        self._guard = subprocess.Popen(
            ["sh", "-c", script, str(pid), str(self.folder)], stdin=subprocess.PIPE, start_new_session=True
        )

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(self._password, "ascii")
        if os.geteuid() == 0:
            shutil.chown(password, _USER, _USER)
        # Not synchronised: a machine that fails meanwhile has no test to finish.
        command = [
            str(self._binaries / "initdb"), "-D", str(self._data), "-U", _USER, "--no-sync", "-E", "UTF8",
            "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}",
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, **_identity()
        )
        if done.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"initdb failed: {done.stderr[-2000:]}")

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_S
        while True:
            try:
                self.execute("SELECT 1")
            except self._psycopg.OperationalError:
                ended = self._process is not None and self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"the server does not start: {self.log[-2000:]}") from None
                time.sleep(0.02)
            else:
                return


def _identity() -> dict[str, object]:
    return {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}


def _free_port() -> int:
    # Below those that the system gives to anybody: it has to be free again after a stop.
    for _try in range(100):
        port = secrets.choice(_PORTS)
        with closing(socket.socket()) as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def _short_folder() -> Path:
    root = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="tp-pg-", dir=root if len(root) <= _LONGEST_FOLDER else "/tmp"))  # noqa: S108  (mkdtemp makes a private folder)


def wanted(**options: object) -> PostgresServer:
    """Return a server for a test, spared the disk; without one the test is skipped, and in CI it fails."""
    import pytest  # the bench, which has none, starts servers too

    try:
        # No test pulls the plug of a machine.
        return PostgresServer(**{"fsync": False, **options})
    except NoPostgres as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI needs Postgres: {missing}")
        pytest.skip(str(missing))
