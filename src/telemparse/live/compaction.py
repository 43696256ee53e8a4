"""Compaction: hours of raw messages to canonical tables, one folder a vehicle, each message once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.live.compact_files import (
    HourManifest,
    VehicleRecord,
    locked,
    manifest_digest,
    read_hour,
    remove_hour,
    remove_others,
    sweep,
    vehicle_folder,
    write_hour,
)
from telemparse.live.duplicates import Arrivals, judged
from telemparse.live.hour_sources import HourSources, Standing, table_folder
from telemparse.live.instants import instant_text
from telemparse.live.known_hours import KnownHours
from telemparse.live.parts import PartReader
from telemparse.live.raw_layout import raw_hours
from telemparse.live.raw_lines import LineReader
from telemparse.live.spools import Spool
from telemparse.live.streams import vehicle_streams
from telemparse.live.table_files import guarded
from telemparse.model.issues import Issue
from telemparse.writers.writing import write

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from telemparse.live.duplicates import KnownIds
    from telemparse.live.raw_layout import RawHour
    from telemparse.live.raw_lines import RawLine

__all__ = ["CompactReport", "compact"]


@attrs.frozen(kw_only=True)
class CompactReport:
    """What the compacted hours come to.

    Args:
        hours: with tables, all in all.
        compacted: hours whose tables were made now; the others had not changed.
        busy: hours that another process compacts at this moment; they are in no other figure.
        orphaned: hours whose tables stay as they are because raw parts of them are gone.
        uncounted_parts: parts that came to such hours since, and are in no table.
        messages: each counted once.
        duplicates: further copies of messages.
        conflicts: those of them that say something else than the first one.
        damaged_lines: that hold no message.
        rows: of each stream.
        codes: of errors and warnings about the tables, with their number; each table's folder tells more.
        issues: RAW_LINES_DAMAGED for each part with damage, MESSAGES_DUPLICATED.
    """

    hours: int
    compacted: int
    busy: int
    orphaned: int
    uncounted_parts: int
    messages: int
    duplicates: int
    conflicts: int
    damaged_lines: int
    rows: Mapping[str, int]
    codes: Mapping[str, int]
    issues: tuple[Issue, ...]


def compact(
    root: str | os.PathLike[str], *, since_ns: int | None = None, until_ns: int | None = None
) -> CompactReport:
    """Turn hours of raw messages into canonical Parquet, from their closed parts.

    Each vehicle gets `canonical/year=/month=/day=/hour=/vehicle=<id>/`, a recording that
    `telemparse.writers.reading.read` reads: `gnss_pvt.parquet`, `channels/main.parquet` and
    `manifest.json`. `hour.json` beside them is written last. Duplicates are those that
    `telemparse.live.aggregation.aggregate` counts. Hours whose parts have not changed are not read again.

    Args:
        root: folder of the live messages.
        since_ns: hours that end at or before this instant are left out, ns since 1970 UTC; None for all.
        until_ns: hours that begin at or after it are left out; None for all.

    Returns the sums over all these hours. Raises LiveFault (TABLES_UNAVAILABLE) when files cannot be
    read or written; hours that are finished by then stay.
    """
    place = Path(root)
    with guarded():
        return _compacted(place, raw_hours(place, since_ns, until_ns))


def _compacted(root: Path, hours: list[RawHour]) -> CompactReport:
    known = KnownHours(root)
    found: list[HourManifest] = []
    compacted = busy = orphaned = uncounted = 0
    for hour in hours:
        if not hour.parts():
            continue
        folder = table_folder(root, "canonical", hour)
        with locked(folder) as ours:
            if not ours:
                busy += 1
                continue
            sources = HourSources.of(root, hour)
            manifest = read_hour(folder)
            standing = Standing.OLD if manifest is None else sources.standing(manifest.sources)
            if manifest is not None and standing is Standing.ORPHANED:
                orphaned += 1
                uncounted += len(sources.own.keys() - manifest.sources.own.keys())
            elif manifest is None or standing is Standing.OLD or not manifest.stands(folder):
                remove_hour(folder)
                try:
                    manifest = _tables(root, hour, sources, known)
                except FileNotFoundError:  # retention has removed the hour meanwhile
                    continue
                write_hour(folder, manifest)
                compacted += 1
            found.append(manifest)
    return _report(found, compacted, busy, orphaned, uncounted)


def _tables(root: Path, hour: RawHour, sources: HourSources, known: KnownHours) -> HourManifest:
    """Write the tables of all vehicles of an hour, and return what is to be said of them."""
    folder = table_folder(root, "canonical", hour)
    maker = _Maker(hour, folder, known.before(hour))
    reader = PartReader()
    sweep(folder)
    with Spool(folder) as spool:
        for name in sorted(sources.own):
            for line, message in reader.read(hour.folder / name):
                spool.add(message.vehicle_id, line)
        records = tuple(maker.vehicle(vehicle_id, spool.lines(vehicle_id)) for vehicle_id in spool.vehicles())
    remove_others(folder, {record.vehicle_id for record in records if record.manifest_sha256 is not None})
    known.keep(hour, maker.groups)
    return HourManifest(
        hour_start=instant_text(hour.start_ns),
        sources=sources,
        vehicles=records,
        damages=tuple(reader.damages),
    )


@attrs.define
class _Maker:
    """Makes the tables of one hour, vehicle by vehicle."""

    hour: RawHour
    folder: Path
    before: KnownIds
    groups: list[Arrivals] = attrs.field(factory=list)
    _reader: LineReader = attrs.field(factory=LineReader)

    def vehicle(self, vehicle_id: str, lines: Iterable[bytes]) -> VehicleRecord:
        """Write the tables of one vehicle from its lines, which are known to be good."""
        arrivals = Arrivals()
        messages: list[RawLine] = []
        for line in lines:
            message = self._reader.read(line)
            assert message is not None  # noqa: S101  (it was read before)
            arrivals.add(line, message)
            messages.append(message)
        self.groups.append(arrivals)
        verdict = judged(arrivals, self.before)
        kept = np.flatnonzero(verdict.kept)
        order = kept[np.argsort(arrivals.received_ns[kept], kind="stable")]
        counts = {
            "messages": len(kept),
            "duplicates": len(messages) - len(kept),
            "conflicts": int(verdict.conflicts.sum()),
        }
        if not len(kept):
            return VehicleRecord(vehicle_id=vehicle_id, **counts, rows={}, codes={}, manifest_sha256=None)
        facts = {"vehicle_id": vehicle_id, "hour_start": instant_text(self.hour.start_ns), **counts}
        result = vehicle_streams([messages[row] for row in order], facts)
        place = vehicle_folder(self.folder, vehicle_id)
        write(result, place)
        return VehicleRecord(
            vehicle_id=vehicle_id,
            **counts,
            rows={name: table.num_rows for name, table in result.streams.items()},
            codes=dict(Counter(issue.code for issue in (*result.errors, *result.warnings))),
            manifest_sha256=manifest_digest(place),
        )


def _report(
    found: list[HourManifest], compacted: int, busy: int, orphaned: int, uncounted: int
) -> CompactReport:
    vehicles = [vehicle for manifest in found for vehicle in manifest.vehicles]
    damages = [damage for manifest in found for damage in manifest.damages]
    rows: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for vehicle in vehicles:
        rows.update(vehicle.rows)
        codes.update(vehicle.codes)
    duplicates = sum(vehicle.duplicates for vehicle in vehicles)
    conflicts = sum(vehicle.conflicts for vehicle in vehicles)
    issues = [damage.issue for damage in damages]
    if duplicates:
        issues.append(Issue("MESSAGES_DUPLICATED", count=duplicates, conflicts=conflicts))
    return CompactReport(
        hours=len(found),
        compacted=compacted,
        busy=busy,
        orphaned=orphaned,
        uncounted_parts=uncounted,
        messages=sum(vehicle.messages for vehicle in vehicles),
        duplicates=duplicates,
        conflicts=conflicts,
        damaged_lines=sum(damage.count for damage in damages),
        rows=dict(sorted(rows.items())),
        codes=dict(sorted(codes.items())),
        issues=tuple(issues),
    )
