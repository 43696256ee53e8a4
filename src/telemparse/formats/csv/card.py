"""The card of the CSV parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard

__all__ = ["CARD"]

CARD = ParserCard(
    id="csv",
    name="CSV",
    version="0.1.0",
    detector="telemparse.formats.csv.detect:detect",
    target="telemparse.formats.csv.parser:parse",
    extensions=(".csv",),
)
