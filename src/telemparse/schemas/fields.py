"""How a canonical schema is declared: types, null rule, unit, description and honesty label of a field."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCHEMA_VERSION", "TIME", "Origin", "dictionary", "field", "schema"]

SCHEMA_VERSION = 1
TIME = pa.timestamp("ns", tz="UTC")
_FEW = 12


class Origin(enum.StrEnum):
    """Honesty label: how a value came to be."""

    MEASURED = "measured"
    CORRECTED = "corrected"
    DERIVED = "derived"
    INFERRED = "inferred"
    ESTIMATED = "estimated"


def field(
    name: str,
    kind: pa.DataType,
    unit: str,
    description: str,
    *,
    required: bool = False,
    origin: Origin = Origin.MEASURED,
    low: float | None = None,
    high: float | None = None,
    below: float | None = None,
    choices: tuple[str, ...] = (),
) -> pa.Field:
    """Return a canonical field.

    Args:
        name: with its unit (`speed_mps`).
        kind: Arrow type.
        unit: as a short word; `1` for counts and flags.
        description: one sentence; a few choices are listed behind it.
        required: never null.
        origin: honesty label.
        low: smallest allowed value, inclusive.
        high: largest allowed value, inclusive.
        below: upper bound, exclusive.
        choices: the words that may stand in it, when they are listed.
    """
    if 0 < len(choices) <= _FEW:
        description += f" One of: {', '.join(choices)}."
    facts = {"unit": unit, "description": description, "origin": str(origin)}
    bounds = {"low": low, "high": high, "below": below}
    facts.update({key: repr(float(value)) for key, value in bounds.items() if value is not None})
    if choices:
        facts["choices"] = ",".join(choices)
    return pa.field(name, kind, nullable=not required, metadata=facts)


def dictionary() -> pa.DataType:
    """Return the type of small enumerations."""
    return pa.dictionary(pa.int8(), pa.string())


def schema(stream: str, description: str, fields: list[pa.Field], **facts: Any) -> pa.Schema:
    """Return the canonical schema of a stream, its version and description in the metadata."""
    metadata: Mapping[str, str] = {
        "stream": stream,
        "description": description,
        "schema_version": str(SCHEMA_VERSION),
        **{key: str(value) for key, value in facts.items()},
    }
    return pa.schema(fields, metadata=metadata)
