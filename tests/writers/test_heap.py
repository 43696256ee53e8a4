"""A conversion takes Arrow's memory from the process's heap and leaves the pool as it was."""

from __future__ import annotations

from contextlib import ExitStack

import pyarrow as pa
import pytest

import telemparse
from telemparse.writers import conversion
from telemparse.writers.heap import one_heap


def backend():
    return pa.default_memory_pool().backend_name


@pytest.fixture(autouse=True)
def former(monkeypatch):
    """Return the name of Arrow's own choice, which is not the heap in any wheel of pyarrow."""
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    assert backend() != "system"
    return backend()


def test_the_pool_is_the_heap_inside_and_the_former_one_afterwards(former):
    with one_heap():
        assert backend() == "system"
    assert backend() == former


def test_overlapping_conversions_give_the_pool_back_when_the_last_has_ended(former):
    with ExitStack() as second:
        with one_heap():
            second.enter_context(one_heap())
        assert backend() == "system"
    assert backend() == former


def test_an_error_gives_the_pool_back(former):
    with pytest.raises(ZeroDivisionError), one_heap():
        _ = 1 / 0
    assert backend() == former


def test_a_pool_that_somebody_chose_stays(monkeypatch, former):
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", former)
    with one_heap():
        assert backend() == former


def test_a_recording_is_converted_on_the_heap(fixtures_dir, tmp_path, monkeypatch, former):
    seen, flow = [], conversion.flow

    def watched(*words):
        seen.append(backend())
        return flow(*words)

    monkeypatch.setattr(conversion, "flow", watched)
    telemparse.convert(fixtures_dir / "sample_track.gpx", tmp_path / "out")
    assert seen == ["system"]
    assert backend() == former
