"""Raw messages put on the disk by hand: parts of hours, as consumers leave them."""

from __future__ import annotations

import uuid

from telemparse.live.messages import Message
from telemparse.live.raw_layout import HOUR_NS, hour_folder

START_NS = 1_760_000_400_000_000_000
"""Beginning of an hour, 2025-10-09T09:00:00Z."""

SECOND_NS = 1_000_000_000


def message(
    number=0, *, vehicle="veh-1", payload=None, can_id=None, message_id=None, t_s=None, arrival_s=None
):
    """Return a message: number n was measured after n seconds and arrived half a second later."""
    t_s = number if t_s is None else t_s
    arrival_s = number + 0.5 if arrival_s is None else arrival_s
    return Message(
        message_id=f"m-{number}" if message_id is None else message_id,
        vehicle_id=vehicle,
        t_ns=START_NS + round(t_s * SECOND_NS),
        can_id=can_id,
        payload={"engine_rpm": 1000 + number} if payload is None else payload,
        received_ns=START_NS + round(arrival_s * SECOND_NS),
    )


def put(root, *messages):
    """Put messages into a closed part of each hour; return the parts."""
    by_hour = {}
    for each in messages:
        by_hour.setdefault(hour_folder(root, each.received_ns), []).append(each.line())
    return [put_lines(folder, *lines) for folder, lines in by_hour.items()]


def put_lines(folder, *lines):
    """Put lines, whatever they are, into a closed part of a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"part-{uuid.uuid4()}.jsonl"
    part.write_bytes(b"".join(line + b"\n" for line in lines))
    return part


def first_hour(root):
    """Return the folder of the hour that begins at `START_NS`."""
    return hour_folder(root, START_NS)


def tables_of(root, kind, hour=0):
    """Return the folder for tables of a kind, of the hour so many after the first."""
    raw = hour_folder(root, START_NS + hour * HOUR_NS)
    return root / kind / raw.relative_to(root / "raw")
