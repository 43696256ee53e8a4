"""Exit codes, and the guard around every command that turns what it raises into one of them."""

from __future__ import annotations

import enum
import functools
import os
import signal
import sys
from typing import TYPE_CHECKING, ParamSpec

import typer

from telemparse.cli.terminal import complain, reason
from telemparse.errors import CallError, MissingExtra, TelemparseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Exit", "Terminated", "command", "exit_after", "exit_for", "listen"]

_Arguments = ParamSpec("_Arguments")

# These speak of finding a parser, not of a parse that went wrong.
_FINDING = frozenset({"FORMAT_NOT_RECOGNISED", "FORMAT_AMBIGUOUS", "ARTIFACT_EMPTY"})


class Exit(enum.IntEnum):
    """How a command ends; with several recordings the highest counts."""

    OK = 0
    """All is well (warnings are)."""
    UNREADABLE = 1
    """A file or folder cannot be read or written."""
    USAGE = 2
    """The call cannot be right, or needs an extra that is not installed."""
    UNRECOGNISED = 3
    """Not recognised, ambiguous, or empty."""
    ERRORS = 4
    """Parsed with errors, and what could be read is kept; or a plugin failed when it was probed."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""
    BROKEN_PIPE = 141
    """The reader of standard output went away, as with `| head`."""
    TERMINATED = 143
    """Ended by SIGTERM."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came; it passes all guards as Ctrl-C does, so that children are ended on the way out."""


def listen() -> None:
    """Let SIGTERM raise `Terminated` from now on."""
    signal.signal(signal.SIGTERM, _raise_terminated)


def _raise_terminated(_number: int, _frame: object) -> None:
    raise Terminated


def exit_for(codes: Iterable[str]) -> Exit:
    """Return the exit code of one recording from the codes of its errors."""
    seen = set(codes)
    if not seen:
        return Exit.OK
    return Exit.UNRECOGNISED if seen <= _FINDING else Exit.ERRORS


def exit_after(error: BaseException) -> Exit:
    """Return the exit code after an exception: a missing extra, a file's fault, or a bug of ours."""
    if isinstance(error, MissingExtra):
        return Exit.USAGE
    return Exit.UNREADABLE if isinstance(error, OSError | TelemparseError) else Exit.ERRORS


def command(run: Callable[_Arguments, Exit]) -> Callable[_Arguments, None]:
    """Wrap a command so that it leaves with its exit code and never with a traceback."""

    @functools.wraps(run)
    def guarded(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> None:
        raise typer.Exit(_ended(lambda: run(*arguments, **options)))

    return guarded


def _ended(run: Callable[[], Exit]) -> Exit:
    try:
        code = run()
        sys.stdout.flush()
    except Terminated:
        return Exit.TERMINATED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return Exit.BROKEN_PIPE
    except CallError as error:
        raise typer.BadParameter(str(error)) from None
    except Exception as error:  # noqa: BLE001  (people get one line, not a traceback)
        place = getattr(error, "filename", None)
        complain(f"{place}: {reason(error)}" if place else reason(error))
        return exit_after(error)
    return code


def _forget_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's own last flush stays silent."""
    with open(os.devnull, "w") as nothing:  # noqa: PTH123  (os.devnull is a name, not a place)
        os.dup2(nothing.fileno(), sys.stdout.fileno())
