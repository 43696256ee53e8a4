"""Built-in text formats, registered through the same entry point as third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.extension.hookspecs import hookimpl
from telemparse.formats.csv.card import CARD as CSV
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.gpx.card import CARD as GPX
from telemparse.formats.igc.card import CARD as IGC
from telemparse.formats.json.card import CARD as JSON
from telemparse.formats.kml.card import CARD as KML
from telemparse.formats.nmea.card import CARD as NMEA
from telemparse.formats.tcx.card import CARD as TCX
from telemparse.formats.vbo.card import CARD as VBO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse.extension.card import ParserCard
    from telemparse.extension.csv_dialect import CsvDialect

__all__ = ["telemparse_csv_dialects", "telemparse_parsers"]


@hookimpl
def telemparse_parsers() -> Iterable[ParserCard]:
    """Return the cards of the built-in formats."""
    return (CSV, GPX, IGC, JSON, KML, NMEA, TCX, VBO)


@hookimpl
def telemparse_csv_dialects() -> Iterable[CsvDialect]:
    """Return the built-in CSV dialects."""
    return BUILT_IN
