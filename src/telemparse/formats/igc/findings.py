"""Losses and doubts of an IGC file as issues, with the lines where they were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.igc.notes import Notes
    from telemparse.formats.igc.tally import Count, Tally
    from telemparse.model.artifacts import Artifact

__all__ = ["findings"]

_SKIPPED = {
    "no record": "begins with the letter of no record",
    "no time": "no readable time of day",
    "too short": "shorter than a fix",
    "position": "no readable position",
}
_SHORT = {"short I": "I", "short J": "J"}


def findings(artifact: Artifact, notes: Notes, tally: Tally, total: int, stump: int) -> Iterator[Issue]:
    """Yield what was lost or is doubtful in a file.

    Args:
        artifact: the file.
        notes: what its headers say.
        tally: what could not be used.
        total: of the records with a time.
        stump: bytes of a cut-off record at the end, 0 for none.
    """
    name, found = artifact.name, dict(tally.by_name)
    if stump:
        place = artifact.size - stump
        yield Issue("ARTIFACT_TRUNCATED", Locus(name, offset=place), artifact=name, offset=place)
    strangers = tally.by_name.get("no record")
    skipped = {reason: found.pop(key) for key, reason in _SKIPPED.items() if key in found}
    if skipped:
        lines = sorted(line for count in skipped.values() for line in count.lines)[:3]
        yield Issue(
            "ROWS_SKIPPED",
            Locus(name, line=lines[0]),
            count=sum(count.count for count in skipped.values()),
            total=total + (strangers.count if strangers is not None else 0),
            reasons={reason: count.count for reason, count in skipped.items()},
            loci=[str(Locus(line=line)) for line in lines],
        )
    for key, definition in _SHORT.items():
        if key in found:
            yield _issue("IGC_SHORT_RECORD", name, found.pop(key), definition=definition)
    for key in [key for key in found if key.startswith("definition: ")]:
        yield _issue("IGC_BAD_DEFINITION", name, found.pop(key), reason=key.partition(": ")[2])
    for key, count in sorted(found.items()):
        yield _issue("VALUE_OUT_OF_RANGE", name, count, column=key)
    if notes.bad_dates:
        reason = f"{notes.bad_dates} HFDTE records name no day"
        yield Issue("DATE_UNRELIABLE", Locus(name), artifact=name, reason=reason)
    if notes.datum:
        yield Issue("IGC_OTHER_DATUM", Locus(name), datum=notes.datum[:80])


def _issue(code: str, name: str, count: Count, **evidence: Any) -> Issue:
    loci = [str(Locus(line=line)) for line in count.lines]
    return Issue(code, Locus(name, line=count.lines[0]), count=count.count, loci=loci, **evidence)
