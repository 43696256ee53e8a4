"""Compiled where numba is installed, the same function where it is not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compiled"]

_F = TypeVar("_F", bound="Callable[..., object]")


def compiled(function: _F) -> _F:
    """Return the function, compiled at its first call by numba where the extra `fast` is installed."""
    if find_spec("numba") is None:
        return function
    import numba

    return cast("_F", numba.njit(cache=True)(function))
