"""The command line `telemparse`: detect, parse and convert recordings, and look things up."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from telemparse.errors import MissingExtra

__all__ = ["main"]

_NEEDED = ("typer", "rich")
_USAGE = 2
_INTERRUPTED = 130


def main() -> None:
    """Run the command that the process's arguments name, and leave with its exit code.

    Exits with 0 when all went well, 1 when a file cannot be read or written, 2 for a call that cannot
    be right, 3 for a recording that is not recognised, 4 for one that parsed with errors.
    """
    for module in _NEEDED:
        if find_spec(module) is None:
            sys.stderr.write(f"telemparse: {MissingExtra('cli', module)}\n")
            raise SystemExit(_USAGE)
    try:
        from telemparse.cli.app import run

        run()
    except KeyboardInterrupt:
        # Before the first command runs; commands have a guard of their own.
        raise SystemExit(_INTERRUPTED) from None
