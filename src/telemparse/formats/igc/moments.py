"""Events of an IGC file: E records, and where the fix is lost and comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.texts import strings
from telemparse.schemas import build

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Moment", "Moments", "event_of"]

# Appendix A, section A4.2: PEV is the pilot's button. Other codes tell of instruments and tasks.
_TYPES = {"PEV": "marker"}
_CODE = slice(7, 10)


@attrs.frozen
class Moment:
    """Something that happens at an instant, with the line that tells of it."""

    line: int
    t_ns: int
    event_type: str
    facts: str = "{}"


def event_of(line: int, t_ns: int, text: str) -> Moment:
    """Return the event of an E record: E HHMMSS, a code of three letters, and perhaps a text."""
    code = text[_CODE].strip()
    words = text[_CODE.stop :].strip()
    facts = {"code": code} | ({"text": words} if words else {})
    return Moment(line, t_ns, _TYPES.get(code, "other"), json.dumps(facts, ensure_ascii=False))


@attrs.define
class Moments:
    """Watches epochs go by, block by block."""

    _lost: bool | None = None

    def follow(self, without_fix: Mask, t_ns: Ints, lines: Ints) -> list[Moment]:
        """Return losses and returns of the fix among the epochs of a block, in file order."""
        if not len(without_fix):
            return []
        before = np.concatenate([[without_fix[0] if self._lost is None else self._lost], without_fix[:-1]])
        self._lost = bool(without_fix[-1])
        return [
            Moment(int(lines[row]), int(t_ns[row]), "fix_lost" if without_fix[row] else "fix_regained")
            for row in np.flatnonzero(without_fix != before).tolist()
        ]

    @staticmethod
    def batch(moments: list[Moment], time_base: str) -> pa.RecordBatch | None:
        """Return events in the order of their lines, None where there are none."""
        if not moments:
            return None
        moments = sorted(moments, key=lambda moment: moment.line)
        columns = {
            "t": np.array([moment.t_ns for moment in moments], np.int64),
            "event_type": strings([moment.event_type for moment in moments]).dictionary_encode(),
            "metadata_json": strings([moment.facts for moment in moments]),
        }
        return build("events", columns, time_base=time_base)
