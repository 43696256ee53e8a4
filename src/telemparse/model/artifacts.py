"""Artifacts: input files as bytes on demand, and the set of them that makes one recording."""

from __future__ import annotations

import io
import os
import stat
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

import attrs

from telemparse.errors import CallError
from telemparse.model.hashing import RunningHash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemparse.model.issues import Issue

__all__ = ["IN_MEMORY_BYTES", "Artifact", "ArtifactSet", "Source", "artifacts_of", "spooled"]

_CHUNK_BYTES = 1024 * 1024
IN_MEMORY_BYTES = 32 * 1024 * 1024


@attrs.define(eq=False)
class Artifact:
    """One input file or blob: a name, and bytes on demand.

    Args:
        name: file name without folders; `outer.zip/inner.csv` for a member of an archive.
        path: where it lies on disk, or None for bytes and unwrapped content.
        wrapper: the wrapper it came out of (`gzip`, `zip`, ...), or None.
        outer: the artifact as given, when this one came out of a wrapper.
        issues: what went wrong while it was unwrapped.
    """

    name: str
    _opener: Callable[[], BinaryIO] = attrs.field(repr=False)
    path: Path | None = attrs.field(default=None, repr=False)
    wrapper: str | None = None
    outer: Artifact | None = attrs.field(default=None, repr=False)
    issues: tuple[Issue, ...] = ()
    _size: int | None = attrs.field(default=None, init=False, repr=False)
    _hash: RunningHash = attrs.field(factory=RunningHash, init=False, repr=False)
    _sha256: str | None = attrs.field(default=None, init=False, repr=False)

    @classmethod
    def from_path(cls, path: str | os.PathLike[str]) -> Artifact:
        """Return the artifact of a regular file; raises OSError when it cannot be looked at."""
        place = Path(path)
        if not stat.S_ISREG(place.stat().st_mode):
            raise CallError(f"{place.name} is not a regular file")
        return cls(place.name, lambda: place.open("rb"), path=place)

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview, name: str = "<bytes>") -> Artifact:
        """Return the artifact of bytes in memory."""
        content = bytes(data)
        return cls(name, lambda: io.BytesIO(content))

    def open(self) -> BinaryIO:
        """Return a new seekable reader at offset 0; the caller closes it."""
        return self._opener() if self.path is None else self._hash.open(self.path)

    @property
    def size(self) -> int:
        """Bytes in this artifact, unwrapped."""
        if self._size is None:
            with self.open() as reader:
                self._size = reader.seek(0, os.SEEK_END)
        return self._size

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the artifact as given (of the wrapper, when it came out of one)."""
        if self.outer is not None:
            return self.outer.sha256
        if self._sha256 is None:
            self._sha256 = self._hash.completed(self.open)
        return self._sha256

    def read_at(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`; fewer at the end of the artifact."""
        with self.open() as reader:
            reader.seek(offset)
            return reader.read(length)

    def chunks(self, size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the content in pieces of `size` bytes, the last one shorter."""
        with self.open() as reader:
            while piece := reader.read(size):
                yield piece


def spooled(pieces: Iterable[bytes], memory_bytes: int = IN_MEMORY_BYTES) -> Callable[[], BinaryIO]:
    """Return an opener over `pieces`: in memory up to 32 MiB (or less), in a temporary file beyond."""
    head = bytearray()
    source = iter(pieces)
    for piece in source:
        head += piece
        if len(head) > memory_bytes:
            return _on_disk(head, source)
    content = bytes(head)
    return lambda: io.BytesIO(content)


class _TemporaryContent:
    """A temporary file that goes with the last opener that can reach it."""

    def __init__(self) -> None:
        import tempfile  # few need one, and it takes 5 ms

        handle, name = tempfile.mkstemp(prefix="telemparse-")
        self.file = os.fdopen(handle, "wb")
        self.path = Path(name)
        weakref.finalize(self, self.path.unlink, missing_ok=True)

    def open(self) -> BinaryIO:
        return self.path.open("rb")


def _on_disk(head: bytearray, rest: Iterator[bytes]) -> Callable[[], BinaryIO]:
    content = _TemporaryContent()
    with content.file as target:
        target.write(head)
        for piece in rest:
            target.write(piece)
    return content.open


Source: TypeAlias = (
    "ArtifactSet | Artifact | str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO"
    " | Mapping[str, bytes] | Iterable[str | os.PathLike[str] | bytes | BinaryIO | Artifact]"
)
"""What `detect`, `parse` and `convert` take: a path, a folder, bytes, a binary file object, a mapping
of names to bytes, or several of them for one recording."""


@attrs.frozen
class ArtifactSet:
    """The files of ONE recording, in the order given: the unit that is detected and parsed."""

    artifacts: tuple[Artifact, ...]

    def __attrs_post_init__(self) -> None:
        if not self.artifacts:
            raise CallError("an artifact set needs at least one file")

    @classmethod
    def of(cls, source: Source) -> ArtifactSet:
        """Return the set that a source means.

        A folder means all regular files below it in order of name, hidden ones left out. Raises
        OSError for a path that cannot be looked at and CallError for a source of another type.
        """
        if isinstance(source, ArtifactSet):
            return source
        return cls(tuple(artifacts_of(source)))

    def __iter__(self) -> Iterator[Artifact]:
        return iter(self.artifacts)

    def __len__(self) -> int:
        return len(self.artifacts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the artifacts, in order."""
        return tuple(artifact.name for artifact in self.artifacts)


def artifacts_of(source: object) -> Iterator[Artifact]:
    """Yield the artifacts that a source means; see `ArtifactSet.of`, which wants at least one."""
    if isinstance(source, Artifact):
        yield source
    elif isinstance(source, bytes | bytearray | memoryview):
        yield Artifact.from_bytes(source)
    elif isinstance(source, str | os.PathLike):
        yield from _from_place(Path(source))
    elif isinstance(source, Mapping):
        for name, data in source.items():
            yield Artifact.from_bytes(data, str(name))
    elif callable(getattr(source, "read", None)):
        yield _from_file(cast("BinaryIO", source))
    elif isinstance(source, Iterable):
        for item in source:
            yield from artifacts_of(item)
    else:
        raise CallError(f"cannot read a recording from {type(source).__name__}")


def _from_place(place: Path) -> Iterator[Artifact]:
    if not place.is_dir():
        yield Artifact.from_path(place)
        return
    for path in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
        if path.is_file() and not hidden:
            yield Artifact.from_path(path)


def _from_file(file: BinaryIO) -> Artifact:
    """Take over the content of a file object, which may be neither seekable nor kept open."""
    pieces = iter(lambda: file.read(_CHUNK_BYTES), b"")
    first = next(pieces, b"")
    if not isinstance(first, bytes):
        raise CallError("the file object must be opened in binary mode")
    name = getattr(file, "name", None)
    opener = spooled(piece for group in ([first], pieces) for piece in group)
    return Artifact(Path(name).name if isinstance(name, str) else "<file>", opener)
