"""A plugin's first files: what they are called for a name, and what stands in them."""

from __future__ import annotations

import enum
import re
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

__all__ = ["Kind", "PluginName", "files_of", "write"]

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_LONGEST_NAME = 40  # the lines of the templates stay readable
_SUFFIX = ".tmpl"


class Kind(enum.Enum):
    """What the files of the format are made of."""

    TEXT = "text"
    """Lines of words."""
    BINARY = "binary"
    """Records with a length and a checksum."""


def _plain(_name: PluginName, _field: object, value: str) -> None:
    if not _NAME.fullmatch(value) or len(value) > _LONGEST_NAME:
        raise CallError(
            f"{value!r} is no name for a plugin: lower-case words of letters and digits joined by hyphens,"
            f" at most {_LONGEST_NAME} characters, such as my-logger"
        )


@attrs.frozen
class PluginName:
    """The name of a format, as its plugin spells it in different places; raises CallError for a bad one.

    Args:
        words: `my-logger` or `my_logger`.
    """

    words: str = attrs.field(validator=_plain)

    @property
    def id(self) -> str:
        """The parser's id: `my_logger`."""
        return self.words.replace("-", "_")

    @property
    def distribution(self) -> str:
        """What is installed, and the folder: `telemparse-my-logger`."""
        return f"telemparse-{self.id.replace('_', '-')}"

    @property
    def package(self) -> str:
        """What is imported: `telemparse_my_logger`."""
        return f"telemparse_{self.id}"

    def put_into(self, text: str) -> str:
        """Return text of a template, which speaks of lapbook, for this name."""
        spoken = self.id.replace("_", " ")
        for word, own in (
            ("telemparse-lapbook", self.distribution),
            ("LAPBOOK", self.id.upper()),
            ("Lapbook", spoken[0].upper() + spoken[1:]),
            ("lapbook", self.id),
        ):
            text = text.replace(word, own)
        return text


def files_of(name: PluginName, kind: Kind) -> dict[PurePosixPath, str]:
    """Return the files of a new plugin, path to text."""
    room = resources.files("telemparse.cli") / "templates"
    found: dict[PurePosixPath, str] = {}
    for part in ("common", kind.value):
        for path, template in _templates(room / part):
            place = name.put_into(str(path).removesuffix(_SUFFIX))
            found[PurePosixPath(place)] = name.put_into(template.read_text(encoding="utf-8"))
    return found


def _templates(
    room: Traversable, path: PurePosixPath | None = None
) -> Iterator[tuple[PurePosixPath, Traversable]]:
    path = path or PurePosixPath()
    for entry in sorted(room.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, path / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield path / entry.name, entry


def write(files: Mapping[PurePosixPath, str], folder: Path) -> None:
    """Write files into a new folder; raises CallError when there is one already, and OSError."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise CallError(f"{folder} is there already; nothing was written") from None
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")
