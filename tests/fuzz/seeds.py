"""Files to begin with: fixtures, the card's examples, finds of before, and real recordings if given."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from fuzz.targets import Target
from telemparse.extension.catalog import Catalog

__all__ = ["FINDS", "MAX_BYTES", "finds", "seeds", "write_seeds"]

MAX_BYTES = 8 * 1024
"""Seeds are cut to this, and no input grows beyond: what is small is quick, and blocks can be small too."""

FINDS = Path(__file__).parent / "finds"
_FIXTURES = Path(__file__).parents[2] / "fixtures"


def finds(parser: str) -> list[Path]:
    """Return the inputs that once broke the promise."""
    return sorted(path for path in (FINDS / parser).glob("*") if path.is_file())


def seeds(target: Target) -> Iterator[bytes]:
    """Yield the seeds of a target; raises FileNotFoundError for a named corpus folder that is absent."""
    card = Catalog.shared().card(target.parser)
    for files in Catalog.shared().examples(card).values():
        yield from files.values()
    for pattern in target.fixtures:
        yield from (path.read_bytes() for path in sorted(_FIXTURES.glob(pattern)))
    yield from (path.read_bytes() for path in finds(target.parser))
    folder = os.environ.get("TELEMPARSE_CORPUS")
    if not folder:
        return
    if not Path(folder).is_dir():
        raise FileNotFoundError(f"TELEMPARSE_CORPUS names {folder}, which is no folder")
    for pattern in target.corpus:
        for path in sorted(Path(folder).glob(pattern)):
            with path.open("rb") as file:
                head = file.read(MAX_BYTES)
            # A small piece is run more often than a large one.
            yield from (head[: MAX_BYTES // 4], head)


def write_seeds(target: Target, folder: Path) -> int:
    """Write the seeds into a folder, each under the hash of its bytes, and return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds(target):
        data = seed[:MAX_BYTES]
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return len(list(folder.iterdir()))
