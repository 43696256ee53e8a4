"""Rows of a table of laps as values, and which of them count."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs
import pyarrow as pa

from telemparse.errors import CallError
from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ends", "LapRow", "lap_rows", "numbered"]


class Ends(enum.Enum):
    """Which ends of a lap lie on the start/finish line."""

    BOTH = "both"
    START = "start"
    END = "end"


_OPEN = {"OUTLAP": Ends.END, "INLAP": Ends.START}


@attrs.frozen(kw_only=True)
class LapRow:
    """One lap of a table.

    Args:
        number: `lap_number`.
        t_start_ns, t_end_ns: its crossings, ns since 1970 in the time base, None where unknown.
        duration_ns: lap time.
        std_s: standard deviation of the lap time, None where nobody knows it.
        validity: as in the table.
        reasons: registry codes that explain it.
    """

    number: int
    t_start_ns: int | None
    t_end_ns: int | None
    duration_ns: int
    std_s: float | None
    validity: str
    reasons: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """True of a valid lap: others are no best lap and have no best sector."""
        return self.validity == "VALID"

    @property
    def ends(self) -> Ends:
        """Which of its ends lie on the line: a lap out of the pits only ends there, one into them begins."""
        return _OPEN.get(self.validity, Ends.BOTH)

    @property
    def seconds(self) -> float:
        """Lap time."""
        return self.duration_ns / NS_PER_S


def lap_rows(table: pa.Table) -> tuple[LapRow, ...]:
    """Return the rows of a stream `laps`."""
    stamps = [table[name].cast(pa.int64()).to_pylist() for name in ("t_start", "t_end")]
    words: list[Any] = [table[name].to_pylist() for name in ("validity", "reasons")]
    numbers = [table[name].to_pylist() for name in ("lap_number", "duration_ns", "duration_std_s")]
    return tuple(
        LapRow(
            number=number,
            t_start_ns=start,
            t_end_ns=end,
            duration_ns=duration,
            std_s=std,
            validity=validity,
            reasons=tuple(reasons or ()),
        )
        for number, duration, std, start, end, validity, reasons in zip(
            *numbers, *stamps, *words, strict=True
        )
    )


def numbered(rows: Iterable[LapRow], numbers: Iterable[int]) -> tuple[LapRow, ...]:
    """Return the rows of lap numbers, in their order, each once.

    Raises CallError for a number that no lap has.
    """
    by_number = {row.number: row for row in rows}
    wanted = tuple(dict.fromkeys(numbers))
    unknown = [number for number in wanted if number not in by_number]
    if unknown:
        raise CallError(
            f"there is no lap {unknown[0]}: laps are numbered {min(by_number)} to {max(by_number)}"
            if by_number
            else f"there is no lap {unknown[0]}: no lap was found"
        )
    return tuple(by_number[number] for number in wanted)
