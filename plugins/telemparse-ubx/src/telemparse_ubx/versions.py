"""Which receiver wrote a log: UBX-MON-VER names its software, hardware and module."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.model.messages import Meta

from telemparse_ubx.frames import HEAD_BYTES
from telemparse_ubx.messages import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse_ubx.frames import Frames

__all__ = ["Versions"]

_SOFTWARE, _HARDWARE, _MORE = 30, 10, 30
_MOST = 30


@attrs.define
class Versions:
    """What the first message of its kind says."""

    _texts: tuple[str, ...] | None = None

    def take(self, frames: Frames) -> None:
        """Look at the frames of a piece."""
        if self._texts is not None:
            return
        long_enough = frames.lengths >= _SOFTWARE + _HARDWARE
        rows = np.flatnonzero((frames.codes == Kind.MON_VER) & long_enough)
        if not len(rows):
            return
        begin = int(frames.starts[rows[0]]) + HEAD_BYTES
        payload = frames.buffer[begin : begin + int(frames.lengths[rows[0]])].tobytes()
        ends = [0, _SOFTWARE, _SOFTWARE + _HARDWARE]
        ends += range(ends[-1] + _MORE, min(len(payload), ends[-1] + _MORE * _MOST) + 1, _MORE)
        pairs = itertools.pairwise(ends)
        self._texts = tuple(
            payload[begin:end].partition(b"\0")[0].decode("ascii", "replace") for begin, end in pairs
        )

    def facts(self) -> Iterator[Meta]:
        """Yield the receiver's model and versions, where it has said them."""
        if self._texts is None:
            return
        software, hardware, *more = self._texts
        models = [text.removeprefix("MOD=") for text in more if text.startswith("MOD=")]
        if models and models[0]:
            yield Meta("device_model", models[0])
        yield Meta(
            "receiver",
            {"software": software, "hardware": hardware, "extensions": [text for text in more if text]},
        )
