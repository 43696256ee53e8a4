"""Known keys: API keys that came a moment ago, so that not every request asks the database for its own."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemparse.runner import Pipeline
    from telemparse.runner.api_keys import ApiKey

__all__ = ["KnownKeys"]

_KEPT_S = 1.0
_MOST = 1000


class KnownKeys:
    """Keys for a second after the database was asked: one that is revoked opens nothing after that.

    Used on one event loop. Keys that nobody knows are asked for each time.

    Args:
        pipeline: whose keys.
        clock: seconds, for tests.
    """

    def __init__(self, pipeline: Pipeline, clock: Callable[[], float] = time.monotonic) -> None:
        self._pipeline, self._clock = pipeline, clock
        self._known: dict[bytes, tuple[float, ApiKey]] = {}

    async def key_of(self, secret: str) -> ApiKey | None:
        """Return the key that a secret is, None for what is none or was revoked."""
        digest, now = hashlib.sha256(secret.encode()).digest(), self._clock()
        known = self._known.get(digest)
        if known is not None and now < known[0]:
            return known[1]
        found = await run_sync(self._pipeline.api_keys.owner_of, secret)
        self._known.pop(digest, None)
        if found is not None:
            # It counts from before the database was asked.
            self._known[digest] = (now + _KEPT_S, found)
            while len(self._known) > _MOST:
                self._known.pop(next(iter(self._known)))
        return found
