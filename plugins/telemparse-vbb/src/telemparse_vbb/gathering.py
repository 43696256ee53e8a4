"""Values of a channel out of samples: scaled as the file says, what is no number masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Floats, Mask

    from telemparse_vbb.layouts import Layout
    from telemparse_vbb.records import Channel

__all__ = ["is_plain", "raw_of", "values_of"]


def is_plain(channel: Channel) -> bool:
    """Tell that a channel's values stand in its samples as they are."""
    return (channel.scale, channel.offset) == (1.0, 0.0)


def raw_of(samples: NDArray[np.void], place: int) -> NDArray[Any]:
    """Return what samples hold of a channel, shape (n,), in the byte order of the machine."""
    column = samples[f"c{place}"]
    if column.dtype.kind == "V":  # a date in fields: seven bytes, as one number
        bytes_ = np.ascontiguousarray(column).view(np.uint8).reshape(len(column), -1)
        weights = 256 ** np.arange(bytes_.shape[1] - 1, -1, -1, dtype=np.int64)
        return np.asarray(bytes_ @ weights)
    return column.astype(column.dtype.newbyteorder("="))


def values_of(samples: NDArray[np.void], layout: Layout, place: int) -> tuple[Floats, Mask]:
    """Return the values of a channel, shape (n,), and which are numbers (0 elsewhere)."""
    channel = layout.channels[place]
    values = raw_of(samples, place).astype(np.float64)
    if not is_plain(channel):
        values = values * channel.scale + channel.offset
    known = np.isfinite(values)
    return (values if known.all() else np.where(known, values, 0.0)), known
