"""A file in stretches of bounded size, each with enough bytes behind it for a frame that begins in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from telemparse_aim.frames import MOST_FRAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Generator

    from telemparse.model.artifacts import Artifact

__all__ = ["STRETCH_BYTES", "Piece", "following", "stretches"]

Piece: TypeAlias = "tuple[bytes, int, int, bool]"
STRETCH_BYTES = 1 << 18
_READ_BYTES = 1 << 18


def stretches(artifact: Artifact, size: int) -> Generator[Piece, int, None]:
    """Yield (bytes, their place in the file, how many of them the stretch has, whether the file ends there).

    Send back how many bytes were used; the next stretch begins behind them.
    """
    base, held = 0, b""
    with artifact.open() as file:
        while True:
            pieces, room = [held], size + MOST_FRAME_BYTES - len(held)
            while room > 0 and (piece := file.read(min(room, _READ_BYTES))):
                pieces.append(piece)
                room -= len(piece)
            held = b"".join(pieces)
            if not held:
                return
            last = room > 0
            used = yield held, base, len(held) if last else min(size, len(held)), last
            held, base = held[used:], base + used


def following(pieces: Generator[Piece, int, None], used: int) -> Piece | None:
    """Return the stretch behind the bytes that were used, None at the end of the file."""
    try:
        return pieces.send(used)
    except StopIteration:
        return None
