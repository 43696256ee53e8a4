"""What a detector sees (`Sniff`) and says (`Detection` on a ladder of named rungs)."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import TelemparseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "HEAD_BYTES",
    "SNIFF_BUDGET_BYTES",
    "TAIL_BYTES",
    "Budget",
    "Detection",
    "Overspent",
    "Rung",
    "Sniff",
]

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 4 * 1024
SNIFF_BUDGET_BYTES = 1024 * 1024


class Rung(enum.Enum):
    """The ladder: what kind of evidence speaks for a format. A score is the value of a rung."""

    NO = 0.0
    """Not mine."""
    NAME = 0.1
    """Only the extension or MIME type speaks for it; never wins alone."""
    SHAPE = 0.5
    """The structure holds over the sampled head."""
    MARKER = 0.8
    """A header, column set or element that no other known format has."""
    SIGNATURE = 1.0
    """Magic bytes AND a second fact that agrees (version, length, checksum)."""

    def __ge__(self, other: Rung) -> bool:
        return bool(self.value >= other.value)


def _phrases(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(phrase) for phrase in value)


@attrs.frozen
class Detection:
    """A detector's answer.

    Args:
        rung: the strongest kind of evidence found.
        evidence: short phrases, each one fact seen ("header names lat and lon").
    """

    rung: Rung = attrs.field(validator=attrs.validators.instance_of(Rung))
    evidence: tuple[str, ...] = attrs.field(default=(), converter=_phrases)


class Overspent(TelemparseError):  # noqa: N818  (what happened, not an error class of the user's)
    """A detector asked for more bytes than its budget; the core turns it into a Fault."""


@attrs.define
class Budget:
    """Bytes that one parser may still ask for beyond head and tail, over a whole artifact set.

    Args:
        left: bytes that are left.
        overspent: whether more was asked for, even if the detector went on as if nothing were.
    """

    left: int = SNIFF_BUDGET_BYTES
    overspent: bool = False

    def spend(self, length: int) -> None:
        """Take `length` bytes from the budget; raises `Overspent` when it is not there."""
        if length < 0 or length > self.left:
            self.overspent = True
            raise Overspent(f"asked for {length} bytes with {self.left} of {SNIFF_BUDGET_BYTES} left")
        self.left -= length


@attrs.frozen
class Sniff:
    """One artifact as a detector sees it; new facts will come as further attributes.

    Args:
        name: file name without folders.
        size: bytes in the (unwrapped) artifact.
        head: the first 64 KiB.
        tail: the last 4 KiB.
        wrapper: `gzip`, `zlib`, `zip`, `xz` or `bzip2` when the core unwrapped it, else None.
        members: names inside a zip that is offered unopened, else empty.
    """

    name: str
    size: int
    head: bytes = attrs.field(repr=False)
    tail: bytes = attrs.field(repr=False)
    wrapper: str | None = None
    members: tuple[str, ...] = ()
    _read_at: Callable[[int, int], bytes] = attrs.field(default=lambda _offset, _length: b"", repr=False)
    _budget: Budget = attrs.field(factory=Budget, repr=False)

    @property
    def extension(self) -> str:
        """The lower-case extension with its dot (`.csv`), or an empty string."""
        stem, dot, extension = self.name.rpartition(".")
        return f".{extension.lower()}" if dot and stem else ""

    def more(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`, against a budget of 1 MiB per parser and set."""
        self._budget.spend(length)
        return self._read_at(offset, length)
