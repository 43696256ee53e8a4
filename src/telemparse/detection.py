"""Detection: what a recording is, asked in this process or in a child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.classification import classify
from telemparse.extension.catalog import Catalog
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.options import Isolation, options_of

if TYPE_CHECKING:
    from telemparse.classification import Classification
    from telemparse.model.artifacts import Source
    from telemparse.model.options import ParseOptions

__all__ = ["detect"]


def detect(source: Source, options: ParseOptions | None = None) -> Classification:
    """Say what a recording is, with a score and evidence.

    Args:
        source: a path, a folder, bytes, a binary file object, a mapping of names to bytes, or several.
        options: `threshold`, `parser`, `prefer`, `max_bytes`, `max_decompressed_bytes` count here.

    Returns a `Classification`; `.winner` is None when nothing reached the threshold. Raises OSError
    for a path that cannot be read and CallError for an unknown parser id.
    """
    artifacts, options = ArtifactSet.of(source), options_of(options)
    if options.isolation is Isolation.PROCESS:
        # What children take to start and to answer is loaded only with one.
        from telemparse import confined_detection

        return confined_detection.run(artifacts, options)
    catalog = Catalog.shared()
    if options.parser is not None:
        catalog.card(options.parser)
    return classify(artifacts, options, catalog)
