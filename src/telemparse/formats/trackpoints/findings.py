"""Damage and losses of a document as issues, with lines and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.kernels.xml_outline import DamageKind
from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.trackpoints.losses import Loss, Losses
    from telemparse.kernels.xml_points import Break, PointReader
    from telemparse.kernels.xml_text import XmlText

__all__ = ["damage_issues", "loss_issues"]

_PLACES = 3


# What is no entity and no cut makes one issue together.
_CODES = {
    "XML_MALFORMED": (DamageKind.SYNTAX, DamageKind.STRUCTURE, DamageKind.LIMIT),
    "XML_UNSAFE": (DamageKind.ENTITY,),
    "ARTIFACT_TRUNCATED": (DamageKind.TRUNCATED,),
}


def damage_issues(reader: PointReader, name: str) -> Iterator[Issue]:
    """Yield one issue a code: XML_MALFORMED, XML_UNSAFE, ARTIFACT_TRUNCATED."""
    if reader.text.odd is not None:
        yield Issue("XML_MALFORMED", Locus(name, offset=0, line=1), line=1, error=reader.text.odd)
    for code, kinds in _CODES.items():
        found = sorted((met for met in reader.breaks if met.kind in kinds), key=lambda met: met.offset)[
            :_PLACES
        ]
        if found:
            yield _issue(code, found, reader, kinds, name)
    if reader.walker.undeclared:
        prefixes = ", ".join(sorted(reader.walker.undeclared)[:10])
        yield Issue("XML_MALFORMED", Locus(name), error=f"prefixes without a namespace: {prefixes}")


def _issue(
    code: str, found: list[Break], reader: PointReader, kinds: tuple[DamageKind, ...], name: str
) -> Issue:
    places: list[dict[str, Any]] = [
        {
            "line": reader.text.line_of(met.offset),
            "offset": reader.text.file_offset(met.offset),
            "error": met.error,
        }
        for met in found
    ]
    first = places[0]
    return Issue(
        code,
        Locus(name, offset=first["offset"], line=first["line"]),
        **first,
        what=first["error"],
        artifact=name,
        count=sum(reader.damages[kind] for kind in kinds),
        lost_points=sum(reader.lost_points[kind] for kind in kinds),
        places=places,
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
        {"line": text.line_of(offset), "offset": text.file_offset(offset), "record": record}
        for record, offset in loss.places
    ]
