"""Compressed streams, decoded in bounded steps: what came out before a damage is kept, a bomb is not."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, BinaryIO, Protocol

import attrs

from telemparse.errors import Malformed
from telemparse.model.codes import Severity
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Decoder", "Stored", "Stream", "Tally", "bzip2", "complaints", "deflate", "unopened", "xz",
]  # fmt: skip

_MAX_RATIO = 1000
_RATIO_FROM_BYTES = 1024 * 1024
_STEP_BYTES = 128 * 1024
_FEED_BYTES = 32 * 1024
# Thousands of tiny streams in a row must not each be handed a full feed that the next one needs again.
_FIRST_FEED_BYTES = 512
_DICTIONARY_BYTES = 256 * 1024 * 1024

_ENDS_EARLY = "ends early"
_OVERSIZED = f"needs a dictionary of more than {_DICTIONARY_BYTES} bytes"


@attrs.define
class Tally:
    """Bytes that came out of one archive, over all of its members, against a limit and a ratio.

    Args:
        artifact: name of the archive.
        packed_bytes: size of the archive.
        limit_bytes: most that may come out.
    """

    artifact: str
    packed_bytes: int
    limit_bytes: int
    out_bytes: int = 0

    def count(self, piece: bytes) -> bytes:
        """Return the piece; raises Malformed `ARCHIVE_TOO_LARGE` when it is one too many."""
        self.out_bytes += len(piece)
        beyond_ratio = self.out_bytes > max(_RATIO_FROM_BYTES, _MAX_RATIO * self.packed_bytes)
        if beyond_ratio or self.out_bytes > self.limit_bytes:
            raise self.refusal()
        return piece

    def refusal(self, **evidence: int) -> Malformed:
        """Return what is raised for an archive that is too large."""
        return Malformed(
            "ARCHIVE_TOO_LARGE", Locus(self.artifact),
            artifact=self.artifact, limit=self.limit_bytes, ratio=_MAX_RATIO, **evidence,
        )  # fmt: skip


class Decoder(Protocol):
    """What `bz2` and `lzma` decompressors look like."""

    @property
    def eof(self) -> bool: ...  # noqa: D102  (as in the standard library)
    @property
    def needs_input(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int) -> bytes: ...  # noqa: D102


class _Inflater:
    """A raw deflate decoder with the shape of the others."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        # A full step may have left more output behind although all input is taken.
        return not self._full and not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)
        self._full = len(piece) == max_length
        return piece


def deflate() -> Decoder:
    """Return a fresh decoder of raw deflate."""
    return _Inflater()


def xz() -> Decoder:
    """Return a fresh decoder of one xz stream; its memory is limited, for the header asks for it."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_DICTIONARY_BYTES)


def bzip2() -> Decoder:
    """Return a fresh decoder of one bzip2 stream."""
    return bz2.BZ2Decompressor()


@attrs.define
class Stream:
    """One compressed stream in a file.

    Args:
        reader: seekable; nobody else moves it meanwhile.
        start: offset of the first byte of the stream.
        end: offset that the stream cannot reach beyond.
        fresh: returns a new decoder.
        stop: after `pieces`, the offset behind the stream, or that of the damage.
        damage: after `pieces`, what is wrong, or None.
    """

    reader: BinaryIO
    start: int
    end: int
    fresh: Callable[[], Decoder]
    stop: int = attrs.field(default=0, init=False)
    damage: str | None = attrs.field(default=None, init=False)

    def pieces(self) -> Iterator[bytes]:
        """Yield what comes out, in pieces of at most 128 KiB."""
        made = 0
        for piece in self._walk(None):
            made += len(piece)
            yield piece
        if self.damage not in (None, _ENDS_EARLY, _OVERSIZED):
            # The failing call threw away what it had made. Walk there again and creep over the last step.
            yield from self._walk(made)

    def _walk(self, known: int | None) -> Iterator[bytes]:
        """Decode from the start; skip `known` bytes, then go byte by byte through the damaged feed."""
        decoder = self.fresh()
        self.reader.seek(self.start)
        position = fed_at = self.start
        made = 0
        creep_from = self.end if known is None else self.stop
        while not decoder.eof:
            feed = b""
            if decoder.needs_input:
                width = min(_FIRST_FEED_BYTES + position - self.start, _FEED_BYTES, self.end - position)
                feed = self.reader.read(width if position < creep_from else min(1, width))
                fed_at = position
                if not feed:
                    self.stop, self.damage = position, _ENDS_EARLY
                    return
            step = _STEP_BYTES if known is None else min(max(known - made, 1), _STEP_BYTES)
            try:
                piece = decoder.decompress(feed, step)
            except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
                oversized = "memory" in str(error).lower()
                self.stop, self.damage = fed_at, _OVERSIZED if oversized else f"corrupt: {error}"
                return
            position += len(feed)
            made += len(piece)
            if piece and (known is None or made > known):
                yield piece
        self.stop = position - len(decoder.unused_data)


@attrs.define
class Stored:
    """Bytes that lie uncompressed in a file; the same shape as `Stream`."""

    reader: BinaryIO
    start: int
    length: int
    end: int
    stop: int = attrs.field(default=0, init=False)
    damage: str | None = attrs.field(default=None, init=False)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, in pieces of at most 128 KiB."""
        self.reader.seek(self.start)
        self.stop = self.start
        last = min(self.start + self.length, self.end)
        while self.stop < last and (piece := self.reader.read(min(_STEP_BYTES, last - self.stop))):
            self.stop += len(piece)
            yield piece
        if self.stop < self.start + self.length:
            self.damage = _ENDS_EARLY


def complaints(stream: Stored | Stream, archive: str, name: str) -> tuple[Issue, ...]:
    """Return what the damage of a stream in an archive means for its content.

    A decoder notices a damage only after it made something of the damaged bytes: what came out of a
    corrupt stream is doubtful, and said to be, while what came out of one that ends early is not.
    """
    damage, place = stream.damage, Locus(archive, stream.stop)
    if damage == _OVERSIZED:
        return (unopened(archive, name, stream.start, _OVERSIZED),)
    truncated = Issue("ARTIFACT_TRUNCATED", place, artifact=name, offset=stream.stop, reason=damage)
    if damage == _ENDS_EARLY:
        return (truncated,)
    return (truncated, Issue("INTEGRITY_HASH_MISMATCH", place, artifact=name, reason=damage))


def unopened(archive: str, name: str, offset: int, reason: str) -> Issue:
    """Return the issue of content that cannot be read although nothing is damaged."""
    return Issue(
        "FORMAT_NOT_RECOGNISED", Locus(archive, offset), severity=Severity.WARNING,
        artifacts=name, nearest="none", reason=reason,
    )  # fmt: skip
