"""CSV dialects as declarations: a vendor's columns, clock and units, without a parser."""

from __future__ import annotations

import attrs

__all__ = ["CsvDialect"]


@attrs.frozen(kw_only=True)
class CsvDialect:
    """A vendor's CSV, declared (provisional until more of them exist)."""

    name: str
