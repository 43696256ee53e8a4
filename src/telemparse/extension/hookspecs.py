"""The hooks of the entry-point group `telemparse`; all only declare, none does work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.card import ParserCard
    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.model.gates import Track

__all__ = [
    "GROUP",
    "hookimpl",
    "hookspec",
    "telemparse_csv_dialects",
    "telemparse_parsers",
    "telemparse_tracks",
]

GROUP = "telemparse"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def telemparse_parsers() -> Iterable[ParserCard]:  # type: ignore[empty-body]
    """Return the cards of this plugin's parsers."""


@hookspec
def telemparse_csv_dialects() -> Iterable[CsvDialect]:  # type: ignore[empty-body]
    """Return CSV dialects: a vendor's columns, taught to the CSV parser without a parser."""


@hookspec
def telemparse_tracks() -> Iterable[Track]:  # type: ignore[empty-body]
    """Return tracks with their gates: a catalogue."""
