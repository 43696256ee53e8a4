"""The dialect under examination: its samples, what the CSV parser makes of them, and files of others."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs

import telemparse
from telemparse.errors import CallError
from telemparse.extension.catalog import Catalog
from telemparse.extension.csv_dialect import CsvDialect, Stamps
from telemparse.extension.csv_rules import split_key
from telemparse.extension.faults import GUARDED
from telemparse.extension.samples import recordings
from telemparse.formats.csv.detect import layout_of
from telemparse.formats.csv.headers import read_heading
from telemparse.formats.csv.naming import column_names
from telemparse.formats.csv.recognition import fitting, known_dialects, taught
from telemparse.kernels.spelling import squash
from telemparse.model.detection import HEAD_BYTES
from telemparse.model.options import ParseOptions
from telemparse.testing.dialect_strangers import COMMON_TABLES, portrait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.classification import Classification
    from telemparse.formats.csv.layout import Layout
    from telemparse.model.issues import Issue
    from telemparse.model.results import ParseResult

__all__ = ["DialectReading", "DialectSubject"]

_ANY_ZONE = "Pacific/Auckland"


@attrs.frozen
class DialectReading:
    """What the parser makes of one file while it knows the dialect.

    Args:
        name: of the file.
        dialect: under examination.
        layout: of the file, or None for what is no table.
        fits: names of the dialects whose fingerprint is there, the one that is spoken first.
        found: what the classifier says.
        result: of the CSV parser; local stamps are read in a zone.
    """

    name: str
    dialect: CsvDialect
    layout: Layout | None
    fits: tuple[str, ...]
    found: Classification
    result: ParseResult

    @property
    def names(self) -> list[str]:
        """The columns as the parser names them, blanks left out."""
        if self.layout is None:
            return []
        if self.layout.header is None:
            return [f"column_{index + 1}" for index in range(self.layout.width)]
        return [name for name in column_names(self.layout, self.dialect) if name]

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Errors and warnings."""
        return (*self.result.errors, *self.result.warnings)

    def column(self, key: str | int) -> str | None:
        """Return the source column that a dialect's key names, or None when it is not there."""
        if isinstance(key, int):
            return self.names[key] if key < len(self.names) else None
        for wanted in (squash(key), squash(split_key(key)[0])):
            for name in self.names:
                if wanted in {squash(name), squash(read_heading(name).base)}:
                    return name
        return None

    def feeds(self, source: str) -> str | None:
        """Return the canonical or auxiliary name that a source column feeds, or None."""
        target = self.result.metadata.get("columns", {}).get(source)
        return None if target is None else str(target).partition(" from ")[0]


@attrs.define(slots=False)
class DialectSubject:
    """A dialect with its samples.

    Args:
        dialect: under examination.
        files: samples, names to bytes.
    """

    dialect: CsvDialect
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, dialect: CsvDialect, samples: Mapping[str, bytes | Mapping[str, bytes]]) -> DialectSubject:
        """Return the subject; raises CallError without any sample and for what is no dialect."""
        if not isinstance(dialect, CsvDialect):
            raise CallError(f"expected a CsvDialect, not {type(dialect).__name__}")
        files = {name: data for files in recordings(samples).values() for name, data in files.items()}
        if not files:
            raise CallError(f"the check needs a sample of {dialect.name}: a file as the vendor writes it")
        return cls(dialect, files)

    @cached_property
    def readings(self) -> tuple[DialectReading, ...]:
        """Every sample, read."""
        return tuple(self.read(name, data) for name, data in self.files.items())

    @property
    def own(self) -> tuple[DialectReading, ...]:
        """The samples that are recognised; the others are told by the check of recognition alone."""
        return tuple(reading for reading in self.readings if self.speaks(reading))

    def speaks(self, reading: DialectReading) -> bool:
        """Tell whether a file is taken for one of this dialect."""
        return reading.fits[:1] == (self.dialect.name,)

    def read(self, name: str, data: bytes) -> DialectReading:
        """Return what the parser makes of a file."""
        zone = _ANY_ZONE if self.dialect.stamps is Stamps.LOCAL else None
        options = ParseOptions(parser="csv", timezone=zone)
        with taught(self.dialect):
            layout = _layout(data)
            fits = tuple(dialect.name for dialect in fitting(layout)) if layout is not None else ()
            found = telemparse.detect({name: data})
            result = telemparse.parse({name: data}, options, on_error="return")
        return DialectReading(name, self.dialect, layout, fits, found, result)

    def takes(self, data: bytes) -> bool:
        """Tell whether a file would be read as this dialect."""
        layout = _layout(data)
        with taught(self.dialect):
            return layout is not None and [each.name for each in fitting(layout)][:1] == [self.dialect.name]

    @cached_property
    def strangers(self) -> dict[str, bytes]:
        """Files of others by what they are: examples of installed parsers, other dialects, common tables."""
        found = dict(COMMON_TABLES)
        catalog = Catalog.shared()
        for card in catalog.cards:
            try:
                examples = catalog.examples(card)
            except GUARDED:  # another plugin's fault is not this author's
                continue
            for files in examples.values():
                found.update({f"{name}, an example of {card.id}": data for name, data in files.items()})
        for dialect in known_dialects():
            if dialect.name != self.dialect.name:
                found[f"a file with just what {dialect.title or dialect.name} asks for"] = portrait(dialect)
        known = set(self.files.values())
        return {name: data for name, data in found.items() if data not in known}


def _layout(data: bytes) -> Layout | None:
    return layout_of(data[:HEAD_BYTES], whole=len(data) <= HEAD_BYTES)
