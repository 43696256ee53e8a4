"""Values of track points as numbers: by column, the first of several elements that mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.arrays import numpy_view, validity
from telemparse.kernels.casts import floats

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.formats.trackpoints.lexicon import Leaf, Lexicon, Role
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
        unreadable: rows whose text is no number, or none that is a measurement.
        leaf: what the column is.
        path: where its values stand; of several places the one that comes first in the block.
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


def _measured(values: Floats, valid: Mask, leaf: Leaf) -> tuple[Floats, Mask]:
    """Leave out what lies beyond the limits of a value."""
    if leaf.low is None and leaf.high is None:
        return values, valid
    low = -np.inf if leaf.low is None else leaf.low
    high = np.inf if leaf.high is None else leaf.high
    with np.errstate(invalid="ignore"):
        possible = valid & (values >= low) & (values <= high)
    return (values if possible.all() else np.where(possible, values, np.nan)), possible


def numbers(block: Block, lexicon: Lexicon, role: Role) -> dict[str, Numbers]:
    """Return the columns of a role that a block has values for, by name.

    Where two elements mean the same (a speed in the point and one in its extensions), the one less deep
    wins, row by row; another value that differs is reported in `shadowed` and not lost.
    """
    found: dict[str, Numbers] = {}
    for path in sorted(block.columns, key=lambda path: (len(path), path)):
        leaf = lexicon.leaf_of(path)
        if leaf is None or leaf.role is not role:
            continue
        text = block.columns[path]
        values, valid = _measured(*_as_floats(text, leaf.column), leaf)
        column = Numbers(values, valid, validity(text) & ~valid, leaf, path, {})
        known = found.get(leaf.column)
        found[leaf.column] = column if known is None else _both(known, column)
    return found


def _both(known: Numbers, other: Numbers) -> Numbers:
    """Return a column with the values of another place where it has none itself.

    What is said of the whole column must not depend on how a document is cut into blocks: its path is
    the one that comes first in the document, and its unit is assumed if that of any value is.
    """
    earlier = _first(other.valid) < _first(known.valid)
    return Numbers(
        np.where(known.valid, known.values, other.values),
        known.valid | other.valid,
        known.unreadable | other.unreadable,
        attrs.evolve(known.leaf, assumed=known.leaf.assumed or other.leaf.assumed),
        other.path if earlier else known.path,
        {**known.shadowed, other.path: known.valid & other.valid & (known.values != other.values)},
    )


def _first(rows: Mask) -> int:
    return int(np.argmax(rows)) if rows.any() else len(rows)
