"""The page of the HTTP interface, from its OpenAPI document."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telemparse.service.problems import MESSAGES
from telemparse.service.series.refusals import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["http_page"]

Document = Mapping[str, Any]
Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

FIRST_ERROR = "400"
METHODS = ("get", "post", "put", "delete")


def http_page(note: str, table: Table) -> str:
    """Return the page: a heading for each call, then the values that they take and give."""
    document = openapi()
    schemas: Document = document["components"]["schemas"]
    head = (
        f"# HTTP interface\n\n{note}\nWhat `telemparse serve` answers; [the guide](../how-to/service.md)"
        " tells how to use it. The same as OpenAPI 3.1 is at `/openapi.json`. Calls need"
        " `Authorization: Bearer tp_...`, or the cookie of the pages with `X-CSRF-Token` beside it"
        " where something changes.\n"
    )
    calls = [
        _call(method, path, item[method], table)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    models = [_model(name, schema, table) for name, schema in sorted(schemas.items())]
    return "\n".join([head, "## Calls\n", *calls, _errors(table), "## Values\n", *models])


def _errors(table: Table) -> str:
    """Return the codes of the service itself, and of what is drawn."""
    head = (
        '## Errors\n\nEvery error is an object `{"error": {"code", "message", "details", "request_id"}}`.'
        " What is wrong with files comes with the [codes](codes.md) of the library. An id of somebody else is"
        " answered like one that never was.\n"
    )
    told = {**MESSAGES, **REFUSALS}.items()
    rows = ((str(status), f"`{code}`", words) for code, (status, words) in told)
    return "\n".join([head, table(("status", "code", "meaning"), sorted(rows))])


def openapi() -> Document:
    """Return the OpenAPI document of the service."""
    from telemparse.runner import Pipeline, Settings
    from telemparse.service import ServiceSettings, create_app

    with tempfile.TemporaryDirectory() as folder, Pipeline(Settings.embedded(folder)) as pipeline:
        return create_app(pipeline, ServiceSettings(pages=False), analyst=None).openapi()


def _call(method: str, path: str, call: Document, table: Table) -> str:
    parts = [f"### {method.upper()} {path}\n", f"{call.get('description') or call['summary']}\n"]
    parameters = [
        (f"`{each['name']}`", each["in"], _type(each["schema"]), "yes" if each.get("required") else "no",
         _line(each.get("description", "")))
        for each in call.get("parameters", ())
        if each["name"] != "x-csrf-token"
    ]  # fmt: skip
    if parameters:
        parts.append(table(("parameter", "in", "type", "required", "meaning"), parameters))
    body = call.get("requestBody")
    if body is not None:
        kinds = ", ".join(f"`{kind}`: {_type(of['schema'])}" for kind, of in body["content"].items())
        parts.append(f"Body: {kinds}\n")
    answers = [
        f"{status} {' or '.join(_kinds(answer))}".strip()
        for status, answer in sorted(call["responses"].items())
        if status < FIRST_ERROR
    ]
    errors = sorted(status for status in call["responses"] if status >= FIRST_ERROR)
    parts.append(f"Answers: {'; '.join(answers)}. [Errors](#errors): {', '.join(errors)}.\n")
    return "\n".join(parts)


def _kinds(answer: Document) -> Iterator[str]:
    for kind, of in answer.get("content", {}).items():
        words = _type(of.get("schema", {}))
        yield words if kind == "application/json" and words else f"`{kind}`"


def _model(name: str, schema: Document, table: Table) -> str:
    parts = [f"### {name}\n"]
    if schema.get("description"):
        parts.append(f"{schema['description']}\n")
    if "enum" in schema:
        parts.append(f"One of {', '.join(f'`{word}`' for word in schema['enum'])}.\n")
    required = set(schema.get("required", ()))
    rows = [
        (f"`{field}`", _type(of), "yes" if field in required else "no", _line(of.get("description", "")))
        for field, of in schema.get("properties", {}).items()
    ]
    if rows:
        parts.append(table(("field", "type", "required", "meaning"), rows))
    return "\n".join(parts)


def _type(schema: Document) -> str:
    """Return a type in a few words, with a link to what has fields of its own."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[word]))
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    kind = schema.get("type", "")
    if kind == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    form = schema.get("format")
    return f"{kind} ({form})" if form else kind


def _line(text: str) -> str:
    return " ".join(text.split())
