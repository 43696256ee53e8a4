"""What a parse generator yields beside issues: batches of a stream, and facts about the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Batch", "Meta"]


@attrs.frozen
class Batch:
    """Rows of one stream, in the stream's canonical schema (`telemparse.schemas.build` makes them).

    Args:
        stream: `gnss_pvt`, `imu_accel`, ..., `channels.<group>`, or `<stream>.<source>` for a second source.
        data: the rows; the schema metadata carries `time_base`.
    """

    stream: str
    data: pa.RecordBatch | pa.Table


@attrs.frozen
class Meta:
    """One fact about the recording for `ParseResult.metadata`.

    The keys `device_family` and `device_model` go to the result's own fields. A key that comes again
    replaces the earlier value. Values are plain: None, numbers, strings, gates, tracks, and lists and
    mappings of them.
    """

    key: str
    value: Any
