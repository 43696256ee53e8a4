"""What of a plugin may fail without harm to others, and what is known of it then."""

from __future__ import annotations

import attrs

__all__ = ["GUARDED", "Fault", "is_fault"]

GUARDED = (Exception, SystemExit)
"""What a plugin may throw at us without harm to others; KeyboardInterrupt passes."""

# Rust extensions made with pyo3 panic by this module's exception, each with a class of its own.
_PANICS = "pyo3_runtime"


def is_fault(error: BaseException) -> bool:
    """Tell whether an exception out of a plugin's code is a fault of the plugin.

    Every `Exception` and `SystemExit` is. What derives from BaseException alone is by Python's convention
    control flow of the program around us, and must pass: Ctrl-C, GeneratorExit, a cancellation by asyncio,
    trio or gevent. Only the panic of a Rust extension is a fault all the same: nobody around us sent it.
    """
    return isinstance(error, GUARDED) or type(error).__module__ == _PANICS


_ERROR_CHARACTERS = 500


def _bounded(words: str) -> str:
    return words[:_ERROR_CHARACTERS]


@attrs.frozen
class Fault:
    """A plugin that failed, and took no part.

    Args:
        plugin: entry point name, or a parser's id once it has one.
        stage: `metadata`, `import`, `hooks`, `declare`, `card`, `detect` or `parse`.
        error: type and message, 500 characters at most.
        distribution: installed distribution that brought it, when known.
    """

    plugin: str
    stage: str
    error: str = attrs.field(converter=_bounded)
    distribution: str | None = None
