"""Options that the commands of message ingest share, and the settings that they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.errors import CallError

if TYPE_CHECKING:
    from telemparse.live import LiveSettings

__all__ = ["instant_of", "live_settings_of"]

Out = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="DIR", show_default=False,
        help="Folder for the queue, the raw files and the tables: live. Else TELEMETRY_LIVE_PATH.",
    ),
]  # fmt: skip
QueueUrl = Annotated[
    str | None,
    typer.Option(
        "--queue", metavar="URL", show_default=False,
        help="sqlite:///FILE, or the URL of an SQS queue; queue.sqlite in the folder when absent."
        " Else TELEMETRY_LIVE_QUEUE_URL.",
    ),
]  # fmt: skip
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="INSTANT", show_default=False,
        help="Only hours of arrival after it: 2025-10-04T12:00:00Z.",
    ),
]  # fmt: skip
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="INSTANT", show_default=False, help="Only hours of arrival before it."),
]


def live_settings_of(out: str | None, queue_url: str | None = None, **changes: Any) -> LiveSettings:
    """Return the settings of a call: its options, and for all others the environment.

    Args:
        out: of `--out`.
        queue_url: of `--queue`.
        **changes: settings by name; None keeps that of the environment.

    Raises CallError for values that cannot be right, MissingExtra without the extra `live`.
    """
    from telemparse.live import LiveSettings

    return LiveSettings.from_env(path=out, queue_url=queue_url, **changes)


def instant_of(name: str, text: str | None) -> int | None:
    """Return the instant of an option, ns since 1970 UTC; raises CallError for a text that is none."""
    if text is None:
        return None
    from telemparse.live.instants import instant

    try:
        return instant(text)
    except ValueError as error:
        raise CallError(f"{name}: {error}") from None
