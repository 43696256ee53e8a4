"""Pure helpers over canonical tables: align, downsample, smooth, find laps, compare, judge quality, fuse.

Every name below is loaded on first use; what needs an optional dependency says which extra brings it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.analysis.alignment import Aligned, align
    from telemparse.analysis.automatic_gates import AutomaticGate, find_gate
    from telemparse.analysis.catalogue import load_tracks, read_tracks, write_track
    from telemparse.analysis.chart_points import select_for_chart
    from telemparse.analysis.clock_matches import ClockMatch
    from telemparse.analysis.clock_matching import match_clocks
    from telemparse.analysis.comparison import Comparison, compare_laps
    from telemparse.analysis.differences import Verdict
    from telemparse.analysis.downsampling import downsample, downsample_all
    from telemparse.analysis.fusion.fusing import fuse
    from telemparse.analysis.fusion.outcomes import DegradedSpan, Fused, FusionHealth
    from telemparse.analysis.fusion.parameters import FusionOptions, UnitNoise
    from telemparse.analysis.gate_choice import ChosenGates, choose_gates
    from telemparse.analysis.lap_finding import find_laps
    from telemparse.analysis.lap_matching import Match, match_laps
    from telemparse.analysis.lap_results import Laps
    from telemparse.analysis.lap_rules import LapRules
    from telemparse.analysis.learnt_tracks import learn_track
    from telemparse.analysis.levels import Level, Levels
    from telemparse.analysis.motions import Motion
    from telemparse.analysis.paths import Path
    from telemparse.analysis.quality.outcomes import Quality
    from telemparse.analysis.quality.penalty_tables import PenaltyTable
    from telemparse.analysis.quality.scoring import score
    from telemparse.analysis.quality.tags import tag
    from telemparse.analysis.segment_measures import measure_segments
    from telemparse.analysis.segments import Segments, find_segments
    from telemparse.analysis.smoothing.smoother import smooth
    from telemparse.analysis.timings import Timing, timing

__all__ = [
    "Aligned",
    "AutomaticGate",
    "ChosenGates",
    "ClockMatch",
    "Comparison",
    "DegradedSpan",
    "Fused",
    "FusionHealth",
    "FusionOptions",
    "LapRules",
    "Laps",
    "Level",
    "Levels",
    "Match",
    "Motion",
    "Path",
    "PenaltyTable",
    "Quality",
    "Segments",
    "Timing",
    "UnitNoise",
    "Verdict",
    "align",
    "choose_gates",
    "compare_laps",
    "downsample",
    "downsample_all",
    "find_gate",
    "find_laps",
    "find_segments",
    "fuse",
    "learn_track",
    "load_tracks",
    "match_clocks",
    "match_laps",
    "measure_segments",
    "read_tracks",
    "score",
    "select_for_chart",
    "smooth",
    "tag",
    "timing",
    "write_track",
]

# Modules are nouns and functions verbs, so no name here is both.
_HOMES = {
    "Aligned": "alignment",
    "AutomaticGate": "automatic_gates",
    "ClockMatch": "clock_matches",
    "Comparison": "comparison",
    "ChosenGates": "gate_choice",
    "DegradedSpan": "fusion.outcomes",
    "Fused": "fusion.outcomes",
    "FusionHealth": "fusion.outcomes",
    "FusionOptions": "fusion.parameters",
    "LapRules": "lap_rules",
    "Laps": "lap_results",
    "Level": "levels",
    "Levels": "levels",
    "Match": "lap_matching",
    "Motion": "motions",
    "Path": "paths",
    "PenaltyTable": "quality.penalty_tables",
    "Quality": "quality.outcomes",
    "Segments": "segments",
    "Timing": "timings",
    "UnitNoise": "fusion.parameters",
    "Verdict": "differences",
    "align": "alignment",
    "choose_gates": "gate_choice",
    "compare_laps": "comparison",
    "downsample": "downsampling",
    "downsample_all": "downsampling",
    "find_gate": "automatic_gates",
    "find_laps": "lap_finding",
    "find_segments": "segments",
    "fuse": "fusion.fusing",
    "learn_track": "learnt_tracks",
    "load_tracks": "catalogue",
    "match_clocks": "clock_matching",
    "match_laps": "lap_matching",
    "measure_segments": "segment_measures",
    "read_tracks": "catalogue",
    "score": "quality.scoring",
    "select_for_chart": "chart_points",
    "smooth": "smoothing.smoother",
    "tag": "quality.tags",
    "timing": "timings",
    "write_track": "catalogue",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.analysis' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"telemparse.analysis.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
