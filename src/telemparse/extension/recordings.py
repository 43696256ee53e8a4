"""The recordings of one set, read one after the other, and what all of them together say of fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from telemparse.errors import Malformed
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemparse.extension.protocol import Message

__all__ = ["Recording", "read_all"]


class Recording(Protocol):
    """One recording on its way to batches, often one file of a set."""

    @property
    def epochs(self) -> int:
        """Epochs of its receivers, with and without a fix; complete when its messages have been."""
        ...

    @property
    def without_fix(self) -> int:
        """How many of them have none."""
        ...

    def messages(self) -> Iterator[Message]:
        """Yield everything that it gives."""
        ...


def read_all(recordings: Iterable[Recording]) -> Iterator[Message]:
    """Yield what recordings give, the fact `epochs_without_fix`, and NO_VALID_FIX where there are no others.

    A recording that raises `Malformed` ends with that as an issue; those behind it are read all the same.
    Recordings without any epoch make neither fact nor issue.

    Args:
        recordings: of one set, in its order; each is asked for when the one before it has ended.
    """
    epochs = without_fix = 0
    for recording in recordings:
        try:
            yield from recording.messages()
        except Malformed as damage:
            yield Issue(damage.code, damage.locus, **damage.evidence)
        epochs, without_fix = epochs + recording.epochs, without_fix + recording.without_fix
    if epochs:
        yield Meta("epochs_without_fix", without_fix)
    if epochs and without_fix == epochs:
        yield Issue("NO_VALID_FIX", epochs=epochs)
