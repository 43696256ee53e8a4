"""Writes docs/reference/device-laps.md: laps that devices timed, beside those found in the same positions."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

import telemparse
from telemparse.analysis import Path as Way
from telemparse.analysis import find_laps
from telemparse.analysis.gate_lines import gate_across
from telemparse.analysis.lap_matching import match_laps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemparse.analysis import Laps
    from telemparse.model.gates import Gate
    from telemparse.model.results import ParseResult

__all__ = ["RECORDINGS", "device_laps_page", "line_of"]

_HALF_M = 15.0
_SAME_M = 60.0

HEAD = """# Laps of devices

<!-- Written by docs/device_laps.py from a folder of real recordings. Do not edit. -->

Real recordings with laps that the device timed, and what `find_laps` finds in their positions; a test
compares this page with a fresh run. The device's laps are never mixed with ours: they are a table of their
own.

## As it comes

`find_laps(result)`: the gate of the file, else one that is found in the trace. Complete laps, valid or not;
where the gate was found, a lap more or less may lie before its first passing and behind its last one than at
the device's own line, and the reasons say so.

{as_it_comes}

## At the device's line

The line is put where the device ended its laps, so that the same laps are timed. `linear` is the method of
most devices, `as it comes` what `find_laps` does without being told.
Differences are ours less the device's, in seconds: root mean square, then the mean, over laps in both tables.

{at_the_line}
"""


@attrs.frozen
class Recording:
    """A recording with laps of its device.

    Args:
        files: below the folder.
        remark: why the two differ, where they do.
    """

    files: tuple[str, ...]
    remark: str


RECORDINGS = (
    Recording(
        ("mychronogps/carole-trace-laps.json", "mychronogps/carole-session-laps.txt"),
        "the device cuts its times to 0.01 s, hence 0.005 s in the mean",
    ),
    Recording(("mychronogps/jerez-trace-laps.json", "mychronogps/jerez-session-laps.txt"), "likewise"),
    Recording(("mychronogps/ledenon-trace-laps.json", "mychronogps/ledenon-session-laps.txt"), "likewise"),
    Recording(("racechrono-rcz/taupo-race1-lap4-laps.rcz",), "positions of one lap of ten were exported"),
    Recording(
        ("racechrono-csv/tianma-lap9-v3.csv",),
        "one lap, cut out with some seconds before and behind it",
    ),
    Recording(("racechrono-csv/tianma-lap13-v3.csv",), "likewise"),
    Recording(("dovex/okc-tillotson-kart-laps.dovex",), "the device tells no instants of its laps"),
    Recording(
        ("harrys-csv/chuckwalla-20170318-laps.csv",),
        "one position a second; each stint is stored from line to line, so that its ends are no crossings",
    ),
    Recording(("harrys-csv/willow-springs-20161126-laps.csv",), "likewise"),
    Recording(("speedangle/grattan-bike.sa",), ""),
    Recording(("aim-xrk/aim-gps-laps.xrk",), "the device's beacon is not the place of a line to the metre"),
    Recording(("aim-csv/racestudio3-mychron-kart-laps.csv",), "positions of 25 s of 536 s"),
    Recording(("racecapture/sonoma-laps.log",), "lap times in tenths of a second; speed without course"),
    Recording(
        ("racecapture/mk1-predictive-test-lap.log",),
        "no clock: rows are counted at the declared rate, 0.3 % slow against the device's lap times",
    ),
    Recording(
        ("trackaddict-csv/stc-lausitz-laps.csv",),
        "a telephone tens of metres off, one position a second; its own laps are two and four rounds, too",
    ),
    Recording(
        ("vbo/racelogic-video-hd2-road-america-run04-laps.vbo",),
        "a counter on the bus that changes every 0.2 s; it was reset before the last crossing",
    ),
)


def device_laps_page(folder: Path) -> str:
    """Return the page for the recordings below a folder."""
    first, second = [], []
    for recording in RECORDINGS:
        result = telemparse.parse([folder / name for name in recording.files], on_error="return")
        name = f"`{Path(recording.files[0]).name}`"
        device = result.streams["laps"]
        valid = sum(word not in {"OUTLAP", "INLAP"} for word in device["validity"].to_pylist())
        first.append((name, str(valid), *_as_it_comes(find_laps(result))))
        second.append((name, str(valid), *_at_the_line(result), recording.remark))
    heads = ("recording", "device", "gate", "ours", "method", "because")
    others = ("recording", "device", "matched", "linear", "as it comes", "sigma", "remark")
    return HEAD.format(as_it_comes=_table(heads, first), at_the_line=_table(others, second))


def _as_it_comes(laps: Laps) -> tuple[str, str, str, str]:
    source = "none" if laps.gate is None else laps.gate.source
    told = [issue for issue in laps.issues if issue.code in {"LAPS_NOT_FOUND", "LAP_DETECTION_UNSTABLE"}]
    words = [
        f"`{issue.code}`: {', '.join(issue.evidence.get('reasons') or [issue.evidence.get('reason', '')])}"
        for issue in told
    ]
    return source, str(_whole(laps)), _method(laps), "; ".join(words)


def _whole(laps: Laps) -> int:
    return sum(word not in {"OUTLAP", "INLAP"} for word in laps.table["validity"].to_pylist())


def _method(laps: Laps) -> str:
    why = laps.diagnostics.get("fallback")
    method = str(laps.diagnostics.get("method", ""))
    return f"{method}: {why}" if why else method


def _at_the_line(result: ParseResult) -> tuple[str, str, str, str]:
    gate = line_of(result)
    device = result.streams["laps"]
    linear, usual = find_laps(result, gate, method="linear"), find_laps(result, gate)
    matches = match_laps(linear.table, device)
    std = [value for value in usual.table["duration_std_s"].to_pylist() if value is not None]
    sigma = f"{np.median(std):.3f}" if std else "none"
    return str(len(matches)), _differences(linear, device), _differences(usual, device), sigma


def _differences(laps: Laps, device: pa.Table) -> str:
    seconds = np.array([match.seconds for match in match_laps(laps.table, device)])
    if not len(seconds):
        return "none"
    return f"{np.sqrt(np.mean(seconds**2)):.4f}, {seconds.mean():+.4f}"


def line_of(result: ParseResult) -> Gate | None:
    """Return a line where the device ended its laps; None where it tells no instants within the positions."""
    way = Way.of(result)
    ends = result.streams["laps"]["t_end"].drop_null().cast(pa.int64()).to_numpy()
    after = np.searchsorted(way.t_ns, ends)
    known = (after > 0) & (after < len(way))
    ends, after = ends[known], after[known]
    known = way.step_s[after - 1] <= way.gap_s
    ends, after = ends[known], after[known]
    if not len(ends):
        return None
    part = ((ends - way.t_ns[after - 1]) / (way.t_ns[after] - way.t_ns[after - 1]))[:, None]
    before = way.position_m[after - 1]
    moved = way.position_m[after] - before
    places = before + part * moved
    middle = np.median(places, axis=0)
    near = np.hypot(*(places - middle).T) < _SAME_M
    travel = moved[near].mean(axis=0) if near.any() else moved.mean(axis=0)
    if not travel.any():
        return None
    return gate_across(way.frame, middle, travel, half_m=_HALF_M, name="the device's", source="user_defined")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write the page."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["TELEMPARSE_CORPUS"])
    place = Path(__file__).parent / "reference" / "device-laps.md"
    place.write_text(device_laps_page(folder), encoding="utf-8")
    print("wrote", place)


if __name__ == "__main__":
    main()
