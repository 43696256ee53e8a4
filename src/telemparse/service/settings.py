"""Settings of the service: one frozen value, from keywords or from the environment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError
from telemparse.runner.variables import environment_values
from telemparse.service.variables import SERVICE_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ServiceSettings"]

_LAST_PORT = 65_535


def _positive(_settings: Any, field: attrs.Attribute[Any], value: float) -> None:
    if isinstance(value, bool) or not (math.isfinite(value) and value > 0):
        raise CallError(f"{field.name} must be a positive number, not {value!r}")


def _port(_settings: Any, field: attrs.Attribute[Any], value: int) -> None:
    if not 0 <= value <= _LAST_PORT:
        raise CallError(f"{field.name} must be 0 to {_LAST_PORT}, not {value!r}")


def _above_zero(default: float) -> Any:
    return attrs.field(default=default, validator=_positive)


@attrs.frozen(kw_only=True)
class ServiceSettings:
    """Where the service listens, and what it allows.

    Args:
        host, port: to listen at; port 0 takes a free one.
        trusted_proxies: addresses, with commas, whose X-Forwarded-For and X-Forwarded-Proto are believed;
            none when empty.
        threads: for the database, the store and Parquet.
        draw_threads: for time series and maps, which compute: more of them than cores hold each other up.
        max_requests: at a time; more get 503.
        max_uploads: bodies of files at a time; more get 503.
        max_body_bytes: of a body that is not a file.
        rate_per_s, rate_burst: requests that one key may make, in the long run and at once.
        failed_keys, failed_keys_s: wrong keys that one address may try in so many seconds.
        header_s: time for the head of a request.
        body_s: time for a body that is not a file.
        upload_stall_s: longest pause of an upload.
        upload_min_rate: bytes a second that an upload has to reach on average, after `upload_stall_s`.
        upload_s: time for the whole of one upload.
        presigned_s: for which a presigned address of the store holds.
        cookie_s: for which a login to the pages holds.
        shutdown_s: that requests have to end when the service stops.
        metrics: serve metrics for Prometheus at `/metrics`.
        pages: serve the pages beside the interface.
    """

    host: str = "127.0.0.1"
    port: int = attrs.field(default=8765, validator=_port)
    trusted_proxies: str = ""
    threads: int = _above_zero(16)
    draw_threads: int = _above_zero(2)
    max_requests: int = _above_zero(1000)
    max_uploads: int = _above_zero(400)
    max_body_bytes: int = _above_zero(64 * 1024)
    rate_per_s: float = _above_zero(50.0)
    rate_burst: int = _above_zero(200)
    failed_keys: int = _above_zero(10)
    failed_keys_s: float = _above_zero(60.0)
    header_s: float = _above_zero(15.0)
    body_s: float = _above_zero(15.0)
    upload_stall_s: float = _above_zero(30.0)
    upload_min_rate: float = _above_zero(1024.0)
    upload_s: float = _above_zero(6 * 3600.0)
    presigned_s: float = _above_zero(3600.0)
    cookie_s: float = _above_zero(12 * 3600.0)
    shutdown_s: float = _above_zero(20.0)
    metrics: bool = False
    pages: bool = True

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **changes: Any) -> ServiceSettings:
        """Return the settings of the environment; `changes` that are not None go before it.

        Raises CallError for a value that cannot be right, naming its variable.
        """
        return cls(**environment_values(SERVICE_VARIABLES, environ, changes))
