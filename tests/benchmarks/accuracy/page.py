"""The page docs/accuracy.md: what the bars are, what is met, and every cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.accuracy.cells import ACCURATE
from benchmarks.accuracy.places import APEX_M, Places
from benchmarks.accuracy.rows import COURSE_DEG, NOISE_FREE_MS, RTK_MS, SPEED_MPS, Row
from benchmarks.report import section_text
from benchmarks.values import Section

__all__ = ["page"]

_HEAD = """# Accuracy of lap times

This page is written by `nox -s accuracy`: {seeds} simulated runs of each cell, on the circuits of
`telemparse.testing.simulate`, whose true crossings are known to a nanosecond. Errors are those of the time
of each true lap, root mean square, in milliseconds.

- **linear**: straight lines between the positions, as most devices time laps; `find_laps(method="linear")`.
- **ours**: `find_laps` as it comes, which is told nothing of the receiver and finds its noise, the lag and
  the scale of its velocities itself.
- **bound**: the same smoother, told how the simulated receiver errs, which no recording tells.
- **sigma**: root mean square of error over the standard deviation that is given beside each time; 1 is true.
"""

_HOLDS = """
## Bars

| what | measured | bar |
|---|---:|---:|
{bars}

No cell may be worse than 1.05 of linear, sigma is to lie within 0.7 and 1.4 wherever the receiver errs, no
lap may be made up and one in a hundred missed, where the receiver wanders past the end of the line:
{faults}. Runs in which it lay behind the end of the line all the time, so that no lap was found and the
code `LAPS_NOT_FOUND` said so: {refused}.
"""

_PLACES = """
## Start/finish lines and apexes

Sessions whose laps are counted right at a line that is found in the trace, and the median distance of the
apex of a corner, in each lap, from the place where that lap truly turned most (M9 at 10 Hz). The loops of
the figure-8 are even: over metres no place of them is tighter than another.

| circuit | sessions | right, M9 at 10 Hz | right, M8 at 5 Hz | apexes | median distance |
|---|---:|---:|---:|---:|---:|
{rows}
"""

_TABLE = """
## {title}

| circuit | receiver | Hz | {trouble}laps | bound | linear | sigma | ours | sigma |
|---|---|---:|{dashes}---:|---:|---:|---:|---:|---:|
{rows}
"""


def page(rows: Sequence[Row], places: Sequence[Places], seeds: int, speed: Sequence[Section] = ()) -> str:
    """Return the whole page as Markdown, with the bench's sections on speed behind the bars."""
    faulty = [(_name(row), row.faults) for row in rows] + [(place.track, place.faults) for place in places]
    words = "; ".join(f"{name}: {', '.join(faults)}" for name, faults in faulty if faults)
    bars = "\n".join([*_bars(rows), *_place_bars(places)])
    return (
        _HEAD.format(seeds=seeds)
        + _HOLDS.format(
            bars=bars, faults=words or "all of it holds", refused=sum(row.refused for row in rows)
        )
        + _PLACES.format(rows="\n".join(_place(place) for place in places))
        + "".join(f"\n{section_text(section)}" for section in speed)
        + _table("Nothing goes wrong", [row for row in rows if not row.cell.trouble], trouble=False)
        + _table("Something goes wrong", [row for row in rows if row.cell.trouble], trouble=True)
    )


def _bars(rows: Sequence[Row]) -> Iterable[str]:
    plain = {(row.cell.track, row.cell.gnss, row.cell.rate_hz): row for row in rows if not row.cell.trouble}
    worst = max((row for row in rows if not row.cell.noisy), key=lambda row: row.ours)
    yield f"| noise-free, the worst circuit and rate | {worst.ours:.4f} ms | {NOISE_FREE_MS} ms |"
    for track, bar in ACCURATE.items():
        yield f"| {track}, M9-class receiver at 10 Hz | {plain[track, 'm9', 10].ours:.1f} ms | {bar:.0f} ms |"
    yield f"| rc_offroad, RTK at 10 Hz | {plain['rc_offroad', 'f9_rtk', 10].ours:.2f} ms | {RTK_MS} ms |"
    own = plain["rc_offroad", "m9", 10]
    yield f"| rc_offroad, M9 at 10 Hz: speed | {own.speed_mps:.3f} m/s | {SPEED_MPS} m/s |"
    yield f"| rc_offroad, M9 at 10 Hz: course | {own.course_deg:.2f}° | {COURSE_DEG:.2f}° |"


def _place_bars(places: Sequence[Places]) -> Iterable[str]:
    by_track = {place.track: place for place in places}
    sessions = sum(place.sessions for place in places)
    for name, counts in (
        ("M9 at 10 Hz", [place.counted for place in places]),
        ("M8 at 5 Hz", [place.slow_counted for place in places]),
    ):
        yield f"| laps counted right at a line found, {name} | {sum(counts)} of {sessions} | 29 of 30 |"
    eight = by_track["rc_figure8"]
    least = min(eight.counted, eight.slow_counted)
    yield f"| the same, figure-8 | {least} of {eight.sessions} | all |"
    yield f"| rc_offroad, M9 at 10 Hz: apex, median | {by_track['rc_offroad'].apex_m:.2f} m | {APEX_M} m |"


def _place(place: Places) -> str:
    parts = (place.track, place.sessions, place.counted, place.slow_counted, place.apexes)
    return f"| {' | '.join(map(str, parts))} | {place.apex_m:.2f} m |"


def _table(title: str, rows: Iterable[Row], *, trouble: bool) -> str:
    return _TABLE.format(
        title=title,
        trouble="trouble | " if trouble else "",
        dashes="---|" if trouble else "",
        rows="\n".join(_row(row, trouble=trouble) for row in rows),
    )


def _row(row: Row, *, trouble: bool) -> str:
    cell = row.cell
    sigma = f"{row.sigma:.2f}" if cell.noisy else "-"
    linear_sigma = f"{row.linear_sigma:.2f}" if cell.noisy else "-"
    parts = [cell.track, cell.gnss, str(cell.rate_hz), *([cell.trouble] if trouble else []), str(row.laps)]
    parts += ["-" if row.bound is None else f"{row.bound:.3f}", f"{row.linear:.3f}", linear_sigma]
    return f"| {' | '.join([*parts, f'{row.ours:.3f}', sigma])} |"


def _name(row: Row) -> str:
    cell = row.cell
    return f"{cell.track} {cell.gnss} {cell.rate_hz} Hz {cell.trouble}".strip()
