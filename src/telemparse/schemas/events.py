"""Stream `events`: what happened at an instant."""

from __future__ import annotations

import pyarrow as pa

from telemparse.model.events import EVENT_TYPES
from telemparse.schemas.common import T
from telemparse.schemas.fields import Origin, dictionary, field, schema

__all__ = ["EVENTS", "EVENT_TYPES"]

EVENTS = schema(
    "events",
    "Instants that mean something: breaks, beacons, markers, loss and return of the fix.",
    [
        T,
        field("event_type", dictionary(), "1", "What happened.", required=True, choices=EVENT_TYPES),
        field(
            "value",
            pa.float64(),
            "1",
            "A number that the source gives with the event.",
            origin=Origin.MEASURED,
        ),
        field("metadata_json", pa.string(), "1", "Further facts as one JSON object."),
    ],
)
