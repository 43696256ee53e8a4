"""Parsing: from a source to a result, in this process or in a child, whatever the bytes are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from telemparse import confinement, flows
from telemparse.border import Collector
from telemparse.errors import CallError, ParseFailed
from telemparse.extension.catalog import Catalog
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.options import Isolation, options_of
from telemparse.schemas.registry import schema_of

if TYPE_CHECKING:
    from telemparse.border import Sink
    from telemparse.flows import Flow
    from telemparse.model.artifacts import Source
    from telemparse.model.options import ParseOptions
    from telemparse.model.results import ParseResult

__all__ = ["flow", "parse"]


def parse(
    source: Source,
    options: ParseOptions | None = None,
    *,
    parser: str | None = None,
    on_error: Literal["raise", "return"] = "raise",
) -> ParseResult:
    """Turn a recording into canonical Arrow tables.

    Args:
        source: a path, a folder, bytes, a binary file object, a mapping of names to bytes, or several
            of them: always ONE recording (`telemparse.group` tells recordings apart).
        options: see `ParseOptions`.
        parser: id of the parser to use whatever the classifier says; short for `options.parser`.
        on_error: `raise` a `ParseFailed` that carries the result when there are errors, or `return` it.

    Returns a `ParseResult`; what could be read is in its streams even when there are errors. Raises
    OSError for a path that cannot be read and CallError for a call that cannot be right.
    """
    if on_error not in ("raise", "return"):
        raise CallError(f"on_error must be 'raise' or 'return', not {on_error!r}")
    options = options_of(options)
    if parser is not None:
        options = attrs.evolve(options, parser=parser)
    collector = Collector()
    result = attrs.evolve(flow(ArtifactSet.of(source), options, collector).result, streams=collector.tables)
    if result.errors and on_error == "raise":
        raise ParseFailed(result)
    return result


def flow(artifacts: ArtifactSet, options: ParseOptions, sink: Sink) -> Flow:
    """Classify and parse into a sink, batch by batch.

    The result's `streams` are empty: they are what the sink got. Raises only what the sink raises,
    OSError for a file that cannot be read, and CallError for an unknown parser id or stream.
    """
    for stream in options.streams or ():
        schema_of(stream)
    if options.isolation is Isolation.PROCESS:
        # No plugin is loaded here, for one that hangs at import would hang this process.
        return confinement.run(artifacts, options, sink)
    if options.parser is not None:
        Catalog.shared().card(options.parser)
    return flows.run(artifacts, options, sink)
