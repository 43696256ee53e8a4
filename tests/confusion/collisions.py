"""Known collisions, read from the list beside this file: parser and recording, with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["COLLISIONS", "unexpected"]

_LISTED = tomllib.loads(Path(__file__).with_name("collisions.toml").read_text(encoding="utf-8"))
COLLISIONS = {
    (entry["recording"], entry["parser"]): entry["reason"] for entry in _LISTED.get("collision", [])
}


def unexpected(rows, group, listed=COLLISIONS):
    """Return what speaks against the list: collisions that it lacks, and entries that collide no more.

    Args:
        rows: answers to all recordings of a group.
        group: `examples`, `fixtures` or `corpus`: how names of its recordings begin.
        listed: reasons by recording and parser.
    """
    found = {(row.recording.name, parser) for row in rows for parser in row.rivals}
    known = {pair for pair in listed if pair[0].partition("/")[0] == group}
    return {"not listed": sorted(found - known), "listed for nothing": sorted(known - found)}
