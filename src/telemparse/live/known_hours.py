"""Known hours: the ids of the hour before, from memory where it was read just now, else from its parts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from telemparse.live.duplicates import Arrivals, KnownIds
from telemparse.live.hour_sources import hour_before
from telemparse.live.parts import PartReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from telemparse.live.raw_layout import RawHour

__all__ = ["KnownHours"]


@attrs.define
class KnownHours:
    """Answers which ids an hour's messages may repeat.

    Args:
        root: folder of the live messages.
    """

    root: Path
    _start_ns: int | None = None
    _groups: Sequence[Arrivals] = ()

    def keep(self, hour: RawHour, groups: Sequence[Arrivals]) -> None:
        """Keep the messages of an hour for the one after it; groups have no id in common."""
        self._start_ns, self._groups = hour.start_ns, groups

    def before(self, hour: RawHour) -> KnownIds:
        """Return the ids of the hour before; raises OSError."""
        earlier = hour_before(self.root, hour)
        if self._start_ns != earlier.start_ns:
            arrivals, reader = Arrivals(), PartReader()
            for part in earlier.parts():
                with suppress(FileNotFoundError):  # retention removes the hour at this moment
                    for line, message in reader.read(part):
                        arrivals.add(line, message)
            self.keep(earlier, (arrivals,))
        ids = KnownIds.of(self._groups)
        self._groups = ()
        self._start_ns = None
        return ids
