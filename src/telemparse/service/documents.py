"""Documents: the base of every typed request and answer, and those that all rooms share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Answer", "Asked", "ErrorAnswer", "ErrorFacts", "Healthy"]


class Answer(BaseModel):
    """What the service answers."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", ser_json_inf_nan="null")


class Asked(BaseModel):
    """What a client asks for; fields that nobody knows are refused, for they would be lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ErrorFacts(Answer):
    """What went wrong."""

    code: str = Field(description="Stable code.")
    message: str = Field(description="One sentence for people.")
    details: dict[str, Any] = Field(description="Plain values, by code; `hint` says what to do.")
    request_id: str = Field(description="The id by which the log of the service names the request.")


class ErrorAnswer(Answer):
    """The answer to every request that could not be done."""

    error: ErrorFacts


class Healthy(Answer):
    """Whether the service can work."""

    status: str = Field(description="`ok`, or `degraded` where the database or the store does not answer.")
