"""A file in pieces, as records one behind the other: definitions, and samples in runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import attrs
import numpy as np

from telemparse_vbb.layouts import HEAD_BYTES, Layouts
from telemparse_vbb.reading import NoRecordError, ShortError, read_record
from telemparse_vbb.records import DEFINITIONS, SAMPLE, Form
from telemparse_vbb.runs import Definition, Run, in_step
from telemparse_vbb.searching import DAY_TICKS, Search, stamp_at
from telemparse_vbb.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.kernels.arrays import Ints
    from telemparse.model.artifacts import Artifact

    from telemparse_vbb.damage import Damage

__all__ = ["Feed"]


@attrs.define
class Feed:
    """Reads one file from its header to its end.

    Args:
        artifact: the file.
        form: of its header.
        piece_bytes: to read at a time; what comes of it does not depend on it.
        damage: takes what is lost.

    Attributes:
        layouts: of the groups, as far as the file is read.
    """

    artifact: Artifact
    form: Form
    piece_bytes: int
    damage: Damage
    layouts: Layouts = attrs.field(init=False)
    _data: bytes = b""
    _at: int = 0  # in the data: what is before it is done
    _offset: int = 0  # of the data in the file
    _last: bool = False
    _stamp: int | None = None
    _lost: int | None = None  # offset at which the records broke off
    _cut: bool = False  # where they broke off a record had begun that needs more bytes than there are
    _runs: list[tuple[Ints, Ints]] = attrs.field(factory=list)  # samples of the data that are not yielded yet
    _told: bool = False  # what is lost there is counted already

    def __attrs_post_init__(self) -> None:
        self.layouts = Layouts(self.form.order, self.form.version)

    def events(self) -> Iterator[Definition | Run]:
        """Yield what the file holds, in its order."""
        with self.artifact.open() as file:
            file.seek(self.form.size)
            self._offset = self.form.size
            while not self._last:
                self._more(file)
                yield from self._piece()
                yield from self._gathered()
        self._tell(self._offset + len(self._data), ended=True)

    def _more(self, file: BinaryIO) -> None:
        """Read a piece; what a record passed over is read and forgotten."""
        kept = self._data[self._at :]
        self._offset += min(self._at, len(self._data))
        passed = max(self._at - len(self._data), 0)
        while passed and (skipped := len(file.read(min(passed, self.piece_bytes)))):
            passed -= skipped
            self._offset += skipped
        piece = file.read(self.piece_bytes)
        self._data, self._at, self._last = kept + piece, 0, len(piece) < self.piece_bytes

    def _piece(self) -> Iterator[Definition | Run]:
        while self._at < len(self._data):
            if self._lost is not None:
                if not self._found():
                    return
            elif self._data[self._at] == SAMPLE:
                before = self._at, self._lost
                self._samples()
                if (self._at, self._lost) == before:
                    return
            else:
                event = self._definition()
                if event is not None:
                    # What stood before it was made up by the definitions before it.
                    yield from self._gathered()
                    self.layouts.take(event.record)
                    yield event
                elif self._lost is None:
                    return

    def _found(self) -> bool:
        """Go to the next record behind damage; False where there is none in the data."""
        place, seen = Search(self._data, self._last, self.form, self.layouts).find(self._at)
        self._at = seen if place is None else place
        if place is None or self._lost is None:
            return False
        self._tell(self._offset + place)
        return True

    def _lose(self, at: int, *, cut: bool = False, told: bool = False) -> None:
        self._lost, self._cut, self._told = self._offset + at, cut, told
        self._at = at + 1

    def _tell(self, until: int, *, ended: bool = False) -> None:
        """Count what lies between where the records broke off and where they go on, or the file ends."""
        if self._lost is None:
            return
        if ended and self._cut:
            self.damage.end(self._lost)
        elif not self._told:
            self.damage.gap(self._lost, until - self._lost)
        self._lost = None

    def _definition(self) -> Definition | None:
        at, kind = self._at, self._data[self._at]
        if kind not in DEFINITIONS:
            self._meet(kind)
            self._lose(at)
            return None
        try:
            record, end = read_record(self._data, at, self.form)
        except NoRecordError:
            self._lose(at)
            return None
        except ShortError:
            if self._last:
                self._lose(at, cut=True)
            return None
        if self._offset + end > self.artifact.size:
            self._lose(at, cut=True)
            return None
        self._at = end
        return Definition(record, self._offset + at, self.layouts.redefines(record))

    def _meet(self, kind: int) -> None:
        if kind != SAMPLE and kind not in DEFINITIONS:
            self.damage.unknown[kind] = self.damage.unknown.get(kind, 0) + 1

    def _samples(self) -> None:
        """Take the samples from here on; one whose end nobody has seen waits for the next piece."""
        starts, end = walk(self._data, self._at, self.layouts.lengths)
        if not len(starts):
            self._lone_sample()
            return
        follows = self._follows(end)
        if follows:
            self._at = end
            self._run(starts, starts[:0])
            return
        self._run(starts[:-1], starts[-1:])
        self._at = int(starts[-1])
        if follows is False:
            # The sample whose end is no record's beginning is cut, or what follows is damaged.
            self.damage.samples += 1
            self.damage.skip("damage behind it", self._offset + self._at)
            self._meet(self._data[end])
            self._lose(self._at)

    def _follows(self, at: int) -> bool | None:
        """Tell whether a record, or the file's end, comes behind samples; None where nobody can say yet."""
        if at == len(self._data):
            return True if self._last else None
        search = Search(self._data, self._last, self.form, self.layouts)
        try:
            if self._data[at] in DEFINITIONS:
                read_record(self._data, at, self.form)
                return True
            if at + HEAD_BYTES <= len(self._data) and self._data[at] == SAMPLE and not self._last:
                length = self.layouts.lengths[self._data[at + 5]]
                if at + length > len(self._data):
                    return None  # it is asked for its time together with those before it
            return search.is_record(at)
        except NoRecordError:
            return False
        except ShortError:
            return True if self._last else None

    def _lone_sample(self) -> None:
        """Deal with a sample that cannot be read: cut by the end, or of a group that nobody knows."""
        at = self._at
        if at + HEAD_BYTES > len(self._data):
            if self._last:
                self._lose(at, cut=True)
            return
        group, stamp = self._data[at + 5], stamp_at(self._data, at, self.form.order)
        if self.layouts.lengths[group]:
            if self._last:
                self._lose(at, cut=True)
        elif stamp < DAY_TICKS:
            self.damage.undefined(group, self._offset + at)
            self._lose(at, told=True)
        else:
            self._lose(at)

    def _gathered(self) -> Iterator[Run]:
        """Yield the samples that were taken since the last ones, as one run whatever stood between them."""
        if self._runs:
            starts, stamps = (np.concatenate(some) for some in zip(*self._runs, strict=True))
            self._runs.clear()
            buffer = np.frombuffer(self._data, np.uint8)
            yield Run(buffer, starts, stamps, buffer[starts + 5], self._offset)

    def _run(self, starts: Ints, ahead: Ints) -> None:
        """Take samples that follow each other, by their times and that of the one behind them, if any."""
        if not len(starts):
            return
        buffer = np.frombuffer(self._data, np.uint8)
        view = np.ndarray((len(buffer) - 4,), f"{self.form.order}u4", self._data, 1, (1,))
        every = view[np.concatenate([starts, ahead])].astype(np.int64)
        stamps = every[: len(starts)]
        self.damage.samples += len(starts)
        good = in_step(every, self._stamp)[: len(starts)]
        if not good.all():
            for place in starts[~good].tolist():
                self.damage.skip("time out of step", self._offset + place)
            starts, stamps = starts[good], stamps[good]
        if len(starts):
            self._stamp = int(stamps[-1])
            self._runs.append((starts, stamps))
