"""A real server for tests: the service at a free port of the loopback, and clients with a key.

`python service_servers.py ORDER` serves in a process of its own, where ORDER is a JSON document: `settings`
of the pipeline, `service` settings, and `workers`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import attrs
import httpx

from telemparse.runner import Pipeline, Settings
from telemparse.runner.submissions import Owner
from telemparse.service import ServiceSettings, serve

__all__ = ["PREFIX", "Running", "process_serving", "serving"]

PREFIX = "/api/v1/telemetry"
_START_S = 60.0
ANNA, BERT = Owner("team", "anna"), Owner("other", "bert")


@attrs.frozen
class Running:
    """A server that answers: its address, and what it works with."""

    url: str
    pipeline: Pipeline

    def key(self, owner=ANNA):
        """Make a key and return its secret."""
        return self.pipeline.api_keys.create(owner).secret

    def client(self, owner=ANNA, **headers):
        """Return a client with a key of its own."""
        return client_at(self.url, self.key(owner), **headers)


def client_at(url, secret=None, **headers):
    """Return a client that tells its key."""
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    return httpx.Client(base_url=url + PREFIX, headers=headers, timeout=60)


@contextmanager
def serving(pipeline, *, workers=0, **changes):
    """Serve a pipeline from a thread."""
    ready, stop, places, errors = threading.Event(), threading.Event(), [], []
    settings = ServiceSettings(
        **{"port": 0, "rate_per_s": 1e6, "rate_burst": 10**6, "pages": False, **changes}
    )

    def run():
        try:
            serve(
                pipeline, settings, workers=workers, stop=stop,
                ready=lambda url: (places.append(url), ready.set()),
            )  # fmt: skip
        except BaseException as error:  # noqa: BLE001  (the test's thread raises it)
            errors.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="service")
    thread.start()
    try:
        assert ready.wait(_START_S)
        if places:
            yield Running(places[0], pipeline)
    finally:
        stop.set()
        thread.join()
    if errors:
        raise errors[0]


@contextmanager
def process_serving(settings, *, workers=0, **changes):
    """Serve from a process of its own; yields it and its address."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in settings.items()}
    order = {"settings": plain, "service": {"port": 0, "pages": False, **changes}, "workers": workers}
    process = subprocess.Popen(
        [sys.executable, __file__, json.dumps(order)],
        stdout=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), url
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def main():
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    order = json.loads(sys.argv[1])
    with Pipeline(Settings(**order["settings"])) as pipeline:
        serve(
            pipeline, ServiceSettings(**order["service"]), workers=order["workers"],
            ready=lambda url: sys.stdout.write(f"{url}\n") and sys.stdout.flush(),
        )  # fmt: skip


if __name__ == "__main__":
    main()
