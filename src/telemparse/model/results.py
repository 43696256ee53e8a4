"""The result of a parse: streams, facts, issues, provenance, and how it shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.model import rendering
from telemparse.model.capabilities import Capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.model.issues import Issue
    from telemparse.model.provenance import Provenance

__all__ = ["ParseResult"]


@attrs.frozen(kw_only=True, repr=False)
class ParseResult:
    """What a recording holds, in canonical streams.

    Args:
        device_family, device_model: as the recording names them, else None.
        capabilities: computed from the streams.
        streams: canonical tables by stream name (`gnss_pvt`, `channels.main`, ...).
        metadata: facts about the recording that are no samples (`dialect`, `gates`, ...).
        warnings, errors: issues by severity, in the order they were found.
        provenance: parsers, versions, hashes and options.
    """

    device_family: str | None = None
    device_model: str | None = None
    capabilities: Capabilities = attrs.field(factory=Capabilities)
    streams: Mapping[str, pa.Table] = attrs.field(factory=dict)
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    warnings: tuple[Issue, ...] = ()
    errors: tuple[Issue, ...] = ()
    provenance: Provenance

    @property
    def ok(self) -> bool:
        """True when there are no errors."""
        return not self.errors

    @property
    def main_stream(self) -> str | None:
        """Name of the stream handed out over Arrow: gnss_pvt, else the longest group, else laps."""
        if "gnss_pvt" in self.streams:
            return "gnss_pvt"
        groups = [name for name in self.streams if name.startswith("channels.")]
        if groups:
            return max(groups, key=lambda name: self.streams[name].num_rows)
        if "laps" in self.streams:
            return "laps"
        return max(self.streams, key=lambda name: self.streams[name].num_rows, default=None)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the main stream to pandas, Polars, DuckDB or any other consumer of Arrow."""
        name = self.main_stream
        if name is None:
            raise CallError("the result has no stream to hand out")
        return self.streams[name].__arrow_c_stream__(requested_schema)

    def summary(self) -> str:
        """Return a short table for people: streams with rows, rate and time, then issues with hints."""
        return rendering.summary(self)

    def __repr__(self) -> str:
        return rendering.line(self)

    def _repr_html_(self) -> str:
        return rendering.page(self)
