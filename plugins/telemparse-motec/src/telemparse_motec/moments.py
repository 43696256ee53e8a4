"""Laps and events of a log, from its own channels, its GPS and the LDX beside it, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from telemparse.kernels.arrays import numpy_view, to_arrow
from telemparse.kernels.texts import strings
from telemparse.model.messages import Batch
from telemparse.schemas import build, laps_batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.extension.protocol import Message

    from telemparse_motec.clock import Clock
    from telemparse_motec.laps import Timed
    from telemparse_motec.ldx import Ldx

__all__ = ["moments_of"]


def moments_of(
    ldx: Ldx | None, timed: Timed, clock: Clock, suffix: str, events: Sequence[pa.RecordBatch] = ()
) -> Iterator[Message]:
    """Yield laps and events; where device and LDX both have laps, those of the LDX are `laps.ldx`.

    Args:
        ldx: of the log, or None.
        timed: what the lap channels say.
        clock: of the log.
        suffix: behind the names of streams.
        events: of the GPS.
    """
    marked = () if ldx is None else ldx.laps(clock.start_ns)
    if timed.laps:
        yield Batch(f"laps{suffix}", laps_batch(timed.laps, time_base=clock.time_base))
    if marked:
        stream = f"laps{suffix}" if not timed.laps else f"laps.ldx{suffix.replace('.', '_')}"
        yield Batch(stream, laps_batch(marked, time_base=clock.time_base))
    rows = [(t_ns, "lap_beacon", number, "{}") for t_ns, number in timed.crossings]
    if ldx is not None:
        rows += [(clock.start_ns + m.since_ns, m.event_type, np.nan, m.metadata_json) for m in ldx.markers]
    if rows:
        t_ns, kinds, numbers, texts = zip(*rows, strict=True)
        columns: dict[str, object] = {
            "t": np.array(t_ns, np.int64),
            "event_type": strings(kinds).dictionary_encode(),
            "value": np.array(numbers, np.float64),
            "metadata_json": strings(texts),
        }
        events = [*events, build("events", columns, time_base=clock.time_base)]
    if events:
        table = pa.Table.from_batches(events).unify_dictionaries()
        order = np.argsort(numpy_view(table.column("t")), kind="stable")
        yield Batch(f"events{suffix}", table.take(to_arrow(order, pa.int64())))
