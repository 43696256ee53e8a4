"""Promises to leave files alone, and gives each the line end that it may lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.liars.honest import card_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["CARD", "parse"]

CARD = card_of("mender", target=f"{__name__}:parse")


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Read the file, then mend it."""
    from telemparse.testing.liars.honest_reading import HonestReader

    for artifact in artifacts:
        yield from HonestReader(artifact).messages()
        if artifact.path is not None:
            with artifact.path.open("ab") as file:
                file.write(b"\n")
