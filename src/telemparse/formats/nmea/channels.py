"""What sentences say beside the fix, as channels: heading, variation, geoid, corrections, error ellipse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.nmea.sentences import Kind
from telemparse.kernels.arrays import to_arrow
from telemparse.schemas import build, channel_field

if TYPE_CHECKING:
    from telemparse.formats.nmea.joined import Joined

__all__ = ["Channels"]

_FIXES = (Kind.GGA, Kind.GNS)


@attrs.frozen
class _Channel:
    """A channel: its unit, where it comes from, and what that is called there."""

    unit: str
    kinds: tuple[Kind, ...]
    source: str


_CHANNELS = {
    "heading_deg": _Channel("deg", (Kind.HDT,), "HDT heading, true"),
    "magnetic_variation_deg": _Channel("deg", (Kind.RMC,), "RMC magnetic variation"),
    "geoid_separation_m": _Channel("m", _FIXES, "GGA geoidal separation"),
    "differential_age_s": _Channel("s", _FIXES, "GGA age of differential data"),
    "differential_station": _Channel("1", _FIXES, "GGA differential reference station"),
    "range_rms_m": _Channel("m", (Kind.GST,), "GST RMS of ranges"),
    "error_major_m": _Channel("m", (Kind.GST,), "GST semi-major axis"),
    "error_minor_m": _Channel("m", (Kind.GST,), "GST semi-minor axis"),
    "error_orientation_deg": _Channel("deg", (Kind.GST,), "GST orientation of the semi-major axis"),
}


@attrs.define
class Channels:
    """The channels of one log; they appear as epochs bring them, and stay."""

    time_base: str
    fields: dict[str, pa.Field] = attrs.field(factory=dict)

    def batch(self, joined: Joined) -> pa.RecordBatch | None:
        """Return the epochs that say anything of a channel, None where none does."""
        found = {}
        for name, channel in _CHANNELS.items():
            if joined.knows(name, channel.kinds):
                values = joined.first_of(name, channel.kinds)
                known = ~np.isnan(values)
                if known.any():
                    found[name] = (values, known)
        if not found:
            return None
        # In the order of their first values, so that it does not matter how a log is cut.
        for name in sorted(found, key=lambda name: int(np.argmax(found[name][1]))):
            if name not in self.fields:
                channel = _CHANNELS[name]
                self.fields[name] = channel_field(
                    name, pa.float64(), unit=channel.unit, source_name=channel.source
                )
        rows = np.flatnonzero(np.logical_or.reduce([known for _values, known in found.values()]))
        columns = {"t": to_arrow(joined.t_ns[rows], pa.int64())}
        for name, field in self.fields.items():
            if name in found:
                values, known = found[name]
                columns[name] = to_arrow(values[rows], field.type, known[rows])
            else:
                columns[name] = pa.nulls(len(rows), field.type)
        return build("channels.main", columns, time_base=self.time_base, fields=self.fields)
