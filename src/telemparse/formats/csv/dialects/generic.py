"""Any CSV that no vendor's dialect claims: everything comes from the header's words and the values."""

from __future__ import annotations

from telemparse.extension.csv_dialect import CsvDialect

__all__ = ["GENERIC"]

GENERIC = CsvDialect(name="generic", title="Generic CSV")
