"""Forms of the pages: small bodies, read whole, from our own pages only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from telemparse.service.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["is_from_here", "read_form"]

_MOST_BYTES: Final = 4096
_MOST_FIELDS: Final = 8
_FORM = "application/x-www-form-urlencoded"


def is_from_here(request: Request) -> bool:
    """Return whether a browser sent the form from one of our pages; other clients say nothing of it.

    A form of another site could sign a person in with a key of its own.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises Problem for what is no form of ours."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Problem("MEDIA_TYPE_REFUSED", message=f"The body must be {_FORM}.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise Problem("BODY_TOO_LARGE", details={"limit": _MOST_BYTES})
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=_MOST_FIELDS, keep_blank_values=True))
    except ValueError:
        raise Problem("REQUEST_MALFORMED") from None
