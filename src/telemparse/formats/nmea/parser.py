"""NMEA 0183 logs to canonical streams (NMEA 0183, version 4.11; receivers' protocol descriptions)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from telemparse.extension.recordings import read_all
from telemparse.formats.nmea.addresses import Addresses
from telemparse.formats.nmea.blocks import StatusWatch, read_block
from telemparse.formats.nmea.channels import Channels
from telemparse.formats.nmea.dating import DateDoubt
from telemparse.formats.nmea.days import Days
from telemparse.formats.nmea.epochs import Epochs
from telemparse.formats.nmea.fixes import Fixes
from telemparse.formats.nmea.leading import find_leading
from telemparse.formats.nmea.pieces import pieces
from telemparse.formats.nmea.sentences import Checksums, find
from telemparse.formats.nmea.tally import Tally
from telemparse.kernels.memory import keep_freed_memory
from telemparse.kernels.unique_names import FileSuffixes
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from telemparse.extension.protocol import Message
    from telemparse.formats.nmea.blocks import Block
    from telemparse.formats.nmea.joined import Joined
    from telemparse.formats.nmea.pieces import Piece
    from telemparse.formats.nmea.sentences import Kind
    from telemparse.kernels.arrays import Ints
    from telemparse.model.artifacts import Artifact, ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["parse", "read"]

# The footers of Parquet files grow with the log: what they take of the memory, smaller pieces give back.
_PIECE_BYTES, _PIECE_BYTES_OF_LARGE = 1 << 20, 5 << 17
_LARGE_BYTES = 1 << 30
_PADDING = b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"
_SUMMED = re.compile(rb"[$!][A-Z][A-Z0-9]{2,8},[\x20-\x7e]*?\*[0-9A-Fa-f]{2}")
_HEAD_BYTES = 64 * 1024


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterator[Message]:
    """Yield the fixes of NMEA logs as gnss_pvt, channels and events, with issues and facts.

    The streams of a second log of the set get its name behind a dot (`gnss_pvt.<stem>`).
    """
    yield from read(artifacts, options)


def read(
    artifacts: ArtifactSet, options: ParseOptions, *, piece_bytes: int | None = None
) -> Iterator[Message]:
    """Do what `parse` does; `piece_bytes` changes the speed and never the result."""
    keep_freed_memory()
    suffixes = FileSuffixes("log")
    yield from read_all(
        _Log(artifact, options, piece_bytes or _piece_bytes(artifact), suffixes.take(artifact.name))
        for artifact in artifacts
    )


def _piece_bytes(artifact: Artifact) -> int:
    return _PIECE_BYTES if artifact.size <= _LARGE_BYTES else _PIECE_BYTES_OF_LARGE


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
        head = self.artifact.read_at(0, _HEAD_BYTES)
        if not head.strip(_PADDING):
            yield Issue("ARTIFACT_EMPTY", Locus(name, offset=0), artifact=name, bytes=self.artifact.size)
            return
        summed = _SUMMED.search(head.replace(b"\0", b"")) is not None
        checksums = Checksums.WRITTEN if summed else Checksums.ABSENT
        leading = find_leading(self.artifact, head, checksums)
        tally, days, epochs = Tally(name), Days(), Epochs(leading)
        extras = self.options.wants(f"channels{self.suffix or '.main'}")
        fixes: Fixes | None = None
        channels, doubt = Channels("utc"), DateDoubt(name)
        for block, failed in self._blocks(checksums, tally, leading, extras=extras):
            if fixes is None and len(block.places):
                time_base = "utc" if self._find_date(days, block, checksums) else "time_of_day"
                fixes, channels = Fixes(time_base), Channels(time_base)
            if tally.piece is not None:
                doubt.take(block, tally.piece)
            joined = epochs.take(block, days.take(block.of_day_ns, block.days), failed)
            batches = () if joined is None or fixes is None else (*self._batches(joined, fixes, channels),)
            # Nothing else of a piece stays while its batches are written and the next one is read.
            del block, failed, joined
            yield from batches
            del batches
        joined = epochs.rest()
        if joined is not None and fixes is not None:
            yield from self._batches(joined, fixes, channels)
            if epochs.trailing:
                yield from self._batch("events", fixes.trailing())
        self.epochs = (fixes.epochs if fixes else 0) + epochs.blank
        self.without_fix = (fixes.without_fix if fixes else 0) + epochs.blank
        yield from tally.issues()
        yield from doubt.issues((*tally.used, *tally.passed), tally.rmc_fields)
        yield from self._facts(tally, days, fixes, checksums)

    def _blocks(
        self, checksums: Checksums, tally: Tally, leading: frozenset[Kind] = frozenset(), *, extras: bool
    ) -> Iterator[tuple[Block, Ints]]:
        addresses, watch = Addresses(), StatusWatch()

        def read(piece: Piece) -> tuple[Block, Ints]:
            found = find(piece, checksums)
            tally.take(piece, found)
            told = addresses.tell(found.good, tally)
            return read_block(found.good, told, tally, watch, leading, extras=extras), found.failed

        # What the block does not hold of a piece is gone while the block is used.
        yield from map(read, pieces(self.artifact, self.piece_bytes))

    def _find_date(self, days: Days, block: Block, checksums: Checksums) -> bool:
        """Give the calendar the first date of the log, wherever it stands; False where there is none."""
        days.base = days.copy().first_base(block.of_day_ns, block.days)
        if days.base is None:
            # Rare: the log is read ahead of its own beginning, which has no date.
            ahead = Days()
            for later, _failed in self._blocks(checksums, Tally(self.artifact.name), extras=False):
                days.base = ahead.first_base(later.of_day_ns, later.days)
                if days.base is not None:
                    break
        return days.base is not None

    def _batches(self, joined: Joined, fixes: Fixes, channels: Channels) -> Iterator[Batch]:
        gnss, events = fixes.rows(joined)
        yield from self._batch("gnss_pvt", gnss)
        yield from self._batch("channels", channels.batch(joined))
        yield from self._batch("events", events)

    def _batch(self, stream: str, data: pa.RecordBatch | None) -> Iterator[Batch]:
        if data is not None:
            group = ".main" if stream == "channels" and not self.suffix else self.suffix
            yield Batch(f"{stream}{group}", data)

    def _facts(
        self, tally: Tally, days: Days, fixes: Fixes | None, checksums: Checksums
    ) -> Iterator[Message]:
        yield Meta(f"sentences{self.suffix}", tally.facts() | {"checksums": checksums.value})
        if fixes is None:
            return
        if fixes.time_base == "utc":
            words = (
                "UTC of the receiver; the day from RMC and ZDA, carried to other sentences and over midnight"
            )
        else:
            words = "UTC of the receiver, of a day that no sentence names"
            yield Issue("NMEA_NO_DATE", Locus(self.artifact.name))
        yield Meta(
            f"clock{self.suffix}",
            {
                "source": ["time of day", "date"],
                "is": words,
                "dated_sentences": days.dated,
                "midnights": days.passed,
            },
        )
