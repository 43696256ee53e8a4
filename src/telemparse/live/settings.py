"""Settings of message ingest: one frozen value, from keywords or from the environment."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.live.variables import LIVE_VARIABLES
from telemparse.runner.variables import environment_values

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["LiveSettings"]

_LAST_PORT = 65_535
_KEY = re.compile(r"[!-+\--~]{16,256}")


def _positive(_settings: Any, field: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not (math.isfinite(value) and value > 0):
        raise CallError(f"{field.name} must be a positive number, not {value!r}")


def _not_negative(_settings: Any, field: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not (math.isfinite(value) and value >= 0):
        raise CallError(f"{field.name} must be 0 or more, not {value!r}")


def _port(_settings: Any, field: attrs.Attribute[Any], value: int) -> None:
    if not 0 <= value <= _LAST_PORT:
        raise CallError(f"{field.name} must be 0 to {_LAST_PORT}, not {value!r}")


def _keys(_settings: Any, field: attrs.Attribute[Any], value: str) -> None:
    if value and not all(_KEY.fullmatch(each) for each in _split(value)):
        # A key is a secret, also one that is refused.
        raise CallError(f"{field.name}: a key is 16 to 256 visible ASCII characters without commas")


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


def _folder(place: str | os.PathLike[str]) -> Path:
    return Path(place).expanduser()


def _above_zero(default: float) -> Any:
    return attrs.field(default=default, validator=_positive)


@attrs.frozen(kw_only=True)
class LiveSettings:
    """Where messages come in, where they go, and what is allowed.

    Args:
        path: folder for the queue, the raw files and the tables.
        queue_url: `sqlite:///FILE`, or the URL of an SQS queue; None for `queue.sqlite` in the folder.
        dead_letter_url: of the SQS queue for messages that cannot be read, None for none.
        api_key: that senders need, several with commas, each of 16 characters or more; empty for none:
            then nothing is served.
        host, port: to listen at; port 0 takes a free one.
        max_body_bytes: of a request.
        max_requests: at a time; more get 503.
        header_s: time for the head of a request.
        body_s: time for its body.
        put_s: that a request waits for the queue; then it gets 503.
        shutdown_s: that requests have to end when the server stops.
        metrics: serve metrics for Prometheus at `/metrics`.
        batch_messages: that a consumer writes at once, at most.
        batch_s: that a consumer waits for a batch to fill.
        rotate_bytes: a part file that is larger is closed.
        part_s: a part file that is older is closed, whatever its size.
        visibility_s: for which a message that was received is hidden from other consumers.
        max_receives: after so many a message goes to the dead letters.
        backlog_s: a warning is logged when the oldest message waits for longer.
        raw_days: that raw files are kept.
        consumers: inside the server; 0 where others do it.
    """

    path: Path = attrs.field(default=Path("live"), converter=_folder)
    queue_url: str | None = None
    dead_letter_url: str | None = None
    api_key: str = attrs.field(default="", validator=_keys, repr=False)
    host: str = "127.0.0.1"
    port: int = attrs.field(default=8766, validator=_port)
    max_body_bytes: int = _above_zero(4 * 1024 * 1024)
    max_requests: int = _above_zero(1000)
    header_s: float = _above_zero(15.0)
    body_s: float = _above_zero(15.0)
    put_s: float = _above_zero(30.0)
    shutdown_s: float = _above_zero(20.0)
    metrics: bool = False
    batch_messages: int = _above_zero(100)
    batch_s: float = _above_zero(2.0)
    rotate_bytes: int = _above_zero(5_000_000)
    part_s: float = _above_zero(30.0)
    visibility_s: float = _above_zero(60.0)
    max_receives: int = _above_zero(5)
    backlog_s: float = _above_zero(60.0)
    raw_days: float = attrs.field(default=7.0, validator=_not_negative)
    consumers: int = attrs.field(default=1, validator=_not_negative)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **changes: Any) -> LiveSettings:
        """Return the settings of the environment; `changes` that are not None go before it.

        Raises CallError for a value that cannot be right, naming its variable.
        """
        return cls(**environment_values(LIVE_VARIABLES, environ, changes))

    @property
    def queue(self) -> str:
        """URL of the queue: the one that was named, or the file in the folder."""
        return self.queue_url or f"sqlite:///{self.path.resolve() / 'queue.sqlite'}"

    @property
    def api_keys(self) -> tuple[str, ...]:
        """The keys, each by itself."""
        return tuple(_split(self.api_key)) if self.api_key else ()
