"""The trace of a MyChronoGPS lap timer: a line that describes the circuit, then one line a fix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

from telemparse.formats.json.lines import inside
from telemparse.formats.json.values import Number
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.clocks import DAY_NS, NS_PER_S, civil_days, midnights
from telemparse.kernels.texts import strings
from telemparse.model.gates import Gate, GateKind
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.skips import Skips
from telemparse.schemas import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.kernels.arrays import Floats, Ints, Mask
    from telemparse.model.artifacts import Artifact

__all__ = ["Trace"]

_ROWS = 20_000
_KMH = 1 / 3.6
_MAX_LAT, _MAX_LON, _CIRCLE = 90.0, 180.0, 360.0
_FASTEST_MPS = 1e6
_CLOCK = re.compile(r"(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
# The names are French: FL is ligne de départ/arrivée, Int an intermediate line. Each holds the two ends
# of a line, latitude before longitude.
_GATES = {
    "FL": (GateKind.START_FINISH, "FL"),
    "PitIn": (GateKind.PIT_IN, "PitIn"),
    "PitOut": (GateKind.PIT_OUT, "PitOut"),
    **{f"Int{number}": (GateKind.SECTOR, f"Int{number}") for number in range(1, 10)},
}
_POINTS, _AXES = 4, 2
_EVENT = pa.dictionary(pa.int8(), pa.string())


@attrs.define
class Trace:
    """Reads one trace, line by line.

    Args:
        artifact: the file.
        suffix: behind the names of its streams.
    """

    artifact: Artifact
    suffix: str
    _day: int | None = None
    _rows: list[tuple[int, float, float, float, float]] = attrs.field(factory=list)
    _has_fix: bool | None = None
    _last_ns: int | None = None
    _midnights: int = 0
    _passed: int = 0
    _epochs: int = 0
    _lost: int = 0
    _records: int = 0
    _skips: Skips = attrs.field(factory=Skips)
    _odd: dict[str, Skips] = attrs.field(factory=dict)

    def take(self, value: Any) -> Iterator[Message]:
        """Take one line; yield rows once there are many."""
        cells = inside(value)
        self._records += 1
        if cells is None or "timestamp" not in cells:
            yield from self._head(cells or {})
            return
        of_day_ns = _of_day_ns(cells["timestamp"])
        place = cells.get("pointgps")
        lat, lon = (
            (_number(part) for part in place)
            if isinstance(place, list) and len(place) == _AXES
            else (np.nan, np.nan)
        )
        if of_day_ns is None or not (abs(lat) <= _MAX_LAT and abs(lon) <= _MAX_LON):
            self._skips.add(Locus(self.artifact.name, record=self._records - 1))
            return
        self._epochs += 1
        if lat == 0 and lon == 0:
            self._lost += 1
            if self._lost == self._epochs:
                self._has_fix = False  # its clock may be wrong before the first fix
                return
            self._rows.append((of_day_ns, np.nan, np.nan, np.nan, np.nan))
            yield from self._flush_much()
            return
        speed, course = _number(cells.get("vitesse")), _number(cells.get("cap"))
        self._count("vitesse", cells, 0 <= speed * _KMH <= _FASTEST_MPS)
        self._count("cap", cells, 0 <= course <= _CIRCLE)
        self._rows.append((of_day_ns, lat, lon, speed, course))
        yield from self._flush_much()

    def _flush_much(self) -> Iterator[Batch]:
        if len(self._rows) >= _ROWS:
            yield from self._flush()

    def _count(self, name: str, cells: dict[str, Any], possible: bool) -> None:  # noqa: FBT001  (a finding)
        if not possible and cells.get(name) is not None:
            self._odd.setdefault(name, Skips("VALUE_OUT_OF_RANGE")).add(
                Locus(self.artifact.name, record=self._records - 1)
            )

    def _head(self, cells: dict[str, Any]) -> Iterator[Message]:
        if self._day is not None or self._records > 1:
            self._skips.add(Locus(self.artifact.name, record=self._records - 1))
            return
        written = cells.get("date")
        date = _DATE.fullmatch(written) if isinstance(written, str) else None
        if date is not None:
            parts = (np.array([int(date[part])], np.int64) for part in (3, 2, 1))
            days, valid = civil_days(*parts)
            self._day = int(days[0]) if valid[0] else None
        gates = [gate for name in _GATES if (gate := _gate(name, cells.get(name))) is not None]
        yield Meta("device_family", "MyChronoGPS")
        if isinstance(cells.get("NomCircuit"), str):
            yield Meta(f"track{self.suffix}", cells["NomCircuit"][:200])
        yield Meta(f"gates{self.suffix}", gates)

    def _flush(self) -> Iterator[Batch]:
        if not self._rows:
            return
        of_day_ns = np.array([row[0] for row in self._rows], np.int64)
        lat, lon, speed, course = np.array([row[1:] for row in self._rows], np.float64).T
        self._rows = []
        count = self._midnights + midnights(of_day_ns, self._last_ns)
        self._passed += int((np.diff(count, prepend=self._midnights) > 0).sum())
        self._last_ns, self._midnights = int(of_day_ns[-1]), int(count[-1])
        t_ns = ((self._day or 0) + count) * DAY_NS + of_day_ns
        fixed = ~np.isnan(lat)
        yield from self._events(t_ns, fixed)
        t_ns, lat, lon, speed, course = (column[fixed] for column in (t_ns, lat, lon, speed, course))
        if not len(t_ns):
            return
        speed_valid, course_valid = _within(speed * _KMH, _FASTEST_MPS), _within(course, _CIRCLE)
        narrow = np.where(course_valid, course, 0).astype(np.float32)
        columns = {
            "t": t_ns,
            "lat_deg": lat,
            "lon_deg": np.where(lon == _MAX_LON, -_MAX_LON, lon),
            "speed_mps": to_arrow(np.where(speed_valid, speed * _KMH, 0), pa.float32(), speed_valid),
            "course_deg": to_arrow(np.where(narrow >= _CIRCLE, 0, narrow), pa.float32(), course_valid),
        }
        yield Batch(f"gnss_pvt{self.suffix}", build("gnss_pvt", columns, time_base=self._time_base))

    @property
    def _time_base(self) -> str:
        return "utc" if self._day is not None else "time_of_day"

    def _events(self, t_ns: Ints, fixed: Mask) -> Iterator[Batch]:
        """Yield where the fix is lost and where it comes back."""
        before = np.concatenate([[fixed[0] if self._has_fix is None else self._has_fix], fixed[:-1]])
        self._has_fix = bool(fixed[-1])
        changed = np.flatnonzero(fixed != before)
        if len(changed):
            words = strings(["fix_regained" if fixed[row] else "fix_lost" for row in changed.tolist()])
            columns = {"t": t_ns[changed], "event_type": words.dictionary_encode().cast(_EVENT)}
            yield Batch(f"events{self.suffix}", build("events", columns, time_base=self._time_base))

    def conclusion(self) -> Iterator[Message]:
        """Yield the last rows, and what was lost."""
        yield from self._flush()
        yield Meta("epochs_without_fix", self._lost)
        if self._epochs and self._lost == self._epochs:
            yield Issue("NO_VALID_FIX", Locus(self.artifact.name), epochs=self._epochs)
        on = (
            "the date of the first line" if self._day is not None else "no day, for the first line names none"
        )
        yield Meta(
            f"clock{self.suffix}",
            {"source": ["date", "timestamp"], "is": f"UTC times of day, on {on}", "midnights": self._passed},
        )
        yield from self._skips.issues(total=self._records, reason="no time and position")
        for name, skips in sorted(self._odd.items()):
            yield from skips.issues(column=name)


def _of_day_ns(text: Any) -> int | None:
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    hour, minute, second = (int(match[part]) for part in (1, 2, 3))
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004  (clock)
        return None
    fraction = int((match[4] or "0").ljust(9, "0"))
    return ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction


def _number(value: Any) -> float:
    return float(value) if isinstance(value, Number) else np.nan


def _within(values: Floats, most: float) -> Mask:
    with np.errstate(invalid="ignore"):
        within: Mask = (values >= 0) & (values <= most)
    return within


def _gate(name: str, value: Any) -> Gate | None:
    if not isinstance(value, list) or len(value) != _POINTS:
        return None
    numbers = [_number(part) for part in value]
    kind, title = _GATES[name]
    try:
        return Gate(
            kind=kind,
            name=title,
            lat1_deg=numbers[0],
            lon1_deg=numbers[1],
            lat2_deg=numbers[2],
            lon2_deg=numbers[3],
            raw={name: numbers},
        )
    except ValueError:
        return None
