"""What a parse generator yields and raises, collected as it is, before the border mends anything."""

from __future__ import annotations

import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import Malformed
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.catalog import Fault

__all__ = ["Reading", "place_of"]


@attrs.define
class Reading:
    """One parse, message by message.

    Args:
        names: of the artifacts that the parser got, unwrapped.
        batches, issues, metas: what it yielded, in order; a `Malformed` that it raised counts as an issue.
        strange: what it yielded that is none of these.
        crash: what else it raised.
        faults: of its detector.
        found: issues of the core, before the parser was asked.
    """

    names: tuple[str, ...] = ()
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
        except (Exception, SystemExit) as error:  # noqa: BLE001  (a parser may raise anything)
            self.crash = error

    def _take(self, message: object) -> None:
        for kind, kept in ((Batch, self.batches), (Issue, self.issues), (Meta, self.metas)):
            if isinstance(message, kind):
                kept.append(message)  # type: ignore[arg-type]  # the table pairs each kind with its list
                return
        self.strange.append(message)

    @property
    def cells(self) -> int:
        """How many values there are that are not null, over all streams."""
        return sum(len(column) - column.null_count for batch in self.batches for column in batch.data.columns)

    def confessions(self) -> Counter[str]:
        """Return how much each code stands for: the sum of its issues' counts, or their number."""
        told: Counter[str] = Counter()
        for issue in (*self.found, *self.issues):
            count = issue.evidence.get("count", 1)
            told[issue.code] += count if isinstance(count, int) else 1
        return told


def place_of(error: BaseException) -> str:
    """Return type and message of an exception, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}"[:300] + where
