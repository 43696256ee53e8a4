"""The description of the door for messages, as OpenAPI: the schema that senders keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

import telemparse
from telemparse.live.messages import ID_FORM, LAST_CAN_ID, MessageLimits

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["ANSWERS", "REQUEST", "describe"]

_LIMITS = MessageLimits()
_ID = f"^{ID_FORM}$"
_EXAMPLE = {
    "message_id": "veh-00123:000042", "timestamp": "2025-10-04T12:34:56.123Z", "vehicle_id": "veh-00123",
    "can_id": "0x1F0", "payload": {"engine_rpm": 2150},
}  # fmt: skip

_MESSAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["timestamp", "vehicle_id", "payload"],
    "properties": {
        "message_id": {
            "type": ["string", "null"], "pattern": _ID,
            "description": "Chosen by the sender; the same one when a message is repeated, which then counts"
            " once. Made by the server when absent.",
        },
        "timestamp": {
            "type": "string", "format": "date-time",
            "description": "When the values were measured: RFC 3339 with an offset from UTC, years 1970 to"
            " 2261, at most nine digits of a second.",
        },
        "vehicle_id": {"type": "string", "pattern": _ID},
        "can_id": {
            "description": "Identifier of the CAN frame; null or absent where there is none.",
            "anyOf": [
                {"type": "null"},
                {"type": "string", "pattern": "^0[xX]([01][0-9A-Fa-f]{7}|[0-9A-Fa-f]{1,7})$"},
                {"type": "integer", "minimum": 0, "maximum": LAST_CAN_ID},
            ],
        },
        "payload": {
            "type": "object", "minProperties": 1, "maxProperties": _LIMITS.max_signals,
            "propertyNames": {"minLength": 1, "maxLength": 128},
            "additionalProperties": {
                "anyOf": [
                    {"type": ["number", "boolean", "null"]},
                    {"type": "string", "maxLength": _LIMITS.max_text},
                ]
            },
            "description": "Signals by name, the unit in the name; null where a value is not known.",
        },
        "ingest_received_at": {"description": "Set by the server; what a sender says is replaced."},
    },
    "examples": [_EXAMPLE],
}  # fmt: skip
_ACCEPTED = {
    "type": "object",
    "required": ["accepted", "message_ids", "ingest_received_at"],
    "properties": {
        "accepted": {"type": "integer", "minimum": 1, "description": "Messages that are durable now."},
        "message_ids": {"type": "array", "items": {"type": "string"}, "description": "In their order."},
        "ingest_received_at": {"type": "string", "format": "date-time"},
    },
}
_HEALTH = {
    "type": "object",
    "required": ["status", "ready", "in_flight", "dead", "oldest_s"],
    "properties": {
        "status": {"enum": ["ok", "warning", "down"]},
        "ready": {"type": ["integer", "null"]},
        "in_flight": {"type": ["integer", "null"]},
        "dead": {"type": ["integer", "null"]},
        "oldest_s": {"type": ["number", "null"], "description": "Wait of the oldest message, seconds."},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
                "request_id": {"type": "string"},
            },
        }
    },
}
_SCHEMAS = {"Message": _MESSAGE, "Accepted": _ACCEPTED, "Health": _HEALTH, "ErrorAnswer": _ERROR}


def _of(name: str, words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }


REQUEST: dict[str, Any] = {
    "security": [{"bearer": []}, {"header": []}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/Message"},
                        {
                            "type": "array", "minItems": 1, "maxItems": _LIMITS.max_messages,
                            "items": {"$ref": "#/components/schemas/Message"},
                        },
                    ]
                }
            }
        },
    },
}  # fmt: skip
"""What `POST /ingest` takes."""

ANSWERS: dict[str, dict[int | str, dict[str, Any]]] = {
    "ingest": {
        202: _of("Accepted", "All messages are durable in the queue."),
        400: _of("ErrorAnswer", "The body is not JSON."),
        401: _of("ErrorAnswer", "No key, or an unknown one."),
        408: _of("ErrorAnswer", "The body did not come in time."),
        413: _of("ErrorAnswer", "The body is too large."),
        415: _of("ErrorAnswer", "The body is not application/json, or is compressed."),
        422: _of("ErrorAnswer", "A message does not fit the schema; none was taken."),
        500: _of("ErrorAnswer", "A fault of the server."),
        503: _of("ErrorAnswer", "The queue does not answer or the server is busy: send it again later."),
    },
    "health": {
        200: _of("Health", "Messages can be taken; `warning` when the oldest waits for long."),
        503: _of("Health", "The queue does not answer."),
    },
}
"""What each call may answer."""

_REQUEST_ID = {
    "description": "The id of the request: the one that came with it where that was plain, else a new one.",
    "schema": {"type": "string"},
}
_RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer"}}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the application."""
    document = get_openapi(
        title="telemparse live", version=telemparse.__version__, routes=app.routes,
        summary="Messages of vehicles in.", description="Every error has one form.",
    )  # fmt: skip
    components = document.setdefault("components", {})
    components["schemas"] = _SCHEMAS
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                headers = response.setdefault("headers", {})
                headers["X-Request-ID"] = _REQUEST_ID
                if status == "503" and "requestBody" in operation:
                    headers["Retry-After"] = _RETRY
    return document
