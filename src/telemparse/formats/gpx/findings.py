"""Damage and losses of a GPX document as issues, with lines and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.kernels.xml_outline import DamageKind
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.gpx.losses import Loss, Losses
    from telemparse.kernels.xml_points import Break, PointReader
    from telemparse.kernels.xml_text import XmlText

__all__ = ["damage_issues", "loss_issues"]

_PLACES = 3


def damage_issues(reader: PointReader, name: str) -> Iterator[Issue]:
    """Yield one issue a kind of damage: XML_MALFORMED, XML_UNSAFE, ARTIFACT_TRUNCATED."""
    text = reader.text
    if text.odd is not None:
        yield Issue("XML_MALFORMED", Locus(name, offset=0, line=1), line=1, error=text.odd)
    cut = [found for found in reader.breaks if found.kind is DamageKind.TRUNCATED]
    unsafe = [found for found in reader.breaks if found.kind is DamageKind.ENTITY]
    others = [found for found in reader.breaks if found not in cut and found not in unsafe]
    if others:
        yield _issue(
            "XML_MALFORMED",
            others,
            text,
            name,
            count=reader.damages - len(cut) - len(unsafe),
            error=others[0].error,
        )
    if unsafe:
        yield _issue("XML_UNSAFE", unsafe, text, name, count=len(unsafe), what=unsafe[0].error)
    if cut:
        yield _issue("ARTIFACT_TRUNCATED", cut, text, name, artifact=name, offset=cut[0].offset)
    if reader.walker.undeclared:
        prefixes = ", ".join(sorted(reader.walker.undeclared)[:10])
        yield Issue("XML_MALFORMED", Locus(name), error=f"prefixes without a namespace: {prefixes}")


def _issue(code: str, breaks: list[Break], text: XmlText, name: str, **evidence: Any) -> Issue:
    places: list[dict[str, Any]] = [
        {"line": text.line_of(found.offset), "offset": found.offset, "error": found.error}
        for found in sorted(breaks[:_PLACES], key=lambda found: found.offset)
    ]
    return Issue(
        code,
        Locus(name, offset=places[0]["offset"], line=places[0]["line"]),
        line=places[0]["line"],
        lost_points=sum(found.lost_points for found in breaks),
        places=places,
        **evidence,
    )


def loss_issues(losses: Losses, points: int, text: XmlText, name: str) -> Iterator[Issue]:
    """Yield one issue a kind of loss: points without a position, and values that cannot be."""
    for what, loss in sorted(losses.by_name.items(), key=lambda item: item[1].places):
        places = _places(loss, text)
        locus = Locus(name, **places[0])
        if what == "position missing":
            yield Issue(
                "ROWS_SKIPPED",
                locus,
                count=loss.count,
                total=points,
                reason="no readable lat and lon",
                places=places,
            )
        else:
            yield Issue("VALUE_OUT_OF_RANGE", locus, count=loss.count, column=what, places=places)


def _places(loss: Loss, text: XmlText) -> list[dict[str, int]]:
    return [
        {"line": text.line_of(offset), "offset": offset, "record": record} for record, offset in loss.places
    ]
