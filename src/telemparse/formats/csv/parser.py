"""CSV and TSV recordings to canonical streams: each file by itself, named so that none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse.errors import Malformed
from telemparse.formats.csv.recording import Recording
from telemparse.formats.csv.session_lines import session_encoding
from telemparse.formats.csv.sessions import Session
from telemparse.kernels.unique_names import UniqueNames, plain_stem
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["BLOCK_BYTES", "parse", "parse_in_blocks"]

BLOCK_BYTES = 4 * 1024 * 1024  # measured: from here on the work done once a block is lost in that on rows


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield what CSV files hold; see `telemparse.extension.protocol.Parser`."""
    yield from parse_in_blocks(artifacts, options, BLOCK_BYTES)


def parse_in_blocks(artifacts: ArtifactSet, options: ParseOptions, block_bytes: int) -> Iterator[Message]:
    """Yield the same rows whatever the block size is."""
    names = _Names()
    lost, epochs = 0, 0
    for number, artifact in enumerate(artifacts):
        names.begin(artifact.name, first=number == 0)
        session = None if options.columns else session_encoding(artifact.read_at(0, HEAD_BYTES))
        if session is not None:
            yield from Session(artifact, session, names, names.suffix, block_bytes).messages()
            continue
        recording = Recording(artifact, options, names, names.suffix, block_bytes)
        try:
            yield from recording.messages()
        except Malformed as error:
            # The other files of the set are still to be read.
            yield Issue(error.code, error.locus, **error.evidence)
        if recording.fix is not None:
            lost, epochs = lost + recording.fix.lost_epochs, epochs + recording.fix.epochs
    if epochs:
        yield Meta("epochs_without_fix", lost)
    if epochs and lost == epochs:
        yield Issue("NO_VALID_FIX", epochs=epochs)


@attrs.define
class _Names:
    """Names of streams: the first file that has one gives it its plain name, later ones add their stem.

    Args:
        suffix: of the metadata keys of the present file, empty for the first one.
    """

    suffix: str = ""
    _owner: str = ""
    _owners: UniqueNames = attrs.field(factory=UniqueNames)
    _taken: dict[str, str] = attrs.field(factory=dict)

    def begin(self, artifact: str, *, first: bool) -> None:
        """Go on to the next file."""
        self._owner = self._owners.take(plain_stem(artifact, "file"))
        self.suffix = "" if first else f".{self._owner}"

    def __call__(self, stream: str) -> str:
        if self._taken.setdefault(stream, self._owner) == self._owner:
            return stream
        base = "channels" if stream == "channels.main" else stream
        return f"{base}.{self._owner}"
