"""Sections among and behind the rows of a VBO file: some loggers write them when the recording ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.formats.vbo.sections import SECTION, line_text
from telemparse.kernels.lines import Encoding
from telemparse.kernels.spelling import squash
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Tail"]

_MOST_LINES = 1000
_MOST_SECTIONS = 100
_BYTES = Encoding("utf-8")


@attrs.define
class Tail:
    """Takes lines of sections out of blocks of rows.

    Attributes:
        begun: the last line read belongs to another section than the rows.
    """

    begun: bool = False
    _sections: dict[str, list[str]] = attrs.field(factory=dict)
    _now: list[str] | None = None
    _dropped: int = 0

    def rows_of(self, data: bytes) -> bytes:
        """Return whole lines with those of other sections blank, so that the numbers of lines stay."""
        if not self.begun and b"[" not in data:
            return data
        lines = data.split(b"\n")
        for number, line in enumerate(lines):
            if b"[" in line:
                begins = SECTION.fullmatch(line_text(line.decode("latin-1"), _BYTES).replace("\x01", ""))
                if begins is not None:
                    self._begin(squash(begins[1]))
                    lines[number] = b""
                    continue
            if self.begun:
                self._keep(line)
                lines[number] = b""
        return b"\n".join(lines)

    def _begin(self, section: str) -> None:
        self.begun = section != "data"
        if not self.begun:
            return
        known = section in self._sections or len(self._sections) < _MOST_SECTIONS
        self._now = self._sections.setdefault(section, []) if known else None

    def _keep(self, line: bytes) -> None:
        text = line_text(line.decode("latin-1"), _BYTES).strip(" \t\x01")
        if text and self._now is not None and len(self._now) < _MOST_LINES:
            self._now.append(text)
        else:
            self._dropped += bool(text)

    def lines(self, section: str) -> list[str]:
        """Return the lines of a section that stands behind rows."""
        return self._sections.get(section, [])

    def messages(self, suffix: str) -> Iterator[Meta]:
        """Yield what the sections say."""
        if self._sections:
            yield Meta(f"sections_behind_rows{suffix}", dict(self._sections))
        if self._dropped:
            yield Meta(f"lines_behind_rows_left_out{suffix}", self._dropped)
