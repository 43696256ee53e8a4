"""Memory of one piece used again for the next one, for parsers that read a file in pieces."""

from __future__ import annotations

import numpy as np

__all__ = ["keep_freed_memory"]

_BLOCK_BYTES = 4 << 20


def keep_freed_memory() -> None:
    """Let the C library keep about 8 MiB of what a piece gives back, so that the next piece takes that.

    glibc keeps twice the size of the largest block that was ever given back (mallopt(3), under
    M_MMAP_THRESHOLD and M_TRIM_THRESHOLD). Without it, the memory of each piece may be mapped and
    cleared anew. This gives back a block that nothing has touched and so takes no memory. Other C
    libraries do as they do.
    """
    np.empty(_BLOCK_BYTES, np.uint8)
