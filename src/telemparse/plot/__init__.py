"""Plots for notebooks and pages: map, traces, time lost, accelerations. Needs the extra `telemparse[plot]`.

Each function draws on `ax` where it is given, else on a figure of its own, and returns the axes. Nothing is
shown or kept: `matplotlib.pyplot` is not touched. Names on axes are those of the canonical columns, with
their units. Every name is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemparse.plot.accelerations import plot_gg
    from telemparse.plot.deltas import plot_delta
    from telemparse.plot.maps import plot_map
    from telemparse.plot.traces import plot_traces

__all__ = ["plot_delta", "plot_gg", "plot_map", "plot_traces"]

_HOMES = {
    "plot_delta": "deltas",
    "plot_gg": "accelerations",
    "plot_map": "maps",
    "plot_traces": "traces",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'telemparse.plot' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"telemparse.plot.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
