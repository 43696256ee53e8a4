"""Built-in text formats, registered through the same entry point as third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.hookspecs import hookimpl
from telemparse.formats.csv.card import CARD as CSV
from telemparse.formats.gpx.card import CARD as GPX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.card import ParserCard

__all__ = ["telemparse_parsers"]


@hookimpl
def telemparse_parsers() -> Iterable[ParserCard]:
    """Return the cards of the built-in formats."""
    return (CSV, GPX)
