"""Compiled where numba is installed, the same function where it is not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compiled", "compiles"]

_F = TypeVar("_F", bound="Callable[..., object]")


def compiles() -> bool:
    """Tell whether functions are compiled here: the extra `fast` is installed, and nobody switched it off."""
    if find_spec("numba") is None:
        return False
    import numba

    return not getattr(numba.config, "DISABLE_JIT", False)


def compiled(function: _F) -> _F:
    """Return the function, compiled at its first call by numba where the extra `fast` is installed.

    What was compiled is kept beside the library or in the user's cache; where neither can be written to,
    each process compiles anew.
    """
    if not compiles():
        return function
    import numba

    # Divided by zero is infinite, as everywhere else, and loops need not look out for it.
    try:
        return cast("_F", numba.njit(cache=True, error_model="numpy")(function))
    except RuntimeError:
        return cast("_F", numba.njit(error_model="numpy")(function))
