"""UBX logs of u-blox receivers to canonical streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.extension.recordings import read_all
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

from telemparse_ubx.ahead import look_ahead
from telemparse_ubx.dating import DateDoubt
from telemparse_ubx.epochs import Epochs
from telemparse_ubx.fast_fixes import fast_fixes
from telemparse_ubx.fixes import Fixes
from telemparse_ubx.frames import frames
from telemparse_ubx.inertia import Inertia
from telemparse_ubx.losses import Losses
from telemparse_ubx.messages import name_of
from telemparse_ubx.tables import read_tables
from telemparse_ubx.timing import Timing
from telemparse_ubx.versions import Versions
from telemparse_ubx.weeks import WeekClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse import ArtifactSet, ParseOptions
    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact

    from telemparse_ubx.epochs import Joined
    from telemparse_ubx.frames import Frames

__all__ = ["PIECE_BYTES", "parse", "read"]

PIECE_BYTES = 1 << 20
_HEAD_BYTES = 64 * 1024
_PADDING = b"\0\xff \t\r\n"


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the fixes of UBX logs as gnss_pvt, inertial data, channels and events, with issues and facts.

    The streams of a second log of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from read(artifacts, options)


def read(
    artifacts: ArtifactSet, options: ParseOptions, *, piece_bytes: int = PIECE_BYTES
) -> Iterator[Message]:
    """Do what `parse` does; `piece_bytes` changes the speed and never the result."""
    suffixes = FileSuffixes("log")
    yield Meta("device_family", "u-blox")
    yield from read_all(
        _Log(artifact, options, piece_bytes, suffixes.take(artifact.name)) for artifact in artifacts
    )


@attrs.define
class _Log:
    """One log on its way to batches."""

    artifact: Artifact
    options: ParseOptions
    piece_bytes: int
    suffix: str
    epochs: int = 0
    without_fix: int = 0

    def messages(self) -> Iterator[Message]:
        """Yield everything that the log gives."""
        name = self.artifact.name
        if not self.artifact.read_at(0, _HEAD_BYTES).strip(_PADDING):
            yield Issue("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
            return
        ahead = look_ahead(self.artifact)
        timing = Timing("relative" if ahead.base is None else "utc", ahead.start_ms)
        losses = Losses(name)
        clock, epochs, fixes = WeekClock(ahead.base), Epochs(), Fixes(timing, losses)
        inertia, versions, doubt = Inertia.of(ahead, timing, losses), Versions(), DateDoubt(name)
        for some in frames(self.artifact, self.piece_bytes, losses):
            self._count(some, losses)
            tables = read_tables(some, clock, losses)
            doubt.take(tables)
            versions.take(some)
            marks, losses.marks = losses.marks, []
            yield from self._epochs(epochs.take(tables, marks), fixes)
            yield from self._named("gnss_pvt.hnr", fast_fixes(tables, timing, losses))
            for stream, batch in inertia.batches(some, tables):
                yield from self._named(stream, batch)
        yield from self._epochs(epochs.rest(), fixes)
        self.epochs, self.without_fix = fixes.changes.epochs, fixes.changes.without_fix
        yield from losses.issues()
        yield from doubt.issues()
        yield from inertia.issues()
        yield from versions.facts()
        yield from self._facts(losses, timing, clock, inertia)

    def _count(self, some: Frames, losses: Losses) -> None:
        counts = np.bincount(some.codes)
        for code in np.flatnonzero(counts).tolist():
            losses.count(losses.messages, name_of(code), int(counts[code]))

    def _epochs(self, joined: Joined | None, fixes: Fixes) -> Iterator[Batch]:
        if joined is not None:
            wanted = self.options.wants(f"channels{self.suffix or '.main'}")
            for stream, batch in fixes.batches(joined, channels=wanted).items():
                yield from self._named("channels.main" if stream == "channels" else stream, batch)

    def _named(self, stream: str, batch: pa.RecordBatch | None) -> Iterator[Batch]:
        """Yield a batch; the name of a second log stands behind that of its stream."""
        if batch is None:
            return
        if self.suffix:
            base, _dot, source = stream.partition(".")
            own = source in ("", "main")
            stream = f"{base}{self.suffix}" if own else f"{stream}_{self.suffix[1:]}"
        yield Batch(stream, batch)

    def _facts(self, losses: Losses, timing: Timing, clock: WeekClock, inertia: Inertia) -> Iterator[Message]:
        yield Meta(f"messages{self.suffix}", dict(sorted(losses.messages.items())))
        yield Meta(f"between_frames{self.suffix}", losses.facts())
        facts = {
            "source": ["date and time of UBX-NAV-PVT and -TIMEUTC", "GPS week and time of week"],
            "is": "UTC of the receiver"
            if timing.time_base == "utc"
            else "time of week since the first one; no message names a date or a week",
            "dated_epochs": timing.dated,
            "counted_epochs": timing.counted,
            "weeks_passed": clock.passed,
        }
        yield Meta(f"clock{self.suffix}", facts)
        if inertia.samples:
            yield Meta(f"imu_clock{self.suffix}", inertia.facts())
