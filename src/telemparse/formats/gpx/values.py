"""Values of track points as numbers: by column, the first of several elements that mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.formats.gpx.leaves import leaf_of
from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.casts import floats

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.formats.gpx.leaves import Leaf, Role
    from telemparse.kernels.arrays import Floats, Mask
    from telemparse.kernels.xml_blocks import Block
    from telemparse.kernels.xml_outline import Path

__all__ = ["Numbers", "fixes", "numbers"]

# GPX fixType; `dgps` and `pps` say how a position was corrected, not how many axes it has: both are 3D.
_FIX_TYPES = {"none": 0, "2d": 2, "3d": 3, "dgps": 3, "pps": 3}
_UNKNOWN_FIX = 255


@attrs.frozen
class Numbers:
    """One column of a block.

    Args:
        values: shape (n,); NaN where not valid.
        valid: mask, shape (n,).
        unreadable: rows whose text is no number.
        leaf: what the column is.
        path: where its values stand; the first place of several.
        shadowed: by path, rows whose other value was not taken because a better one stands there.
    """

    values: Floats
    valid: Mask
    unreadable: Mask
    leaf: Leaf
    path: Path
    shadowed: dict[Path, Mask]


def _as_floats(text: pa.StringArray, column: str) -> tuple[Floats, Mask]:
    if column == "fix_type":
        return fixes(text)
    if text.null_count == 0:
        return floats(text)
    written = np.flatnonzero(validity(text))
    values, valid = np.full(len(text), np.nan), np.zeros(len(text), np.bool_)
    values[written], valid[written] = floats(text.drop_null())
    return values, valid


def fixes(text: pa.StringArray) -> tuple[Floats, Mask]:
    """Return canonical fix types of GPX fix words, shape (n,), and a mask of known ones."""
    encoded = text.dictionary_encode()
    table = np.array(
        [_FIX_TYPES.get(word.strip().lower(), _UNKNOWN_FIX) for word in encoded.dictionary.to_pylist()]
        + [_UNKNOWN_FIX],
        np.float64,
    )
    codes = np.where(validity(encoded.indices), numpy_view(encoded.indices), len(table) - 1)
    values = table[codes]
    valid = values != _UNKNOWN_FIX
    return np.where(valid, values, np.nan), valid


def numbers(block: Block, role: Role) -> dict[str, Numbers]:
    """Return the columns of a role that a block has values for, by name.

    Where two elements mean the same (a speed in the point and one in its extensions), the one less deep
    wins, row by row; another value that differs is reported in `shadowed` and not lost.
    """
    found: dict[str, Numbers] = {}
    for path in sorted(block.columns, key=lambda path: (len(path), path)):
        leaf = leaf_of(path)
        if leaf is None or leaf.role is not role:
            continue
        text = block.columns[path]
        values, valid = _as_floats(text, leaf.column)
        unreadable = validity(text) & ~valid
        known = found.get(leaf.column)
        if known is not None:
            shadowed = {**known.shadowed, path: known.valid & valid & (known.values != values)}
            values, valid = np.where(known.valid, known.values, values), known.valid | valid
            unreadable, leaf = known.unreadable | unreadable, known.leaf
            found[leaf.column] = Numbers(values, valid, unreadable, leaf, known.path, shadowed)
        else:
            found[leaf.column] = Numbers(values, valid, unreadable, leaf, path, {})
    return found
