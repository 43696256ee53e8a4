"""How the tests of the CSV parser read a text: by the whole way, forced to CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

import telemparse

if TYPE_CHECKING:
    from telemparse.model.results import ParseResult


class Read(Protocol):
    def __call__(self, content: str | bytes, *, encoding: str = "utf-8", **options: Any) -> ParseResult: ...


@pytest.fixture(scope="session")
def read() -> Read:
    """Return the parse of one CSV file, its errors kept in the result."""

    def call(content: str | bytes, *, encoding: str = "utf-8", **options: Any) -> ParseResult:
        data = content if isinstance(content, bytes) else content.encode(encoding)
        chosen = telemparse.ParseOptions(parser="csv", **options)
        return telemparse.parse({"log.csv": data}, chosen, on_error="return")

    return call


@pytest.fixture(scope="session")
def codes():
    """Return the codes of a result, errors first."""
    return lambda result: [issue.code for issue in (*result.errors, *result.warnings)]
