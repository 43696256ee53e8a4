"""Corners, straights and chicanes of a track, from the curvature of the laps driven on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from telemparse.analysis.bends import find_bends
from telemparse.analysis.derivations import derived
from telemparse.analysis.lap_rows import lap_rows
from telemparse.analysis.lap_samples import even_steps, sample
from telemparse.analysis.motions import Method
from telemparse.analysis.reference_laps import choose_reference
from telemparse.analysis.segment_tables import doubt_of, segment_table
from telemparse.analysis.segment_templates import fitted
from telemparse.analysis.smoothing.smoother import smooth
from telemparse.analysis.track_parts import corners_of, parts_of
from telemparse.analysis.usual_laps import UsualLap
from telemparse.model.issues import Issue
from telemparse.schemas import build

if TYPE_CHECKING:
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.track_parts import Corner
    from telemparse.analysis.ways import Way
    from telemparse.model.gates import Track

__all__ = ["Segments", "find_segments"]


@attrs.frozen(eq=False, kw_only=True)
class Segments:
    """Parts of a track from line to line.

    Args:
        table: stream `segments`; its metadata names the reference lap (`reference_lap`) and the length of its
            way (`reference_length_m`), along which progress counts.
        corners: every turn by itself, those within a chicane as well, as the curvature shows them.
        reference: number of the reference lap, None where no segments were found.
        way: of the reference lap, to place things on a map.
        issues: findings with registry codes; `SEGMENTS_NOT_FOUND` says why the table is empty.
    """

    table: pa.Table
    corners: tuple[Corner, ...] = ()
    reference: int | None = None
    way: Way | None = None
    issues: tuple[Issue, ...] = ()


def find_segments(laps: Laps, *, template: pa.Table | Track | None = None) -> Segments:
    """Return the segments of a track.

    Curvature comes from the smoothed states of each valid lap, (vx ay - vy ax) / v^3, never from differences
    of positions; the median of the laps counts. Laps that were timed along straight lines are smoothed for
    this. Corners are where that bends more than a share of the track's own mean, and turns by 20 degrees or
    more; every length in the rules is a share of the track's or a corner's.

    Args:
        laps: as found.
        template: stream `segments` of a catalogue, whose names and limits are laid over this track; or a
            track whose gates the laps have to pass. What does not fit is reported and not used.
    """
    rows = [row for row in lap_rows(laps.table) if row.counts]
    if laps.motion is None or not rows:
        return _none("there is no valid lap")
    motion = laps.motion if laps.motion.method is Method.SMOOTHED else smooth(laps.motion.path)
    if motion.method is not Method.SMOOTHED:
        return _none(str(motion.parameters.get("fallback", "the motion could not be smoothed")))
    chosen = choose_reference(motion, rows)
    if chosen is None:
        return _none("nothing is known of where the laps went")
    s_m = even_steps(chosen.way, chosen.row.seconds, motion.path.period_s)
    seen = [found for row in rows if (found := sample(motion, row, chosen.way, s_m)) is not None]
    usual = UsualLap.of(seen, s_m, motion.path.period_s)
    bends = find_bends(usual.curvature_per_m, float(s_m[1]))
    corners = tuple(
        attrs.evolve(corner, spread_m=usual.spread_m(bend))
        for corner, bend in zip(corners_of(bends, s_m, usual.speed_mps), bends, strict=True)
    )
    if not corners:
        return _none("the track does not turn")
    doubts = {corner.number: doubt_of(corner, len(seen)) for corner in corners}
    parts = parts_of(corners, chosen.way.length_m, float(np.percentile(usual.speed_mps, 95.0)))
    table = segment_table(parts, doubts, chosen.row, chosen.way)
    issues = [
        Issue("SEGMENT_UNCONFIRMED", segment=f"turn {number}", reason=doubt.reason)
        for number, doubt in doubts.items()
        if doubt.reason
    ]
    if template is not None:
        table, misfit = fitted(table, template, chosen.way, motion.path.frame)
        issues += misfit
    return Segments(
        table=derived(
            table,
            "find_segments",
            share=0.0,
            reference_lap=chosen.row.number,
            reference_length_m=chosen.way.length_m,
            laps=[row.number for row in rows],
            step_m=float(s_m[1]),
            blur_m=usual.blur_m,
        ),
        corners=corners,
        reference=chosen.row.number,
        way=chosen.way,
        issues=tuple(issues),
    )


def _none(reason: str) -> Segments:
    table = pa.Table.from_batches([build("segments", {"segment_id": []})])
    return Segments(
        table=derived(table, "find_segments", share=0.0),
        issues=(Issue("SEGMENTS_NOT_FOUND", reason=reason),),
    )
