"""Files of compaction: an hour's manifest, which is written last and says what its tables came from."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.live.hour_sources import HourSources
from telemparse.live.parts import PartDamage
from telemparse.live.table_files import UNFINISHED, placed, settle
from telemparse.writers.layout import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "HourManifest", "VehicleRecord", "locked", "manifest_digest", "read_hour", "remove_hour", "remove_others",
    "sweep", "vehicle_folder", "write_hour",
]  # fmt: skip

_FILE = "hour.json"
_LOCK = ".lock"
_VEHICLE = "vehicle="
_VERSION = 1


@attrs.frozen(kw_only=True)
class VehicleRecord:
    """One vehicle of a compacted hour.

    Args:
        vehicle_id: its id; its tables lie in `vehicle=<id>`.
        messages: each counted once; without any there is no folder.
        duplicates: further copies of messages.
        conflicts: those of them that say something else than the first one.
        rows: of each stream.
        codes: of errors and warnings about the tables, with their number.
        manifest_sha256: of the folder's `manifest.json`, which names the files; None without a folder.
    """

    vehicle_id: str
    messages: int
    duplicates: int
    conflicts: int
    rows: Mapping[str, int]
    codes: Mapping[str, int]
    manifest_sha256: str | None


@attrs.frozen(kw_only=True)
class HourManifest:
    """A compacted hour.

    Args:
        hour_start: beginning of the hour, RFC 3339.
        sources: parts that the tables were made from.
        vehicles: in it, by their ids.
        damages: parts with lines that could not be read.
    """

    hour_start: str
    sources: HourSources
    vehicles: tuple[VehicleRecord, ...]
    damages: tuple[PartDamage, ...]

    def stands(self, folder: Path) -> bool:
        """Tell whether the tables of each vehicle are still those that were written."""
        return all(
            manifest_digest(vehicle_folder(folder, vehicle.vehicle_id)) == vehicle.manifest_sha256
            for vehicle in self.vehicles
        )


def vehicle_folder(folder: Path, vehicle_id: str) -> Path:
    """Return the folder for a vehicle's tables in that of an hour."""
    return folder / f"{_VEHICLE}{vehicle_id}"


def manifest_digest(folder: Path) -> str | None:
    """Return the SHA-256 of the manifest of a vehicle's tables, None where there is none."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return None


def read_hour(folder: Path) -> HourManifest | None:
    """Return the manifest of an hour, None where none stands, or what stands there is damaged."""
    try:
        document: dict[str, Any] = json.loads((folder / _FILE).read_bytes())
        if document.pop("v") != _VERSION:
            return None
        return HourManifest(
            hour_start=document["hour_start"],
            sources=HourSources.read(document["sources"]),
            vehicles=tuple(VehicleRecord(**vehicle) for vehicle in document["vehicles"]),
            damages=tuple(
                PartDamage(damage["part"], damage["count"], tuple(damage["lines"]))
                for damage in document["damages"]
            ),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def write_hour(folder: Path, manifest: HourManifest) -> None:
    """Put the manifest of an hour in place: from now on the hour is compacted; raises OSError."""
    document = {
        "v": _VERSION,
        "hour_start": manifest.hour_start,
        "sources": manifest.sources.document(),
        "vehicles": [attrs.asdict(vehicle) for vehicle in manifest.vehicles],
        "damages": [attrs.asdict(damage) for damage in manifest.damages],
    }
    with placed(folder / _FILE) as place:
        place.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n")


def remove_hour(folder: Path) -> None:
    """Take the manifest of an hour away before its tables are made anew; raises OSError."""
    with suppress(FileNotFoundError):
        (folder / _FILE).unlink()
        settle(folder)


def sweep(folder: Path) -> None:
    """Remove what a killed compaction left unfinished."""
    _remove(inner for inner in folder.iterdir() if inner.name.startswith(UNFINISHED))


def remove_others(folder: Path, vehicles: set[str]) -> None:
    """Remove the tables of vehicles that are none of these: no manifest names them."""
    _remove(
        inner
        for inner in folder.iterdir()
        if inner.name.startswith(_VEHICLE) and inner.name.removeprefix(_VEHICLE) not in vehicles
    )


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Hold the hour of a folder, which is made; say whether it is ours or another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
