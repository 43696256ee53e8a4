"""Translation: what a file system or a server says, as StorageFailed with its code."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from telemparse.storage.failures import StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["translated"]

_BY_ERRNO = {
    errno.ENOENT: "STORAGE_MISSING",
    errno.ENOSPC: "STORAGE_FULL",
    errno.EDQUOT: "STORAGE_FULL",
    errno.EFBIG: "STORAGE_FULL",  # a limit on files, set for this process or by the file system
    errno.EACCES: "STORAGE_REFUSED",
    errno.EPERM: "STORAGE_REFUSED",
    errno.EROFS: "STORAGE_REFUSED",
    errno.ELOOP: "STORAGE_REFUSED",
    errno.EXDEV: "STORAGE_REFUSED",  # a mount inside the folder: nothing can be promoted into it
    # A key lies where the folder of another one would be, or the other way round.
    errno.ENOTDIR: "STORAGE_CONFLICT",
    errno.EISDIR: "STORAGE_CONFLICT",
    errno.EEXIST: "STORAGE_CONFLICT",
}
_BY_STATUS = {
    404: "STORAGE_MISSING",
    408: "STORAGE_UNAVAILABLE",
    409: "STORAGE_UNAVAILABLE",  # another operation is under way
    429: "STORAGE_UNAVAILABLE",
    501: "STORAGE_REFUSED",
    507: "STORAGE_FULL",
}
_BY_WORD = {
    "NoSuchBucket": "STORAGE_REFUSED",  # the settings are wrong, the object is not missing
    "QuotaExceeded": "STORAGE_FULL",
    "XMinioAdminBucketQuotaExceeded": "STORAGE_FULL",
    "XMinioStorageFull": "STORAGE_FULL",
}
# What obstore says quotes addresses, answers of the server and its own state: only these words of it go on.
_ERRNO = re.compile(r"os error (\d{1,4})|\bcode: (\d{1,4})\b")
_STATUS = re.compile(r"status code: (\d{3})\b|\bstatus: (\d{3})\b")
_WORD = re.compile(r"<Code>(\w{1,64})</Code>")
_KIND = re.compile(r"kind: (Connect|Timeout|Decode|Interrupted|Request|Unknown)\b")
_REDIRECT = "redirect without LOCATION"  # how S3 says that the region is another one
_PHRASES = (
    "dns error", "tcp connect error", "operation timed out", "deadline has elapsed", "certificate",
    _REDIRECT, "Requested range was invalid", "precondition failure",
)  # fmt: skip
_CLIENT_ERRORS = range(400, 500)


@contextmanager
def translated(key: str) -> Iterator[None]:
    """Raise what the system or obstore raises inside as StorageFailed about this key."""
    try:
        yield
    except (BaseError, OSError) as error:
        # The cause is left out: answers of a server quote key ids and what was signed.
        raise StorageFailed(_code(error), key=key, error=_words(error)) from None


def _code(error: BaseException) -> str:
    word, status, number = _word(error), _status(error), _errno(error)
    if word in _BY_WORD:
        code = _BY_WORD[word]
    elif isinstance(error, PermissionDeniedError | UnauthenticatedError) or _REDIRECT in str(error):
        code = "STORAGE_REFUSED"
    elif isinstance(error, FileNotFoundError):
        code = "STORAGE_MISSING"
    elif status is None:
        code = _BY_ERRNO.get(number or 0, "STORAGE_UNAVAILABLE")
    elif status in _BY_STATUS:
        code = _BY_STATUS[status]
    else:
        code = "STORAGE_REFUSED" if status in _CLIENT_ERRORS else "STORAGE_UNAVAILABLE"
    return code


def _words(error: BaseException) -> str:
    """Return what can be told of an error: its kind, status and number, nothing that it quotes."""
    status, number = _status(error), _errno(error)
    kind = _KIND.search(str(error))
    said = [
        type(error).__name__,
        *([f"HTTP {status}"] if status is not None else []),
        *([_word(error)] if _word(error) else []),
        *([kind[1]] if kind else []),
        *(phrase for phrase in _PHRASES if phrase in str(error)),
        *([os.strerror(number)] if number else []),
    ]
    return ", ".join(said)


def _errno(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _ERRNO.search(str(error))
    return int(found[1] or found[2]) if found else None


def _status(error: BaseException) -> int | None:
    found = _STATUS.search(str(error))
    return int(found[1] or found[2]) if found else None


def _word(error: BaseException) -> str:
    found = _WORD.search(str(error))
    return found[1] if found else ""
