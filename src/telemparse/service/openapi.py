"""The description of the interface: what FastAPI knows of it, and what every answer has besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

import telemparse

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["describe"]

_REQUEST_ID = {
    "description": "The id of the request: the one that came with it where that was plain, else a new one.",
    "schema": {"type": "string"},
}
_ETAG = {"description": "Tag of the document, for If-None-Match.", "schema": {"type": "string"}}
_RETRY = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_WITH_RETRY = frozenset({"429", "503"})
_IF_NONE_MATCH = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "ETag that the client has; the answer is 304 where it is still right.",
}  # fmt: skip


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    document = get_openapi(
        title="telemparse", version=telemparse.__version__, routes=app.routes,
        summary="Recordings in, sessions out.",
        description="Every error has one form. An id of another owner is unknown, like one that never was.",
    )  # fmt: skip
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation)
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        headers["X-Request-ID"] = _REQUEST_ID
        if status in _WITH_RETRY:
            headers["Retry-After"] = _RETRY
    if "304" in responses:
        responses["304"].pop("content", None)
        for status in ("200", "304"):
            responses[status]["headers"]["ETag"] = _ETAG
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    validation = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if validation.get("$ref", "").endswith("/HTTPValidationError"):
        validation["$ref"] = "#/components/schemas/ErrorAnswer"
    if "security" in operation:
        # Either of them will do.
        names = sorted({name for each in operation["security"] for name in each})
        operation["security"] = [{name: []} for name in names]
