"""The gallery of liars: one wrong parser for each promise of the kit, each wrong in nothing else.

They read the imaginary format of `honest`, all but their lie as it does. The kit's own tests demand that
each is caught by the check of its promise and by no other.
"""

from __future__ import annotations

__all__ = ["GALLERY"]

GALLERY = {
    "card-is-light": "heavy_card",
    "detector-is-light": "heavy_detector",
    "examples-are-shipped": "hoarder",
    "codes-are-declared": "mumbler",
    "knows-its-own": "doubter",
    "content-outweighs-name": "name_reader",
    "refuses-strangers": "glutton",
    "refuses-neighbours": "thief",
    "sniffs-within-budget": "spendthrift",
    "answers-twice-alike": "counter",
    "leaves-bytes-alone": "mender",
    "chunk-size-does-not-matter": "chunker",
    "damage-becomes-issues": "optimist",
    "damage-is-confessed": "concealer",
    "schema-holds": "blurter",
    "order-is-monotonic-or-confessed": "shuffler",
    "units-are-plausible": "speeder",
    "provenance-is-complete": "anonymous",
    "parquet-round-trip": "smuggler",
    "encode-parse-round-trip": "rounder",
}
"""The module of the liar by the promise that it breaks."""
