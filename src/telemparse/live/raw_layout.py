"""Where raw messages lie: a folder for each hour of arrival, with parts of JSON lines."""

from __future__ import annotations

import datetime as dt
import re
import stat
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["HOUR_NS", "RawHour", "hour_folder", "hour_start_ns", "open_parts", "raw_hours"]

HOUR_NS = 3_600_000_000_000

_RAW = "raw"
_LEVELS = ("year", "month", "day", "hour")
_NUMBER = {
    level: re.compile(rf"{level}=(\d{{{4 if level == 'year' else 2}}})", re.ASCII) for level in _LEVELS
}
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CLOSED = re.compile(rf"part-{_UUID}\.jsonl", re.ASCII)
_OPEN = re.compile(rf"part-{_UUID}\.jsonl\.open", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def hour_start_ns(received_ns: int) -> int:
    """Return the beginning of an instant's hour, both in ns since 1970 UTC."""
    return received_ns - received_ns % HOUR_NS


def hour_folder(root: Path, received_ns: int) -> Path:
    """Return the folder for messages that arrived at an instant; it need not exist.

    Args:
        root: folder of the live messages.
        received_ns: when the server took the message, in ns since 1970 UTC.
    """
    when = _EPOCH + dt.timedelta(seconds=received_ns // 1_000_000_000)
    return (
        root / _RAW / f"year={when.year:04}" / f"month={when.month:02}" / f"day={when.day:02}"
        / f"hour={when.hour:02}"
    )  # fmt: skip


@attrs.frozen
class RawHour:
    """The raw messages that arrived in one hour.

    Args:
        folder: of the hour.
        start_ns: beginning of the hour, in ns since 1970 UTC.
    """

    folder: Path
    start_ns: int

    def parts(self) -> list[Path]:
        """Return the closed parts by name; parts that are being written and other files are left out."""
        return _files(self.folder, _CLOSED)


def raw_hours(root: Path, since_ns: int | None = None, until_ns: int | None = None) -> list[RawHour]:
    """Return the hours that have a folder, in time order; other folders and symlinks are left out.

    Args:
        root: folder of the live messages.
        since_ns: hours that end at or before this instant are left out, None for all.
        until_ns: hours that begin at or after it are left out, None for all.
    """
    folders: list[tuple[Path, tuple[int, ...]]] = [(root / _RAW, ())]
    for level in _LEVELS:
        folders = [
            (inner, (*numbers, number))
            for folder, numbers in folders
            for inner, number in _numbered(folder, _NUMBER[level])
        ]
    hours = []
    for folder, (year, month, day, hour) in folders:
        try:
            begin = dt.datetime(year, month, day, hour, tzinfo=dt.UTC)
        except ValueError:
            continue
        start_ns = int((begin - _EPOCH).total_seconds()) * 1_000_000_000
        early = since_ns is not None and start_ns + HOUR_NS <= since_ns
        late = until_ns is not None and start_ns >= until_ns
        if not (early or late):
            hours.append(RawHour(folder, start_ns))
    return sorted(hours, key=lambda hour: hour.start_ns)


def open_parts(root: Path) -> list[Path]:
    """Return the parts of all hours that are being written, or that a killed process left."""
    return [path for hour in raw_hours(root) for path in _files(hour.folder, _OPEN)]


def _numbered(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[Path, int]]:
    for path in _entries(folder):
        match = pattern.fullmatch(path.name)
        if match and _is(path, stat.S_ISDIR):
            yield path, int(match[1])


def _files(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    return sorted(
        path for path in _entries(folder) if pattern.fullmatch(path.name) and _is(path, stat.S_ISREG)
    )


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    # Never through a link: it could lead out of the folder.
    try:
        return kind(path.lstat().st_mode)
    except FileNotFoundError:
        return False
