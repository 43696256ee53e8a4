"""Gates of a file that lie where its trace is, and a word on each that does not: for every format alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.kernels.gate_lines import GateChoice

__all__ = ["placed_gates"]


def placed_gates(
    choices: Sequence[GateChoice], somewhere: tuple[float, float] | None, artifact: str, suffix: str
) -> Iterator[Issue | Meta]:
    """Yield the gates that lie where the data is, and an issue for each that does not.

    Args:
        choices: that have watched the whole trace.
        somewhere: any fix, degrees, None without one: then no gate can be judged and none is given.
        artifact: name for issues.
        suffix: of the metadata key.
    """
    if somewhere is None:
        return
    for choice in choices:
        if choice.is_stale:
            away_m = choice.away_m(*somewhere)
            away_km = round(away_m / 1000) if choice.orders else None
            yield Issue("GATE_STALE", Locus(artifact), gate=choice.name, distance_km=away_km)
    gates = [choice.gate for choice in choices if not choice.is_stale]
    if gates:
        yield Meta(f"gates{suffix}", gates)
