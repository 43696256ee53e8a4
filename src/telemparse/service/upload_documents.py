"""Documents of uploads: what begins one, what it is, and what finalises it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from telemparse.service.documents import Answer, Asked

__all__ = ["FinaliseAsked", "GateAsked", "Presigned", "SessionAnswer", "UploadAnswer", "UploadAsked"]

_MOST_BYTES = 2**53 - 1
_MOST_ARTIFACTS = 499  # with the one that the path names, 500
_Words = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_Latitude = Annotated[float, Field(ge=-90, le=90)]
_Longitude = Annotated[float, Field(ge=-180, le=180)]


class UploadAsked(Asked):
    """A file that is to come."""

    file_name: _Words = Field(
        description="Folders before it are left out; it never names a file of the server."
    )
    byte_size: Annotated[int, Field(ge=0, le=_MOST_BYTES)] | None = Field(
        default=None, description="That the file must have, bytes."
    )
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] | None = Field(
        default=None, description="Hex digest that the file must have."
    )
    content_type: _Words | None = Field(default=None, description="For people; the content says what it is.")


class Presigned(Answer):
    """Where the bytes may go past this service, into the store."""

    method: Literal["PUT"]
    url: str
    expires_at: dt.datetime


class UploadAnswer(Answer):
    """A file on its way into a session."""

    id: str
    status: Literal["AWAITING_BYTES", "RECEIVED", "FINALISED"]
    file_name: str
    content_type: str | None
    byte_size: int | None = Field(description="Bytes; as announced before they are here.")
    sha256: str | None = Field(description="Hex digest; as announced before the bytes are here.")
    session_id: str | None = Field(description="That it belongs to, once it is finalised.")
    uploaded_at: dt.datetime
    max_bytes: int = Field(description="That a file may have.")
    bytes_url: str = Field(description="Where to PUT the bytes.")
    presigned: Presigned | None = Field(description="Another way for the bytes, where the store has one.")


class GateAsked(Asked):
    """A start/finish line: its two ends, WGS-84 degrees."""

    lat1_deg: _Latitude
    lon1_deg: _Longitude
    lat2_deg: _Latitude
    lon2_deg: _Longitude


class FinaliseAsked(Asked):
    """What makes uploads a session."""

    artifact_ids: Annotated[list[_Words], Field(max_length=_MOST_ARTIFACTS)] = Field(
        default_factory=list, description="Further uploads of the same recording, in order."
    )
    name: _Words | None = Field(default=None, description="Of the session; else that of the first file.")
    track: _Words | None = Field(default=None, description="Name of the track.")
    force: bool = Field(default=False, description="Make a session of its own of files that have one.")
    timezone: _Words | None = Field(default=None, description="IANA name, for clocks that do not say theirs.")
    gate: GateAsked | None = Field(default=None, description="Start/finish line to time laps at.")


class SessionAnswer(Answer):
    """The session of finalised uploads."""

    session_id: str
    created: bool = Field(description="False where the files had a session.")
