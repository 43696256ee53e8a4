"""Reads Racelogic VBB, the binary format of VBOX loggers: the hook that declares the parser."""

from __future__ import annotations

from telemparse import ParserCard, hookimpl

from telemparse_vbb.card import CARD

__all__ = ["CARD", "telemparse_parsers"]


@hookimpl
def telemparse_parsers() -> tuple[ParserCard, ...]:
    """Return the cards of this plugin's parsers."""
    return (CARD,)
