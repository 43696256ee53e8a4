"""Streams of a session as they are stored: by name and level, and where their time begins."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.service.series.refusals import SeriesRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.runner import Pipeline

__all__ = ["LEVELS", "StoredStreams", "stored_streams"]

LEVELS = ("L2", "L1", "L0")
"""The coarsest one first."""

_NS_PER_S = 1e9


@attrs.frozen(kw_only=True, slots=False)
class StoredStreams:
    """Datasets of the run that is shown.

    Args:
        session_id: of the session.
        run_id: of the run.
        datasets: by stream and level, in the order of the run.
    """

    session_id: str
    run_id: str
    datasets: Mapping[tuple[str, str], Any]

    @cached_property
    def _origins_ns(self) -> Mapping[str | None, int]:
        origins: dict[str | None, int] = {}
        for (_stream, level), dataset in self.datasets.items():
            if level == "L0" and dataset.t_first_ns is not None:
                known = origins.get(dataset.time_base, dataset.t_first_ns)
                origins[dataset.time_base] = min(known, dataset.t_first_ns)
        return origins

    def origin_ns(self, time_base: str | None) -> int:
        """Return the first instant of all streams of a time base, ns; 0 where none has samples in time."""
        return self._origins_ns.get(time_base, 0)

    def seconds(self, t_ns: int | None, time_base: str | None) -> float | None:
        """Return an instant in seconds since the origin of its time base."""
        return None if t_ns is None else (t_ns - self.origin_ns(time_base)) / _NS_PER_S

    def levels(self, stream: str) -> dict[str, Any]:
        """Return the datasets of a stream with samples in time, the coarsest first.

        Raises SeriesRefused with STREAM_UNKNOWN.
        """
        found = {level: self.datasets[stream, level] for level in LEVELS if (stream, level) in self.datasets}
        if not found or all(dataset.t_first_ns is None for dataset in found.values()):
            raise SeriesRefused("STREAM_UNKNOWN", stream=stream)
        return found


def stored_streams(pipeline: Pipeline, session_id: str) -> StoredStreams:
    """Return what is stored of a session. Raises SeriesRefused with SESSION_NOT_READY."""
    datasets = pipeline.datasets(session_id)
    if not datasets:
        raise SeriesRefused("SESSION_NOT_READY")
    return StoredStreams(
        session_id=session_id,
        run_id=datasets[0].run_id,
        datasets={(each.stream, each.level): each for each in datasets},
    )
