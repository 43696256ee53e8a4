"""Retention: raw messages of hours that are long past are removed."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from telemparse.errors import CallError
from telemparse.live.compact_files import read_hour
from telemparse.live.hour_sources import HourSources, table_folder
from telemparse.live.raw_layout import HOUR_NS, open_parts, raw_hours
from telemparse.live.table_files import guarded

if TYPE_CHECKING:
    import os

    from telemparse.live.raw_layout import RawHour

__all__ = ["ExpireReport", "expire"]

_DAY_NS = 24 * HOUR_NS
_LEVELS = 4  # hour, day, month, year
_MOST_DAYS = 36_500


@attrs.frozen(kw_only=True)
class ExpireReport:
    """What was removed; with `dry_run`, what would have been.

    Args:
        hours: with parts that were removed.
        parts: removed.
        bytes: of these parts.
        never_compacted: hours among them that have no canonical tables of all their parts.
        kept_open: old hours that were kept because a part of them is still being written.
        kept_raw: old hours that were kept because they are not compacted, with `compacted_only`.
    """

    hours: int
    parts: int
    bytes: int
    never_compacted: int
    kept_open: int
    kept_raw: int


def expire(
    root: str | os.PathLike[str],
    *,
    days: float = 7.0,
    compacted_only: bool = False,
    dry_run: bool = False,
    now_ns: int | None = None,
) -> ExpireReport:
    """Remove the closed parts of hours that ended long ago, and folders that are empty then.

    Aggregates and canonical tables stay. Parts that are being written stay, and with them their hour;
    so do other files, and whatever lies behind a link.

    Args:
        root: folder of the live messages.
        days: since the end of an hour, 0 to 36 500.
        compacted_only: hours without canonical tables of all their parts stay.
        dry_run: nothing is removed.
        now_ns: ns since 1970 UTC, None for the clock of this machine.

    Raises CallError for days that cannot be, LiveFault (TABLES_UNAVAILABLE) when files cannot be removed.
    """
    if not (isinstance(days, int | float) and math.isfinite(days) and 0 <= days <= _MOST_DAYS):
        raise CallError(f"days must be a number from 0 to {_MOST_DAYS}, not {days!r}")
    place = Path(root)
    end_ns = (time.time_ns() if now_ns is None else now_ns) - round(days * _DAY_NS)
    with guarded():
        return _expired(place, end_ns, compacted_only=compacted_only, dry_run=dry_run)


def _expired(root: Path, end_ns: int, *, compacted_only: bool, dry_run: bool) -> ExpireReport:
    written = {part.parent for part in open_parts(root)}
    hours = parts = size = never_compacted = kept_open = kept_raw = 0
    for hour in raw_hours(root):
        if hour.start_ns + HOUR_NS >= end_ns:
            break
        names = hour.parts()
        if hour.folder in written:
            kept_open += 1
            continue
        compacted = _is_compacted(root, hour)
        if names and compacted_only and not compacted:
            kept_raw += 1
            continue
        removed = [_remove(part, dry_run=dry_run) for part in names]
        hours += bool(removed)
        never_compacted += bool(removed) and not compacted
        parts += len(removed)
        size += sum(removed)
        if not dry_run:
            _remove_empty(hour.folder)
    return ExpireReport(
        hours=hours,
        parts=parts,
        bytes=size,
        never_compacted=never_compacted,
        kept_open=kept_open,
        kept_raw=kept_raw,
    )


def _is_compacted(root: Path, hour: RawHour) -> bool:
    manifest = read_hour(table_folder(root, "canonical", hour))
    if manifest is None:
        return False
    # An interrupted removal leaves fewer parts than the tables were made from.
    return HourSources.of(root, hour).own.items() <= manifest.sources.own.items()


def _remove(part: Path, *, dry_run: bool) -> int:
    """Remove a part and return its size in bytes; 0 where somebody else has removed it."""
    try:
        size = part.lstat().st_size
        if not dry_run:
            part.unlink()
    except FileNotFoundError:
        return 0
    return size


def _remove_empty(folder: Path) -> None:
    """Remove the folder of an hour and those above it up to the year, as far as they are empty."""
    for level in (folder, *folder.parents)[:_LEVELS]:
        with suppress(OSError):
            level.rmdir()
