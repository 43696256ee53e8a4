"""Where the payloads of a file come from: bare ones, the track of a video, or a search through all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import attrs

from telemparse_gpmf.bare import Between, payloads
from telemparse_gpmf.boxes import is_movie, movie
from telemparse_gpmf.losses import Losses
from telemparse_gpmf.survey import survey
from telemparse_gpmf.video import index_of, video_payloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_gpmf.bare import Payload
    from telemparse_gpmf.boxes import Movie
    from telemparse_gpmf.survey import Survey
    from telemparse_gpmf.video import Index

__all__ = ["Source", "is_blank", "source_of"]

_HEAD_BYTES = 16
_PIECE_BYTES = 1 << 20


@attrs.frozen
class Source:
    """Yields the payloads of one file, as often as they are asked for.

    Args:
        reader: of the file.
        size: of the file.
        piece_bytes: of bare GPMF to read at a time.
        between: what bytes that belong to no payload are, outside of an index.
        movie: boxes of a video; None for bare GPMF.
        index: of the video's payloads; None where they are not read by one.
    """

    reader: BinaryIO
    size: int
    piece_bytes: int
    between: Between
    movie: Movie | None = None
    index: Index | None = None

    @property
    def is_searched(self) -> bool:
        """A video's payloads are looked for among all its bytes."""
        return self.between is Between.OTHER_DATA

    def payloads(self, losses: Losses) -> Iterator[Payload]:
        """Yield the payloads and count what is damaged."""
        if self.index is not None:
            return video_payloads(self.reader, self.index, self.size, losses)
        if self.movie is not None and self.movie.has_index and not self.movie.track:
            return iter(())
        self.reader.seek(0)
        return payloads(self.reader, losses, self.piece_bytes, self.between)

    def survey(self) -> Survey:
        """Return what the payloads say of their clock; what is damaged is counted in the second reading."""
        return survey(self.payloads(Losses("")), is_video=self.index is not None)


def source_of(reader: BinaryIO, size: int, losses: Losses, piece_bytes: int) -> tuple[Source, Survey]:
    """Return the best source of a file and its survey; a video whose index leads to nothing is searched."""
    reader.seek(0)
    if not is_movie(reader.read(_HEAD_BYTES)):
        source = Source(reader, size, piece_bytes, Between.DAMAGE)
        return source, source.survey()

    def read(offset: int, length: int) -> bytes:
        reader.seek(offset)
        return reader.read(length)

    found = movie(read, size)
    if found.track:
        index = index_of(reader, found, size, losses)
        source = Source(reader, size, piece_bytes, Between.DAMAGE, found, index)
        surveyed = source.survey()
        if surveyed.strands:
            return source, surveyed
    is_searched = bool(found.track) or not found.has_index
    between = Between.OTHER_DATA if is_searched else Between.DAMAGE
    source = Source(reader, size, piece_bytes, between, found)
    return source, source.survey()


def is_blank(reader: BinaryIO) -> bool:
    """Tell whether a file holds nothing but padding."""
    reader.seek(0)
    while piece := reader.read(_PIECE_BYTES):
        if piece.strip(b"\0"):
            return False
    return True
