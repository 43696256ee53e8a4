"""What a VBO file turned out to be, in words: the metadata that its head gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.vbo.producers import device_facts, producer_of
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.vbo.layout import Layout, Source
    from telemparse.formats.vbo.sections import Head

__all__ = ["describe"]

_NOTED_LINES = 200
# Sections that other metadata tell whole.
_TOLD = frozenset({"header", "columnnames", "channelunits"})


def describe(head: Head, layout: Layout, suffix: str) -> Iterator[Meta]:
    """Yield the facts of a head; keys of a second file end in `.<its stem>`."""
    producer = producer_of(head)
    if not suffix:
        yield from device_facts(head, producer)
    yield Meta(f"producer{suffix}", producer.value)
    yield Meta(f"columns{suffix}", _columns(layout))
    if any(head.preamble):
        yield Meta(f"preamble{suffix}", [line for line in head.preamble if line.strip()][:_NOTED_LINES])
    notes = {section: head.lines(section)[:_NOTED_LINES] for section in head.sections if section not in _TOLD}
    yield Meta(f"sections{suffix}", {section: lines for section, lines in notes.items() if lines})


def _columns(layout: Layout) -> dict[str, str]:
    """Return {source column: canonical name and the unit it was read in}; a name that repeats is numbered."""
    becomes: dict[int, str] = {}
    for axes in (layout.receiver, layout.raw, *layout.sensors.values()):
        becomes |= {source.column.index: _words(name, source) for name, source in axes.items()}
    if layout.temperature is not None:
        becomes[layout.temperature.column.index] = _words("temp_c", layout.temperature)
    for name, (source, _unit) in layout.channels.items():
        becomes.setdefault(source.column.index, _words(name, source))
    named: dict[str, str] = {}
    for column in layout.columns:
        if column.index not in becomes:
            continue
        key = f"{column.name} (column {column.index + 1})" if column.name in named else column.name
        named[key] = becomes[column.index]
    return named


def _words(name: str, source: Source) -> str:
    stated = source.column.unit
    unit = stated.symbol if stated is not None else source.column.unit_text
    return f"{name} from {unit}" if unit else name
