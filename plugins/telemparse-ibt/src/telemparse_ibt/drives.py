"""What becomes of the records of a file: channels, positions, events and laps."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from telemparse import ParseOptions
from telemparse.kernels.arrays import Ints
from telemparse.model.messages import Batch
from telemparse.schemas import laps_batch

from telemparse_ibt.channels import ChannelGroup, channel_groups
from telemparse_ibt.clock import Clock
from telemparse_ibt.fixes import POSITION, Fixes
from telemparse_ibt.laps import Laps
from telemparse_ibt.moments import Moment, Switch, events_of
from telemparse_ibt.records import Records, decimals
from telemparse_ibt.variables import Variable, Variables

__all__ = ["Drive"]

_WHOLE = ("int", "bitfield", "bool")


@attrs.define
class Drive:
    """What becomes of the records of one file."""

    clock: Clock
    suffix: str
    groups: tuple[ChannelGroup, ...]
    fixes: Fixes | None
    time: Variable | None
    session: Variable | None
    lap: Variable | None
    lap_time: Variable | None
    pit: Variable | None
    marker: Variable | None
    wants_laps: bool
    laps: Laps = attrs.field(factory=Laps)
    pit_switch: Switch = attrs.field(factory=lambda: Switch("pit_in", "pit_out"))
    marker_switch: Switch = attrs.field(factory=lambda: Switch("marker"))
    session_switch: Switch = attrs.field(factory=lambda: Switch("segment_break", "segment_break"))

    @classmethod
    def of(
        cls,
        variables: Variables,
        clock: Clock,
        options: ParseOptions,
        suffix: str,
        tick_rate_hz: int | None,
    ) -> Drive:
        """Return the readers of what is asked for."""
        fixes = Fixes.of(variables, clock.time_base)
        places = () if fixes is None else POSITION
        of_channels = [variable for variable in variables.readable if variable.name not in places]
        wants_laps = options.wants(f"laps{suffix}")
        follows = wants_laps or options.wants(f"events{suffix}")
        wants_fixes = options.wants(f"gnss_pvt{suffix}") or options.wants(f"events{suffix}")
        return cls(
            clock,
            suffix,
            tuple(channel_groups(of_channels, tick_rate_hz, options, suffix)),
            fixes if wants_fixes else None,
            variables.single("SessionTime", "double"),
            variables.single("SessionNum", *_WHOLE),
            variables.single("Lap", *_WHOLE) if follows else None,
            variables.single("LapLastLapTime", "float", "double") if follows else None,
            variables.single("OnPitRoad", *_WHOLE) if follows else None,
            variables.single("DriverMarker", *_WHOLE) if follows else None,
            wants_laps,
        )

    @property
    def variables(self) -> Iterator[Variable]:
        """Those that must be decoded."""
        singles = (self.time, self.session, self.lap, self.lap_time, self.pit, self.marker)
        yield from (variable for variable in singles if variable is not None)
        yield from self.fixes.variables if self.fixes is not None else ()
        for group in self.groups:
            yield from (column.variable for column in group.columns)

    def batches(self, records: Records, first: int, unfinite: dict[str, int]) -> Iterator[Batch]:
        """Yield the rows of some records."""
        session = self._whole(records, self.session)
        if self.time is None:
            t_ns = self.clock.counted(first, len(records))
        else:
            t_ns = self.clock.instants(records[self.time.key], session)
        base = self.clock.time_base
        others = []
        if self.fixes is not None:
            gnss, changes = self.fixes.batches(records, t_ns)
            if gnss is not None:
                yield Batch(f"gnss_pvt{self.suffix}", gnss)
            others = [changes] if changes is not None else []
        for group in self.groups:
            yield group.batch(records, t_ns, base, unfinite)
        events = events_of(self._moments(records, t_ns, session), others, base)
        if events is not None:
            yield Batch(f"events{self.suffix}", events)

    def rest(self) -> Iterator[Batch]:
        """Yield what only the end of the file shows."""
        laps = self.laps.finish(has_times=self.lap_time is not None)
        if laps and self.wants_laps:
            yield Batch(f"laps{self.suffix}", laps_batch(laps, time_base=self.clock.time_base))

    def _moments(self, records: Records, t_ns: Ints, session: Ints) -> list[Moment]:
        in_pits = self._whole(records, self.pit) != 0
        moments = self.session_switch.moments(session, t_ns, numbered=True)
        moments += self.pit_switch.moments(in_pits, t_ns)
        moments += self.marker_switch.moments(self._whole(records, self.marker) != 0, t_ns)
        if self.lap is not None:
            numbers = self._whole(records, self.lap)
            times_s = None if self.lap_time is None else decimals(records, self.lap_time)
            rows = self.laps.read(numbers, times_s, in_pits, t_ns)
            moments += [(int(t_ns[row]), "lap_beacon", float(numbers[row])) for row in rows]
        return moments

    @staticmethod
    def _whole(records: Records, variable: Variable | None) -> Ints:
        if variable is None:
            return np.zeros(len(records), np.int64)
        return np.asarray(records[variable.key], np.int64)
