"""A first look at a recording: which groups come how often, and how far stamps are from UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.spelling import squash

from telemparse_vbb.damage import Damage
from telemparse_vbb.feeding import Feed
from telemparse_vbb.gathering import values_of
from telemparse_vbb.records import Item
from telemparse_vbb.runs import Run

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.artifacts import Artifact

    from telemparse_vbb.layouts import Layout
    from telemparse_vbb.records import Form, Value

__all__ = ["Survey", "survey_of"]

_LOOK_BYTES = 8 * 1024 * 1024
_TICK_NS = 100_000
_TICKS_PER_S = 10_000
_FEWEST = 3
_REGULAR = 0.5
_COMPARED = 200
_NEAR_S = 0.01
_FARTHEST_S = 15 * 3600  # no zone is farther from another
_DAY_S = 86_400


@attrs.define
class Survey:
    """What the first samples of a recording show.

    Attributes:
        layouts: of the groups that stand, by number.
        named: names of groups.
        rates: of groups whose samples come regularly, Hz.
        ahead_s: how many whole seconds UTC is ahead of the stamps by the channel `time`, None where it
            does not say.
        items: dictionary before the first sample.
    """

    layouts: dict[int, Layout] = attrs.field(factory=dict)
    named: dict[int, str] = attrs.field(factory=dict)
    rates: dict[int, float] = attrs.field(factory=dict)
    ahead_s: int | None = None
    items: dict[str, Value] = attrs.field(factory=dict)


def survey_of(artifact: Artifact, form: Form, piece_bytes: int) -> Survey:
    """Return what the first 8 MiB from the first sample on show; it does not depend on the pieces."""
    found = Survey()
    feed = Feed(artifact, form, piece_bytes, Damage(artifact.name))
    stamps: dict[int, list[Ints]] = {}
    ahead: list[Floats] = []
    limit: int | None = None
    for event in feed.events():
        if not isinstance(event, Run):
            if isinstance(event.record, Item) and limit is None:
                found.items.setdefault(event.record.name, event.record.value)
            if limit is not None and event.offset > limit:
                break
            continue
        if limit is None:
            limit = event.offset + int(event.starts[0]) + _LOOK_BYTES
        early = event.offset + event.starts <= limit
        for group in np.unique(event.groups[early]).tolist():
            rows = early & (event.groups == group)
            layout = feed.layouts.by_group[group]
            found.layouts.setdefault(group, layout)
            stamps.setdefault(group, []).append(event.stamps[rows])
            if sum(map(len, ahead)) < _COMPARED:
                ahead += _ahead_s(layout, event, rows)
        if not early.all():
            break
    found.layouts = dict(sorted({**feed.layouts.by_group, **found.layouts}.items()))
    found.named = dict(feed.layouts.named)
    found.rates = {
        group: rate
        for group, some in stamps.items()
        if group in found.layouts and (rate := _rate(np.concatenate(some)))
    }
    found.ahead_s = _agreed(ahead)
    return found


def _rate(stamps: Ints) -> float | None:
    if len(stamps) < _FEWEST:
        return None
    steps = np.diff(stamps)
    middle = float(np.median(steps))
    if middle <= 0 or np.mean(np.abs(steps - middle) <= middle / 4) < _REGULAR:
        return None
    near = steps[np.abs(steps - middle) <= middle / 4]
    rate = _TICKS_PER_S / float(near.mean())
    return float(round(rate)) if rate >= 1 else round(rate, 3)


def _ahead_s(layout: Layout, run: Run, rows: Mask) -> list[Floats]:
    """Return how far the channel `time`, UTC seconds of the day, is ahead of the stamps, s."""
    place = next((n for n, channel in enumerate(layout.channels) if squash(channel.name) == "time"), None)
    if place is None:
        return []
    samples = layout.samples(run.rows(rows, layout.length))[:_COMPARED]
    with np.errstate(all="ignore"):  # hostile numbers overflow on their way to being masked
        time_s, known = values_of(samples, layout, place)
    stamps = run.stamps[rows][:_COMPARED]
    known &= (time_s > 0) & (time_s <= _DAY_S + 1)
    apart = np.where(known, time_s, 0.0) - stamps / _TICKS_PER_S
    return [((apart + _DAY_S / 2) % _DAY_S - _DAY_S / 2)[known]]


def _agreed(ahead: list[Floats]) -> int | None:
    every = np.concatenate(ahead) if ahead else np.zeros(0)
    if not len(every):
        return None
    middle = round(float(np.median(every)))
    agree = float(np.mean(np.abs(every - middle) < _NEAR_S))
    return middle if agree > _REGULAR and abs(middle) <= _FARTHEST_S else None
