"""What takes the samples of one stream: dates them, gathers rows, and gives batches."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, Generic

import attrs

from telemparse.model.messages import Batch

from telemparse_gpmf.layouts import LayoutError
from telemparse_gpmf.rows import BATCH_ROWS, Rows
from telemparse_gpmf.spreading import Held, Spread, Stamped

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from telemparse.kernels.arrays import Ints

    from telemparse_gpmf.losses import Losses
    from telemparse_gpmf.records import Strand

__all__ = ["Moment", "Sink"]


@attrs.frozen
class Moment:
    """When a stream's samples of one payload begin.

    Args:
        t_ns: instant of the first one by the camera's clock.
        leg: of that clock.
        duration_ns: of the payload in the video; None outside of one.
    """

    t_ns: int
    leg: int
    duration_ns: int | None


@attrs.define
class Sink(abc.ABC, Generic[Held]):
    """Takes one stream of one device, payload by payload.

    Args:
        stream: the canonical stream it becomes.
        losses: counts what cannot be read.
        time_base: of its table.
    """

    stream: str
    losses: Losses
    time_base: str
    samples: int = 0
    rows: Rows = attrs.field(factory=Rows)
    spread: Spread[Held] = attrs.field(factory=Spread)

    def take(self, strand: Strand, moment: Moment) -> Iterator[Batch]:
        """Take the samples of one payload."""
        try:
            held, samples, t_ns = self.read(strand, moment)
        except LayoutError as error:
            self.losses.unreadable(strand.key, str(error), strand.samples[0].offset)
            return
        if not samples:
            return
        self.samples += samples
        total = strand.whole("TSMP")
        before = total - samples if total is not None and total >= samples else None
        timed = self.spread.take(Stamped(t_ns, samples, before, moment.leg, moment.duration_ns, held))
        if timed is not None:
            yield from self.put(timed.t_ns, timed.held)
            if self.rows.count >= BATCH_ROWS:
                yield from self.flush()

    def finish(self) -> Iterator[Batch]:
        """Give what is left."""
        timed = self.spread.finish()
        if timed is not None:
            yield from self.put(timed.t_ns, timed.held)
        yield from self.flush()

    def flush(self) -> Iterator[Batch]:
        """Give the rows so far."""
        if self.rows.count:
            yield Batch(self.stream, self.batch(self.rows.drain()))

    @abc.abstractmethod
    def read(self, strand: Strand, moment: Moment) -> tuple[Held, int, int]:
        """Return samples, how many, and the instant of the first one; raises LayoutError."""

    @abc.abstractmethod
    def put(self, t_ns: Ints, held: Held) -> Iterator[Batch]:
        """Gather dated samples; events go out at once."""

    @abc.abstractmethod
    def batch(self, columns: dict[str, NDArray[Any]]) -> pa.RecordBatch:
        """Return gathered rows as a batch."""
