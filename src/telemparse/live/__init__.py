"""Live: messages of vehicles, from HTTP through a queue to files and canonical tables.

Every name below is loaded on first use; it needs the extra `live`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from telemparse.errors import MissingExtra

if TYPE_CHECKING:
    from telemparse.live.aggregation import AggregateReport, aggregate
    from telemparse.live.app import create_app
    from telemparse.live.authentication import new_key
    from telemparse.live.compaction import CompactReport, compact
    from telemparse.live.consumer import Consumer, ConsumerReport
    from telemparse.live.faults import LiveFault, MessageInvalid, QueueUnavailable, RawUnavailable
    from telemparse.live.messages import Message, MessageLimits, read_messages
    from telemparse.live.metrics import LiveMetrics
    from telemparse.live.queue_opening import open_queue
    from telemparse.live.queues import Delivery, Depth, MessageQueue
    from telemparse.live.retention import ExpireReport, expire
    from telemparse.live.serving import serve
    from telemparse.live.settings import LiveSettings

__all__ = [
    "AggregateReport",
    "CompactReport",
    "Consumer",
    "ConsumerReport",
    "Delivery",
    "Depth",
    "ExpireReport",
    "LiveFault",
    "LiveMetrics",
    "LiveSettings",
    "Message",
    "MessageInvalid",
    "MessageLimits",
    "MessageQueue",
    "QueueUnavailable",
    "RawUnavailable",
    "aggregate",
    "compact",
    "create_app",
    "expire",
    "new_key",
    "open_queue",
    "read_messages",
    "serve",
]

_ROOMS = {
    "aggregation": ("AggregateReport", "aggregate"),
    "app": ("create_app",),
    "authentication": ("new_key",),
    "compaction": ("CompactReport", "compact"),
    "consumer": ("Consumer", "ConsumerReport"),
    "faults": ("LiveFault", "MessageInvalid", "QueueUnavailable", "RawUnavailable"),
    "messages": ("Message", "MessageLimits", "read_messages"),
    "metrics": ("LiveMetrics",),
    "queue_opening": ("open_queue",),
    "queues": ("Delivery", "Depth", "MessageQueue"),
    "retention": ("ExpireReport", "expire"),
    "serving": ("serve",),
    "settings": ("LiveSettings",),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}
# Distributions of the extra, by the module that a missing one is noticed by.
_NEEDED = (
    "boto3", "fastapi", "httptools", "orjson", "prometheus_client", "starlette", "structlog", "uvicorn",
    "uvloop",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.live' has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"telemparse.live.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in _NEEDED:
            raise MissingExtra("live", error.name.partition(".")[0]) from None
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
