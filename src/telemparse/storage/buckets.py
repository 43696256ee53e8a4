"""A bucket of S3 as a home of objects, with an end to every wait."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Literal

import attrs
import obstore
from obstore.store import S3Store

from telemparse.errors import CallError
from telemparse.storage.keys import UNFINISHED, is_key
from telemparse.storage.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

__all__ = ["Bucket", "bucket_named"]

_PAGE = 1000  # what S3 lists and deletes in one request
_MB = 1024 * 1024
# A request carries 8 MB, or has the server copy up to 5 GiB; who waits is a job that can be tried again.
_CONNECT_TIMEOUT = timedelta(seconds=5)
_REQUEST_TIMEOUT = timedelta(seconds=120)
_RETRIES: RetryConfig = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=2),
        "base": 2,
    },
}


@attrs.frozen
class Bucket:
    """Objects in a bucket of S3.

    Args:
        store: as obstore speaks to it.
        request_bytes: what one request carries.
        at_once_bytes: content that is put by one request with its condition.
    """

    store: S3Store
    request_bytes: int = 8 * _MB
    at_once_bytes: int = 8 * _MB

    def doorstep(self) -> Path | None:
        """Return where files wait that will be objects: nowhere in particular."""
        return None

    def adopt(self, source: Path, key: str) -> bool:  # noqa: ARG002  (a folder can)
        """Tell that a file cannot become an object without a copy."""
        return False

    def place(self, _key: str) -> None:
        """Return None: no object lies in a file."""

    def presigned(self, key: str, method: Literal["GET", "PUT"], expires_s: float) -> str:
        """Return a URL by which whoever has it reads or writes an object for some time."""
        with translated(key):
            return obstore.sign(self.store, method, key, timedelta(seconds=expires_s))

    def listed(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a prefix, or all."""
        return (meta["path"] for meta in self._found(prefix) if is_key(meta["path"]))

    def delete(self, keys: Iterable[str]) -> int:
        """Delete objects, missing ones too; return how many keys came."""
        left = iter(keys)
        count = 0
        while page := list(islice(left, _PAGE)):
            with translated(page[0]):
                obstore.delete(self.store, page)
            count += len(page)
        return count

    def give_up(self, unfinished: str) -> None:
        """Delete content that will not be finished; obstore aborts an upload by itself."""
        self.delete([unfinished])

    def delete_below(self, prefix: str) -> int:
        """Delete all objects below a prefix; return how many there were."""
        return self.delete(self.listed(prefix))

    def settle(self, keys: Iterable[str]) -> None:
        """Do nothing: S3 answers a put when the object is durable."""

    def sweep(self, older_than_s: float) -> int:
        """Delete unfinished content that nobody has touched for so long; return how many objects."""
        before = time.time() - older_than_s
        found = self._found(UNFINISHED)
        return self.delete(meta["path"] for meta in found if meta["last_modified"].timestamp() < before)

    def _found(self, prefix: str) -> Iterator[ObjectMeta]:
        with translated(prefix):
            for page in obstore.list(self.store, prefix or None, chunk_size=_PAGE):
                yield from page


def bucket_named(
    bucket: str,
    *,
    endpoint: str | None,
    access_key: str | None,
    secret_key: str | None,
    region: str,
    prefix: str,
) -> Bucket:
    """Return the bucket; nothing is asked of the server yet.

    Raises CallError for one of access and secret key without the other.
    """
    if (access_key is None) != (secret_key is None):
        raise CallError("access_key and secret_key belong together: give both or none")
    config: S3Config = {
        "region": region,
        "virtual_hosted_style_request": False,
        "copy_if_not_exists": "multipart",  # how large content gets its key
    }
    if endpoint is not None:
        config["endpoint"] = endpoint
    client: ClientConfig = {
        "allow_http": endpoint is not None and endpoint.lower().startswith("http://"),
        "connect_timeout": _CONNECT_TIMEOUT,
        "timeout": _REQUEST_TIMEOUT,
    }
    given: S3Credential = {
        "access_key_id": access_key or "",
        "secret_access_key": secret_key or "",
        "token": None,  # the environment's session token belongs to the environment's key
        "expires_at": None,
    }
    store = S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options=client,
        retry_config=_RETRIES,
        credential_provider=None if access_key is None else lambda: given,
    )
    return Bucket(store)
