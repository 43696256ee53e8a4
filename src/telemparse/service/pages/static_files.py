"""Files that the pages load: scripts, styles and vendored assets, under a name that changes with them."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Final

import attrs

__all__ = ["FOREVER", "StaticFile", "StaticFiles", "static_files"]

FOLDER: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
"""For addresses that hold the digest of what they give."""

_DIGITS = 16
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_PLAIN = "text/plain; charset=utf-8"


@attrs.frozen(kw_only=True)
class StaticFile:
    """A file: its bytes and its media type."""

    content: bytes
    media_type: str


@attrs.frozen(kw_only=True)
class StaticFiles:
    """All files, by their path below the folder.

    Args:
        digest: of all of them together. It stands in every address, so that a module and those that it
            imports by relative paths always come from the same release.
        files: by path with `/`.
    """

    digest: str
    files: dict[str, StaticFile]

    @property
    def prefix(self) -> str:
        """Address of the folder, without the last `/`."""
        return f"/static/{self.digest}"

    def get(self, digest: str, path: str) -> StaticFile | None:
        """Return a file, None where there is none of this name or it is of another release."""
        return self.files.get(path) if digest == self.digest else None


@functools.cache
def static_files() -> StaticFiles:
    """Read all files; they are small and never change while the program runs."""
    # A request can only name what was found here, so that no path leads out of the folder.
    files = {
        place.relative_to(FOLDER).as_posix(): StaticFile(
            content=place.read_bytes(), media_type=_TYPES.get(place.suffix, _PLAIN)
        )
        for place in sorted(FOLDER.rglob("*"))
        if place.is_file()
    }
    digest = hashlib.sha256()
    for path, file in files.items():
        digest.update(f"{path}\0{len(file.content)}\0".encode() + file.content)
    return StaticFiles(digest=digest.hexdigest()[:_DIGITS], files=files)
