"""What a parse generator yields and raises, collected as it is, before the border mends anything."""

from __future__ import annotations

import numbers
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from telemparse.errors import Malformed
from telemparse.extension.faults import is_fault
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.faults import Fault

__all__ = ["Reading", "place_of"]

_UNFIXED = "epochs_without_fix"


@attrs.define
class Reading:
    """One parse, message by message.

    Args:
        sizes: bytes of the artifacts that the parser got, unwrapped, by name.
        batches, issues, metas: what it yielded, in order; a `Malformed` that it raised counts as an issue.
        strange: what it yielded that is none of these, or a batch without rows.
        crash: what else it raised.
        faults: of its detector.
        found: issues of the core, before the parser was asked.
    """

    sizes: dict[str, int] = attrs.field(factory=dict)
    batches: list[Batch] = attrs.field(factory=list)
    issues: list[Issue] = attrs.field(factory=list)
    metas: list[Meta] = attrs.field(factory=list)
    strange: list[object] = attrs.field(factory=list)
    crash: BaseException | None = None
    faults: tuple[Fault, ...] = ()
    found: tuple[Issue, ...] = ()

    def consume(self, messages: Iterable[Any]) -> None:
        """Take every message, and what is raised."""
        try:
            for message in messages:
                self._take(message)
        except Malformed as malformed:
            self.issues.append(Issue(malformed.code, malformed.locus, **malformed.evidence))
        except BaseException as error:
            if not is_fault(error):
                raise
            self.crash = error

    def _take(self, message: object) -> None:
        if isinstance(message, Batch) and isinstance(message.data, pa.RecordBatch | pa.Table):
            self.batches.append(message)
        elif isinstance(message, Issue):
            self.issues.append(message)
        elif isinstance(message, Meta):
            self.metas.append(message)
        else:
            self.strange.append(message)

    @property
    def cells(self) -> int:
        """How many values there are that are not null, over all streams."""
        return sum(len(column) - column.null_count for batch in self.batches for column in batch.data.columns)

    @property
    def nbytes(self) -> int:
        """How much memory the batches take."""
        return sum(int(batch.data.nbytes) for batch in self.batches)

    def same_rows(self, other: Reading) -> bool:
        """Tell whether two readings have the same rows in the same batches."""
        mine, others = (
            [(batch.stream, batch.data) for batch in reading.batches] for reading in (self, other)
        )
        return len(mine) == len(others) and all(
            one == another and type(data) is type(rows) and data.equals(rows)
            for (one, data), (another, rows) in zip(mine, others, strict=True)
        )

    def tells_more_than(self, other: Reading) -> bool:
        """Tell whether something is confessed here that is not there: more of a code, or another place."""
        return bool(self._confessions() - other._confessions() or self._places() - other._places())

    def _confessions(self) -> Counter[str]:
        """Return how much each code stands for: the sum of its issues' counts, or their number."""
        told: Counter[str] = Counter()
        for issue in (*self.found, *self.issues):
            told[issue.code] += _whole(issue.evidence.get("count"), 1)
        # Epochs without a position are counted there and are no issue.
        told[_UNFIXED] += sum(_whole(meta.value, 0) for meta in self.metas if meta.key == _UNFIXED)
        return told

    def _places(self) -> set[tuple[str, Locus]]:
        return {
            (issue.code, issue.locus)
            for issue in (*self.found, *self.issues)
            if isinstance(issue.locus, Locus)  # a parser may put anything there
        }


def _whole(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, numbers.Integral) else otherwise


def place_of(error: BaseException) -> str:
    """Return type and message of an exception, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}"[:300] + where
