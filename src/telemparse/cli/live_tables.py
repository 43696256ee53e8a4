"""`telemparse live aggregate`, `compact` and `expire`: tables from raw messages, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from telemparse.cli import arguments, live_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import complain, console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemparse.model.issues import Issue

__all__ = ["aggregate_hours", "compact_hours", "expire_hours"]

_Days = Annotated[
    float | None,
    typer.Option(
        "--days", min=0.0, metavar="DAYS", show_default=False,
        help="Age of what is removed: 7. Else TELEMETRY_LIVE_RAW_DAYS.",
    ),
]  # fmt: skip
_Compacted = Annotated[
    bool, typer.Option("--compacted-only", help="Keep hours that were never compacted, whatever their age.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")]


@command
def aggregate_hours(
    *,
    out: live_arguments.Out = None,
    since: live_arguments.Since = None,
    until: live_arguments.Until = None,
    as_json: arguments.Json = False,
) -> Exit:
    """Count the messages of each vehicle and hour, each once, into a small Parquet file an hour.

    Hours that have not changed since are not read again.
    """
    since_ns, until_ns = _span(since, until)
    settings = live_arguments.live_settings_of(out)
    from telemparse.live import aggregate

    report = aggregate(settings.path, since_ns=since_ns, until_ns=until_ns)
    _show(report, as_json=as_json)
    return Exit.OK


@command
def compact_hours(
    *,
    out: live_arguments.Out = None,
    since: live_arguments.Since = None,
    until: live_arguments.Until = None,
    as_json: arguments.Json = False,
) -> Exit:
    """Turn raw messages into canonical Parquet, a folder for each hour and vehicle, without duplicates.

    Hours that have not changed since are not read again.
    """
    since_ns, until_ns = _span(since, until)
    settings = live_arguments.live_settings_of(out)
    from telemparse.live import compact

    report = compact(settings.path, since_ns=since_ns, until_ns=until_ns)
    _show(report, as_json=as_json)
    return Exit.OK


@command
def expire_hours(
    *,
    out: live_arguments.Out = None,
    days: _Days = None,
    compacted_only: _Compacted = False,
    dry_run: _DryRun = False,
    as_json: arguments.Json = False,
) -> Exit:
    """Remove raw files of hours that ended long ago; tables stay."""
    settings = live_arguments.live_settings_of(out, raw_days=days)
    from telemparse.live import expire

    report = expire(settings.path, days=settings.raw_days, compacted_only=compacted_only, dry_run=dry_run)
    _show(report, as_json=as_json)
    return Exit.OK


def _span(since: str | None, until: str | None) -> tuple[int | None, int | None]:
    return live_arguments.instant_of("--since", since), live_arguments.instant_of("--until", until)


def _show(report: Any, *, as_json: bool) -> None:
    """Print the facts of a report, and complain about what it found."""
    from telemparse.model.documents import issue_document

    facts = {field.name: getattr(report, field.name) for field in attrs.fields(type(report))}
    issues: Iterable[Issue] = facts.pop("issues", ())
    if as_json:
        from telemparse.cli.documents import emit

        emit({**facts, "issues": [issue_document(issue) for issue in issues]})
        return
    for issue in issues:
        complain(f"{issue.code}: {issue.message}")
    from telemparse.cli.display import show_facts

    show_facts(console(), dict(_lines(facts)))


def _lines(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        words = name.replace("_", " ")
        if isinstance(value, int):
            yield words, f"{value:,}"
        else:
            yield from ((f"{words}: {key}", f"{count:,}") for key, count in value.items())
