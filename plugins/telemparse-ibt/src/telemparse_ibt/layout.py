"""The first 144 bytes of a file: where its parts lie, and when it was recorded.

Facts: `irsdk_header` and `irsdk_diskSubHeader` of iRacing's SDK, as public readers of it show them
(pyirsdk, teamjorge/ibt, SharpRacer): little-endian, 112 and 32 bytes.
"""

from __future__ import annotations

import struct

import attrs

from telemparse.errors import Malformed
from telemparse.model.artifacts import Artifact
from telemparse.model.issues import Locus

__all__ = ["HEADER_BYTES", "VARIABLE_BYTES", "Layout", "read_layout"]

HEADER_BYTES = 144
VARIABLE_BYTES = 144
# iRacing's own writer holds 1000 variables and records of 32 000 bytes.
_MOST_VARIABLES = 4096
_MOST_RECORD_BYTES = 1 << 20
_MOST_TEXT_BYTES = 4 << 20
_FASTEST_HZ = 1000
_VERSIONS = (1, 2)
_MOST_BUFFERS = 4
# The simulator came out in 2008; the date is the computer's.
_DATES_S = range(1_199_145_600, 4_102_444_800)

# What programs write for bytes that are no UTF-8.
_REPLACED = "\ufffd".encode() * 2
_LOOK_BYTES = 64 * 1024

_FIELDS = struct.Struct("<10i4x4xii8x48xqddii")


@attrs.frozen
class Layout:
    """What the header says, checked against the size of the file.

    Args:
        tick_rate_hz: records a second, None where the header holds an odd number.
        text_at, text_bytes: of the session information; None where it lies outside the file.
        variables_at, variables: place and number of the variable headers.
        records_at, record_bytes: place and size of the records.
        start_date_s: when the recording began, seconds of UTC since 1970; None where that cannot be.
        start_time_s, end_time_s: SessionTime of the first and the last record, 0 in a file never closed.
        lap_count, record_count: as the header states them; 0 in a file never closed.
        odd: names of fields that hold what no simulator writes.
    """

    tick_rate_hz: int | None
    text_at: int | None
    text_bytes: int
    variables_at: int
    variables: int
    records_at: int
    record_bytes: int
    start_date_s: int | None
    start_time_s: float
    end_time_s: float
    lap_count: int
    record_count: int
    odd: tuple[str, ...]


def read_layout(artifact: Artifact) -> Layout:
    """Return where the parts of a file lie; raises Malformed where that cannot be said."""
    head = artifact.read_at(0, HEADER_BYTES)
    if len(head) < HEADER_BYTES:
        raise _damaged(artifact, "the file ends within it", len(head))
    (
        version, _status, rate, _update, text_bytes, text_at, variables, variables_at, buffers, record_bytes,
        _tick, records_at, date, start, end, laps, records,
    ) = _FIELDS.unpack(head)  # fmt: skip
    size = artifact.size
    if not 0 < variables <= _MOST_VARIABLES:
        raise _damaged(artifact, f"it counts {variables} variables", 24)
    if not HEADER_BYTES <= variables_at <= size - variables * VARIABLE_BYTES:
        raise _damaged(artifact, "the headers of the variables lie outside the file", 28)
    if not 0 < record_bytes <= _MOST_RECORD_BYTES:
        raise _damaged(artifact, f"a record has {record_bytes} bytes", 36)
    if not HEADER_BYTES <= records_at <= size:
        raise _damaged(artifact, "the records lie outside the file", 52)
    sane = {
        "version": version in _VERSIONS,
        "tick rate": 0 < rate <= _FASTEST_HZ,
        "number of buffers": 0 < buffers <= _MOST_BUFFERS,
        "start date": date in _DATES_S,
        "number of records": records >= 0,
    }
    inside = 0 <= text_bytes <= _MOST_TEXT_BYTES and HEADER_BYTES <= text_at <= size - text_bytes
    return Layout(
        tick_rate_hz=rate if sane["tick rate"] else None,
        text_at=text_at if inside else None,
        text_bytes=text_bytes,
        variables_at=variables_at,
        variables=variables,
        records_at=records_at,
        record_bytes=record_bytes,
        start_date_s=date if sane["start date"] else None,
        start_time_s=start,
        end_time_s=end,
        lap_count=laps,
        record_count=records,
        odd=tuple(name for name, is_sane in sane.items() if not is_sane),
    )


def _damaged(artifact: Artifact, problem: str, offset: int) -> Malformed:
    place = Locus(artifact.name, offset=offset)
    if _REPLACED in artifact.read_at(0, _LOOK_BYTES):
        problem += "; bytes of the file were replaced, as if it were text"
    return Malformed("IBT_HEADER_DAMAGED", place, artifact=artifact.name, problem=problem)
