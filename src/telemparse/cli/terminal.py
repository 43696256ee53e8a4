"""What people see: text with hostile characters made visible, and the two consoles."""

from __future__ import annotations

import contextlib
import re
import sys
import traceback
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import Console

__all__ = ["apart", "complain", "console", "reason", "visible"]

# Controls, format characters (which can reverse text), lone surrogates, private and unassigned ones,
# and the two separators that break lines.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TRAILING = re.compile(r" +(?=\n)")
_UNDECODED = range(0xDC80, 0xDD00)  # bytes of a file name that are no UTF-8, as Python keeps them


def visible(text: str) -> str:
    """Return text in which nothing can hide, reverse or break a line: such characters are spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    number = ord(character)
    if number in _UNDECODED:
        return f"\\x{number - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def apart() -> AbstractContextManager[Any]:
    """Return a context in which what a plugin prints goes to standard error: ours stays clean."""
    return contextlib.redirect_stdout(sys.stderr)


def reason(error: BaseException) -> str:
    """Return the words that say why a file cannot be read or written; a bug of ours says so."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, TelemparseError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in frames)
    return f"internal error, please report it: {type(error).__name__}: {error}{place}"


def complain(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"telemparse: {visible(line)}\n")
    sys.stderr.flush()


def console() -> Console:
    """Return a console on standard output that takes all text literally.

    Colours only on a terminal without NO_COLOR; elsewhere lines end where their text does.
    """
    from rich.console import Console

    class Literal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would leave with code 1

    file = sys.stdout if sys.stdout.isatty() else cast("TextIO", _Trimmed(sys.stdout))
    return Literal(file=file, markup=False, highlight=False, emoji=False)


class _Trimmed:
    """A text file without the blanks that fill a table's last column; rich writes whole lines."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.encoding = file.encoding

    def write(self, text: str) -> int:
        return self._file.write(_TRAILING.sub("", text))

    def flush(self) -> None:
        self._file.flush()

    def isatty(self) -> bool:
        return False
