"""Aggregation: messages of each vehicle and hour, each counted once."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import to_arrow
from telemparse.live.aggregate_files import AGGREGATES, HourAggregate, read_aggregate, write_aggregate
from telemparse.live.duplicates import Arrivals, judged
from telemparse.live.hour_sources import HourSources, Standing
from telemparse.live.known_hours import KnownHours
from telemparse.live.parts import PartReader
from telemparse.live.raw_layout import raw_hours
from telemparse.live.table_files import guarded
from telemparse.model.issues import Issue

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from telemparse.live.raw_layout import RawHour

__all__ = ["AggregateReport", "aggregate"]

_TIME = pa.timestamp("ns", "UTC")


@attrs.frozen(kw_only=True)
class AggregateReport:
    """What the aggregates of the hours come to.

    Args:
        hours: with messages, all in all.
        computed: hours that were counted now; the others had not changed.
        orphaned: hours whose counts stay as they are because raw parts of them are gone.
        uncounted_parts: parts that came to such hours since, and are in no count.
        messages: each counted once.
        duplicates: further copies of messages.
        conflicts: those of them that say something else than the first one.
        damaged_lines: that hold no message.
        vehicles: messages of each vehicle, by its id.
        issues: RAW_LINES_DAMAGED for each part with damage, MESSAGES_DUPLICATED.
    """

    hours: int
    computed: int
    orphaned: int
    uncounted_parts: int
    messages: int
    duplicates: int
    conflicts: int
    damaged_lines: int
    vehicles: Mapping[str, int]
    issues: tuple[Issue, ...]


def aggregate(
    root: str | os.PathLike[str], *, since_ns: int | None = None, until_ns: int | None = None
) -> AggregateReport:
    """Count the messages of each vehicle in each hour of arrival, from the closed parts of the hours.

    Each hour gets `aggregates/year=/month=/day=/hour=/vehicles.parquet`. A message with the vehicle and
    the id of another one in the same hour, or in the hour before, is a duplicate. Hours whose parts have
    not changed are not read again.

    Args:
        root: folder of the live messages.
        since_ns: hours that end at or before this instant are left out, ns since 1970 UTC; None for all.
        until_ns: hours that begin at or after it are left out; None for all.

    Returns the sums over all these hours. Raises LiveFault (TABLES_UNAVAILABLE) when files cannot be
    read or written.
    """
    place = Path(root)
    with guarded():
        return _aggregated(place, raw_hours(place, since_ns, until_ns))


def _aggregated(root: Path, hours: list[RawHour]) -> AggregateReport:
    known = KnownHours(root)
    found: list[HourAggregate] = []
    computed = orphaned = uncounted = 0
    for hour in hours:
        sources = HourSources.of(root, hour)
        if not sources.own:
            continue
        counts = read_aggregate(root, hour)
        standing = Standing.OLD if counts is None else sources.standing(counts.sources)
        if counts is None or standing is Standing.OLD:
            try:
                counts = _counted(hour, sources, known)
            except FileNotFoundError:  # retention has removed the hour meanwhile
                continue
            write_aggregate(root, hour, counts)
            computed += 1
        elif standing is Standing.ORPHANED:
            orphaned += 1
            uncounted += len(sources.own.keys() - counts.sources.own.keys())
        found.append(counts)
    return _report(found, computed, orphaned, uncounted)


def _counted(hour: RawHour, sources: HourSources, known: KnownHours) -> HourAggregate:
    before = known.before(hour)
    arrivals, reader = Arrivals(), PartReader()
    codes: dict[str, int] = {}
    vehicles, t_ns = array("i"), array("q")
    for name in sorted(sources.own):
        for line, message in reader.read(hour.folder / name):
            arrivals.add(line, message)
            vehicles.append(codes.setdefault(message.vehicle_id, len(codes)))
            t_ns.append(message.t_ns)
    known.keep(hour, (arrivals,))
    verdict = judged(arrivals, before)
    which, times = np.array(vehicles, np.int32), np.array(t_ns, np.int64)
    kept, count = verdict.kept, len(codes)
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, which[kept], times[kept])
    np.maximum.at(last, which[kept], times[kept])
    messages = np.bincount(which[kept], minlength=count)
    columns = {
        "hour_start": to_arrow(np.full(count, hour.start_ns), _TIME),
        "vehicle_id": pa.array(list(codes), pa.string()),
        "messages": to_arrow(messages, pa.int64()),
        "duplicates": to_arrow(np.bincount(which[~kept], minlength=count), pa.int64()),
        "conflicts": to_arrow(np.bincount(which[verdict.conflicts], minlength=count), pa.int64()),
        "first_t": to_arrow(first, _TIME, messages > 0),
        "last_t": to_arrow(last, _TIME, messages > 0),
    }
    table = pa.Table.from_arrays(list(columns.values()), schema=AGGREGATES).sort_by("vehicle_id")
    return HourAggregate(table, sources, tuple(reader.damages))


def _report(found: list[HourAggregate], computed: int, orphaned: int, uncounted: int) -> AggregateReport:
    vehicles: dict[str, int] = {}
    duplicates = conflicts = 0
    for counts in found:
        for row in counts.table.select(["vehicle_id", "messages", "duplicates", "conflicts"]).to_pylist():
            vehicles[row["vehicle_id"]] = vehicles.get(row["vehicle_id"], 0) + row["messages"]
            duplicates += row["duplicates"]
            conflicts += row["conflicts"]
    issues = [damage.issue for counts in found for damage in counts.damages]
    if duplicates:
        issues.append(Issue("MESSAGES_DUPLICATED", count=duplicates, conflicts=conflicts))
    return AggregateReport(
        hours=len(found),
        computed=computed,
        orphaned=orphaned,
        uncounted_parts=uncounted,
        messages=sum(vehicles.values()),
        duplicates=duplicates,
        conflicts=conflicts,
        damaged_lines=sum(damage.count for counts in found for damage in counts.damages),
        vehicles=dict(sorted(vehicles.items())),
        issues=tuple(issues),
    )
