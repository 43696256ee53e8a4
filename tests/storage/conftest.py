"""A storage in a folder and one in a bucket of a real server, and child processes that work on them."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid

import attrs
import pytest

from servers import make_bucket, moto_server
from telemparse.storage import Storage

_CHILD = """
import json, os, signal, sys, time
from pathlib import Path
from telemparse.storage import Storage, StorageFailed

order = json.loads(sys.argv[1])
storage = Storage.s3(**order["s3"]) if "s3" in order else Storage.local(order["folder"])

def tried(action):
    try:
        action()
    except StorageFailed as failed:
        return failed.code
    return "done"

def say(document):
    print(json.dumps(document), flush=True)

"""


@attrs.frozen
class Place:
    """A storage, and the order by which a child process opens the same one."""

    storage: Storage
    order: dict

    @property
    def is_folder(self):
        return "folder" in self.order

    def child(self, code, **more):
        """Start a child that runs the code with `storage` open; use it in a `with`."""
        return child(code, **self.order, **more)


def child(code, **order):
    return subprocess.Popen(
        [sys.executable, "-c", f"{_CHILD}{code}", json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process):
    """Return what a child said, once it has ended well."""
    with process:
        text = process.stdout.read()
    assert process.returncode == 0
    return json.loads(text)


@pytest.fixture(scope="session")
def s3_endpoint():
    """Return the URL of an S3 server; without one the tests fail."""
    with moto_server() as endpoint:
        yield endpoint


def _folder(tmp_path, _request):
    folder = tmp_path / "store"
    return Place(Storage.local(folder), {"folder": str(folder)})


def _bucket(_tmp_path, request):
    endpoint = request.getfixturevalue("s3_endpoint")
    bucket = f"bucket-{uuid.uuid4().hex}"
    make_bucket(endpoint, bucket)
    order = {
        "bucket": bucket,
        "endpoint": endpoint,
        "access_key": "known",
        "secret_key": "hidden-words",
        "prefix": "tele/metry",
    }
    return Place(Storage.s3(**order), {"s3": order})


@pytest.fixture(params=[_folder, _bucket], ids=["folder", "s3"])
def place(request, tmp_path):
    return request.param(tmp_path, request)


@pytest.fixture
def folder_place(tmp_path):
    return _folder(tmp_path, None)


@pytest.fixture
def bucket_place(tmp_path, request):
    return _bucket(tmp_path, request)


@pytest.fixture
def storage(place):
    return place.storage


@pytest.fixture
def answered():
    return answer


@pytest.fixture
def started():
    return child
