"""One FIT file on its way to batches: sections, pieces, messages by kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import FixChanges, laps_batch

from telemparse_fit.channels import ChannelGroup
from telemparse_fit.clock import Clock, Stamps
from telemparse_fit.definitions import MESSAGES
from telemparse_fit.groups import Group
from telemparse_fit.moments import Moment, events_batch, moments_of
from telemparse_fit.notes import MOST_LAPS, Notes, lap_rows
from telemparse_fit.outlook import Outlook, outlook_of
from telemparse_fit.pieces import SectionWalk
from telemparse_fit.positions import metadata_fixes, record_fixes
from telemparse_fit.profile import Message
from telemparse_fit.records import Accumulators, Fixes, channels_of
from telemparse_fit.rows import slices, table_of
from telemparse_fit.sections import sections_of
from telemparse_fit.sensors import BAROMETER, SENSORS, Calibrations, pressures, samples_of
from telemparse_fit.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse import ParseOptions
    from telemparse.extension.protocol import Message as Yielded
    from telemparse.model.artifacts import Artifact
    from telemparse.schemas import DeviceLap

    from telemparse_fit.pieces import Piece
    from telemparse_fit.sections import Section

__all__ = ["Recording"]

_EVENTS = (Message.EVENT, Message.CAMERA_EVENT)
_NAMES = 200


@attrs.define
class _SectionState:
    """What goes on from piece to piece within a section."""

    clock: Clock
    stint: int
    stamps: Stamps = attrs.field(factory=Stamps)
    accumulators: Accumulators = attrs.field(factory=Accumulators)
    calibrations: Calibrations = attrs.field(factory=Calibrations)
    moments: list[Moment] = attrs.field(factory=list)


@attrs.define
class Recording:
    """Reads one file.

    Args:
        artifact: the file.
        suffix: behind the names of its streams.
        options: streams that nobody asks for are not made.
        piece_bytes: how much is read at a time; the rows do not depend on it.
    """

    artifact: Artifact
    suffix: str
    options: ParseOptions
    piece_bytes: int
    _tally: Tally = attrs.field(init=False)
    _notes: Notes = attrs.field(factory=Notes)
    _groups: dict[str, ChannelGroup] = attrs.field(factory=dict)
    _fixes: dict[str, Fixes] = attrs.field(factory=dict)
    _laps: list[DeviceLap] = attrs.field(factory=list)
    _counts: Counter[int] = attrs.field(factory=Counter)
    _developers: dict[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._tally = Tally(self.artifact)

    @property
    def epochs(self) -> int:
        """Epochs in which the receiver spoke of a position."""
        return sum(fixes.changes.epochs for fixes in self._fixes.values())

    @property
    def without_fix(self) -> int:
        """Those of them in which it had none."""
        return sum(fixes.changes.without_fix for fixes in self._fixes.values())

    def messages(self) -> Iterator[Yielded]:
        """Yield everything that the file gives."""
        name, size = self.artifact.name, self.artifact.size
        with self.artifact.open() as file:
            sections, gaps = sections_of(file, size)
            if not size:
                yield Issue("ARTIFACT_EMPTY", Locus(name), artifact=name, bytes=0)
                return
            outlook = outlook_of(file, sections)
            clock = Clock(is_relative=outlook.is_relative)
            for number, section in enumerate(sections):
                clock.correlations = outlook.correlations[number]
                yield from self._section(file, section, outlook, clock)
        for begin, end in gaps:
            self._tally.skip(begin, end)
        yield from self._summary(clock, len(sections))

    def _section(self, file: Any, section: Section, outlook: Outlook, clock: Clock) -> Iterator[Yielded]:
        walk = SectionWalk(section)
        stint = self._laps[-1].stint_index + 1 if self._laps else 0
        state = _SectionState(clock, stint)
        for piece in walk.pieces(file, self.piece_bytes):
            yield from self._piece(piece, walk, state, outlook)
        for (index, number), words in walk.walker.described.items():
            if len(self._developers) < _NAMES:
                self._developers.setdefault(words.name or f"developer_{index}_{number}", words.units)
        yield from self._tally.section(section, walk)

    def _piece(
        self, piece: Piece, walk: SectionWalk, state: _SectionState, outlook: Outlook
    ) -> Iterator[Yielded]:
        buffer = np.frombuffer(piece.data, np.uint8)
        found = [
            (definition, np.frombuffer(places, np.int64).copy())
            for definition, places in walk.walker.groups()
        ]
        stamps = state.stamps.read(buffer, found)
        kinds: dict[int, list[Group]] = {}
        for definition, places in found:
            message = definition.message
            self._counts[message if message in self._counts or len(self._counts) < _NAMES else -1] += len(
                places
            )
            if message in _READ:
                group = Group.of(buffer, definition, places, stamps[definition])
                kinds.setdefault(message, []).append(group)
        for group in kinds.get(Message.CALIBRATION, ()):
            state.calibrations.learn(group, piece.base)
        wants = self.options.wants
        if Message.RECORD in kinds and (wants("gnss_pvt") or wants("channels") or wants("events")):
            yield from self._records(kinds[Message.RECORD], piece.base, state, outlook)
        if Message.GPS_METADATA in kinds:
            yield from self._metadata(kinds[Message.GPS_METADATA], piece.base, state)
        for message in SENSORS.keys() & kinds.keys():
            yield from self._sensor(message, kinds[message], piece.base, state)
        if Message.BAROMETER in kinds and wants("channels"):
            some, t_ns = pressures(kinds[Message.BAROMETER], state.clock)
            yield from self._channels(BAROMETER, state.clock, t_ns, some, None)
        events = [group for message in _EVENTS for group in kinds.get(message, ())]
        yield from self._events(events, piece.base, state)
        self._lap_messages(kinds.get(Message.LAP, []), piece.base, state)
        for message in sorted(kinds):
            for group in kinds[message]:
                self._notes.listen(group)
        state.calibrations.forget()

    def _records(
        self, groups: list[Group], base: int, state: _SectionState, outlook: Outlook
    ) -> Iterator[Batch]:
        stream = "gnss_pvt.record" if outlook.has_metadata else "gnss_pvt"
        columns = len(self._groups["main"].fields) if "main" in self._groups else 0
        for part in slices(groups, columns):
            table = table_of(part)
            t_ns, timed = state.clock.instants(table.seconds, table.stamped)
            self._tally.total += len(timed)
            self._tally.lose_times(base + table.places[~timed])
            gnss, moments = record_fixes(self._fixes_of(stream, state.clock), table, t_ns, timed, base)
            state.moments += moments
            if gnss is not None:
                yield Batch(f"{stream}{self.suffix}", gnss)
            some = channels_of(table, state.accumulators)
            yield from self._channels("main", state.clock, t_ns, some, None if timed.all() else timed)

    def _metadata(self, groups: list[Group], base: int, state: _SectionState) -> Iterator[Batch]:
        for part in slices(groups, 0):
            table = table_of(part)
            fixes = self._fixes_of("gnss_pvt", state.clock)
            gnss, moments, untimed = metadata_fixes(fixes, table, state.clock, base)
            self._tally.total += len(table.places)
            self._tally.lose_times(untimed)
            state.moments += moments
            if gnss is not None:
                yield Batch(f"gnss_pvt{self.suffix}", gnss)

    def _sensor(self, message: int, groups: list[Group], base: int, state: _SectionState) -> Iterator[Batch]:
        sensor = SENSORS[message]
        samples = samples_of(sensor, groups, state.calibrations, state.clock, base)
        self._tally.total += samples.total
        self._tally.lose_times(base + samples.untimed)
        if samples.batch is not None:
            yield Batch(f"{sensor.stream}{self.suffix}", samples.batch)
        if len(samples.t_ns):
            self._tally.leave_raw(sensor.name, base + samples.places)
            yield from self._channels(sensor.name, state.clock, samples.t_ns, samples.counts, None)

    def _events(self, groups: list[Group], base: int, state: _SectionState) -> Iterator[Batch]:
        moments, untimed = moments_of(groups, state.clock, base)
        self._tally.total += sum(len(group.places) for group in groups)
        self._tally.lose_times(untimed)
        batch = events_batch([*moments, *state.moments], state.clock.time_base)
        state.moments.clear()
        if batch is not None:
            yield Batch(f"events{self.suffix}", batch)

    def _channels(self, name: str, clock: Clock, t_ns: Any, some: list[Any], rows: Any) -> Iterator[Batch]:
        group = self._groups.setdefault(name, ChannelGroup())
        batch = group.batch(clock.time_base, t_ns, some, rows)
        if batch is not None:
            own = self.suffix[1:]
            named = (own or "main") if name == "main" else f"{name}_{own}" if own else name
            yield Batch(f"channels.{named}", batch)

    def _fixes_of(self, stream: str, clock: Clock) -> Fixes:
        if stream not in self._fixes:
            self._fixes[stream] = Fixes(stream, FixChanges(clock.time_base))
        return self._fixes[stream]

    def _lap_messages(self, groups: list[Group], base: int, state: _SectionState) -> None:
        found = [row for group in groups for row in lap_rows(group, state.clock, state.stint)]
        for place, lap in sorted(found, key=lambda row: row[0]):
            if lap is None or len(self._laps) >= MOST_LAPS:
                self._tally.laps.add(Locus(self.artifact.name, offset=base + place))
            else:
                self._laps.append(lap)

    def _summary(self, clock: Clock, sections: int) -> Iterator[Yielded]:
        if self._laps:
            yield Batch(f"laps{self.suffix}", laps_batch(self._laps, time_base=clock.time_base))
        yield from self._notes.messages()
        if clock.utc or clock.system:
            yield Meta(f"clock{self.suffix}", clock.facts())
        counts = {MESSAGES.get(number, f"unknown_{number}" if number >= 0 else "others"): count
                  for number, count in sorted(self._counts.items())}  # fmt: skip
        yield Meta(f"messages{self.suffix}", counts)
        if sections > 1:
            yield Meta(f"chained_files{self.suffix}", sections)
        if self._developers:
            yield Meta(f"developer_fields{self.suffix}", self._developers)
        for fixes in self._fixes.values():
            if fixes.out_of_range:
                loci = [str(Locus(self.artifact.name, offset=place)) for place in fixes.places]
                place = Locus(self.artifact.name, offset=fixes.places[0])
                yield Issue(
                    "VALUE_OUT_OF_RANGE", place, column="lat_deg", count=fixes.out_of_range, loci=loci
                )
        beyond = [group for group in self._groups.values() if group.beyond]
        if beyond:
            names = [name for group in beyond for name in group.skipped]
            yield Issue(
                "CHANNELS_SKIPPED", Locus(self.artifact.name), channels=", ".join(names),
                count=sum(group.beyond for group in beyond),
            )  # fmt: skip
        yield from self._tally.issues()


_READ = frozenset({
    Message.FILE_ID, Message.SESSION, Message.LAP, Message.RECORD, Message.EVENT, Message.DEVICE_INFO,
    Message.ACTIVITY, Message.FILE_CREATOR, Message.GPS_METADATA, Message.CAMERA_EVENT, Message.CALIBRATION,
    Message.BAROMETER, *SENSORS,
})  # fmt: skip
